"""The face laid flat as a picture in a page, its eyes masked."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.outcome.face_regions import eye_regions
from zygoma.outcome.face_texture import FaceTexture
from zygoma.outcome.photo import linear_to_srgb

_WHITE = 0.85  # display value of the brightest skin


def flat_picture(face: FaceTexture, width: int) -> NDArray[np.uint8]:
    """(rows, width, 3) for a screen, eyes masked: one gain, so that skin is well exposed.

    Parameters
    ----------
    face : FaceTexture
    width : int
        [px]; the height follows.
    """
    import cv2

    seen = face.colour.max(axis=2)[face.texture.skin]
    bright = float(np.quantile(seen, 0.98)) if seen.size else 1.0
    light = np.where(face.mask.seen[..., None], face.colour / max(bright, 1e-6) * _WHITE**2.2, 1.0)
    light = np.where(eye_regions(face.grid)[..., None], 0.25, light)
    shape = face.texture.light.shape
    size = (width, round(width * shape[0] / shape[1]))
    small: Any = cv2.resize(light.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return linear_to_srgb(np.asarray(small, dtype=np.float32))


def embedded(picture: NDArray[np.uint8]) -> str:
    """A picture as a data address."""
    import cv2

    _, stored = cv2.imencode(".webp", picture[..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, 88])
    return "data:image/webp;base64," + base64.b64encode(np.asarray(stored).tobytes()).decode()
