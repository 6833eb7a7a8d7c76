"""Pose against heads turned by known angles."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from zygoma.outcome.canonical_mesh import canonical_mesh
from zygoma.outcome.face_landmarks import FaceLandmarks
from zygoma.outcome.pose import fit_pose, similarity


def seen(yaw: float, pitch: float, roll: float, noise: float = 0.0) -> FaceLandmarks:
    """Landmarks of the canonical face, turned to its left, then up, then anticlockwise in the picture."""
    turn = Rotation.from_euler("z", roll, degrees=True) * Rotation.from_euler("y", yaw, degrees=True)
    turn = turn * Rotation.from_euler("x", -pitch, degrees=True)
    points = np.zeros((478, 3))
    points[:468] = turn.apply(canonical_mesh().vertices.copy()) * 5000.0 * [1, -1, -1] + [800, 900, 0]
    points[:468] += np.random.default_rng(3).normal(0, noise, (468, 3))
    return FaceLandmarks(points, 1.0, 1.0, 0.0)


@pytest.mark.parametrize(
    ("yaw", "pitch", "roll"), [(0, 0, 0), (12, 0, 0), (0, 9, 0), (0, 0, -15), (-8, 6, 4)]
)
def test_known_turns_are_found(yaw: float, pitch: float, roll: float) -> None:
    pose = fit_pose(seen(yaw, pitch, roll))
    assert pose.scale == pytest.approx(5000.0)
    forward = Rotation.from_matrix(pose.rotation).apply([0, 0, 1])
    assert np.degrees(np.arctan2(forward[0], forward[2])) == pytest.approx(pose.yaw)
    if roll == 0:
        assert pose.pitch == pytest.approx(pitch, abs=1e-6)
        if pitch == 0:
            assert pose.yaw == pytest.approx(yaw, abs=1e-6)
    if yaw == 0 and pitch == 0:
        assert pose.roll == pytest.approx(roll, abs=1e-6)


def test_angle_between_poses_leaves_roll_out() -> None:
    straight, turned = fit_pose(seen(0, 0, 0)), fit_pose(seen(5, 0, 20))
    assert straight.angle_to(turned) == pytest.approx(5.0, abs=1e-6)


def test_noise_of_the_landmarks_moves_the_pose_little() -> None:
    # 2.5 px at 5000 px/m is 0.5 mm, the worst spread measured; the 31 points hold it to half a degree
    pose = fit_pose(seen(7, 0, 0, noise=2.5))
    assert pose.yaw == pytest.approx(7.0, abs=1.0)


def test_similarity_never_mirrors() -> None:
    points = np.random.default_rng(0).normal(size=(20, 3))
    rotation, _, _ = similarity(points, points * [-1, 1, 1], np.ones(20))
    assert np.linalg.det(rotation) == pytest.approx(1.0)
