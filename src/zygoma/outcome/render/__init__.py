"""Pictures of skin whose truth is known: wrinkles of given depth in a given light, before a given camera."""

from __future__ import annotations

from zygoma.outcome.render.camera import Camera, developed
from zygoma.outcome.render.flat_face import flat_face
from zygoma.outcome.render.patch import Patch, Placement
from zygoma.outcome.render.photograph import Photograph
from zygoma.outcome.render.relief import Groove
from zygoma.outcome.render.skin import phototypes
from zygoma.outcome.render.whole_face import whole_face

__all__ = [
    "Camera",
    "Groove",
    "Patch",
    "Photograph",
    "Placement",
    "developed",
    "flat_face",
    "phototypes",
    "whole_face",
]
