"""How differently the faces of two photographs are shaped, told from where their landmarks lie."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zygoma.outcome.canonical_mesh import canonical_mesh
from zygoma.outcome.face_landmarks import MESH, FaceLandmarks
from zygoma.outcome.pose import fit_pose, similarity

Array = NDArray[np.float64]


def face_shape(landmarks: FaceLandmarks) -> Array:
    """(468, 3) vertices of a face turned to the front and as large as the canonical one [m]."""
    pose = fit_pose(landmarks)
    return np.asarray((landmarks.upright[:MESH] - pose.shift) @ pose.rotation / pose.scale)


def face_difference(one: FaceLandmarks, other: FaceLandmarks) -> float:
    """How differently two faces are shaped, size left out [m].

    Root mean square distance, in the frontal plane, of the points that hold still when a face moves,
    after the best shift, turn and size; the network's depth is too uncertain to count.
    """
    weights = canonical_mesh().weights
    a, b = face_shape(one)[:, :2], face_shape(other)[:, :2]
    rotation, scale, shift = similarity(a, b, weights)
    still = weights > 0.0
    apart = (a @ rotation.T * scale + shift - b)[still]
    return float(np.sqrt((apart**2).sum(axis=1).mean()))
