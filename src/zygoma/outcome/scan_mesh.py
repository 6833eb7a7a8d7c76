"""Triangles of a scan: cleaned, joined from a cloud, turned outward, and made fewer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Delaunay, cKDTree

from zygoma.errors import InputError
from zygoma.face.surface import Surface

Array = NDArray[np.float64]
Index = NDArray[np.int32]

_LONG = 5.0  # edges that many times the median spacing bridge a gap of a cloud
_PIECE = 0.02  # share of all triangles below which a loose piece is a stray
_MERGED = 1e-8  # vertices nearer than this are one: formats repeat them at seams [m]


def cleaned(points: Array, triangles: NDArray[np.integer], name: str) -> tuple[Array, Index]:
    """Repeated vertices merged; triangles without area, loose small pieces and unused vertices left out.

    Raises
    ------
    InputError
        Triangles name vertices that are not there, or none is left.
    """
    if triangles.ndim != 2 or triangles.shape[1] != 3:
        raise InputError(f"{name}: triangles of shape {triangles.shape}; expected (m, 3)")
    if triangles.min() < 0 or triangles.max() >= len(points):
        raise InputError(f"{name}: its triangles name vertices that are not there; export the scan again")
    _, first, same = np.unique(
        np.round(points / _MERGED).astype(np.int64), axis=0, return_index=True, return_inverse=True
    )
    points, triangles = points[first], same.ravel()[triangles]
    triangles = triangles[_proper(triangles)]
    if len(triangles):
        triangles = triangles[_in_large_piece(triangles, len(points))]
    if len(triangles) == 0:
        raise InputError(f"{name}: no triangle has an area; export the scan again")
    return _used(points, triangles)


def joined(points: Array, name: str) -> tuple[Array, Index]:
    """Triangles of a cloud that is seen from one side: along the axis in which it is flattest.

    Raises
    ------
    InputError
        The points do not lie on a surface that is seen whole from one side.
    """
    _, first = np.unique(np.round(points / _MERGED).astype(np.int64), axis=0, return_index=True)
    points = points[np.sort(first)]
    spacing = float(np.median(cKDTree(points).query(points, k=2)[0][:, 1]))
    off = points - points.mean(axis=0)
    flat = off @ np.linalg.eigh(off.T @ off)[1][:, 1:]
    triangles = Delaunay(flat).simplices.astype(np.int64)
    corners = points[triangles]
    longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    triangles = triangles[longest < _LONG * spacing]
    # two layers over each other give steep long triangles only
    if len(triangles) < 0.5 * len(points):
        raise InputError(f"{name}: its points do not join to one surface; export the scan with triangles")
    return cleaned(points, triangles, name)


def outward(points: Array, triangles: Index) -> tuple[Index, bool]:
    """Triangles counter-clockwise from outside, and whether they had to be turned: a face is convex."""
    surface = Surface(points, triangles)
    off = points[triangles].mean(axis=1)
    off -= np.average(off, axis=0, weights=surface.areas)
    bulge = np.einsum("ij,ij->", surface.area_vectors, off)
    # a flat piece tells nothing, and keeps the side that its file gives
    if bulge < -0.02 * float(surface.areas @ np.linalg.norm(off, axis=1)):
        return np.ascontiguousarray(triangles[:, ::-1]), True
    return triangles, False


def clustered(points: Array, triangles: Index, cell: float) -> tuple[Array, Index]:
    """A coarser surface: the vertices in each cube of edge `cell` [m] become their mean."""
    keys = np.floor((points - points.min(axis=0)) / cell).astype(np.int64)
    _, group, count = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    group = group.ravel()
    means = np.stack([np.bincount(group, points[:, k]) / count for k in range(3)], axis=1)
    fewer = group[triangles]
    fewer = fewer[_proper(fewer)]
    _, first = np.unique(np.sort(fewer, axis=1), axis=0, return_index=True)
    return _used(means, fewer[np.sort(first)])


def _proper(triangles: NDArray[np.integer]) -> NDArray[np.bool_]:
    a, b, c = triangles.T
    return np.asarray((a != b) & (b != c) & (c != a))


def _in_large_piece(triangles: NDArray[np.integer], n: int) -> NDArray[np.bool_]:
    rows, columns = triangles[:, [0, 1]].ravel(), triangles[:, [1, 2]].ravel()
    _, label = connected_components(coo_matrix((np.ones(len(rows), np.int8), (rows, columns)), (n, n)), False)
    piece = label[triangles[:, 0]]
    return np.asarray(np.bincount(piece)[piece] >= _PIECE * len(triangles))


def _used(points: Array, triangles: NDArray[np.integer]) -> tuple[Array, Index]:
    used, renumbered = np.unique(triangles, return_inverse=True)
    return points[used], renumbered.reshape(-1, 3).astype(np.int32)
