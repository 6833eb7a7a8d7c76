"""Strokes: the techniques as the data file defines them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zygoma.errors import ContactError, RangeError, UnknownNameError
from zygoma.treatment import Path, Stroke

STEP = 0.01 / 20


def line(length: float) -> Path:
    return Path.through(np.array([[0.0, 0, 0], [length / 3, 0, 0], [length, 0, 0]]))


def stroke(technique: str, length: float, **options) -> tuple:
    made = Stroke(technique, np.zeros(3), np.array([length, 0, 0]), **options)
    a, b = made.along(line(length))
    return a[:, 0], b[:, 0]


def test_toward_rests_at_the_origin_and_holds_before_it() -> None:
    a, b = stroke("toward", 0.04)
    assert np.all(a == 0)
    assert b[0] == pytest.approx(0.04)
    assert np.allclose(np.diff(b[:51]), -STEP)
    assert np.allclose(b[50:], 0.015)
    assert len(b) == 50 + 100  # 25 mm at 10 mm/s, then 5 s, 20 a second


def test_apart_starts_in_the_middle_and_ends_at_both_ends() -> None:
    a, b = stroke("apart", 0.04)
    assert (a[0], b[0]) == pytest.approx((0.0125, 0.0275))
    assert (a[-1], b[-1]) == pytest.approx((0.0, 0.04))
    assert np.allclose(a + b, 0.04)
    assert np.allclose(np.diff(a[:-1]), -STEP)


def test_glide_travels_from_insertion_to_origin() -> None:
    a, b = stroke("glide", 0.04)
    assert (a[0], b[0]) == pytest.approx((0.025, 0.04))
    assert (a[-1], b[-1]) == pytest.approx((0.0, 0.015))
    assert np.allclose(b - a, 0.015)
    assert np.all(np.diff(a) < 0)


def test_hold_rests_on_both_ends() -> None:
    a, b = stroke("hold", 0.04, hold=3.0)
    assert len(a) == 60
    assert np.all(a == 0)
    assert np.allclose(b, 0.04)


@given(
    st.sampled_from(["toward", "apart", "glide", "hold"]),
    st.floats(1e-3, 0.15),
    st.floats(1e-3, 0.05),
    st.floats(1, 50),
)
def test_contacts_never_touch_and_moving_ones_stay_on_the_line(
    technique: str, length: float, speed: float, rate: float
) -> None:
    made = Stroke(technique, np.zeros(3), np.array([length, 0, 0]), speed=speed, rate=rate)
    out = made.widening(line(length))
    way = Path(np.array([[-out, 0, 0], [length + out, 0, 0]]), np.array([-out, length + out]), length)
    a, b = (places[:, 0] for places in made.along(way))
    assert np.min(b - a) >= 0.012 - 1e-12
    assert a.min() >= -out - 1e-12
    assert b.max() <= length + out + 1e-12
    if out == 0:
        assert (
            max(np.abs(np.diff(a)).max(initial=0), np.abs(np.diff(b)).max(initial=0)) <= speed / rate + 1e-12
        )
    assert (made.adapted(way) is None) == (length > made.gap or (technique == "hold" and out == 0))


def test_line_shorter_than_the_gap_is_held_at_its_ends() -> None:
    a, b = stroke("glide", 0.0135)
    assert len(a) == 100
    assert np.all(a == 0)
    assert np.allclose(b, 0.0135)


def test_positions_on_a_skin_repeat_for_every_pass(body) -> None:
    made = Stroke("toward", *body.ends["m_r"], passes=2)
    t, a, b = made.positions(body.skin)
    assert np.allclose(np.diff(t), 0.05)
    half = len(t) // 2
    assert np.array_equal(b[:half], b[half:])
    assert np.allclose(a, body.ends["m_r"][0], atol=1e-4)
    assert np.allclose(np.linalg.norm(b[:half][-1] - a[0]), 0.015, rtol=0.02)


def test_tiny_line_is_widened_on_the_skin(body) -> None:
    _, a, b = Stroke("apart", *body.ends["tiny_r"]).positions(body.skin)
    assert np.linalg.norm(a[0] - b[0]) == pytest.approx(0.012, rel=0.01)
    assert np.allclose((a[0] + b[0])[:2] / 2, np.mean(body.ends["tiny_r"], axis=0)[:2], atol=3e-4)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"speed": 0.0}, "speed is 0"),
        ({"gap": -0.01}, "gap is -0.01"),
        ({"gap": 0.011}, "expected at least 12 mm"),
        ({"contact_radius": float("nan")}, "contact_radius"),
        ({"passes": 0}, "passes is 0"),
        ({"hold": -1.0}, "hold is -1"),
        ({"rate": 0.0}, "rate is 0"),
    ],
)
def test_bad_numbers(options: dict, text: str) -> None:
    with pytest.raises(RangeError, match=text):
        Stroke("toward", np.zeros(3), np.ones(3), **options)


def test_bad_technique_and_bad_place(body) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'toward'"):
        Stroke("towards", np.zeros(3), np.ones(3))
    with pytest.raises(ContactError, match="off the skin"):
        Stroke("hold", np.array([0, 0, 0.05]), np.zeros(3)).positions(body.skin)
