"""Potential at any point of a conductor, from that of its nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from zygoma.errors import InputError

if TYPE_CHECKING:
    from zygoma.field import VolumeConductor

_CANDIDATES = 48  # elements with the nearest centres, among which that of a point is looked for
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
    from scipy.spatial import cKDTree

    points = np.asarray(points, dtype=np.float64).reshape(-1, 3)
    if not np.isfinite(points).all():
        raise InputError("a fibre has points that are not finite; give coordinates in metres")
    low, high = points.min(axis=0) - 0.02, points.max(axis=0) + 0.02
    conducting = np.flatnonzero(conductor.conducting)
    centres = conductor.nodes[conductor.tets[conducting]].mean(axis=1)
    near = ((centres >= low) & (centres <= high)).all(axis=1)
    if not near.any():
        raise _outside(points[0])
    elements = conducting[near]
    count = min(_CANDIDATES, len(elements))
    _, places = cKDTree(centres[near]).query(points, k=count)
    candidates = elements[places.reshape(len(points), count)]
    weights = _barycentric(conductor, candidates, points)
    best = weights.min(axis=2).argmax(axis=1)
    rows = np.arange(len(points))
    chosen, found = candidates[rows, best], weights[rows, best]
    wrong = np.flatnonzero(found.min(axis=1) < -_OUTSIDE)
    if len(wrong):
        raise _outside(points[wrong[0]])
    nodes = conductor.tets[chosen]
    return sparse.csr_matrix(
        (found.ravel(), (np.repeat(rows, 4), nodes.ravel())), shape=(len(points), len(conductor.nodes))
    )


def _barycentric(
    conductor: VolumeConductor, elements: NDArray[np.int64], points: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(p, k, 4) barycentric coordinates of points in k elements each."""
    gradients = conductor.gradients[elements]
    origin = conductor.nodes[conductor.tets[elements, 0]]
    found = np.einsum("pkij,pkj->pki", gradients, points[:, None] - origin)
    found[..., 0] += 1
    return np.asarray(found)


def _outside(point: Any) -> InputError:
    x, y, z = (1e3 * float(v) for v in point)
    return InputError(
        f"a fibre passes ({x:.1f}, {y:.1f}, {z:.1f}) mm, which is outside the conducting part of the body; "
        "give a path inside it"
    )
