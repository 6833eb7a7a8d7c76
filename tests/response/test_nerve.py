"""Thresholds: against other programs, in their scaling, and what is refused."""

from __future__ import annotations

import math

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zygoma.device import Burst, Waveform
from zygoma.errors import InputError, RangeError
from zygoma.response import Fibre, Stimulus, StrengthDuration, arrivals, limit_thresholds, thresholds
from zygoma.verification.fibres import field_threshold, point_source, point_threshold, pulse, senn_table

MRG = Fibre("mrg", 10e-6, 21)
SHORT = pulse(1e-4)


def at(distance=1e-3, fibre=MRG, sign=1.0):
    return sign * point_source(fibre, distance, 0.3)


@pytest.mark.parametrize(("step", "milliamperes"), [(1e-6, 0.1807), (5e-6, 0.1831), (1e-5, 0.1860)])
def test_mrg_over_the_time_step(step, milliamperes):
    found = point_threshold(MRG, pulse(1e-4, step=step))
    assert found == pytest.approx(milliamperes * 1e-3, rel=4e-3)  # both are found within 0.2 %


def test_the_limit_of_short_steps():
    coarse, limit = thresholds(MRG, at(), SHORT).current[0], limit_thresholds(MRG, at(), SHORT).current[0]
    fine = point_threshold(MRG, pulse(1e-4, step=0.25e-6))  # whose error is a twentieth of that at 5 us
    assert limit == pytest.approx(fine, rel=4e-3)
    assert coarse / limit == pytest.approx(1.016, abs=0.004)


@pytest.mark.parametrize(("micron", "percent"), [(5.7, 12.8), (10.0, 9.8), (16.0, 8.9)])
def test_the_printed_offset_raises_thresholds(micron, percent):
    code, paper = (
        point_threshold(Fibre("mrg", micron * 1e-6, 21, rates), SHORT) for rates in ("code", "paper")
    )
    assert 100 * (paper / code - 1) == pytest.approx(percent, abs=0.5)


@pytest.mark.parametrize(("micron", "speed"), [(5.7, 24.4), (10.0, 54.1), (16.0, 90.9)])
def test_conduction_velocity(micron, speed):
    fibre = Fibre("mrg", micron * 1e-6, 41)
    stimulus = pulse(1e-4, step=1e-6)
    time = arrivals(fibre, at(fibre=fibre)[0], stimulus, "1 mA")
    found = (fibre.node_offsets[35] - fibre.node_offsets[25]) / (time[35] - time[25])
    assert found == pytest.approx(speed, rel=0.03)
    assert time[20] == time.min()
    assert np.isinf(arrivals(fibre, at(fibre=fibre)[0], stimulus, "10 uA")).all()


@pytest.mark.parametrize(("micron", "field"), [(5.7, 3.79), (10.0, 1.99), (16.0, 1.24)])
def test_mrg_plateau(micron, field):
    found = field_threshold(Fibre("mrg", micron * 1e-6, 21), pulse(1e-2, step=1e-5))
    assert found == pytest.approx(field, rel=0.01)


def test_senn_uniform_field():
    for micron, length, field in ((20, 5e-5, 20.62), (20, 1e-4, 13.25), (20, 1e-3, 6.34), (5, 5e-3, 24.56)):
        fibre = Fibre("senn", micron * 1e-6, 51)
        assert field_threshold(fibre, pulse(length, step=1e-6)) == pytest.approx(field, rel=0.01)


def test_strength_duration_of_mrg():
    duration = np.array([0.02, 0.05, 0.1, 0.2, 0.5, 1.0]) * 1e-3
    for micron, chronaxie, rheobase in ((5.7, 263, 0.082), (10.0, 171, 0.064), (16.0, 143, 0.058)):
        fibre = Fibre("mrg", micron * 1e-6, 21)
        needed = [point_threshold(fibre, pulse(length)) for length in duration]
        law = StrengthDuration.fit("weiss", duration, needed)
        # of the expected numbers only the range of durations is known, and they are rounded
        assert law.chronaxie == pytest.approx(chronaxie * 1e-6, rel=0.01)
        assert law.rheobase == pytest.approx(rheobase * 1e-3, rel=0.01)


def test_senn_steps_are_of_second_order():
    fine, basic = (senn_table(step)[2] for step in (1e-6, 5e-6))
    np.testing.assert_allclose(basic, fine, rtol=5e-3)  # backward Euler would miss by 2 % at 50 us


@settings(max_examples=15, deadline=None)
@given(scale=st.floats(1e-6, 1e6), model=st.sampled_from(["mrg", "senn"]))
def test_thresholds_scale_inversely_with_the_potential(scale, model):
    fibre = Fibre(model, 10e-6, 21)
    one = thresholds(fibre, at(fibre=fibre), SHORT, highest=1e9).current[0]
    other = thresholds(fibre, scale * at(fibre=fibre), SHORT, highest=1e9).current[0]
    assert other * scale == pytest.approx(one, rel=2e-3)


