"""How high the power of a current reaches."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.device import Waveform
from zygoma.device import band as module
from zygoma.device.band import power_band
from zygoma.device.burst import Burst
from zygoma.errors import RangeError


def square_band(share: float) -> int:
    """Highest harmonic of a symmetric square wave: the odd lines hold 8 / (pi n)^2 of the power each."""
    n = np.arange(1, 100_001, 2)
    return int(n[np.searchsorted(np.cumsum(8 / (np.pi * n) ** 2), share)])


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99, 0.999])
def test_square_wave(share):
    assert power_band(Waveform.square("1 mA", "8 Hz"), share) == pytest.approx(8 * square_band(share))


def test_sine_and_direct_current():
    assert power_band(Waveform.sine("1 mA", "40 Hz")) == pytest.approx(40)
    assert power_band(Waveform.square("1 mA", "8 Hz", kind="monophasic")) == 0
    # swapped every second, a direct current is a square wave of half a hertz
    swapped = Waveform.square("1 mA", "8 Hz", kind="monophasic", swap_every=1.0)
    assert power_band(swapped) == pytest.approx(0.5 * square_band(0.99))


def test_bursts_widen_the_lines():
    steady = Waveform.sine("1 mA", "40 Hz")
    burst = Waveform.sine("1 mA", "40 Hz", burst=Burst(on=0.5, off=0.5))
    assert 40 < power_band(burst) < 60
    assert power_band(steady) == pytest.approx(40)


def test_a_pattern_that_is_too_long_is_taken_by_its_period(monkeypatch):
    wave = Waveform.square("1 mA", "1 kHz", swap_every=2.5)
    exact = power_band(wave)
    monkeypatch.setattr(module, "_WORK", 0)
    assert power_band(wave) == pytest.approx(exact, rel=0.05)


@pytest.mark.parametrize("share", [0, 1, -0.2, 99])
def test_a_share_is_between_0_and_1(share):
    with pytest.raises(RangeError, match="share"):
        power_band(Waveform.sine("1 mA", "40 Hz"), share)
