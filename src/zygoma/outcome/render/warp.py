"""A picture pulled so that some of its points come to lie elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_COARSE = 24  # pixels between the places at which the pull is computed
_ANCHORS = 9  # along each edge of the picture, which stays


def warped(scene: Array, start: Array, target: Array) -> NDArray[np.float32]:
    """Move points of a picture; between them it follows smoothly, its edges stay.

    Parameters
    ----------
    scene : (rows, columns, 3) array
    start, target : (n, 2) array
        Where points are and where they come to lie: column and row [px].

    Returns
    -------
    (rows, columns, 3) float32 array
    """
    import cv2
    from scipy.interpolate import RBFInterpolator

    rows, columns = scene.shape[:2]
    edge = np.linspace(0.0, 1.0, _ANCHORS)
    frame = np.array([(u, v) for u in edge for v in edge if u in (0.0, 1.0) or v in (0.0, 1.0)])
    anchors = frame * [columns - 1, rows - 1]
    back = RBFInterpolator(
        np.vstack([target, anchors]),
        np.vstack([start - target, np.zeros_like(anchors)]),
        kernel="thin_plate_spline",
    )
    shape = (rows // _COARSE + 2, columns // _COARSE + 2)
    places = np.stack(
        np.meshgrid(np.linspace(0, columns - 1, shape[1]), np.linspace(0, rows - 1, shape[0])), axis=-1
    )
    pull = back(places.reshape(-1, 2)).reshape(*shape, 2).astype(np.float32)
    column, row = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    at: Any = (
        np.asarray(column * ((shape[1] - 1) / (columns - 1)), dtype=np.float32),
        np.asarray(row * ((shape[0] - 1) / (rows - 1)), dtype=np.float32),
    )
    moved: list[Any] = [
        cv2.remap(np.ascontiguousarray(pull[..., k]), at[0], at[1], cv2.INTER_CUBIC) for k in (0, 1)
    ]
    source: Any = np.asarray(scene, dtype=np.float32)
    x: Any = column + moved[0]
    y: Any = row + moved[1]
    found = cv2.remap(source, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    return np.clip(np.asarray(found, dtype=np.float32), 0.0, None)
