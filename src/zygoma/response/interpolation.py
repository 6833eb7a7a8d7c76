"""Potential at any point of a conductor, from that of its nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from zygoma.errors import InputError

if TYPE_CHECKING:
    from zygoma.field import VolumeConductor

_CANDIDATES = 32  # elements with the nearest centres, among which that of a point is looked for
_MARGIN = 0.02  # round the points, in which elements are looked for [m]
_OUTSIDE = 0.25  # how far beyond a face, in heights of the element, a point may lie between curved layers


def interpolation(conductor: VolumeConductor, points: NDArray[np.float64]) -> sparse.csr_matrix:
    """Matrix (p, nodes) that takes potentials of the nodes to those of points, linear in each element.

    Parameters
    ----------
    conductor : VolumeConductor
        The body.
    points : (p, 3) array
        Inside its conducting part [m]; a point at its surface may lie outside by a quarter of an element.

    Raises
    ------
    InputError
        A point lies outside the conducting part.
    """
    matrix, inside = located(conductor, points)
    if not inside.all():
        x, y, z = 1e3 * np.asarray(points, dtype=np.float64).reshape(-1, 3)[~inside][0]
        raise InputError(
            f"a fibre passes ({x:.1f}, {y:.1f}, {z:.1f}) mm, which is outside the conducting part of the "
            "body; give a path inside it"
        )
    return matrix


def located(
    conductor: VolumeConductor, points: NDArray[np.float64]
) -> tuple[sparse.csr_matrix, NDArray[np.bool_]]:
    """The same matrix, and which points (p,) lie inside; rows of the others are those of the nearest element.

    Raises
    ------
    InputError
        A coordinate is not finite.
    """
    from scipy.spatial import cKDTree

    points = np.asarray(points, dtype=np.float64).reshape(-1, 3)
    if not np.isfinite(points).all():
        raise InputError("a fibre has points that are not finite; give coordinates in metres")
    conducting = np.flatnonzero(conductor.conducting)
    centres = conductor.nodes[conductor.tets[conducting]].mean(axis=1)
    low, high = points.min(axis=0) - _MARGIN, points.max(axis=0) + _MARGIN
    near = ((centres >= low) & (centres <= high)).all(axis=1)
    if not near.any():
        near[:] = True
    elements = conducting[near]
    count = min(_CANDIDATES, len(elements))
    _, places = cKDTree(centres[near]).query(points, k=count)
    candidates = elements[places.reshape(len(points), count)]
    weights = _barycentric(conductor, candidates, points)
    best = weights.min(axis=2).argmax(axis=1)
    rows = np.arange(len(points))
    found, nodes = weights[rows, best], conductor.tets[candidates[rows, best]]
    shape = (len(points), len(conductor.nodes))
    matrix = sparse.csr_matrix((found.ravel(), (np.repeat(rows, 4), nodes.ravel())), shape=shape)
    return matrix, found.min(axis=1) >= -_OUTSIDE


def _barycentric(
    conductor: VolumeConductor, elements: NDArray[np.int64], points: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(p, k, 4) barycentric coordinates of points in k elements each."""
    gradients = conductor.gradients[elements]
    origin = conductor.nodes[conductor.tets[elements, 0]]
    found = np.einsum("pkij,pkj->pki", gradients, points[:, None] - origin)
    found[..., 0] += 1
    return np.asarray(found)
