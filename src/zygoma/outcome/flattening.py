"""A curved surface laid flat with as little stretch as possible."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

from zygoma.outcome.canonical_mesh import canonical_mesh
from zygoma.outcome.face_landmarks import EYE_OUTER_L, EYE_OUTER_R
from zygoma.provenance import load_data

Array = NDArray[np.float64]
Index = NDArray[np.int32]

FILE = "face_texture.toml"
_PINNED = 1e-9  # of the stiffness: without it the flat surface could drift


@dataclass(frozen=True, eq=False)
class Flattening:
    """Where the vertices of a surface lie when it is laid flat.

    Parameters
    ----------
    points : (n, 2) array
        x to the right and y down [m].
    stretch : (m, 2) array
        Largest and smallest factor by which lengths within a triangle grew.
    """

    points: Array
    stretch: Array

    @property
    def area_factor(self) -> Array:
        """(m,) flat area of a triangle over its true area."""
        return np.asarray(self.stretch.prod(axis=1))


@cache
def flat_face() -> Flattening:
    """The canonical face laid flat, as its right side appears on the left: what a camera sees, unrolled.

    It is rolled off a cylinder and then relaxed; the outer eye corners are level and the middle of the
    face is upright at x = 0.
    """
    mesh, entry = canonical_mesh(), load_data(FILE)["flattening"]
    x, y, z = mesh.vertices.T
    rolled = entry["radius"] * np.arctan2(x, z - entry["axis"])
    flat = flattened(mesh.vertices, mesh.triangles, np.stack([rolled, y], axis=1), entry["rounds"])
    points = flat.points - (flat.points[EYE_OUTER_R] + flat.points[EYE_OUTER_L]) / 2.0
    across = points[EYE_OUTER_L] - points[EYE_OUTER_R]
    c, s = across / np.linalg.norm(across)
    points = points @ np.array([[c, -s], [s, c]])
    return Flattening(points * np.array([1.0, -1.0]), flat.stretch)


def flattened(vertices: Array, triangles: Index, start: Array, rounds: int) -> Flattening:
    """Lay a surface flat, each triangle as rigidly as its neighbours allow.

    Parameters
    ----------
    vertices : (n, 3) array
        Points of a surface with one border [m].
    triangles : (m, 3) int array
        Corners.
    start : (n, 2) array
        A flat placement without folds to begin with [m].
    rounds : int
        Steps of the descent.

    References
    ----------
    Liu, Zhang, Xu, Gotsman, Gortler 2008, Computer Graphics Forum 27:1495: local and global phase.
    """
    own = _own_plane(vertices, triangles)
    weights = _cotangents(own)
    count = len(vertices)
    ends = [(triangles[:, k], triangles[:, (k + 1) % 3], k, (k + 1) % 3) for k in range(3)]
    stiffness = sparse.csc_matrix((count, count))
    for k, (i, j, _, _) in enumerate(ends):
        w = weights[:, k]
        values, rows, columns = [w, w, -w, -w], [i, j, i, j], [i, j, j, i]
        stiffness += sparse.csc_matrix(
            (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=(count, count)
        )
    pinned = _PINNED * stiffness.diagonal().mean()
    solve = splu((stiffness + pinned * sparse.eye(count)).tocsc()).solve
    flat = np.array(start, dtype=float)
    for _ in range(rounds):
        covariance = sum(
            weights[:, k, None, None] * (flat[i] - flat[j])[:, :, None] * (own[:, a] - own[:, b])[:, None, :]
            for k, (i, j, a, b) in enumerate(ends)
        )
        rotation = _nearest_rotation(np.asarray(covariance))
        pull = pinned * flat
        for k, (i, j, a, b) in enumerate(ends):
            edge = weights[:, k, None] * np.einsum("tij,tj->ti", rotation, own[:, a] - own[:, b])
            np.add.at(pull, i, edge)
            np.add.at(pull, j, -edge)
        flat = solve(pull)
    return Flattening(flat, _stretch(own, flat[triangles]))


def _own_plane(vertices: Array, triangles: Index) -> Array:
    """(m, 3, 2) corners of each triangle in its own plane, without mirroring."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    along, other = b - a, c - a
    length = np.linalg.norm(along, axis=1)
    run = (other * along).sum(axis=1) / length
    rise = np.linalg.norm(np.cross(along, other), axis=1) / length
    zero = np.zeros_like(length)
    return np.stack(
        [np.stack([zero, zero], 1), np.stack([length, zero], 1), np.stack([run, rise], 1)], axis=1
    )


def _cotangents(own: Array) -> Array:
    """(m, 3) cotangent of the angle opposite to each edge, kept above 0 so that no edge pushes."""
    found = np.empty(own.shape[:2])
    for k in range(3):
        a, b = own[:, k] - own[:, (k + 2) % 3], own[:, (k + 1) % 3] - own[:, (k + 2) % 3]
        area = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
        found[:, k] = (a * b).sum(axis=1) / np.maximum(area, 1e-18)
    return np.maximum(found, 1e-3)


def _nearest_rotation(matrices: Array) -> Array:
    """(m, 2, 2) rotations nearest to matrices."""
    # in two dimensions: the angle of the sum of the parts that a rotation has
    cosine = matrices[:, 0, 0] + matrices[:, 1, 1]
    sine = matrices[:, 1, 0] - matrices[:, 0, 1]
    length = np.maximum(np.hypot(cosine, sine), 1e-30)
    c, s = cosine / length, sine / length
    return np.stack([np.stack([c, -s], 1), np.stack([s, c], 1)], axis=1)


def _stretch(own: Array, flat: Array) -> Array:
    """(m, 2) singular values of the map from each triangle's own plane to the flat one."""
    source = np.stack([own[:, 1] - own[:, 0], own[:, 2] - own[:, 0]], axis=2)
    target = np.stack([flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]], axis=2)
    return np.asarray(np.linalg.svd(target @ np.linalg.inv(source), compute_uv=False))
