"""Small meshes of simple bodies: boxes, graded boxes, balls of concentric layers."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Mesh = tuple[NDArray[np.float64], NDArray[np.int32]]


def box(x: ArrayLike, y: ArrayLike, z: ArrayLike) -> Mesh:
    """Box on the given grid lines, each cell cut into six tetrahedra (Kuhn).

    Parameters
    ----------
    x, y, z : (a,), (b,), (c,) arrays
        Ascending grid lines [m].

    Returns
    -------
    nodes : (a b c, 3) array
        Coordinates [m], z fastest.
    tets : (6 (a-1)(b-1)(c-1), 4) array
        Positively oriented elements.
    """
    axes = [np.asarray(axis, dtype=np.float64) for axis in (x, y, z)]
    nodes = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    shape = [len(axis) for axis in axes]
    cells = np.stack(np.meshgrid(*[np.arange(n - 1) for n in shape], indexing="ij"), axis=-1).reshape(-1, 3)
    stride = np.array([shape[1] * shape[2], shape[2], 1])
    tets = np.concatenate([corners @ stride for corners in _kuhn(cells)])
    return nodes, oriented(nodes, tets)


def graded_axis(inner: float, step: float, outer: float, growth: float = 1.3) -> NDArray[np.float64]:
    """Grid lines from -outer to outer: even steps up to `inner`, then growing ones [m]."""
    half = list(np.linspace(0.0, inner, max(1, round(inner / step)) + 1))
    width = half[1] - half[0]
    while half[-1] < outer:
        width *= growth
        half.append(half[-1] + width)
    scale = np.array(half)
    tail = scale > inner
    scale[tail] = inner + (scale[tail] - inner) * (outer - inner) / (scale[-1] - inner)
    return np.concatenate([-scale[:0:-1], scale])


def ball(radii: ArrayLike) -> Mesh:
    """Ball of concentric layers, elements of about equal size down to the centre.

    Twenty tetrahedra join the centre to the faces of an icosahedron; each is cut regularly
    (Freudenthal), so that layer k is a geodesic sphere of frequency k, and pushed out to radius k.

    Parameters
    ----------
    radii : (n,) array
        Radii of the layers [m], ascending; n sets the angular resolution as well.
    """
    layers = np.concatenate([[0.0], np.asarray(radii, dtype=np.float64)])
    count = len(layers) - 1
    lattice = np.stack(np.meshgrid(*3 * [np.arange(count + 1)], indexing="ij"), axis=-1).reshape(-1, 3)
    inside = (lattice[:, 0] >= lattice[:, 1]) & (lattice[:, 1] >= lattice[:, 2])
    number = np.cumsum(inside) - 1
    stride = np.array([(count + 1) ** 2, count + 1, 1])
    cells = lattice[(lattice < count).all(axis=1)]
    parts = []
    for corners in _kuhn(cells):
        whole = ((corners[..., 0] >= corners[..., 1]) & (corners[..., 1] >= corners[..., 2])).all(axis=1)
        parts.append(number[corners[whole] @ stride])
    wedge = np.concatenate(parts)
    x, y, z = lattice[inside].T
    share = np.stack([x - y, y - z, z], axis=1) / np.maximum(x, 1)[:, None]
    vertices, faces = _icosahedron()
    nodes, tets = [], []
    for k, face in enumerate(faces):
        direction = share @ vertices[face]
        length = np.linalg.norm(direction, axis=1, keepdims=True)
        nodes.append(layers[x][:, None] * direction / np.where(length > 0, length, 1.0))
        tets.append(wedge + k * len(share))
    points = np.concatenate(nodes)
    keys = np.round(points / (layers[-1] * 1e-7)).astype(np.int64)
    _, first, same = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    merged = points[first]
    return merged, oriented(merged, same.ravel()[np.concatenate(tets)])


def oriented(nodes: NDArray[Any], tets: NDArray[Any]) -> NDArray[np.int32]:
    """Elements with two nodes swapped where the volume was negative."""
    a, b, c = (nodes[tets[:, k]] - nodes[tets[:, 0]] for k in (1, 2, 3))
    turned = np.einsum("ij,ij->i", a, np.cross(b, c)) < 0
    fixed = tets.astype(np.int32)
    fixed[turned] = fixed[turned][:, [0, 2, 1, 3]]
    return fixed


def centroids(nodes: NDArray[Any], tets: NDArray[Any]) -> NDArray[np.float64]:
    """Middle of each element (m, 3) [m]."""
    return np.asarray(nodes[tets].mean(axis=1))


def _kuhn(cells: NDArray[Any]) -> list[NDArray[np.int64]]:
    """Corners (cells, 4, 3) of the six tetrahedra of each unit cell."""
    found = []
    for order in permutations(range(3)):
        steps = np.zeros((4, 3), dtype=np.int64)
        for row, axis in enumerate(order):
            steps[row + 1 :, axis] += 1
        found.append(cells[:, None, :] + steps)
    return found


def _icosahedron() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    golden = (1 + 5**0.5) / 2
    base = [(0.0, i, j * golden) for i in (-1, 1) for j in (-1, 1)]
    vertices = np.array([np.roll(p, k) for p in base for k in range(3)])
    gap = np.linalg.norm(vertices[:, None] - vertices[None], axis=2)
    near = np.isclose(gap, 2.0)
    size = len(vertices)
    faces = [
        (i, j, k)
        for i in range(size)
        for j in range(i + 1, size)
        for k in range(j + 1, size)
        if near[i, j] and near[j, k] and near[i, k]
    ]
    return vertices / np.linalg.norm(vertices, axis=1, keepdims=True), np.array(faces)
