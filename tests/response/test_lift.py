"""Lift of the skin by shear lag: bands, finite differences, displacement on the face."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zygoma.errors import InputError, RangeError, UnknownNameError
from zygoma.evidence import Priors
from zygoma.face import Face
from zygoma.provenance import load_data
from zygoma.response import lift
from zygoma.response.detectable import share_detectable, smallest_shift
from zygoma.response.draws import drawn
from zygoma.response.pull import Pull, face_vectors
from zygoma.verification.shear_lag import shear_lag, solution_error

DRAWS = Priors.load().draw(lift.PRIORS, 1 << 14, 1)


def percentiles(values):
    return np.percentile(values, [5, 50, 95]) * 1e3


@pytest.mark.parametrize(
    ("tone", "expected", "digit"),
    [(1.0, [2.4, 6.2, 16.3], 0.1), (0.01, [0.02, 0.06, 0.16], 0.01), (0.05, [0.12, 0.31, 0.82], 0.01)],
)
def test_bands_of_the_shift(tone, expected, digit):
    # printed to one digit in mm; 1 % for the sampling of 16,384 quasi-random points at the 95th percentile
    assert percentiles(lift.shift(tone, DRAWS)) == pytest.approx(expected, abs=digit / 2, rel=0.01)


def test_band_of_the_decay_length():
    assert percentiles(lift.decay_length(DRAWS)) == pytest.approx([11, 21, 38], abs=0.5, rel=0.01)


def test_growth_of_a_muscle_lifts_less_than_a_tenth_of_a_millimetre_in_the_middle():
    for tone, middle, high in ((0.02, 0.02, 0.06), (0.05, 0.06, 0.15)):
        _, p50, p95 = percentiles(lift.shift(0.186 * tone, DRAWS))
        assert p50 == pytest.approx(middle, abs=0.005)
        assert p95 == pytest.approx(high, abs=0.005)
    assert lift.bulge(2e-3, 0.186) == pytest.approx(0.37e-3, abs=0.005e-3)


def test_the_smile_of_a_finite_element_model_lies_in_the_band():
    smile = load_data("mechanics.toml")["check"]["finite_element"]
    low, _, high = np.percentile(lift.shift(1.0, DRAWS), [5, 50, 95])
    assert low < smile["low"] < smile["high"] < high


def test_closed_form_against_finite_differences():
    assert all(record.passed for record in shear_lag())
    errors = [solution_error(cells) for cells in (100, 200, 400)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2, abs=0.1)
    assert np.log2(errors[1] / errors[2]) == pytest.approx(2, abs=0.1)


def test_the_fat_carries_the_whole_force():
    """Balance: the hold of the fat over all distances is the force of the muscle."""
    x = np.linspace(0, 0.8, 200_001)
    one = {id: values[:1] for id, values in DRAWS.items()}
    G, t, b, F = (drawn(one, id)[0] for id in ("lift_G", "lift_t", "lift_b", "lift_F"))
    u = lift.at_distance(lift.shift(1.0, one), x, lift.decay_length(one))
    assert 2 * b * G / t * np.trapezoid(u, x) == pytest.approx(F, rel=1e-6)


@given(st.floats(-1, 1), st.floats(0, 0.2), st.floats(1e-3, 0.1))
def test_the_shift_falls_with_distance_and_keeps_its_sign(shift, distance, decay):
    near, far = lift.at_distance(shift, distance, decay), lift.at_distance(shift, distance + 0.01, decay)
    assert abs(far) <= abs(near) <= abs(shift)
    assert near * shift >= 0


def test_field_of_a_pull():
    points = np.array([[0.0, 0, 0], [0.02, 0, 0], [0, 0.02, 0]])
    found = lift.field(points, points[0], [0, 2.0, 0], 1e-3, 0.02)
    assert found[0] == pytest.approx([0, 1e-3, 0])
    assert found[1] == pytest.approx([0, 1e-3 / np.e, 0])
    assert found[2] == pytest.approx(found[1])
    with pytest.raises(RangeError, match="direction"):
        lift.field(points, points[0], [0, 0, 0], 1e-3, 0.02)
    with pytest.raises(RangeError, match="decay length"):
        lift.field(points, points[0], [0, 1, 0], 1e-3, 0.0)


def test_draws_must_hold_the_priors():
    with pytest.raises(InputError, match="lift_F"):
        lift.full_shift({id: values for id, values in DRAWS.items() if id != "lift_F"})
    with pytest.raises(UnknownNameError, match="unknown prior 'lift_e'"):
        drawn(DRAWS, "lift_e")


@pytest.fixture(scope="module")
def face() -> Face:
    return Face.average(resolution="coarse")


def test_the_smile_muscle_lifts_the_cheek_and_the_corner_of_the_mouth(face):
    pull = Pull.of(face, "zygomaticus_major_r")
    vectors = pull.vectors(1e-3, 0.02)
    nearest = np.linalg.norm(face.skin.points - pull.insertion, axis=1).argmin()
    assert np.linalg.norm(vectors, axis=1).argmax() == nearest
    assert np.linalg.norm(vectors[nearest]) == pytest.approx(1e-3, rel=0.2)  # the vertex is some mm away
    assert vectors[nearest, 1] > 0, "up"
    assert vectors[nearest, 0] < 0, "to the subject's right"
    assert np.einsum("ij,ij->i", vectors, face.skin.normals) == pytest.approx(0, abs=1e-9), "along the skin"
    back = pull.vectors(-1e-3, 0.02)
    assert back == pytest.approx(-vectors)


def test_pulls_of_several_muscles_add(face):
    one = Pull.of(face, "zygomaticus_major_r").vectors(1e-3, 0.02)
    other = Pull.of(face, "dao_l").vectors(2e-3, 0.02)
    both = face_vectors(face, {"zygomaticus_major_r": 1e-3, "dao_l": 2e-3}, 0.02)
    assert both == pytest.approx(one + other)


def test_a_ring_has_no_pull(face):
    with pytest.raises(UnknownNameError, match="two ends"):
        Pull.of(face, "orbicularis_oris")


def test_what_photographs_can_show():
    low, high = smallest_shift()
    assert (low, high) == (0.5e-3, 1e-3)
    assert share_detectable([0.0, 0.6e-3, -0.7e-3, 2e-3]) == (0.25, 0.75)
    # +1 % of the greatest force is under what photographs show in nearly every sample
    assert share_detectable(lift.shift(0.01, DRAWS))[1] < 0.001
