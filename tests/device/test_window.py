"""Worst windows against closed forms and dense sampling."""

import math

import numpy as np
import pytest

from zygoma.device import Burst, Polyline, Segment, Waveform
from zygoma.errors import RangeError


def test_row_b_of_the_reference():
    wave = Waveform.square(400e-6, 1 / 0.12, kind="monophasic", duty=0.5)
    window = wave.window(1.0)  # 8 periods and 40 ms: 520 ms of current
    assert window.rms == pytest.approx(400e-6 * math.sqrt(0.52), rel=1e-12)
    assert window.mean_abs == pytest.approx(208e-6, rel=1e-12)
    assert window.net_charge == pytest.approx(208e-6, rel=1e-12)
    assert window.mean == pytest.approx(208e-6, rel=1e-12)
    long = wave.window(30.0)  # 250 whole periods: every window is the same
    assert long.rms == pytest.approx(wave.rms, rel=1e-12)
    assert long.net_charge == pytest.approx(6e-3, rel=1e-12)


def test_window_around_the_top_of_a_triangle():
    wave = Waveform.triangle(1.0, 0.1)  # phases of 5 s: rises for 2.5 s
    window = wave.window(1.0)
    top = 0.5 / 2.5  # the current falls by this much to both sides
    assert window.mean_abs == pytest.approx(1 - top / 2, rel=1e-12)
    assert window.rms == pytest.approx(math.sqrt((1 - (1 - top) ** 3) / (3 * top)), rel=1e-12)
    assert abs(window.net_charge) == pytest.approx(1 - top / 2, rel=1e-12)
    assert window.rms_from % 5 == pytest.approx(2.0, abs=1e-6)


def test_window_around_the_top_of_a_sine():
    window = Waveform.sine(1.0, 0.1).window(1.0)
    assert window.mean_abs == pytest.approx(math.sin(0.1 * math.pi) / (0.1 * math.pi), rel=1e-12)
    assert window.rms == pytest.approx(
        math.sqrt(0.5 * (1 + math.sin(0.2 * math.pi) / (0.2 * math.pi))), rel=1e-12
    )


def test_window_inside_a_burst_and_across_a_swap():
    wave = Waveform.square(1.0, 10.0, kind="monophasic", swap_every=2.5, burst=Burst(2.0, 8.0))
    assert wave.rms == pytest.approx(math.sqrt(0.2))
    assert wave.window(1.0).rms == pytest.approx(1.0, rel=1e-12)
    assert wave.window(4.0).rms == pytest.approx(math.sqrt(0.5), rel=1e-12)
    # swap after 25 periods, bursts of 20: + 20 | + 5 - 15 | - 10 + 10 | ...: best 12 s: 20 + 5
    assert abs(wave.window(12.0).net_charge) == pytest.approx(2.5, rel=1e-12)
    assert wave.pattern_net_charge == 0


CASES = [
    (Segment(0.2, -0.7, 0.3, "exponential", time_constant=0.1), Segment(0.0, 0.0, 0.4, "halfsine", 1.1)),
    (Segment(0.0, 1.0, 0.2, "linear"), Segment(1.0, -0.3, 0.5, "exponential", time_constant=-0.2)),
    (Segment(0.0, 0.0, 0.31, "halfsine", 1.0), Segment(0.0, 0.0, 0.17, "halfsine", -1.6)),
]
REPEATS = [(None, None), (0.9, None), (None, Burst(1.5, 0.7, 0.9, 0.6)), (1.3, Burst(1.5, 0.7))]


@pytest.mark.parametrize("segments", CASES)
@pytest.mark.parametrize(("swap", "burst"), REPEATS)
@pytest.mark.parametrize("length", [0.25, 1.0])
def test_nothing_sampled_is_larger(segments, swap, burst, length):
    wave = Waveform("w", "w", "biphasic", segments, "assumption", "test", swap, burst)
    window = wave.window(length)
    count = 200_000
    span = wave.pattern_period
    step = span / count
    current = wave.samples((np.arange(count) + 0.5) * step)

    def best(values):
        upto = np.concatenate([[0.0], np.cumsum(values) * step])
        edges = np.arange(count + 1) * step

        def integral(t):
            turns, within = np.divmod(t, span)
            return turns * upto[-1] + np.interp(within, edges, upto)

        return np.abs(integral(edges + length) - integral(edges)).max()

    sampled = math.sqrt(best(current**2) / length), best(np.abs(current)) / length, best(current)
    found = window.rms, window.mean_abs, abs(window.net_charge)
    assert found == pytest.approx(sampled, rel=2e-4)
    # and the stretch it names has the value it claims
    for value, begin, f in (
        (window.rms**2 * length, window.rms_from, lambda i: i * i),
        (window.mean_abs * length, window.mean_abs_from, np.abs),
        (window.net_charge, window.net_charge_from, lambda i: i),
    ):
        t = begin + (np.arange(count) + 0.5) * length / count
        assert f(wave.samples(t)).mean() * length == pytest.approx(value, rel=1e-4, abs=1e-5)


def test_longer_windows_are_never_worse():
    wave = Waveform.sine(1.0, 3.0, burst=Burst(2.0, 3.0))
    rms = [wave.window(length).rms for length in (0.1, 0.5, 1.0, 2.0, 30.0)]
    assert rms[-1] >= wave.rms * (1 - 1e-12)
    assert max(rms) <= wave.amplitude


@pytest.mark.parametrize("length", [0.013, 1.0, 19.99, 33.0])
def test_ruling_out_blocks_loses_nothing(length, monkeypatch):
    random = np.random.default_rng(3)
    clock = np.arange(20_001) / 1e3
    for current in (
        np.sin(2.3 * clock) + 0.3 * random.normal(size=clock.size),
        np.sign(np.sin(52.0 * clock) + 1e-3) * (1 + 0.2 * np.sin(clock)),
    ):
        wave = Waveform.from_trace(Polyline(clock, current))
        whole = wave.window(length)
        monkeypatch.setattr("zygoma.device.window._MANY", 1000)
        parts = wave.window(length)
        monkeypatch.undo()
        for name in ("rms", "mean_abs", "net_charge"):
            assert getattr(parts, name) == pytest.approx(getattr(whole, name), rel=1e-12)


def test_impossible_windows_are_refused():
    wave = Waveform.square(1.0, 10.0)
    for length in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(RangeError, match="above zero"):
            wave.window(length)
    endless = Waveform.square(1.0, 1500.0, swap_every=101.0, burst=Burst(107.0, 1.0))
    with pytest.raises(RangeError, match="too long"):
        _ = endless.window(1.0).net_charge
