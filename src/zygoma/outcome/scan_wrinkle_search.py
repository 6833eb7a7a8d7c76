"""Wrinkles found in a scan: long, narrow valleys."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from zygoma.errors import InputError
from zygoma.face.surface import Surface
from zygoma.outcome.scan_mesh import clustered
from zygoma.outcome.scan_nodes import ScanNodes
from zygoma.outcome.scan_setting import setting

Array = NDArray[np.float64]

_FINEST = 3e-4  # points closer than this are averaged before the search [m]
_LEAST = 12  # points of a valley
_STEP = 2e-3  # from corner to corner of a line that is found [m]


def find_wrinkles(
    nodes: ScanNodes, region: NDArray[np.bool_] | None = None, most: int = 12
) -> tuple[Array, ...]:
    """Polylines along the wrinkles of a scan, the longest first.

    A wrinkle is a connected valley, lower than the skin smoothed round it by several times the usual
    roughness, at least 8 mm long and four times as long as wide. Lids, lips and the fold beside the nose
    count as well: give the region to be searched, and look at what was found.

    Parameters
    ----------
    nodes : ScanNodes
        The scan.
    region : (n,) bool array, optional
        Points of the scan that are searched; by default all.
    most : int
        Largest number of lines.

    Returns
    -------
    tuple of (k, 3) array
        In the frame of the scan [m]; for `zygoma.outcome.scan_wrinkle.wrinkle_depth`.

    Raises
    ------
    InputError
        The region is no mask of the points.
    """
    scan = nodes.scan
    points, triangles = scan.points, scan.triangles
    if region is not None:
        if region.shape != (len(points),) or region.dtype != np.bool_:
            raise InputError(f"region of shape {region.shape}; expected {len(points)} truth values")
        triangles = triangles[region[triangles].all(axis=1)]
        if len(triangles) == 0:
            return ()
    fine, corners = clustered(points, triangles, max(_FINEST, 0.9 * scan.spacing))
    surface = Surface(fine, corners)
    axes = nodes.normals[nodes.tree.query(fine)[1]]
    fit = nodes.cloud.meet(fine, axes)
    height = _averaged(np.where(fit.ok, -fit.height, 0.0), surface.edges)
    rough = 1.4826 * float(np.median(np.abs(height[fit.ok]))) if fit.ok.any() else np.inf
    low = fit.ok & (height < -float(setting("wrinkle.seen")) * max(rough, 1e-9))
    both = surface.edges[low[surface.edges].all(axis=1)]
    graph = coo_matrix((np.ones(len(both), np.int8), (both[:, 0], both[:, 1])), (len(fine), len(fine)))
    label = np.where(low, connected_components(graph, False)[1], -1)
    lines = []
    for one in np.flatnonzero(np.bincount(label[low]) >= _LEAST) if low.any() else ():
        own = label == one
        line = _line(fine[own], -height[own])
        if line is not None:
            lines.append(line)
    lines.sort(key=lambda line: -float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum()))
    return tuple(lines[:most])


def _averaged(values: Array, edges: NDArray[np.int32], rounds: int = 2) -> Array:
    """Values averaged with their neighbours."""
    count = 1 + np.bincount(edges.ravel(), minlength=len(values))
    for _ in range(rounds):
        total = values.copy()
        for one, other in ((0, 1), (1, 0)):
            total += np.bincount(edges[:, one], values[edges[:, other]], minlength=len(values))
        values = total / count
    return values


def _line(points: Array, depth: Array) -> Array | None:
    """Corners along the bottom of a valley; None where it is short or wide."""
    off = points - points.mean(axis=0)
    values, vectors = np.linalg.eigh(off.T @ off / len(off))
    along = off @ vectors[:, 2]
    length = float(np.ptp(along))
    if length < float(setting("wrinkle.smooth")) or values[2] < 16 * values[1]:
        return None
    count = round(length / _STEP)
    number = np.minimum((along - along.min()) / length * count, count - 1).astype(int)
    weight = np.bincount(number, depth)
    used = weight > 0
    mean = np.stack([np.bincount(number, depth * points[:, k])[used] for k in range(3)], axis=1)
    return np.asarray(median_filter(mean / weight[used, None], size=(3, 1), mode="nearest"))
