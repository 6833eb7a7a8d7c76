"""What a face does: how far mouth, eyes and brows are from where they rest, in millimetres."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from zygoma.outcome.face_difference import face_shape
from zygoma.outcome.face_landmarks import CHIN, FaceLandmarks

# landmarks, right side and left side of the face
_CORNER_R, _CORNER_L = 61, 291
_LIP_UPPER, _LIP_LOWER = 13, 14  # inner rims, in the middle
_LIDS = ((159, 145), (386, 374))  # upper and lower, over the pupil
_EYES = ((33, 133), (263, 362))  # outer and inner corner
_BROWS = (105, 334)
_NOSE_BASE = 2


def expression(landmarks: FaceLandmarks, size: float = 1.0) -> Mapping[str, float]:
    """Lengths that change with the expression [m], turned to the front.

    Parameters
    ----------
    landmarks : FaceLandmarks
    size : float
        Metres of this face to a metre of the canonical one.

    Returns
    -------
    mapping
        ``mouth_width``; ``mouth_corners``, their height over the base of the nose (below 0);
        ``mouth_opening`` between the lips; ``eye_opening``, mean of both; ``brow_height`` over the corners
        of the eyes, mean of both; ``jaw``, from the base of the nose to the chin.
    """
    shape = size * face_shape(landmarks)
    corners = shape[[_CORNER_R, _CORNER_L]]
    eyes = [shape[list(pair)].mean(axis=0) for pair in _EYES]
    brows = [shape[brow, 1] - eye[1] for brow, eye in zip(_BROWS, eyes, strict=True)]
    return {
        "mouth_width": float(np.linalg.norm(corners[1] - corners[0])),
        "mouth_corners": float(corners[:, 1].mean() - shape[_NOSE_BASE, 1]),
        "mouth_opening": float(shape[_LIP_UPPER, 1] - shape[_LIP_LOWER, 1]),
        "eye_opening": float(np.mean([shape[upper, 1] - shape[lower, 1] for upper, lower in _LIDS])),
        "brow_height": float(np.mean(brows)),
        "jaw": float(shape[_NOSE_BASE, 1] - shape[CHIN, 1]),
    }
