"""Triangulated surfaces and the smooth fields on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import cg
from scipy.spatial import cKDTree

from zygoma.errors import SolverError

Array = NDArray[np.float64]
Index = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Surface:
    """A triangulated surface.

    Parameters
    ----------
    points : (n, 3) array
        Vertices [m].
    triangles : (m, 3) int array
        Vertex numbers of each triangle, counter-clockwise seen from outside.
    """

    points: Array
    triangles: Index

    @cached_property
    def area_vectors(self) -> Array:
        """(m, 3) outward vectors of half the cross product of two edges [m2]."""
        a, b, c = (self.points[self.triangles[:, k]] for k in range(3))
        return np.asarray(np.cross(b - a, c - a) / 2)

    @cached_property
    def areas(self) -> Array:
        """(m,) triangle areas [m2]."""
        return np.asarray(np.linalg.norm(self.area_vectors, axis=1))

    @cached_property
    def normals(self) -> Array:
        """(n, 3) outward unit normals at the vertices, weighted by the angles of the triangles."""
        total = np.zeros_like(self.points)
        unit = self.area_vectors / np.maximum(self.areas, 1e-30)[:, None]
        for k in range(3):
            p = self.points[self.triangles[:, k]]
            u = self.points[self.triangles[:, (k + 1) % 3]] - p
            v = self.points[self.triangles[:, (k + 2) % 3]] - p
            angle = np.arctan2(np.linalg.norm(np.cross(u, v), axis=1), np.einsum("ij,ij->i", u, v))
            for axis in range(3):
                total[:, axis] += np.bincount(
                    self.triangles[:, k], angle * unit[:, axis], minlength=len(self.points)
                )
        return unit_vectors(total)

    @cached_property
    def edges(self) -> Index:
        """(e, 2) pairs of neighbouring vertices, each pair once, the smaller number first."""
        pairs = np.sort(self.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
        return np.asarray(np.unique(pairs, axis=0), dtype=np.int32)

    @cached_property
    def edge_lengths(self) -> Array:
        """(e,) lengths of the edges [m]."""
        ends = self.points[self.edges]
        return np.asarray(np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1))

    @cached_property
    def euler_number(self) -> int:
        """Vertices - edges + triangles: 2 for a closed surface without handles."""
        used = len(np.unique(self.triangles))
        return int(used - len(self.edges) + len(self.triangles))

    @cached_property
    def is_watertight(self) -> bool:
        """Whether every edge belongs to exactly two triangles."""
        pairs = np.sort(self.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
        _, count = np.unique(pairs, axis=0, return_counts=True)
        return bool(np.all(count == 2))

    @cached_property
    def volume(self) -> float:
        """Enclosed volume of a closed surface [m3]."""
        a, b, c = (self.points[self.triangles[:, k]] for k in range(3))
        return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)

    @cached_property
    def laplacian(self) -> tuple[sparse.csr_matrix, Array]:
        """Cotangent stiffness (n, n) and lumped vertex areas (n,) [m2]."""
        n = len(self.points)
        rows, cols, values = [], [], []
        for k in range(3):
            i, j, o = (self.triangles[:, (k + s) % 3] for s in range(3))
            u, v = self.points[i] - self.points[o], self.points[j] - self.points[o]
            cross = np.linalg.norm(np.cross(u, v), axis=1)
            weight = np.einsum("ij,ij->i", u, v) / np.maximum(cross, 1e-30) / 2
            rows += [i, j, i, j]
            cols += [j, i, i, j]
            values += [-weight, -weight, weight, weight]
        stiffness = sparse.csr_matrix(
            (np.concatenate(values), (np.concatenate(rows), np.concatenate(cols))), shape=(n, n)
        )
        mass = np.bincount(self.triangles.ravel(), np.repeat(self.areas / 3, 3), minlength=n)
        return stiffness, np.asarray(mass, dtype=np.float64)

    @cached_property
    def vertex_triangles(self) -> tuple[cKDTree, NDArray[np.int64], NDArray[np.int64]]:
        """Search tree of the vertices; triangles of vertex i are ``members[first[i]:first[i + 1]]``."""
        flat = self.triangles.ravel()
        members = np.argsort(flat, kind="stable") // 3
        count = np.bincount(flat, minlength=len(self.points))
        first = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
        return cKDTree(self.points), first, members

    def smooth(self, values: Array, length: float) -> Array:
        """Fields smoothed over a length: the solution of (M + length^2 K) x = M values.

        Parameters
        ----------
        values : (n,) or (n, k) array
            Fields at the vertices.
        length : float
            Smoothing length [m]; independent of the size of the triangles.

        Returns
        -------
        array
            Smoothed fields, of the shape of `values`.
        """
        stiffness, mass = self.laplacian
        matrix = (sparse.diags(mass) + length**2 * stiffness).tocsr()
        scale = sparse.diags(1 / matrix.diagonal())
        columns = values.reshape(len(values), -1)
        out = np.empty_like(columns)
        for k in range(columns.shape[1]):
            out[:, k], failed = cg(
                matrix, mass * columns[:, k], x0=columns[:, k], rtol=1e-5, M=scale, maxiter=2000
            )
            if failed:
                raise SolverError(
                    f"smoothing over {length * 1e3:.1f} mm did not converge; check the surface for slivers"
                )
        return out.reshape(values.shape)


def unit_vectors(vectors: Array) -> Array:
    """Vectors divided by their lengths; zero vectors stay zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(length > 0, length, 1.0))


