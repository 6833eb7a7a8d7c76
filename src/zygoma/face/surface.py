"""Triangulated surfaces and the smooth fields on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numba
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import cg
from scipy.spatial import cKDTree
from threadpoolctl import threadpool_limits

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
        columns = values.reshape(len(values), -1)
        out = np.empty_like(columns)
        for k in range(columns.shape[1]):
            out[:, k] = conjugate_gradients(matrix, mass * columns[:, k], columns[:, k], 1e-5)
        return out.reshape(values.shape)


def conjugate_gradients(matrix: sparse.csr_matrix, load: Array, start: Array, tolerance: float) -> Array:
    """(n,) solution of a positive definite system to a relative residual, scaled by its diagonal.

    On one thread, for the sums of several end in other last digits than those of one, and a face must not
    depend on how many cores are free.

    Raises
    ------
    SolverError
        It did not converge.
    """
    with threadpool_limits(1, user_api="blas"):
        found, failed = cg(
            matrix, load, x0=start, rtol=tolerance, M=sparse.diags(1 / matrix.diagonal()), maxiter=3000
        )
    if failed:
        raise SolverError("a smooth field on the head did not converge; use milder morphs or another seed")
    return np.asarray(found)


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
    near = np.asarray(near, dtype=np.int64).reshape(len(points), -1)
    triangle, weights, distance = _nearest(
        surface.points, surface.triangles, np.asarray(points, dtype=np.float64), near, first, members
    )
    return triangle, weights, distance


def closest_barycentric(corners: Array, points: Array) -> Array:
    """Barycentric coordinates of the nearest point of each triangle.

    Parameters
    ----------
    corners : (k, 3, 3) array
        Triangles.
    points : (k, 3) or (3,) array
        One point for each triangle, or one for all.

    Returns
    -------
    (k, 3) array
    """
    return np.asarray(_closest_each(corners, np.broadcast_to(points, (len(corners), 3))))


@numba.njit(cache=True)
def _closest_each(corners: Array, points: Array) -> Array:  # pragma: no cover - compiled
    out = np.empty((len(corners), 3))
    for k in range(len(corners)):
        out[k] = _closest(corners[k, 0], corners[k, 1], corners[k, 2], points[k])
    return out


@numba.njit(cache=True)
def _nearest(
    vertices: Array,
    triangles: Index,
    points: Array,
    near: NDArray[np.int64],
    first: NDArray[np.int64],
    members: NDArray[np.int64],
) -> tuple[NDArray[np.int64], Array, Array]:  # pragma: no cover - compiled
    found = np.zeros(len(points), dtype=np.int64)
    weights = np.zeros((len(points), 3))
    distance = np.full(len(points), np.inf)
    for k in range(len(points)):
        for v in near[k]:
            for m in range(first[v], first[v + 1]):
                t = members[m]
                a, b, c = vertices[triangles[t, 0]], vertices[triangles[t, 1]], vertices[triangles[t, 2]]
                w = _closest(a, b, c, points[k])
                off = w[0] * a + w[1] * b + w[2] * c - points[k]
                length = np.sqrt((off * off).sum())
                if length < distance[k]:
                    found[k], distance[k] = t, length
                    weights[k] = w
    return found, weights, distance


@numba.njit(cache=True)
def _closest(a: Array, b: Array, c: Array, p: Array) -> Array:  # pragma: no cover - compiled
    u, v, w = b - a, c - a, p - a
    uu, uv, vv = (u * u).sum(), (u * v).sum(), (v * v).sum()
    wu, wv = (w * u).sum(), (w * v).sum()
    det = uu * vv - uv * uv
    if det > 1e-14 * uu * vv:
        s, t = (vv * wu - uv * wv) / det, (uu * wv - uv * wu) / det
        if s >= 0 and t >= 0 and s + t <= 1:
            return np.array([1 - s - t, s, t])
    # outside, or a triangle that is a line: the nearest point of the three edges
    ab = min(max(wu / max(uu, 1e-300), 0.0), 1.0)
    ac = min(max(wv / max(vv, 1e-300), 0.0), 1.0)
    e, q = c - b, p - b
    bc = min(max((q * e).sum() / max((e * e).sum(), 1e-300), 0.0), 1.0)
    d_ab, d_ac, d_bc = w - ab * u, w - ac * v, q - bc * e
    n_ab, n_ac, n_bc = (d_ab * d_ab).sum(), (d_ac * d_ac).sum(), (d_bc * d_bc).sum()
    if n_ab <= n_ac and n_ab <= n_bc:
        return np.array([1 - ab, ab, 0.0])
    if n_ac <= n_bc:
        return np.array([1 - ac, 0.0, ac])
    return np.array([0.0, 1 - bc, bc])
