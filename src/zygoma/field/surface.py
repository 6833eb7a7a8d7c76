"""Skin of a body: boundary triangles, and what contacts need to find their place on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import MeshError

_FACES = np.array([[1, 2, 3], [0, 3, 2], [0, 1, 3], [0, 2, 1]])  # outward for a positive tetrahedron
_BITS = 21


def triangle_keys(triangles: NDArray[Any]) -> NDArray[np.int64]:
    """One number per triangle, the same for any order of its three nodes (below 2**21 nodes)."""
    a, b, c = triangles.astype(np.int64).T
    low = np.minimum(np.minimum(a, b), c)
    high = np.maximum(np.maximum(a, b), c)
    keys: NDArray[np.int64] = (low << 2 * _BITS) | ((a + b + c - low - high) << _BITS) | high
    return keys


@dataclass(frozen=True, eq=False)
class Faces:
    """Triangles of a mesh of tetrahedra.

    Attributes
    ----------
    triangles : (k, 3) array
        Those of one element only, counter-clockwise seen from outside.
    owners : (k,) array
        The element behind each of them.
    neighbours : (q, 2) array
        Elements that share a triangle.
    crowded : (c,) array
        Elements with a triangle that more than two share: a mesh that overlaps.
    """

    triangles: NDArray[np.int64]
    owners: NDArray[np.int64]
    neighbours: NDArray[np.int64]
    crowded: NDArray[np.int64]

    @classmethod
    def of(cls, tets: NDArray[Any]) -> Faces:
        """Triangles of elements (m, 4) of positive volume.

        Raises
        ------
        MeshError
            There are more than 2**21 nodes.
        """
        if tets.size and tets.max() >= 1 << _BITS:
            raise MeshError(f"the mesh has {tets.max() + 1} nodes; at most {1 << _BITS} are supported")
        faces = tets[:, _FACES].reshape(-1, 3)
        keys = triangle_keys(faces)
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        same = keys[1:] == keys[:-1]
        single = np.ones(len(keys), dtype=bool)
        single[1:] &= ~same
        single[:-1] &= ~same
        chosen = np.sort(order[single])
        pairs = np.stack([order[:-1][same], order[1:][same]], axis=1) // 4
        third = np.flatnonzero(same[1:] & same[:-1])
        return cls(faces[chosen].astype(np.int64), chosen // 4, pairs, np.unique(order[third + 1] // 4))

    def parts(self, elements: int) -> NDArray[np.int32]:
        """Number of the part (elements,) that hangs together through triangles."""
        from scipy.sparse import csr_matrix
        from scipy.sparse.csgraph import connected_components

        one, other = self.neighbours.T
        graph = csr_matrix((np.ones(len(one), dtype=np.int8), (one, other)), shape=(elements, elements))
        return np.asarray(connected_components(graph, directed=False)[1])


@dataclass(frozen=True)
class Surface:
    """Triangles on which a contact may rest, indexed by the nodes of the body.

    Parameters
    ----------
    points : (n, 3) array
        Coordinates of the nodes [m]; nodes off the surface may be among them.
    triangles : (k, 3) array of int
        Node indices, counter-clockwise seen from outside.
    """

    points: NDArray[np.float64]
    triangles: NDArray[np.int64]

    @cached_property
    def node_ids(self) -> NDArray[np.int64]:
        """Nodes that lie on the surface, ascending."""
        return np.unique(self.triangles)

    @cached_property
    def area_vectors(self) -> NDArray[np.float64]:
        """Outward normal of each triangle times its area (k, 3) [m2]."""
        a, b, c = (self.points[self.triangles[:, i]] for i in range(3))
        return 0.5 * np.cross(b - a, c - a)

    @cached_property
    def normals(self) -> NDArray[np.float64]:
        """Outward unit normal of each triangle (k, 3)."""
        length = np.linalg.norm(self.area_vectors, axis=1, keepdims=True)
        return self.area_vectors / np.where(length > 0, length, 1.0)

    @cached_property
    def edge_length(self) -> NDArray[np.float64]:
        """Mean edge of each triangle (k,) [m]."""
        p = self.points[self.triangles]
        return np.asarray(np.linalg.norm(p - np.roll(p, 1, axis=1), axis=2).mean(axis=1))

    @cached_property
    def neighbours(self) -> NDArray[np.int64]:
        """Triangle across each edge (k, 3), edge i from vertex i to i + 1; -1 where there is none."""
        t = self.triangles
        start, end = t.ravel(), np.roll(t, -1, axis=1).ravel()
        keys = (np.minimum(start, end) << 32) | np.maximum(start, end)
        order = np.argsort(keys, kind="stable")
        same = keys[order][1:] == keys[order][:-1]
        first, second = order[:-1][same], order[1:][same]
        across = np.full(t.size, -1, dtype=np.int64)
        across[first], across[second] = second // 3, first // 3
        return across.reshape(-1, 3)

    @cached_property
    def around(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Triangles at each node as (offsets (n + 1,), triangles)."""
        flat = self.triangles.ravel()
        order = np.argsort(flat, kind="stable")
        offsets = np.concatenate([[0], np.cumsum(np.bincount(flat, minlength=len(self.points)))])
        return offsets, order // 3

    @cached_property
    def tree(self) -> Any:
        """k-d tree of the surface nodes, in the order of `node_ids`."""
        from scipy.spatial import cKDTree

        return cKDTree(self.points[self.node_ids])