def nearest(surface: Surface, points: Array, candidates: int = 12) -> tuple[NDArray[np.int64], Array, Array]:
    """Nearest points on a surface.

    Looks at the triangles round the nearest few vertices, which is exact for triangles that are not
    slivers.

    Parameters
    ----------
    surface : Surface
        The surface to look on.
    points : (k, 3) array
        Points [m].
    candidates : int
        Vertices whose triangles are looked at.

    Returns
    -------
    triangle : (k,) int array
        Triangle of the nearest point.
    weights : (k, 3) array
        Its barycentric coordinates.
    distance : (k,) array
        Distance to it [m].
    """
    tree, first, members = surface.vertex_triangles
    _, near = tree.query(points, k=min(candidates, len(surface.points)))
    best = np.full(len(points), np.inf)
    triangle = np.zeros(len(points), dtype=np.int64)
    weights = np.zeros((len(points), 3))
    widest = int(np.diff(first).max())
    for column in np.atleast_2d(near.T):
        for turn in range(widest):
            position = first[column] + turn
            live = position < first[column + 1]
            rows = np.nonzero(live)[0]
            tri = members[position[rows]]
            bary = closest_barycentric(surface.points[surface.triangles[tri]], points[rows])
            foot = np.einsum("ij,ijk->ik", bary, surface.points[surface.triangles[tri]])
            distance = np.linalg.norm(points[rows] - foot, axis=1)
            better = distance < best[rows]
            best[rows[better]] = distance[better]
            triangle[rows[better]] = tri[better]
            weights[rows[better]] = bary[better]
    return triangle, weights, best


def closest_barycentric(corners: Array, points: Array) -> Array:
    """(k, 3) barycentric coordinates of the point of triangle (k, 3, 3) nearest to each point (k, 3)."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    u, v, w = b - a, c - a, points - a
    uu, uv, vv = (np.einsum("ij,ij->i", x, y) for x, y in ((u, u), (u, v), (v, v)))
    wu, wv = np.einsum("ij,ij->i", w, u), np.einsum("ij,ij->i", w, v)
    det = np.maximum(uu * vv - uv**2, 1e-300)
    s, t = (vv * wu - uv * wv) / det, (uu * wv - uv * wu) / det
    inside = np.stack([1 - s - t, s, t], axis=1)
    best = inside.copy()
    outside = (inside < 0).any(axis=1)
    closest = np.full(len(points), np.inf)
    for i, j in ((0, 1), (1, 2), (2, 0)):
        edge = corners[:, j] - corners[:, i]
        along = np.einsum("ij,ij->i", points - corners[:, i], edge) / np.einsum("ij,ij->i", edge, edge)
        along = np.clip(along, 0, 1)
        distance = np.linalg.norm(corners[:, i] + along[:, None] * edge - points, axis=1)
        better = outside & (distance < closest)
        closest[better] = distance[better]
        best[better] = 0
        best[better, i] = 1 - along[better]
        best[better, j] = along[better]
    return best
