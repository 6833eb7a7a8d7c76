"""Rigid motions, and the step of an iterative closest point search."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Motion:
    """x -> scale rotation x + translation.

    Attributes
    ----------
    rotation : (3, 3) array
    translation : (3,) array
        [m].
    scale : float
        1 for a rigid motion.
    """

    rotation: Array
    translation: Array
    scale: float = 1.0

    @staticmethod
    def still() -> Motion:
        """The motion that moves nothing."""
        return Motion(np.eye(3), np.zeros(3))

    def __call__(self, points: Array) -> Array:
        """Moved points (n, 3) [m]."""
        return np.asarray(self.scale * points @ self.rotation.T + self.translation)

    def turn(self, vectors: Array) -> Array:
        """Turned directions (n, 3)."""
        return np.asarray(vectors @ self.rotation.T)

    def after(self, first: Motion) -> Motion:
        """This motion after another."""
        return Motion(
            self.rotation @ first.rotation,
            self(first.translation[None])[0],
            self.scale * first.scale,
        )

    @property
    def inverse(self) -> Motion:
        """The way back."""
        back = self.rotation.T
        return Motion(back, -(back @ self.translation) / self.scale, 1 / self.scale)


def step(points: Array, normals: Array, distance: Array, weights: Array, sized: bool = False) -> Motion:
    """The small motion of points that takes away their distances to a surface along its normals.

    Chen and Medioni's point-to-plane step, with weights.

    Parameters
    ----------
    points : (n, 3) array
        Points to be moved [m].
    normals : (n, 3) array
        Unit normals of the surface at their partners.
    distance : (n,) array
        From the point to the surface along the normal [m].
    weights : (n,) array
    sized : bool
        Whether the size may change as well.
    """
    matrix, centre, reach = _columns(points, normals, weights)
    matrix = matrix if sized else matrix[:, :6]
    normal_matrix = matrix.T @ (weights[:, None] * matrix)
    # a ball or a plane leaves some motions open: these stay small
    normal_matrix += 1e-6 * np.trace(normal_matrix) / len(normal_matrix) * np.eye(len(normal_matrix))
    found = np.linalg.solve(normal_matrix, matrix.T @ (weights * distance))
    rotation = Rotation.from_rotvec(found[:3] / reach).as_matrix()
    scale = float(np.exp(found[6] / reach)) if sized else 1.0
    return Motion(rotation, centre + found[3:6] - scale * rotation @ centre, scale)


def size_error(points: Array, normals: Array, distance: Array, weights: Array) -> float:
    """Standard error of the size that `step` finds, for independent distances left over.

    Infinite where the shape does not hold it: a plane has no size.
    """
    matrix, _, reach = _columns(points, normals, weights)
    root = np.sqrt(weights)[:, None]
    moves, sizing = root * matrix[:, :6], root[:, 0] * matrix[:, 6]
    own = sizing - moves @ np.linalg.lstsq(moves, sizing)[0]
    scatter = np.sqrt(np.average(distance**2, weights=weights))
    return float(scatter / max(np.linalg.norm(own), 1e-300) / reach)


def _columns(points: Array, normals: Array, weights: Array) -> tuple[Array, Array, float]:
    """Derivatives (n, 7) of the distances by turn and growth [times the reach] and shift; centre; reach."""
    centre = np.average(points, axis=0, weights=weights)
    arm = points - centre
    reach = float(np.sqrt(np.average((arm**2).sum(axis=1), weights=weights)))
    growth = np.einsum("ij,ij->i", arm / reach, normals)
    return np.hstack([np.cross(arm / reach, normals), normals, growth[:, None]]), centre, reach


def trimmed(distance: Array, ok: NDArray[np.bool_], keep: float) -> Array:
    """Weights (n,): Tukey's, scaled by the median, for the share `keep` of smallest distance; else 0."""
    size = np.where(ok, np.abs(distance), np.inf)
    if ok.sum() < 10:
        return np.zeros(len(size))
    limit = np.quantile(size[ok], keep)
    scale = 4.685 * 1.4826 * max(float(np.median(size[ok])), 1e-9)
    weight = np.where(size <= min(limit, scale), (1 - np.minimum(size / scale, 1.0) ** 2) ** 2, 0.0)
    return np.asarray(weight)
