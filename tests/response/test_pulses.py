"""Pulses of a waveform: beginnings of phases, thinned by the refractory period."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.device import Burst, Waveform
from zygoma.errors import RangeError, UnknownNameError
from zygoma.response.pulses import pulses


def test_a_biphasic_square_wave_has_two_phases_a_period():
    wave = Waveform.square("400 uA", 1 / 0.12)
    both = pulses(wave)
    assert both.rate == pytest.approx(2 / 0.12)
    assert both.times == pytest.approx([0, 0.06])
    assert pulses(wave, "positive").rate == pytest.approx(8.333, abs=1e-3)
    assert pulses(wave, "negative").times == pytest.approx([0.06])
    assert both.over(0.13) == pytest.approx([0, 0.06, 0.12])


def test_a_monophasic_wave_has_one_and_none_of_the_other_sign():
    wave = Waveform.square("1 mA", "10 Hz", kind="monophasic", duty=0.5)
    assert pulses(wave).rate == pytest.approx(10)
    assert pulses(wave, "negative").rate == 0


@pytest.mark.parametrize("shape", ["triangle", "sine"])
def test_phases_that_touch_zero_are_counted_one_by_one(shape):
    wave = getattr(Waveform, shape)("1 mA", "20 Hz", kind="monophasic")
    assert pulses(wave).rate == pytest.approx(20)
    assert pulses(getattr(Waveform, shape)("1 mA", "20 Hz")).rate == pytest.approx(40)


def test_direct_current_starts_nothing_until_it_swaps():
    steady = Waveform.square("1 mA", "1 Hz", kind="monophasic")
    assert pulses(steady).rate == 0
    swapped = Waveform.square("1 mA", "1 Hz", kind="monophasic", swap_every=5.0)
    assert pulses(swapped).rate == pytest.approx(1 / 5)
    assert pulses(swapped, "negative").times == pytest.approx([5.0])


def test_a_phase_below_threshold_does_not_count():
    ramped = Waveform.square("1 mA", "10 Hz", burst=Burst(on=1.0, off=1.0, rise=0.5))
    assert pulses(ramped).rate == pytest.approx(10)
    some = pulses(ramped, level=0.7)
    assert 5 < some.rate < 10
    assert (np.abs(ramped.samples(some.times + 0.01)) >= 0.7e-3).all()
    assert pulses(ramped, level=1.0).rate == pytest.approx(5), "the ten phases at full amplitude in 2 s"


def test_fast_currents_are_thinned_by_the_refractory_period():
    assert pulses(Waveform.square("1 mA", "100 Hz")).rate == pytest.approx(200)
    fast = pulses(Waveform.sine("1 mA", "10 kHz"))
    assert fast.rate == pytest.approx(1000, rel=2e-3)  # each millisecond one, counted over a second
    assert np.diff(fast.times).min() >= 1e-3 * (1 - 1e-6)
    uneven = pulses(Waveform.square("1 mA", "700 Hz"))  # phases of 0.71 ms: every second one counts
    assert uneven.rate == pytest.approx(700, rel=3e-3)


def test_what_does_not_exist_is_refused():
    wave = Waveform.square("1 mA", "10 Hz")
    with pytest.raises(UnknownNameError, match="both"):
        pulses(wave, "bot")
    with pytest.raises(RangeError, match="threshold over current"):
        pulses(wave, level=1.5)
