"""Lines on the skin and below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.face.surface import nearest

if TYPE_CHECKING:
    from zygoma.face import Face

Array = NDArray[np.float64]


def resampled(points: ArrayLike, step: float) -> Array:
    """Points (k, 3) on a polyline at equal distances of at most `step` [m], both ends included."""
    line = np.asarray(points, dtype=np.float64)
    lengths = np.linalg.norm(np.diff(line, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    count = max(1, int(np.ceil(along[-1] / step - 1e-9)))
    at = np.linspace(0.0, along[-1], count + 1)
    return np.column_stack([np.interp(at, along, axis) for axis in line.T])


def arc_length(points: Array) -> Array:
    """(k,) distance of every point of a polyline from its first one, along it [m]."""
    return np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])


def below_skin(face: Face, points: Array, level: ArrayLike) -> Array:
    """Points (k, 3) below the places of the skin next to some points, at levels of the layers.

    Parameters
    ----------
    face : Face
        Whose layers.
    points : (k, 3) array
        On the skin or near it [m].
    level : float or (k,) array
        Number of the face between two sheets of the shell, 0 the skin; between whole numbers inside a sheet.
    """
    triangle, weights, _ = nearest(face.skin, points)
    corners = face.skin.triangles[triangle]
    levels = face.levels
    place = np.clip(np.broadcast_to(np.asarray(level, dtype=np.float64), len(corners)), 0, len(levels) - 1)
    upper = np.minimum(place.astype(np.int64), len(levels) - 2)
    stacks = [np.einsum("kc,kcj->kj", weights, levels[(upper + k)[:, None], corners]) for k in (0, 1)]
    share = (place - upper)[:, None]
    return np.asarray((1 - share) * stacks[0] + share * stacks[1])


def prolonged(points: Array, length: float) -> Array:
    """A polyline continued straight beyond its last point by a length [m]."""
    direction = points[-1] - points[max(len(points) - 8, 0)]
    size = np.linalg.norm(direction)
    return np.vstack([points, points[-1] + direction / size * length]) if size > 0 else points


def rounded(points: Array, step: float, length: float) -> Array:
    """A polyline of equal steps [m] with its corners rounded over a length [m]; straight lines stay."""
    from scipy.signal import savgol_filter

    window = 2 * round(length / step / 2) + 1
    window = min(window, len(points) if len(points) % 2 else len(points) - 1)
    return points if window < 4 else np.asarray(savgol_filter(points, window, 2, axis=0, mode="interp"))
