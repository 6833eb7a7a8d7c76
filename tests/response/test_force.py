"""Force of a muscle: ratios over frequency, fatigue, both readings of what sources differ about."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zygoma.errors import RangeError, UnknownNameError
from zygoma.response.force import (
    ForceModel,
    force,
    share_of_tetanus,
    steady,
    tetanus,
    train,
    twitch_over_tetanus,
)
from zygoma.verification.muscle_force import RATIOS, fatigue_error, muscle_force, observed_order

MODEL = ForceModel.load()


def test_force_over_frequency_and_ripple():
    # calculated beforehand to two digits
    assert share_of_tetanus(MODEL, list(RATIOS)) == pytest.approx(list(RATIOS.values()), abs=0.0051)
    ripple = [steady(MODEL, f).ripple for f in (5, 10, 20)]
    assert ripple == pytest.approx([1.22, 0.17, 0.01], abs=0.0051)
    assert twitch_over_tetanus(MODEL) == pytest.approx(0.23, abs=0.0051)


def test_the_verification_case_passes():
    records = muscle_force()
    assert len(records) == 4
    assert all(record.passed for record in records), records


def test_the_step_is_of_second_order_and_small_enough():
    assert observed_order(MODEL) == pytest.approx(2.0, abs=0.1)
    fine = steady(MODEL, 10.0, 6.25e-5).mean
    assert steady(MODEL, 10.0).mean == pytest.approx(fine, rel=2e-4)  # found 1e-4


def test_a_slow_tiring_train_agrees_with_scipy():
    # 5 Hz: other step lengths than in the verification case, and force that falls between pulses
    assert fatigue_error(MODEL, 5.0, 3.0) < 2e-4


def test_calcium_of_one_pulse_has_its_closed_form():
    """Without bound cross-bridges' own time the force of one twitch is a known integral."""
    from scipy.integrate import quad

    model = ForceModel(MODEL.A, MODEL.Km, MODEL.t1, 0.0, MODEL.tc, MODEL.R0, 0.0, 0.0, 0.0, 127.0)

    def grown(s: float, end: float) -> float:
        calcium = s / model.tc * np.exp(-s / model.tc)
        return model.A * calcium / (model.Km + calcium) * np.exp(-(end - s) / model.t1)

    found = force(model, [0.0], 0.2, step=1e-4)
    for end in (0.01, 0.05, 0.2):
        exact, _ = quad(grown, 0, end, args=(end,), epsabs=1e-10, limit=200)
        assert np.interp(end, found.time, found.force) == pytest.approx(exact, rel=2e-4)


@pytest.mark.parametrize(("reading", "t2"), [("calculated", 0.1244), ("table", 0.1), ("code", 0.06)])
def test_both_sides_of_the_conflict_of_t2(reading, t2):
    model = ForceModel.load(t2=reading)
    assert model.t2 == t2
    # a shorter fall of force leaves relatively more at low frequency
    expected = {"calculated": 0.447, "table": 0.461, "code": 0.495}[reading]
    assert share_of_tetanus(model, 10.0) == pytest.approx(expected, abs=1e-3)


def test_both_sides_of_the_conflict_of_fatigue_differ_in_how_fast_force_falls():
    models = [ForceModel.load(alpha_Km=reading) for reading in ("per_second", "table")]
    assert models[1].alpha_Km / models[0].alpha_Km == pytest.approx(1000)
    second = [force(model, train(50, 2), 2.0).mean(1.0, 2.0) / tetanus(model) for model in models]
    assert second[0] > 0.85
    assert second[1] < 0.5


def test_a_muscle_tires_and_recovers():
    pulses = np.concatenate([train(30, 60), 60 + 400 + train(30, 2)])
    found = force(MODEL, pulses, 462.0)
    fresh, tired, back = (found.mean(t, t + 1) for t in (1.0, 59.0, 461.0))
    assert tired < 0.6 * fresh
    # 400 s are 3.1 time constants: a share of exp(-3.1) = 4.3 % of the loss remains
    assert tired < 0.95 * back < fresh
    assert back == pytest.approx(fresh, rel=0.1)
    rested = force(MODEL.rested, pulses, 462.0)
    # a second after its beginning a train still lacks exp(-1 s / 0.17 s) of its force, 0.3 % at most
    assert rested.mean(59, 60) == pytest.approx(rested.mean(461, 462), rel=3e-3)


def test_rescaled_time_leaves_the_greatest_force_and_moves_the_frequency():
    slow = MODEL.rescaled(2.0)
    assert steady(slow, 50).mean == pytest.approx(steady(MODEL, 100).mean, rel=1e-3)
    assert steady(slow, 5).ripple == pytest.approx(steady(MODEL, 10).ripple, rel=1e-2)
    fast = share_of_tetanus(MODEL.rescaled(0.5), 10.0)
    assert fast < share_of_tetanus(MODEL, 10.0)


@settings(max_examples=40, deadline=None)
@given(
    gaps=st.lists(st.floats(1e-3, 1.0), min_size=1, max_size=60),
    t2=st.sampled_from(["calculated", "table", "code"]),
    alpha_Km=st.sampled_from(["per_second", "table"]),
    factor=st.floats(0.1, 10.0),
)
def test_force_is_never_negative_nor_above_what_the_model_can_give(gaps, t2, alpha_Km, factor):
    model = ForceModel.load(t2=t2, alpha_Km=alpha_Km).rescaled(factor)
    pulses = np.cumsum(gaps)
    found = force(model, pulses, float(pulses[-1]) + 2.0)
    assert (found.force >= 0).all()
    assert (found.force[found.time <= pulses[0]] == 0).all()
    # x < 1, and t1 grows by at most what all the force so far can add
    rested = model.A * (model.t1 + model.t2)
    t1 = model.t1 + model.alpha_t1 * rested * 1.5 * found.time[-1]
    assert found.force.max() < model.A * (t1 + model.t2)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.2, 80.0), st.floats(1.05, 3.0))
def test_more_pulses_give_more_mean_force(frequency, more):
    low, high = share_of_tetanus(MODEL, [frequency, frequency * more])
    assert 0 < low < high


def test_long_tetanus_settles_where_loss_and_recovery_meet():
    found = force(MODEL, train(30, 900), 900.0)
    late = found.mean(890, 900) / tetanus(MODEL)
    assert late == pytest.approx(found.mean(790, 800) / tetanus(MODEL), rel=0.01)
    assert 0.02 < late < 0.3


@pytest.mark.parametrize(
    ("pulses", "end"),
    [([0.1, 0.1], 1.0), ([0.2, 0.1], 1.0), ([-0.1], 1.0), ([2.0], 1.0), ([0.0], 0.0), ([[0.0]], 1.0)],
)
def test_bad_pulses_are_refused(pulses, end):
    with pytest.raises(RangeError, match="expected"):
        force(MODEL, pulses, end)


def test_unknown_readings_and_factors_are_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'alpha_Km'"):
        ForceModel.load(alpha_km="table")
    with pytest.raises(UnknownNameError, match="reading of parameter 't2'"):
        ForceModel.load(t2="tabel")
    with pytest.raises(RangeError, match="time factor"):
        MODEL.rescaled(0.0)
    with pytest.raises(RangeError, match="above zero"):
        steady(MODEL, 0.0)
    with pytest.raises(RangeError, match="expected times in order"):
        force(MODEL, [], 1.0).mean(0.5, 0.4)


def test_no_pulses_no_force():
    assert not force(MODEL, [], 1.0).force.any()
    assert share_of_tetanus(MODEL, 0.0) == 0
