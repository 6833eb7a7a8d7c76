"""Paths of nerve fibres in the layers of a face: at a depth below the skin, or along a muscle's fibres."""

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


def along_muscle(face: Face, muscle: str, start: Array, toward: Array, step: float, off: float) -> Array:
    """Points (k, 3) along the fibres of a muscle from a point to where the fibres end.

    Parameters
    ----------
    face : Face
        Whose muscle.
    muscle : str
        Its name.
    start : (3,) array
        Where to begin, in the muscle or near it [m].
    toward : (3,) array
        Direction of the first step; of the two along the fibre the nearer one is taken.
    step : float
        Distance of the points [m].
    off : float
        Distance from the nearest centre of the muscle's elements at which the path has left the muscle [m];
        at least that of the corners of most elements.
    """
    from scipy.spatial import cKDTree

    elements = face.muscle_elements(muscle)
    corners = face.nodes[face.tets[elements]]
    centres = corners.mean(axis=1)
    sizes = np.linalg.norm(corners - centres[:, None], axis=2).max(axis=1)
    off = max(off, float(np.median(sizes)))
    fibre = np.asarray(face.fibre[elements], dtype=np.float64)
    tree = cKDTree(centres)
    _, first = tree.query(start)
    reach = np.ptp(centres, axis=0).max() * 1.5
    point = start if np.linalg.norm(centres[first] - start) <= off else centres[first]
    direction, points = toward, [point]
    while len(points) * step < reach:
        distance, near = tree.query(point, k=min(8, len(centres)))
        if np.min(distance) > off:
            break
        aligned = fibre[near] * np.sign(fibre[near] @ direction)[:, None]
        mean = (aligned / np.maximum(distance, step)[:, None]).sum(axis=0)
        size = float(np.linalg.norm(mean))
        if size == 0:
            break
        direction = mean / size
        point = point + step * direction
        points.append(point)
    return np.array(points)