@settings(max_examples=10, deadline=None)
@given(length=st.floats(2e-5, 2e-3), factor=st.floats(1.02, 3.0))
def test_longer_pulses_need_less_current_and_more_charge(length, factor):
    fibre = Fibre("mrg", 10e-6, 21)
    short, long = (point_threshold(fibre, pulse(t, adaptive=True)) for t in (length, factor * length))
    assert long <= short * (1 + 4e-3)
    assert long * factor >= short * (1 - 4e-3)


def test_the_search_begins_below_the_range_of_block():
    known = thresholds(MRG, at(), SHORT).current[0]
    for start in (1e-3 * known, known, 1e3 * known):
        assert thresholds(MRG, at(), SHORT, start=start).current[0] == pytest.approx(known, rel=2e-3)


def test_a_high_current_blocks():
    # what bracketing from above would run into: no action potential passes the anodal surround
    fibre = Fibre("mrg", 10e-6, 41)
    known = thresholds(fibre, at(fibre=fibre), SHORT).current[0]
    blocked = [
        np.isinf(arrivals(fibre, at(fibre=fibre)[0], SHORT, factor * known)[[0, 40]]).all()
        for factor in (1.01, 30.0, 100.0)
    ]
    assert not blocked[0]
    assert any(blocked[1:])


def test_cases_do_not_depend_on_each_other_or_on_threads():
    rng = np.random.default_rng(1)
    cases = np.vstack([at(distance) for distance in rng.uniform(0.5e-3, 4e-3, 24)])
    before = numba.get_num_threads()
    found = []
    for threads in {1, before}:
        numba.set_num_threads(threads)
        found.append(thresholds(MRG, cases, SHORT))
    numba.set_num_threads(before)
    alone = np.concatenate([thresholds(MRG, case[None], SHORT).current for case in cases])
    for one in found:
        np.testing.assert_array_equal(one.current, alone)
        assert (np.abs(one.node - 10) <= 1).all()  # far from the source neighbours rise in the same time step


def test_polarity_and_place():
    cathode, anode = (thresholds(MRG, at(sign=sign), SHORT, highest=10.0) for sign in (1, -1))
    assert 3 < anode.current[0] / cathode.current[0] < 10
    assert cathode.node[0] == 10 != anode.node[0]
    farther = thresholds(MRG, at(2e-3), SHORT).current[0]
    assert farther > 1.5 * cathode.current[0]


@pytest.mark.parametrize("model", ["mrg", "senn"])
def test_a_fibre_that_ends_in_the_field_is_excited_at_its_end(model):
    fibre = Fibre(model, 10e-6, 41)
    # a uniform field over the first ten internodes, none behind: the potential falls towards the end
    potential = np.minimum(fibre.offsets, 10 * fibre.spacing)[None]
    both = thresholds(fibre, np.vstack([potential, -potential]), pulse(1e-3), highest=1e3)
    assert both.node[0] == 0
    assert both.reason == ("", "")
    # turned round, the end is hyperpolarised and the fibre is excited where the field ceases
    assert both.node[1] in (9, 10, 11)
    assert both.current[1] > both.current[0]


def test_biphasic_pulses_need_more_than_their_first_phase():
    wave = Waveform.square(1.0, 2500.0)  # two phases of 0.2 ms
    both = thresholds(MRG, at(), Stimulus.of(wave, length=1 / 2500)).current[0]
    one = point_threshold(MRG, pulse(2e-4, adaptive=True))
    assert 1.0 <= both / one < 1.5


def test_either_polarity_of_a_swapped_waveform_counts():
    plain = Waveform.square(1.0, 20.0, kind="monophasic", duty=0.01)
    swapped = Waveform.square(1.0, 20.0, kind="monophasic", duty=0.01, swap_every=1.0)
    up, down = (thresholds(MRG, at(sign=sign), Stimulus.of(plain)).current[0] for sign in (1, -1))
    turned = thresholds(MRG, at(sign=-1), Stimulus.of(swapped)).current[0]
    assert up < down
    assert turned == pytest.approx(up, rel=4e-3)


def test_adaptive_steps_on_slow_currents():
    fibre = Fibre("mrg", 5.7e-6, 31)
    cases = np.vstack([at(fibre=fibre), at(5e-3, fibre), at(5e-3, fibre, -1.0)])
    for wave in (Waveform.sine(1.0, 10.0), Waveform.triangle(1.0, 50.0)):
        fixed, adaptive = (
            thresholds(fibre, cases, Stimulus.of(wave, adaptive=on)).current for on in (False, True)
        )
        # at 10 Hz fixed steps of 5 us lie 0.2 % above those of 1.25 us, adaptive ones 0.5 % below
        np.testing.assert_allclose(adaptive, fixed, rtol=1e-2)


