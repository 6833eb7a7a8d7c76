"""Weiss and Lapicque: limits in closed form, and fits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zygoma.errors import InputError, RangeError, UnknownNameError
from zygoma.response import StrengthDuration

LAWS = ("weiss", "lapicque")


@pytest.mark.parametrize("law", LAWS)
@given(rheobase=st.floats(1e-6, 1.0), constant=st.floats(1e-5, 1e-2))
def test_limits(law, rheobase, constant):
    curve = StrengthDuration(law, rheobase, constant)
    short, long = 1e-6 * constant, 1e6 * constant
    # short pulses need a charge, long ones a current; the next terms of both series are of the order 1e-6
    assert curve.threshold(short) * short == pytest.approx(rheobase * constant, rel=2e-6)
    assert curve.threshold(long) == pytest.approx(rheobase, rel=2e-6)
    assert curve.threshold(curve.chronaxie) == pytest.approx(2 * rheobase, rel=1e-12)


def test_closed_forms():
    duration = np.array([[0.02e-3, 0.1e-3], [0.3e-3, 1e-3]])
    weiss = StrengthDuration("weiss", "1 mA", "0.2 ms").threshold(duration)
    np.testing.assert_allclose(weiss, 1e-3 * (1 + 0.2e-3 / duration))
    lapicque = StrengthDuration("lapicque", "1 mA", "0.2 ms")
    np.testing.assert_allclose(lapicque.threshold(duration), 1e-3 / (1 - np.exp(-duration / 0.2e-3)))
    assert lapicque.chronaxie == pytest.approx(0.2e-3 * math.log(2))


@pytest.mark.parametrize("law", LAWS)
@given(rheobase=st.floats(1e-5, 10.0), constant=st.floats(5e-5, 1e-3))
def test_a_fit_finds_the_law_that_made_the_thresholds(law, rheobase, constant):
    duration = np.array([0.02, 0.05, 0.1, 0.2, 0.5, 1.0]) * 1e-3
    curve = StrengthDuration(law, rheobase, constant)
    found = StrengthDuration.fit(law, duration, curve.threshold(duration))
    assert found.rheobase == pytest.approx(rheobase, rel=1e-5)
    assert found.time_constant == pytest.approx(constant, rel=1e-5)


@pytest.mark.parametrize("law", LAWS)
def test_a_fit_is_the_best_in_charge(law):
    duration = np.array([0.02, 0.05, 0.1, 0.2, 0.5, 1.0]) * 1e-3
    rng = np.random.default_rng(3)
    needed = StrengthDuration(law, 1e-3, 2e-4).threshold(duration) * np.exp(0.05 * rng.normal(size=6))
    found = StrengthDuration.fit(law, duration, needed)

    def missed(rheobase, constant):
        gap = StrengthDuration(law, rheobase, constant).threshold(duration) - needed
        return float(((gap * duration) ** 2).sum())

    best = missed(found.rheobase, found.time_constant)
    for a, b in ((1.001, 1), (0.999, 1), (1, 1.001), (1, 0.999)):
        assert missed(found.rheobase * a, found.time_constant * b) > best


def test_what_is_refused():
    with pytest.raises(UnknownNameError, match="weiss"):
        StrengthDuration("wiess", 1e-3, 1e-4)
    with pytest.raises(UnknownNameError, match="weiss"):
        StrengthDuration.fit("wiess", [1e-4, 1e-3], [2.0, 1.0])
    with pytest.raises(RangeError, match="rheobase"):
        StrengthDuration("weiss", 0.0, 1e-4)
    with pytest.raises(RangeError, match="above zero"):
        StrengthDuration("weiss", 1e-3, 1e-4).threshold([1e-4, 0.0])
    with pytest.raises(InputError, match="shape"):
        StrengthDuration.fit("weiss", [1e-4, 1e-3], [1.0])
    with pytest.raises(InputError, match="different"):
        StrengthDuration.fit("weiss", [1e-4, 1e-4], [1.0, 1.0])
    with pytest.raises(InputError, match="do not fall"):
        StrengthDuration.fit("weiss", [1e-4, 1e-3], [1.0, 2.0])
    with pytest.raises(RangeError, match="nan"):
        StrengthDuration.fit("weiss", [1e-4, 1e-3], [1.0, math.nan])
