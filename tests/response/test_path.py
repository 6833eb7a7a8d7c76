"""Paths of fibres: polylines, layers of the face, the fibres of a muscle."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.face import Face
from zygoma.face.surface import nearest
from zygoma.response.path import along_muscle, arc_length, below_skin, prolonged, resampled


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


@pytest.mark.parametrize("muscle", ["zygomaticus_major_r", "masseter_l", "orbicularis_oris"])
def test_a_path_along_a_muscle_stays_in_it_and_follows_its_fibres(face: Face, muscle: str) -> None:
    elements = face.muscle_elements(muscle)
    centres = face.nodes[face.tets[elements]].mean(axis=1)
    start = centres[np.argmin(np.linalg.norm(centres - centres.mean(axis=0), axis=1))]
    fibre = face.fibre[elements][np.argmin(np.linalg.norm(centres - start, axis=1))].astype(float)
    path = along_muscle(face, muscle, start, fibre, 0.5e-3, 2.5e-3)
    assert len(path) > 10
    corners = face.nodes[face.tets[elements]]
    size = np.median(np.linalg.norm(corners - centres[:, None], axis=2).max(axis=1))
    away = np.linalg.norm(path[:, None] - centres[None], axis=2).min(axis=1)
    assert away.max() <= max(2.5e-3, size) + 0.5e-3  # the distance that ends it, and the last step
    steps = np.diff(path, axis=0)
    steps /= np.linalg.norm(steps, axis=1)[:, None]
    assert (np.einsum("ij,ij->i", steps[1:], steps[:-1]) > 0.5).all()  # never turns back
