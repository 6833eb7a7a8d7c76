"""Lines on the skin and below it."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.face import Face
from zygoma.face.surface import nearest
from zygoma.response.path import arc_length, below_skin, prolonged, resampled
from zygoma.response.ring import Ring


@pytest.fixture(scope="module")
def face() -> Face:
    return Face.average(resolution="coarse")


def test_resampling_keeps_ends_and_length() -> None:
    points = np.array([[0.0, 0, 0], [0.01, 0, 0], [0.01, 0.005, 0]])
    found = resampled(points, 0.4e-3)
    assert found[0] == pytest.approx(points[0])
    assert found[-1] == pytest.approx(points[-1])
    steps = np.linalg.norm(np.diff(found, axis=0), axis=1)
    assert steps.max() <= 0.4e-3 * (1 + 1e-9)
    assert arc_length(found)[-1] == pytest.approx(0.015, rel=0.01)  # the corner is cut by less than a step


def test_prolonged_goes_straight_on() -> None:
    points = np.column_stack([np.linspace(0, 1e-2, 11), np.zeros(11), np.zeros(11)])
    assert prolonged(points, 5e-3)[-1] == pytest.approx([1.5e-2, 0, 0])


def test_level_zero_is_the_skin_and_levels_go_inwards(face: Face) -> None:
    points = np.array([face.landmark("cheilion_r"), face.landmark("zygion_r")])
    assert below_skin(face, points, 0.0) == pytest.approx(points, abs=1e-9)
    half = below_skin(face, points, 1.5)
    whole = [below_skin(face, points, level) for level in (1.0, 2.0)]
    assert half == pytest.approx((whole[0] + whole[1]) / 2, abs=1e-12)
    depth = nearest(face.skin, below_skin(face, points, 3.0))[2]
    assert (depth > 1e-3).all()


def test_a_ring_is_followed_at_its_mean_radius() -> None:
    turn = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    points = np.column_stack([0.03 * np.cos(turn), 0.02 * np.sin(turn), np.full_like(turn, 0.1)])
    ring = Ring.of(points, np.ones(len(points)))
    assert ring.middle == pytest.approx([0, 0, 0.1], abs=1e-12)
    start = np.array([0.033, 0.0, 0.1])  # a tenth outside
    for sign in (1, -1):
        found = ring.along(start, sign * 0.03, 0.5e-3)
        assert found[0] == pytest.approx(start)
        assert arc_length(found)[-1] == pytest.approx(0.03, rel=0.02)
        # the mean over 20 degrees is rounder than the ellipse itself
        assert np.hypot(found[32:, 0] / 0.03, found[32:, 1] / 0.02) == pytest.approx(1, abs=0.06)
        assert found[:, 2] == pytest.approx(0.1)
    sides = [ring.along(start, s * 0.01, 0.5e-3)[-1, 1] for s in (1, -1)]
    assert sides[0] == pytest.approx(-sides[1], rel=1e-2)
