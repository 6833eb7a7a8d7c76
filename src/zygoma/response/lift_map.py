"""Shift of the skin all over a face: what the lift of every muscle adds up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import UnknownNameError
from zygoma.evidence import Priors
from zygoma.provenance import load_data
from zygoma.response.detectable import FILE
from zygoma.response.lift import decay_length
from zygoma.response.pull import UP, face_vectors
from zygoma.response.spot import FACE

if TYPE_CHECKING:
    from zygoma.face import Face
    from zygoma.response.chain import Chain
    from zygoma.response.response import Response

Array = NDArray[np.float64]

_MM = 1e-3


@dataclass(frozen=True, eq=False)
class LiftMap:
    """Displacement of the skin by all muscles together.

    Attributes
    ----------
    low, median, high : (v, 3) array
        Of every skin vertex, with every muscle at 5 %, at the median and at 95 % of its lift [m].
    regions : mapping of str to tuple of float
        Mean upward shift of each region in the three cases [m]; below zero it moves down.
    decay : float
        Decay length, that of the medians of the mechanical priors [m].
    muscles : tuple of str
        Muscles that pull at skin and have two ends.
    """

    low: Array
    median: Array
    high: Array
    regions: Mapping[str, tuple[float, float, float]]
    decay: float
    muscles: tuple[str, ...]

    @classmethod
    def of(cls, face: Face, chain: Chain, priors: Priors | None = None) -> LiftMap:
        """Map of a chain's lifts; where a muscle has none of its own, that of the most excited one is taken.

        All muscles stand at the same quantile together. Most of the lift's interval is one unknown change of
        tone, the same draw for every muscle, so this is close to the quantile of the sum.
        """
        known = priors or Priors.load()
        middle = {
            name: known[name].quantile(np.array([0.5])) for name in ("lift_E", "lift_h", "lift_G", "lift_t")
        }
        decay = float(decay_length(middle)[0])
        muscles = tuple(name for name in face.muscles if _pulls(face, name))
        lifts = {name: _lift(chain, name) for name in muscles}
        low, median, high = (
            face_vectors(face, {name: _MM * getattr(lift, quantile) for name, lift in lifts.items()}, decay)
            for quantile in ("p05", "median", "p95")
        )
        return cls(low, median, high, _by_region(face, low, median, high), decay, muscles)

    @property
    def largest(self) -> float:
        """Largest shift in any of the three cases [m]."""
        return float(max(np.linalg.norm(field, axis=1).max() for field in (self.low, self.median, self.high)))


def _pulls(face: Face, muscle: str) -> bool:
    if any(muscle.startswith(name) for name in load_data(FILE)["bone_to_bone"]["muscles"]):
        return False
    try:
        face.muscle_ends(muscle)
    except UnknownNameError:  # a ring
        return False
    return True


def _lift(chain: Chain, muscle: str) -> Response:
    try:
        return chain.response("lift", muscle)
    except UnknownNameError:
        return chain.response("lift", FACE)


def _by_region(face: Face, *fields: Array) -> dict[str, tuple[float, float, float]]:
    skin = face.skin
    upward = np.stack([(field @ UP)[skin.triangles].mean(axis=1) for field in fields], axis=1)
    found = {}
    for name in face.regions:
        own = face.region_triangles(name)
        low, median, high = np.average(upward[own], axis=0, weights=skin.areas[own]).tolist()
        found[name] = (low, median, high)
    return found
