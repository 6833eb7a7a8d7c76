"""Feeling and twitching against the tables of the evidence and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zygoma.evidence import Priors
from zygoma.response.perception import feeling_probability, perception_threshold
from zygoma.response.twitch import (
    conditional_rheobase,
    rheobase_from_study,
    twitch_probability,
    twitch_threshold,
)

CURRENTS = np.array([0.4e-3, 0.8e-3, 1e-3, 2e-3, 4e-3])
rng = np.random.default_rng(3)


@pytest.fixture(scope="module")
def study() -> tuple[np.ndarray, np.ndarray]:
    """Rheobase and time constant of people, from the study itself (Frigerio 2015, Mogyoros 1996)."""
    tau = np.maximum(rng.normal(0.459e-3, 0.126e-3, 400_000), 1e-6)
    return rheobase_from_study(4.6e-3, 1.7e-3, 0.7e-3, tau, rng.standard_normal(len(tau))), tau


def test_rheobase_of_the_study(study) -> None:
    # section 9 of the evidence base: 2.62 (1.26-5.47) mA; 400,000 samples tell the ends to 1 %
    low, median, high = np.quantile(study[0], [0.025, 0.5, 0.975])
    assert median == pytest.approx(2.62e-3, rel=0.01)
    assert (low, high) == pytest.approx((1.26e-3, 5.47e-3), rel=0.02)


def test_table_of_twitching_with_a_long_pulse(study) -> None:
    found = (study[0][:, None] < CURRENTS).mean(axis=0)
    assert found[0] < 1e-4
    # two digits are printed, and the tail is told by a few hundred samples
    assert found[1] == pytest.approx(0.0008, abs=0.0002)
    assert found[2:] == pytest.approx([0.005, 0.235, 0.870], abs=0.003)


def test_table_of_twitching_with_a_short_pulse(study) -> None:
    found = (twitch_threshold(*study, 0.2e-3)[:, None] < CURRENTS).mean(axis=0)
    assert found[:3] == pytest.approx([0, 0, 0], abs=1e-5)
    assert found[3] < 2e-4
    assert found[4] == pytest.approx(0.02, abs=0.005)


@pytest.mark.parametrize("duration", [np.inf, 0.2e-3])
def test_priors_give_the_table_of_the_study(study, duration) -> None:
    drawn = Priors.load().draw(["rheobase_motor", "tau_motor"], 4096, 1)
    rheobase, tau = drawn["rheobase_motor"] * 1e-3, drawn["tau_motor"] * 1e-3
    median, spread = conditional_rheobase(rheobase, tau, 0.7e-3)
    threshold = twitch_threshold(median, tau, duration)
    found = twitch_probability(CURRENTS[:, None], threshold, spread).mean(axis=1)
    direct = (twitch_threshold(*study, duration)[:, None] < CURRENTS).mean(axis=0)
    # the prior rounds the median to 2.6 mA, which is 1 point in the middle of the distribution
    assert found == pytest.approx(direct, abs=0.015)


def test_independent_draws_would_widen_the_threshold_of_short_pulses(study) -> None:
    rheobase, tau = study
    together = np.log(twitch_threshold(rheobase, tau, 0.2e-3)).std()
    apart = np.log(twitch_threshold(rheobase, rng.permutation(tau), 0.2e-3)).std()
    assert apart > 1.1 * together


def test_table_of_feeling_as_measured() -> None:
    # the four printed probabilities follow no single distribution: at 0.4 mA they need s = 0.47, at 1 mA 0.39
    spread = np.array([0.47, 0.43, 0.42, 0.39])
    found = feeling_probability([0.4e-3, 0.6e-3, 0.8e-3, 1e-3], 1.47e-3, spread)
    assert found == pytest.approx([0.003, 0.02, 0.07, 0.16], abs=0.005)
    middle = feeling_probability([0.4e-3, 0.6e-3, 0.8e-3, 1e-3], 1.47e-3, 0.43)
    assert middle == pytest.approx([0.003, 0.02, 0.07, 0.16], abs=0.03)


def test_threshold_at_the_pulse_of_the_study_is_the_measured_one() -> None:
    assert perception_threshold(1.47e-3, 0.665e-3, 0.5e-3, 0.5e-3) == pytest.approx(1.47e-3)
    # an endless phase is felt at the rheobase: the factor of Weiss is divided out once
    assert perception_threshold(1.47e-3, 0.665e-3, 0.5e-3, np.inf) == pytest.approx(1.47e-3 / 2.33)


@given(st.floats(1e-5, 1e-2), st.floats(1.0, 3.0), st.floats(1e-5, 10.0), st.floats(1.0, 100.0))
def test_more_current_and_longer_phases_are_never_felt_less(current, more, duration, longer) -> None:
    def probability(current: float, duration: float) -> float:
        threshold = perception_threshold(1.47e-3, 0.665e-3, 0.5e-3, duration)
        return float(feeling_probability(current, threshold, 0.43))

    now = probability(current, duration)
    assert probability(more * current, duration) >= now
    assert probability(current, longer * duration) >= now


def test_twitch_probability_without_spread_is_a_step() -> None:
    assert twitch_probability([1.0, 2.0, 3.0], 2.0, 0.0) == pytest.approx([0, 0.5, 1])
