"""Where contacts may not be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from zygoma.errors import ContactError
from zygoma.treatment import Clearance, Path
from zygoma.treatment.clearance import within


def test_contact_over_the_front_of_the_neck_is_refused(body) -> None:
    clear = Clearance(body, 0.005)
    with pytest.raises(ContactError, match=r"would lie over the front of the neck; it is refused"):
        clear.check(np.array([[0.0, 0.0, 4e-3], [0.0, -0.04, 0.0]]))
    clear.check(np.array([0.0, -0.028, 2e-3]))


def test_distance_counts_from_the_edge_of_the_contact(body) -> None:
    place = np.array([[0.0, -0.030, 2.5e-3]])  # 6 mm before the region
    assert Clearance(body, 0.005).touched(place) == [None]
    assert Clearance(body, 0.008).touched(place) == ["the front of the neck"]


def test_nothing_on_the_eye_or_the_rim(body) -> None:
    marks = {"exocanthion_r": np.array([-0.03, 0.02, 0]), "endocanthion_r": np.array([-0.01, 0.02, 0])}
    rim = body.skin.points[body.skin.triangles].mean(axis=1)[:, 1] > 0.043
    face = replace(body, marks=marks, landmarks=tuple(marks), contact_ok=~rim)
    clear = Clearance(face, 0.005)
    assert clear.touched(np.array([[-0.02, 0.01, 0.0]])) == ["the eye"]
    assert clear.touched(np.array([[-0.02, 0.005, 0.0]])) == [None]
    assert clear.touched(np.array([[0.03, 0.041, 0.0]])) == ["the rim of the modelled skin"]


def test_clear_part_is_the_longest_free_piece(body) -> None:
    whole = Path.through(np.array([[0.0, 0.03, 0.0], [0.0, -0.045, 0.0]]))
    part, place = Clearance(body, 0.005).clear_part(whole)
    assert place == "the front of the neck"
    assert np.allclose(part.points[0], whole.points[0])
    assert part.length == pytest.approx(0.03 + 0.036 - 0.005, abs=5e-3)
    free, place = Clearance(body, 0.005).clear_part(whole.part(0, 0.03))
    assert place is None
    assert free.length == pytest.approx(0.03)


def test_within_is_the_distance_to_triangles() -> None:
    corners = np.array([[[0, 0, 0], [1, 0, 0], [0, 1, 0]]], dtype=float)
    points = np.array([[0.2, 0.2, 0.4], [0.2, 0.2, 0.6], [1.4, 0, 0], [1.6, 0, 0], [0.8, 0.8, 0.0]])
    assert within(corners, points, 0.5).tolist() == [True, False, True, False, True]
