"""The course of a ring muscle, such as that round the eye."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_SECTORS = 3600  # of a turn, the points of each taken together: 1e-6 of the radius beside the width
_WIDTH = np.radians(20.0)  # over which the radius of a ring is averaged


@dataclass(frozen=True, eq=False)
class Ring:
    """Mean radius of a ring as a function of the angle round its middle.

    Attributes
    ----------
    middle : (3,) array
        [m].
    axes : (3, 3) array
        Unit vectors: two in the plane of the ring, then the one across it.
    angle, radius, weight : (n,) arrays
        Of the points that make up the ring [rad], [m].
    """

    middle: Array
    axes: Array
    angle: Array
    radius: Array
    weight: Array

    @classmethod
    def of(cls, points: Array, weights: Array) -> Ring:
        """Ring through points (n, 3) [m] with weights (n,), such as the volumes of its elements."""
        middle = np.average(points, axis=0, weights=weights)
        across = points - middle
        axes = np.linalg.svd(across * np.sqrt(weights)[:, None], full_matrices=False)[2]
        x, y = (across @ axes[:2].T).T
        return cls(middle, axes, *_gathered(np.arctan2(y, x), np.hypot(x, y), np.asarray(weights, float)))

    def mean_radius(self, angle: Array) -> Array:
        """Mean radius (k,) at some angles [m]."""
        apart = np.remainder(angle[:, None] - self.angle + np.pi, 2 * np.pi) - np.pi
        near = self.weight * np.exp(-0.5 * (apart / _WIDTH) ** 2)
        return np.asarray(near @ self.radius / near.sum(axis=1))

    def along(self, start: Array, length: float, step: float) -> Array:
        """Points (k, 3) round the ring from a point on, which come to its mean radius on half the way.

        Parameters
        ----------
        start : (3,) array
            [m].
        length : float
            Of the line, at most one turn; its sign gives the direction [m].
        step : float
            Between the points [m].
        """
        x, y, z = self.axes @ (start - self.middle)
        first = float(np.arctan2(y, x))
        turn = first + np.sign(length) * np.linspace(0.0, 2 * np.pi, 721)
        mean = self.mean_radius(turn)
        half_way = np.abs(turn - first) * mean[0] / (0.5 * abs(length))
        radius = mean * (1 + (np.hypot(x, y) / mean[0] - 1) * np.maximum(0.0, 1 - half_way))
        line = np.column_stack([radius * np.cos(turn), radius * np.sin(turn), np.full_like(turn, z)])
        away = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
        at = np.arange(0.0, min(abs(length), float(away[-1])) + 1e-12, step)
        points = np.column_stack([np.interp(at, away, column) for column in line.T])
        return np.asarray(self.middle + points @ self.axes)


def _gathered(angle: Array, radius: Array, weight: Array) -> tuple[Array, Array, Array]:
    """Mean angle, mean radius and weight of the points in each sector that has any."""
    sector = np.minimum(((angle / (2 * np.pi) + 0.5) * _SECTORS).astype(np.int64), _SECTORS - 1)
    whole, turned, out = (
        np.bincount(sector, weights=values, minlength=_SECTORS).astype(np.float64)
        for values in (weight, weight * angle, weight * radius)
    )
    some = whole > 0
    return turned[some] / whole[some], out[some] / whole[some], whole[some]
