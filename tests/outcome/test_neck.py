"""The skin of the neck below the chin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from zygoma.errors import FaceError
from zygoma.outcome.face_engine import FaceEngine
from zygoma.outcome.face_texture import face_texture
from zygoma.outcome.neck import neck_texture
from zygoma.outcome.photo import Photo


def test_the_neck_between_collars_is_found(hopper: Photo, engine: FaceEngine) -> None:
    face = face_texture(hopper, engine)
    neck = neck_texture(hopper, face)
    rows, columns = np.nonzero(neck.skin)
    middle = neck.skin.shape[1] / 2
    # 14 cm2 as outlined by eye, between the white collars, in the middle below the chin
    assert 8e-4 < neck.skin.sum() * neck.pitch**2 < 25e-4
    assert abs(columns.mean() - middle) * neck.pitch < 8e-3
    assert rows.mean() * neck.pitch < 35e-3
    assert neck.regions["neck"].all()


def test_a_covered_neck_is_none(hopper: Photo, astronaut: Photo, engine: FaceEngine) -> None:
    face = face_texture(hopper, engine)
    chin = face.landmarks.points[152, 1]
    pixels = hopper.pixels.copy()
    pixels[int(chin) + 5 :] = (40, 60, 160)  # a blue scarf
    with pytest.raises(FaceError, match="collar"):
        neck_texture(replace(hopper, pixels=pixels), face)
    with pytest.raises(FaceError, match="of the neck are seen"):
        neck_texture(astronaut, face_texture(astronaut, engine))
