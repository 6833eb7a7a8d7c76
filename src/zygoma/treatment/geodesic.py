"""Shortest lines on a triangulated skin between arbitrary points of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import ContactError
from zygoma.face.surface import closest_barycentric

Array = NDArray[np.float64]

_OFF_SURFACE = 3e-3
"""Farther from the skin [m] a point is not on it: the same limit as for a contact."""

_SNAP = 1e-6
"""Barycentric coordinate below which a point lies on the opposite edge."""


class SkinSurface(Protocol):
    """A triangulated surface: vertices [m] and vertex numbers of the triangles."""

    @property
    def points(self) -> Array:
        """(n, 3) vertices [m]."""

    @property
    def triangles(self) -> NDArray[np.int32]:
        """(m, 3) vertex numbers."""


@dataclass(frozen=True, eq=False)
class Path:
    """A line on the skin.

    Parameters
    ----------
    points : (k, 3) array
        Corners of the line [m].
    arc : (k,) array
        Length along the skin from the line's origin to each corner [m]; negative before the origin.
    length : float
        Length from the origin to the end [m]; a line that was extended runs past it.
    """

    points: Array
    arc: Array
    length: float

    @classmethod
    def through(cls, points: Array) -> Path:
        """Line through points in order, its origin at the first."""
        steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
        arc = np.concatenate([[0.0], np.cumsum(steps)])
        return cls(points, arc, float(arc[-1]))

    def at(self, s: Array | float) -> Array:
        """(n, 3) points at the lengths `s` [m] from the origin."""
        s = np.atleast_1d(np.asarray(s, dtype=float))
        return np.column_stack([np.interp(s, self.arc, self.points[:, k]) for k in range(3)])

    def part(self, start: float, stop: float) -> Path:
        """The piece from `start` to `stop` [m], its origin at `start`."""
        inside = self.arc[(self.arc > start) & (self.arc < stop)]
        s = np.concatenate([[start], inside, [stop]])
        return Path(self.at(s), s - start, stop - start)


def longest_edge(points: Array, triangles: NDArray[np.int32]) -> float:
    """Length of the longest edge [m]."""
    corners = points[triangles]
    return float(np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max())


def nearest(
    points: Array, triangles: NDArray[np.int32], point: Array, longest: float
) -> tuple[int, Array, float]:
    """Nearest place of a triangulated surface all of whose points are corners.

    Parameters
    ----------
    points : (n, 3) array
        Corners [m].
    triangles : (m, 3) array of int
        Triangles.
    point : (3,) array
        Where from [m].
    longest : float
        Length that no edge exceeds [m].

    Returns
    -------
    triangle : int
        Number of the triangle.
    weights : (3,) array
        Barycentric coordinates in it.
    distance : float
        Distance [m].
    """
    away = np.linalg.norm(points - point, axis=1)
    # the nearest place is no farther than the nearest corner, and an edge at most from a corner of its own
    near = np.flatnonzero((away <= away.min() + longest)[triangles].any(axis=1))
    corners = points[triangles[near]]
    weights = closest_barycentric(corners, point)
    found = np.einsum("mk,mkj->mj", weights, corners)
    distance = np.linalg.norm(found - point, axis=1)
    best = int(np.argmin(distance))
    return int(near[best]), weights[best], float(distance[best])


class Geodesics:
    """Shortest lines between points of a surface.

    The points are made vertices of a copy of the mesh by splitting the triangles in which they lie, so
    the lines start and end exactly at them and cross the triangles anywhere (edge flips, no walking along
    mesh edges): another mesh of the same shape gives the same line.

    Parameters
    ----------
    surface : SkinSurface
        The skin.
    points : sequence of (3,) arrays
        Ends of all the lines that are wanted [m].

    Raises
    ------
    ContactError
        A point is more than 3 mm off the surface.

    References
    ----------
    Sharp and Crane 2020, You can find geodesic paths in triangle meshes by just flipping edges.
    """

    def __init__(self, surface: SkinSurface, points: Sequence[Array]) -> None:
        self._points = np.asarray(surface.points, dtype=float)
        self._triangles = np.asarray(surface.triangles, dtype=np.int32)
        self._longest_edge = longest_edge(self._points, self._triangles)
        self._vertices = [self._insert(np.asarray(point, dtype=float)) for point in points]
        self._solver: Any = None
        self._tracer: Any = None

    def _insert(self, point: Array) -> int:
        triangle, weights, distance = nearest(self._points, self._triangles, point, self._longest_edge)
        if distance > _OFF_SURFACE:
            raise ContactError(
                f"the point {_show(point)} is {distance * 1e3:.1f} mm off the skin; "
                f"give a point within {_OFF_SURFACE * 1e3:.0f} mm of it"
            )
        corners = self._triangles[triangle]
        if weights.max() > 1 - _SNAP:
            return int(corners[np.argmax(weights)])
        vertex = len(self._points)
        self._points = np.vstack([self._points, weights @ self._points[corners]])
        split = np.array([triangle])
        if weights.min() < _SNAP:
            i, j = (int(corners[k]) for k in np.argsort(weights)[1:])
            split = np.flatnonzero(((self._triangles == i) | (self._triangles == j)).sum(axis=1) == 2)
        made = [
            np.where(np.arange(3) == k, vertex, self._triangles[t])
            for t in split
            for k in range(3)
            if self._spans(t, k, vertex)
        ]
        self._triangles = np.vstack([np.delete(self._triangles, split, axis=0), made]).astype(np.int32)
        return vertex

    def _spans(self, triangle: int, corner: int, vertex: int) -> bool:
        """Whether replacing a corner by the new vertex leaves a triangle with an area."""
        kept = np.delete(self._triangles[triangle], corner)
        edge = self._points[kept[1]] - self._points[kept[0]]
        away = self._points[vertex] - self._points[kept[0]]
        return bool(np.linalg.norm(np.cross(edge, away)) > _SNAP * (edge @ edge))

    def path(self, start: int, end: int) -> Path:
        """Line from the point number `start` to the point number `end`.

        Raises
        ------
        ContactError
            The two are one point, or no line on the surface joins them.
        """
        a, b = self._vertices[start], self._vertices[end]
        if a == b:
            raise ContactError(
                f"both ends of the line are the point {_show(self._points[a])}; give two different points"
            )
        if self._solver is None:
            from potpourri3d import EdgeFlipGeodesicSolver

            self._solver = EdgeFlipGeodesicSolver(self._points, self._triangles)
        try:
            line = np.asarray(self._solver.find_geodesic_path(a, b))
        except RuntimeError as error:
            raise ContactError(
                f"no line on the skin joins {_show(self._points[a])} and {_show(self._points[b])}"
            ) from error
        keep = np.concatenate([[True], np.linalg.norm(np.diff(line, axis=0), axis=1) > 0])
        return Path.through(line[keep])

    def extended(self, start: int, end: int, by: float) -> Path:
        """The line between two points, continued straight on by `by` [m] past both.

        Raises
        ------
        ContactError
            The skin ends before.
        """
        line = self.path(start, end)
        before = self._beyond(self._vertices[start], line.points[0] - line.points[1], by)
        after = self._beyond(self._vertices[end], line.points[-1] - line.points[-2], by)
        whole = Path.through(np.vstack([before[:0:-1], line.points, after[1:]]))
        shift = Path.through(before).length
        if min(shift, Path.through(after).length) < 0.99 * by:
            raise ContactError(f"the skin ends less than {by * 1e3:.1f} mm past {_show(line.points[0])}")
        return Path(whole.points, whole.arc - shift, line.length)

    def _beyond(self, vertex: int, direction: Array, by: float) -> Array:
        if self._tracer is None:
            from potpourri3d import GeodesicTracer

            self._tracer = GeodesicTracer(self._points, self._triangles)
        step = direction / np.linalg.norm(direction) * by
        return np.asarray(self._tracer.trace_geodesic_from_vertex(vertex, step))


def _show(point: Array) -> str:
    return "(" + ", ".join(f"{x * 1e3:.1f}" for x in point) + ") mm"
