"""Eyes covered in pictures that others are to see."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.outcome.face_landmarks import FaceLandmarks
from zygoma.outcome.face_regions import eye_lines
from zygoma.outcome.photo import Photo

_GREY = 128


def eyes_masked(photo: Photo, landmarks: FaceLandmarks) -> NDArray[np.uint8]:
    """(rows, columns, 3) the photograph for a screen, both eyes within their lids grey.

    Parameters
    ----------
    photo : Photo
    landmarks : FaceLandmarks
        In this photograph.
    """
    import cv2

    picture: Any = photo.display.copy()
    for line in eye_lines():
        cv2.fillPoly(picture, [np.rint(landmarks.points[line, :2]).astype(np.int32)], (_GREY,) * 3)
    return np.asarray(picture, dtype=np.uint8)
