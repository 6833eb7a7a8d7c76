"""Outlines of the atlas on the fine template skin: signed distances, fibre coordinates, region weights.

Everything is made on the right side and mirrored, so the template is symmetric to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import potpourri3d as pp3d
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import spsolve
from scipy.spatial import cKDTree

from zygoma.face.atlas import positions
from zygoma.face.source import HeadSource
from zygoma.face.surface import Array, Surface, closest_barycentric, nearest
from zygoma.provenance import load_data

STEP = 0.25e-3  # sampling of the curves


class Tracer:
    """Joins atlas points along the skin and finds what a closed curve holds.

    Parameters
    ----------
    skin : Surface
        Fine template skin.
    mirror : (n,) int array
        Mirror partner of each vertex.
    source : HeadSource
    vertices : array
        Source vertices in the shape of the template [m].
    """

    def __init__(self, skin: Surface, mirror: np.ndarray, source: HeadSource, vertices: Array) -> None:
        self.skin, self.mirror, self.source, self.vertices = skin, mirror, source, vertices
        self.local = np.bincount(skin.edges.ravel(), np.repeat(skin.edge_lengths, 2)) / np.bincount(
            skin.edges.ravel()
        )
        atlas = load_data("atlas.toml")
        used = {
            p for table in ("muscle", "region") for item in atlas[table].values() for p in item["polygon"]
        }
        self.points = sorted(used)
        self.place = dict(zip(self.points, positions(source, vertices, self.points), strict=True))
        refined, self.vertex = insert_points(skin, np.array([self.place[p] for p in self.points]))
        self.number = dict(zip(self.points, self.vertex, strict=True))
        self.solver = pp3d.EdgeFlipGeodesicSolver(refined.points, refined.triangles)

    def chain(self, points: list[int]) -> Array:
        """(k, 3) points along the skin through atlas points, about 0.25 mm apart."""
        parts = []
        for a, b in pairwise(points):
            i, j = self.number[a], self.number[b]
            parts.append(self.solver.find_geodesic_path(i, j) if i != j else np.empty((0, 3)))
        return resample(np.concatenate(parts), STEP)

    def middle(self, points: list[int]) -> Array:
        """The middle (3,) of a chain by length."""
        line = self.chain(points)
        length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
        return np.array([np.interp(length[-1] / 2, length, line[:, k]) for k in range(3)])

    def signed_distance(self, polygon: list[int]) -> Array:
        """(n,) distance [m] of each vertex from a closed outline, negative inside, the smaller part."""
        skin = self.skin
        line = self.chain([*polygon, polygon[0]])
        distance, near = cKDTree(line).query(skin.points)
        tangent = np.roll(line, -6, axis=0) - np.roll(line, 6, axis=0)
        turn = np.cross(tangent[near], skin.points - line[near])
        sign = np.sign(np.einsum("ij,ij->i", turn, skin.normals))
        close = distance < 2.0 * self.local
        i, j = skin.edges.T
        keep = ~(close[i] & close[j] & (sign[i] != sign[j]))
        graph = sparse.coo_matrix((np.ones(keep.sum()), (i[keep], j[keep])), shape=(len(distance),) * 2)
        _, part = connected_components(graph, directed=False)
        votes = np.bincount(part, np.where(close, sign, 0))
        left = votes[part] > 0
        area = self.skin.laplacian[1]
        inside = left if area[left].sum() < area[~left].sum() else ~left
        return np.where(inside, -distance, distance)


def insert_points(skin: Surface, points: Array) -> tuple[Surface, np.ndarray]:
    """The skin with extra vertices at given points, and their numbers; a point on a vertex takes it."""
    triangle, weights, _ = nearest(skin, points)
    vertices = [*skin.points]
    triangles = [tuple(t) for t in skin.triangles]
    children: dict[int, list[int]] = {}
    number = np.empty(len(points), dtype=np.int64)
    for k, (t, w) in enumerate(zip(triangle, weights, strict=True)):
        if w.max() > 0.98:
            number[k] = skin.triangles[t][np.argmax(w)]
            continue
        foot = w @ skin.points[skin.triangles[t]]
        options = children.setdefault(int(t), [int(t)])
        corners = [np.array([[vertices[v] for v in triangles[o]]]) for o in options]
        own = Surface(np.array(vertices), np.array([triangles[o] for o in options]))
        bary = [nearest_weights(c, foot) for c in corners]
        place = int(np.argmin([np.linalg.norm(b @ c[0] - foot) for b, c in zip(bary, corners, strict=True)]))
        if bary[place].max() > 0.98:
            number[k] = own.triangles[place][int(np.argmax(bary[place]))]
            continue
        number[k] = len(vertices)
        vertices.append(foot)
        a, b, c = triangles[options[place]]
        triangles[options[place]] = (a, b, number[k])
        triangles += [(b, c, number[k]), (c, a, number[k])]
        options += [len(triangles) - 2, len(triangles) - 1]
    return Surface(np.array(vertices), np.array(triangles, dtype=np.int32)), number


def nearest_weights(corners: Array, point: Array) -> Array:
    """Barycentric coordinates (3,) of the point of one triangle (1, 3, 3) nearest to a point (3,)."""
    return closest_barycentric(corners, point)[0]


def resample(line: Array, step: float) -> Array:
    """A polyline with points at most `step` apart."""
    piece = np.linalg.norm(np.diff(line, axis=0), axis=1)
    line = line[np.concatenate([[True], piece > 1e-9])]
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    at = np.linspace(0, length[-1], max(int(np.ceil(length[-1] / step)), 2) + 1)
    return np.stack([np.interp(at, length, line[:, k]) for k in range(3)], axis=1)


def harmonic(skin: Surface, inside: np.ndarray, low: np.ndarray, high: np.ndarray) -> Array:
    """(n,) harmonic coordinate on a patch: 0 on `low`, 1 on `high`, no flux through its other edges."""
    triangles = skin.triangles[inside[skin.triangles].all(axis=1)]
    stiffness = Surface(skin.points, triangles).laplacian[0].tocsr()
    fixed = inside & (low | high)
    used = np.zeros(len(inside), dtype=bool)
    used[triangles] = True
    free = used & ~fixed
    value = np.where(high, 1.0, 0.0)
    rows = stiffness[free]
    value[free] = spsolve(rows[:, free].tocsc(), -rows[:, fixed] @ value[fixed])
    value[~(used | fixed)] = np.nan
    known = np.nonzero(~np.isnan(value))[0]
    _, near = cKDTree(skin.points[known]).query(skin.points)
    return value[known[near]]


@dataclass(frozen=True)
class Outline:
    """A muscle on the fine skin: signed distance (n,) [m], fibre coordinate (n,), middles of its ends."""

    distance: Array
    u: Array
    ring: bool
    origin: Array | None
    insertion: Array | None


def muscle_outline(tracer: Tracer, name: str) -> Outline:
    """Trace one right-sided (or unpaired) muscle."""
    muscle = load_data("atlas.toml")["muscle"][name]
    skin = tracer.skin
    distance = tracer.signed_distance(muscle["polygon"])
    if not muscle["paired"]:
        distance = (distance + distance[tracer.mirror]) / 2
    patch = distance < 0.6 * tracer.local
    if muscle["shape"] == "ring":
        rim = tracer.vertices[tracer.source.rims[muscle["inner_rim"]]]
        loop = resample(np.concatenate([rim, rim[:1]]), STEP)
        inner = cKDTree(loop).query(skin.points)[0] < 0.8 * tracer.local
        outer = np.abs(distance) < 0.6 * tracer.local
        u = harmonic(skin, patch, inner & patch, outer & patch & ~inner)
        return Outline(distance, u, True, None, None)
    ends = {}
    for end in ("origin", "insertion"):
        line = tracer.chain(muscle[end])
        ends[end] = (cKDTree(line).query(skin.points)[0] < 0.75 * tracer.local) & patch
    u = harmonic(skin, patch, ends["origin"], ends["insertion"] & ~ends["origin"])
    if not muscle["paired"]:
        u = (u + u[tracer.mirror]) / 2
    return Outline(distance, u, False, tracer.middle(muscle["origin"]), tracer.middle(muscle["insertion"]))
