"""Geometry and connectivity of tetrahedra, compiled: a head has more than a million of them."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray


def tetrahedra(
    nodes: NDArray[np.float64], tets: NDArray[np.int32], flat: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Six times the signed volumes (m,) [m3], basis gradients (m, 4, 3) [1/m], and what is inverted or flat.

    Parameters
    ----------
    nodes : (n, 3) array
        Coordinates [m].
    tets : (m, 4) array of int
        Elements.
    flat : float
        Least of six volumes over the product of the three edges at the first corner.
    """
    six, gradients, bad = _tetrahedra(nodes, tets, flat)
    return np.asarray(six), np.asarray(gradients), np.asarray(bad)


@numba.njit(cache=True)
def _tetrahedra(nodes: Any, tets: Any, flat: float) -> Any:
    m = len(tets)
    six, gradients, bad = np.empty(m), np.zeros((m, 4, 3)), np.zeros(m, dtype=np.bool_)
    edge = np.empty((3, 3))
    for t in range(m):
        for k in range(3):
            for x in range(3):
                edge[k, x] = nodes[tets[t, k + 1], x] - nodes[tets[t, 0], x]
        size = 1.0
        for k in range(3):
            u, v = edge[(k + 1) % 3], edge[(k + 2) % 3]
            for x in range(3):
                y, z = (x + 1) % 3, (x + 2) % 3
                gradients[t, k + 1, x] = u[y] * v[z] - u[z] * v[y]
            size *= np.sqrt(edge[k, 0] ** 2 + edge[k, 1] ** 2 + edge[k, 2] ** 2)
        six[t] = (edge[0] * gradients[t, 1]).sum()
        bad[t] = not six[t] > flat * size
        if six[t] != 0:
            for x in range(3):
                for k in range(1, 4):
                    gradients[t, k, x] /= six[t]
                    gradients[t, 0, x] -= gradients[t, k, x]
    return six, gradients, bad


def components(tets: NDArray[np.integer], nodes: int) -> NDArray[np.int64]:
    """(nodes,) number of the connected part of each node; loose nodes are parts of their own."""
    return np.asarray(_components(tets, nodes))


@numba.njit(cache=True)
def _components(tets: Any, nodes: int) -> Any:
    parent = np.arange(nodes)
    for t in range(len(tets)):
        for k in range(4):
            a, b = tets[t, 0], tets[t, k]
            while parent[a] != a:
                parent[a] = parent[parent[a]]
                a = parent[a]
            while parent[b] != b:
                parent[b] = parent[parent[b]]
                b = parent[b]
            if a < b:
                parent[b] = a
            else:
                parent[a] = b
    for i in range(nodes):
        a = i
        while parent[a] != a:
            a = parent[a]
        parent[i] = a
    return parent