@pytest.mark.parametrize("model", ["mrg", "senn"])
def test_from_half_a_hertz_to_a_hundred_kilohertz(model):
    fibre = Fibre(model, 10e-6, 31)
    found = [
        thresholds(fibre, at(2e-3, fibre), Stimulus.of(Waveform.sine(1.0, f)), highest=10.0).current[0]
        for f in (0.5, 10.0, 100.0, 1e3, 1e4, 1e5)
    ]
    assert np.isfinite(found).all()
    assert found[0] > found[1] > found[2], "a slow rise lets the membrane accommodate"
    assert found[2] < found[3] < found[4] < found[5], "a fast current is averaged by the membrane"


def test_the_step_from_period_to_period_is_seen():
    # from the phase that hyperpolarises to the one that excites: less is needed than from rest
    fibre, wave = Fibre("senn", 10e-6, 31), Waveform.square(1.0, 10.0)
    goes_on, once = (
        thresholds(fibre, at(fibre=fibre), Stimulus.of(wave, length=length)).current[0]
        for length in (None, "0.1 s")
    )
    assert goes_on < 0.98 * once


def test_a_short_burst_needs_no_less_than_a_long_one():
    short, long = (
        thresholds(MRG, at(3e-3), Stimulus.of(Waveform.square(1.0, 2000.0, burst=Burst(on, 1.0)))).current[0]
        for on in (0.5e-3, 5e-3)
    )
    assert long <= short * 1.002


def test_the_limit_of_senn_is_of_second_order():
    fibre = Fibre("senn", 20e-6, 31)
    limit = limit_thresholds(fibre, at(2e-3, fibre), pulse(5e-5)).current[0]
    assert limit == pytest.approx(point_threshold(fibre, pulse(5e-5, step=0.5e-6), 2e-3), rel=2e-3)


def test_no_action_potential_has_a_reason():
    few = thresholds(MRG, np.vstack([at(), at(), 0 * at()]) * [[1.0], [1e-9], [1.0]], SHORT, highest="2 mA")
    assert few.current[0] < 2e-3
    assert np.isinf(few.current[1:]).all()
    np.testing.assert_array_equal(few.node[1:], -1)
    assert few.reason[0] == ""
    assert "up to 2 mA" in few.reason[1]
    assert "same along" in few.reason[2]
    assert str(few).startswith("1 of 3 cases excited, from 183")


def test_a_fibre_within_the_field_is_marked():
    fibre = Fibre("mrg", 10e-6, 5)
    assert "lengthen" in thresholds(fibre, at(5e-3, fibre), SHORT).reason[0]
    assert thresholds(MRG, at(), SHORT).reason == ("",)


def test_what_is_refused():
    wrong = at()
    with pytest.raises(InputError, match=r"\(n, 221\)"):
        thresholds(MRG, wrong[:, 1:], SHORT)
    with pytest.raises(InputError, match=r"\(n, 221\)"):
        thresholds(MRG, wrong[0], SHORT)
    with pytest.raises(InputError, match=r"\(n, 221\)"):
        thresholds(MRG, wrong[:0], SHORT)
    with pytest.raises(InputError, match="numbers"):
        thresholds(MRG, [["a"] * 221], SHORT)
    bad = np.vstack([wrong, wrong])
    bad[1, 3] = math.nan
    with pytest.raises(InputError, match=r"case 1 at .* leave the conductor"):
        thresholds(MRG, bad, SHORT)
    for highest in (0.0, -1.0, math.inf, math.nan):
        with pytest.raises(RangeError, match="highest current"):
            thresholds(MRG, wrong, SHORT, highest=highest)
    with pytest.raises(RangeError, match="first current"):
        thresholds(MRG, wrong, SHORT, start=0.0)
    with pytest.raises(RangeError, match="tolerance"):
        thresholds(MRG, wrong, SHORT, tolerance=0.0)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sine", "stretching"])
def test_adaptive_steps_see_what_fires_on_a_slow_rise(name):
    """Half a hertz: long implicit steps would hold back a node that begins to fire from near rest."""
    waveform = Waveform.sine(1.0, "0.5 Hz") if name == "sine" else Waveform.load("stretching")
    fibre = Fibre("mrg", "10 um", 31)
    away = np.hypot(fibre.offsets - fibre.length / 2, 5e-3)
    found = [
        thresholds(fibre, 1 / (4 * np.pi * 0.3 * away)[None], stimulus, tolerance=5e-3).current[0]
        for stimulus in (Stimulus.of(waveform), Stimulus.of(waveform, step="10 us", adaptive=False))
    ]
    # fixed steps of 5 and 20 us differ by 3 %: the adaptive ones lie between
    assert found[0] == pytest.approx(found[1], rel=0.02)
