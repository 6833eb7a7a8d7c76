"""A smooth surface through noisy points: local quadratic fits by moving least squares."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from zygoma.face.surface import unit_vectors

Array = NDArray[np.float64]

_NEIGHBOURS = 64
_LEAST = 12  # points for the six coefficients of a quadratic fit
_CHUNK = 4096
_ROUNDS = 2  # a fit is centred on the foot of the one before


@dataclass(frozen=True, eq=False)
class LocalFit:
    """The smooth surface where lines through given points, along given axes, meet it.

    Attributes
    ----------
    height : (k,) array
        Signed distance from the point to the surface along the axis [m].
    normal : (k, 3) array
        Unit normal of the surface there.
    scatter : (k,) array
        Standard deviation of the points about the fit [m].
    error : (k,) array
        Standard error of the height if the scatter of the points is white [m].
    ok : (k,) bool array
        Whether enough points lie all round; nothing is known where it is false.
    """

    height: Array
    normal: Array
    scatter: Array
    error: Array
    ok: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class PointSurface:
    """Points of a surface and their outward normals.

    A quadratic surface is fitted to the points within `radius` (Levin 2003; weights (1 - r^2/R^2)^2).

    Parameters
    ----------
    points : (n, 3) array
        Points [m].
    normals : (n, 3) array
        Outward unit normals; rough ones will do.
    radius : float
        Radius of a fit [m].
    """

    points: Array
    normals: Array
    radius: float

    @cached_property
    def tree(self) -> cKDTree:
        """Search tree of the points."""
        return cKDTree(self.points)

    def meet(self, points: Array, axes: Array) -> LocalFit:
        """Fits where lines through `points` (k, 3) along unit `axes` (k, 3) meet the surface."""
        parts = [
            self._meet(points[first : first + _CHUNK], axes[first : first + _CHUNK])
            for first in range(0, len(points), _CHUNK)
        ]
        height, normal, scatter, error, ok = (np.concatenate(part) for part in zip(*parts, strict=True))
        return LocalFit(height, normal, scatter, error, ok)

    def _meet(self, points: Array, axes: Array) -> tuple[Array, Array, Array, Array, NDArray[np.bool_]]:
        u, v = _across(axes)
        near = self.tree.query(points)[1]
        height = np.einsum("ij,ij->i", self.points[near] - points, axes)
        # far to the side the nearest point says nothing of the height
        side = np.linalg.norm(self.points[near] - points - height[:, None] * axes, axis=1)
        ok = side < self.radius
        for _ in range(_ROUNDS):
            height, normal, scatter, error, good = self._fit(points, axes, u, v, height)
        return height, normal, scatter, error, ok & good

    def _fit(
        self, points: Array, axes: Array, u: Array, v: Array, height: Array
    ) -> tuple[Array, Array, Array, Array, NDArray[np.bool_]]:
        centre = points + height[:, None] * axes
        count = min(_NEIGHBOURS, len(self.points))
        distance, near = self.tree.query(centre, k=count, distance_upper_bound=self.radius)
        found = np.isfinite(distance)
        near = np.where(found, near, 0)
        off = self.points[near] - centre[:, None]
        # the other side of a fold of skin or of a thin part is not this surface
        found &= (self.normals[near] @ axes[:, :, None])[:, :, 0] > 0.0
        weight = np.where(found, (1 - (np.where(found, distance, 0.0) / self.radius) ** 2) ** 2, 0.0)
        x, y, z = (off @ np.stack([u / self.radius, v / self.radius, axes], axis=2)).transpose(2, 0, 1)
        basis = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=2)
        weighted = basis * weight[:, :, None]
        across = weighted.transpose(0, 2, 1)
        inverse = np.linalg.inv(across @ basis + 1e-9 * np.eye(6))
        coefficients = (inverse @ (across @ z[:, :, None]))[:, :, 0]
        rest = (z - (basis @ coefficients[:, :, None])[:, :, 0]) * found
        number = found.sum(axis=1)
        scatter = np.sqrt((rest**2).sum(axis=1) / np.maximum(number - 6, 1))
        spread = (weighted @ inverse[:, 0, :, None])[:, :, 0]
        error = scatter * np.sqrt((spread**2).sum(axis=1))
        mean = [(weight * part).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-12) for part in (x, y)]
        ok = (number >= _LEAST) & (np.hypot(*mean) < 0.3) & (np.abs(coefficients[:, 0]) < self.radius)
        slope = coefficients[:, 1:3] / self.radius
        normal = unit_vectors(axes - slope[:, :1] * u - slope[:, 1:] * v)
        ok &= np.isfinite(coefficients).all(axis=1)
        return height + np.where(ok, coefficients[:, 0], 0.0), normal, scatter, error, ok


def _across(axes: Array) -> tuple[Array, Array]:
    """Two unit vectors (k, 3) across each axis and each other."""
    help_ = np.eye(3)[np.argmin(np.abs(axes), axis=1)]
    u = unit_vectors(np.cross(axes, help_))
    return u, np.asarray(np.cross(axes, u))
