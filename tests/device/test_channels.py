"""Two channels: beat, overlap and sum."""

import numpy as np
import pytest

from zygoma.device import Burst, Channels, Waveform
from zygoma.errors import RangeError


def test_channels_in_opposition_cancel_and_in_step_add():
    wave = Waveform.square(300e-6, 10.0)
    step = Channels(wave, wave).sum()
    assert step.rms == pytest.approx(600e-6, rel=1e-12)
    with pytest.raises(RangeError, match="no current"):
        Channels(wave, wave, 0.05).sum()
    quarter = Channels(wave, wave, 0.025).sum()
    assert quarter.rms == pytest.approx(600e-6 / np.sqrt(2), rel=1e-9)
    assert quarter.net_charge == 0


def test_alternating_channels_do_not_overlap():
    wave = Waveform.square(1.0, 10.0, burst=Burst(1.0, 1.0))
    assert Channels(wave, wave, 1.0).overlap == pytest.approx(0.0, abs=1e-12)
    assert Channels(wave, wave).overlap == pytest.approx(0.5)
    assert Channels(wave, wave, 0.25).overlap == pytest.approx(0.375)


def test_sum_against_samples():
    pair = Channels(
        Waveform.trapezoid(1.0, 10.0, slope=0.2, duty=0.8),
        Waveform.triangle(0.7, 4.0, kind="monophasic", swap_every=0.5),
        0.013,
    )
    assert pair.beat_frequency == pytest.approx(6.0)
    assert pair.period == pytest.approx(1.0)
    time = (np.arange(100_003) + 0.5) / 100_003
    total = pair.samples(time).sum(axis=0)
    wave = pair.sum()
    assert wave.period == pytest.approx(1.0)
    assert wave.samples(time) == pytest.approx(total, abs=1e-9)
    assert wave.rms == pytest.approx(np.sqrt((total**2).mean()), rel=1e-6)
    assert wave.status == "computed"


def test_what_cannot_be_summed():
    square = Waveform.square(1.0, 10.0)
    for make, message in (
        (lambda: Channels(square, Waveform.sine(1.0, 10.0)).sum(), "straight segments"),
        (lambda: Channels(square, Waveform.square(1.0, 10.0 * np.sqrt(2))).sum(), "simple ratio"),
        (lambda: Channels(square, square, -1.0), "0 or more"),
    ):
        with pytest.raises(RangeError, match=message):
            make()
