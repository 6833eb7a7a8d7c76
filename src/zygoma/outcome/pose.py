"""How the head stands before the camera."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zygoma.outcome.canonical_mesh import canonical_mesh
from zygoma.outcome.face_landmarks import MESH, FaceLandmarks

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pose:
    """Similarity that lays the canonical face on the landmarks: ``scale * rotation @ vertex + shift``.

    Parameters
    ----------
    rotation : (3, 3) array
        From the axes of the head (x to its left, y up, z forward) to those of the picture (x to the
        right, y up, z toward the camera).
    scale : float
        Pixels per metre of the canonical face. A face larger than the canonical one raises it as much
        as a nearer camera does: it is no measure of size.
    shift : (3,) array
        Where the head's origin lies in the picture's axes [px].
    """

    rotation: Array
    scale: float
    shift: Array

    @property
    def yaw(self) -> float:
        """Turn to the head's own left [deg]."""
        forward = self.rotation[:, 2]
        return float(np.degrees(np.arctan2(forward[0], forward[2])))

    @property
    def pitch(self) -> float:
        """Turn upward [deg]; its zero is that of the canonical face and differs a few degrees by person."""
        return float(np.degrees(np.arcsin(np.clip(self.rotation[1, 2], -1.0, 1.0))))

    @property
    def roll(self) -> float:
        """Tilt toward the head's own right shoulder: anticlockwise in the picture [deg]."""
        side = self.rotation[:, 0]
        return float(np.degrees(np.arctan2(side[1], side[0])))

    def angle_to(self, other: Pose) -> float:
        """Angle between the directions in which two heads face the camera, roll left out [deg]."""
        cosine = float(self.rotation[2] @ other.rotation[2])
        return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))

    def __str__(self) -> str:
        return f"yaw {self.yaw:+.1f}, pitch {self.pitch:+.1f}, roll {self.roll:+.1f} deg"


def fit_pose(landmarks: FaceLandmarks) -> Pose:
    """Pose of a face, from the points that hold still when it moves.

    Weighted least squares of a similarity in three dimensions, with the weights of the canonical mesh.

    References
    ----------
    Umeyama 1991, IEEE Trans. Pattern Anal. Mach. Intell. 13:376: rotation and scale in closed form.
    """
    mesh = canonical_mesh()
    rotation, scale, shift = similarity(mesh.vertices, landmarks.upright[:MESH], mesh.weights)
    return Pose(rotation, scale, shift)


def similarity(source: Array, target: Array, weights: Array) -> tuple[Array, float, Array]:
    """Rotation, scale and shift that lay points (n, d) on others with the least weighted square error."""
    weights = weights / weights.sum()
    source_middle, target_middle = weights @ source, weights @ target
    a, b = source - source_middle, target - target_middle
    u, stretch, vt = np.linalg.svd((b * weights[:, None]).T @ a)
    sign = np.ones(len(stretch))
    sign[-1] = np.sign(np.linalg.det(u @ vt))
    rotation = (u * sign) @ vt
    scale = float((stretch * sign).sum() / (weights @ (a**2).sum(axis=1)))
    return rotation, scale, target_middle - scale * rotation @ source_middle
