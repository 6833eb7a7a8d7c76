"""Scans are laid on each other by what holds still, from any start within reason, or refused."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from zygoma.errors import FaceError, InputError
from zygoma.face import Person, Surface
from zygoma.outcome.face_pose import FacePose, face_pose
from zygoma.outcome.moving_least_squares import PointSurface
from zygoma.outcome.scan import Scan
from zygoma.outcome.scan_alignment import align
from zygoma.outcome.scan_nodes import ScanNodes
from zygoma.outcome.scan_truth import head, moved_up, scanned

pytest.importorskip("trimesh")

JOWL = (-0.045, 0.60, 0.11)


@pytest.fixture(scope="module")
def skin() -> Surface:
    return head()


@pytest.fixture(scope="module")
def first(skin: Surface) -> ScanNodes:
    return ScanNodes.of(scanned(skin, 2e-3, 5e-5, np.random.default_rng(1), radius=0.08))


@pytest.fixture(scope="module")
def pose(first: ScanNodes) -> FacePose:
    return face_pose(first)


def test_moving_least_squares_on_a_ball() -> None:
    """Height, normal and noise of a ball whose answer is known."""
    rng = np.random.default_rng(3)
    out = rng.standard_normal((60000, 3))
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    surface = PointSurface(0.05 * out * (1 + 2e-3 * rng.standard_normal((60000, 1))), out, 4e-3)
    fit = surface.meet(0.052 * out[:300], out[:300])
    assert fit.ok.all()
    # noise 0.1 mm, 64 points to a fit: 0.1 mm sqrt(about 6 / 64) and five times that for the worst of 300
    assert np.abs(fit.height + 2e-3).max() < 1.6e-4
    assert abs(fit.height.mean() + 2e-3) < 1e-5
    assert np.std(fit.height) == pytest.approx(np.median(fit.error), rel=0.3)
    assert np.median(fit.scatter) == pytest.approx(1e-4, rel=0.1)
    assert np.einsum("ij,ij->i", fit.normal, out[:300]).min() > np.cos(np.radians(6))


def test_pose_finds_up_and_stable_parts(first: ScanNodes, pose: FacePose) -> None:
    # the made-up scanner turns a few degrees; the average face itself leans by 1 to 2
    assert np.degrees(np.arccos(pose.up[1])) < 10
    middle = first.points[pose.stable].mean(axis=0)
    assert middle[1] > first.points[pose.mask("nose")].mean(axis=0)[1]
    # forehead, glabella and bridge are some 70 cm2 of a head
    assert 40e-4 < first.areas[pose.stable].sum() < 100e-4
    assert first.points[pose.mask("chin")][:, 1].max() < first.points[pose.mask("nose")][:, 1].min() + 0.01


@pytest.mark.parametrize("turn", [pytest.param(0.0, marks=pytest.mark.slow), 20.0])
def test_moved_jowl_does_not_pull(skin: Surface, first: ScanNodes, pose: FacePose, turn: float) -> None:
    """A jowl moved by 4 mm, another frame: the other side of the lower face stays where it was."""
    rng = np.random.default_rng(5)
    moved = scanned(moved_up(skin, JOWL, 4e-3, 0.014), 2e-3, 5e-5, rng, radius=0.08)
    rotation = Rotation.from_rotvec(np.radians(turn) * np.array([0.6, 0.64, -0.48])).as_matrix()
    other = ScanNodes.of(moved.moved(rotation, [0.03, -0.02, 0.01]))
    found = align(other, first, pose.stable)
    assert not found.reasons
    assert found.residual < 5e-5
    assert found.overlap > 0.95
    assert found.scale is not None
    assert abs(found.scale - 1) < 1e-3
    back = align(first, other, other.of_points(np.ones(len(other.scan.points), bool)), found.motion.inverse)
    both = found.motion.after(back.motion)(first.points)
    # the whole face, trimmed, must agree with the stable part; 0.15 mm at the far end of the head
    assert np.abs(both - first.points).max() < 1.5e-4


@pytest.mark.slow
def test_upside_down_is_found(first: ScanNodes) -> None:
    turn = Rotation.from_euler("xz", [90, 170], degrees=True).as_matrix()
    found = face_pose(ScanNodes.of(first.scan.moved(turn, [0.2, 0, 0])))
    assert np.degrees(np.arccos(found.up @ turn[:, 1])) < 10


@pytest.mark.slow
def test_what_is_no_face() -> None:
    import trimesh

    ball = trimesh.creation.icosphere(5, radius=0.1)
    with pytest.raises(FaceError, match="shows no face: the average face meets less than half of it"):
        face_pose(ScanNodes.of(Scan.of(ball.vertices, ball.faces)))


@pytest.mark.slow
def test_pairs_that_cannot_be_compared(skin: Surface, first: ScanNodes, pose: FacePose) -> None:
    rng = np.random.default_rng(6)
    larger = Surface(skin.points * 1.03, skin.triangles)
    found = align(ScanNodes.of(scanned(larger, 2e-3, 5e-5, rng, radius=0.08)), first, pose.stable)
    assert any("+3.0% larger" in reason for reason in found.reasons)
    other = head(Person.random(1))
    found = align(ScanNodes.of(scanned(other, 2e-3, 5e-5, rng, radius=0.08)), first, pose.stable)
    assert any("plainly different faces" in reason for reason in found.reasons)
    below = skin.triangles[skin.points[skin.triangles][:, :, 1].max(axis=1) < 0.69]
    found = align(
        ScanNodes.of(scanned(Surface(skin.points, below), 2e-3, 5e-5, rng, radius=0.08)), first, pose.stable
    )
    assert any("stable part" in reason for reason in found.reasons)
    with pytest.raises(InputError, match="check the units"):
        align(ScanNodes.of(Scan.of(first.scan.points * 0.2, first.scan.triangles, "m")), first, pose.stable)
