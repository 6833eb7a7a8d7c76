"""Volume and tone: exactly zero below threshold, monotone above, noise apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zygoma.errors import InputError, RangeError, UnknownNameError
from zygoma.evidence import Priors
from zygoma.response import tone, volume

IDS = ("musc_face", "musc_limb", "musc_sub", "musc_sessions", "tone_rest", "tone_change")
DRAWS = Priors.load().draw(IDS, 4096, 3)
FIXED = {"musc_face": 10.0, "musc_limb": 5.0, "musc_sessions": 30.0, "musc_sub": -1.0}


@given(st.floats(0, 1), st.integers(0, 500))
def test_below_threshold_training_changes_nothing(ratio, sessions):
    found = volume.change(np.full(4096, ratio), sessions, DRAWS)
    assert (found == 0).all()
    assert not np.signbit(found).any()


def test_above_threshold_by_hand():
    # x = 1: half of the gain; 30 sessions: 1 - 1/e
    assert volume.change([2.0], 30, FIXED) == pytest.approx([0.1 * 0.5 * 0.632121], rel=1e-6)
    assert volume.change([2.0], 30, FIXED, "limb") == pytest.approx([0.05 * 0.5 * 0.632121], rel=1e-6)
    assert volume.change([1e9], 1e6, FIXED) == pytest.approx([0.1])
    assert volume.residual(FIXED) == pytest.approx(-0.01)


@given(st.floats(1.001, 50), st.floats(1.01, 5), st.integers(1, 300), st.integers(1, 300))
def test_more_current_and_more_sessions_never_give_less(ratio, factor, sessions, more):
    low = volume.change([ratio], sessions, FIXED)
    assert volume.change([ratio * factor], sessions, FIXED) > low
    assert volume.change([ratio], sessions + more, FIXED) > low


def test_a_gain_may_be_a_loss_and_the_residual_is_centred():
    found = volume.change(np.full(4096, 3.0), 60, DRAWS)
    assert 0.03 < (found < 0).mean() < 0.2, "the prior N(10, 8) % holds 11 % of losses"
    # 4096 quasi-random points of a standard deviation of 2 %: an error of the mean far below 0.1 %
    assert volume.residual(DRAWS).mean() == pytest.approx(0, abs=1e-3)
    assert volume.residual(DRAWS).std() == pytest.approx(0.02, rel=0.02)


def test_what_cannot_be_is_refused():
    with pytest.raises(RangeError, match="current over threshold"):
        volume.change([-1.0], 30, FIXED)
    with pytest.raises(RangeError, match="finite"):
        volume.change([float("inf")], 30, FIXED)
    with pytest.raises(RangeError, match="sessions"):
        volume.change([2.0], -1, FIXED)
    with pytest.raises(UnknownNameError, match="did you mean 'face'"):
        volume.change([2.0], 30, FIXED, "fase")
    with pytest.raises(InputError, match="musc_sessions"):
        volume.change([2.0], 30, {"musc_face": 10.0})


def test_tone_follows_volume_and_is_centred_on_zero():
    fixed = {"tone_rest": 2.0, "tone_change": 0.0}
    assert tone.change(0.186, fixed) == pytest.approx(0.00372)
    found = tone.change(np.zeros(4096), DRAWS)
    assert np.median(found) == pytest.approx(0, abs=1e-4)
    assert found.std() == pytest.approx(0.01, rel=0.05)
    assert (found >= -0.05).all()


def test_a_muscle_cannot_push():
    assert tone.change(0.0, {"tone_rest": 2.0, "tone_change": -7.0}) == pytest.approx(-0.02)
