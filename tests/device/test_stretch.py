"""Stretches of one sign: hand arithmetic, patterns laid out one by one, dense sampling."""

import math
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zygoma.device import Burst, Polyline, Segment, Waveform
from zygoma.device.polyline import kind_of
from zygoma.errors import RangeError


def train(*steps, **repetition):
    """Waveform of constant steps, each of mA and ms, or of straight ones, each of mA, mA and ms."""
    segments = tuple(
        Segment(step[0] * 1e-3, step[-2] * 1e-3, step[-1] * 1e-3, "const" if len(step) == 2 else "linear")
        for step in steps
    )
    return Waveform("train", "train", kind_of(segments), segments, "assumption", "test", **repetition)


@pytest.mark.parametrize(
    ("waveform", "charge", "energy"),
    [
        # every period swaps: phases of equal sign never meet
        (train((0.5, 20), (0, 50), (0.5, 20), swap_every=0.05), 10e-6, 2.5e-6),
        # without swap they meet at each end of a period
        (train((0.5, 20), (0, 50), (0.5, 20)), 20e-6, 5e-6),
        # the polarity swaps across the rest only
        (train((-0.3, 30), (0.5, 70), swap_every=0.5, burst=Burst(0.5, 0.3)), 35e-6, 8.75e-6),
        # shares .375, 1, .375: 0.4 mA 40 ms of the full period and 0.5 mA 30 ms of the last one carry most,
        # 0.4 mA 40 ms of the first period and 0.5 mA 30 ms of the full one have most energy
        (
            train((0.5, 30), (-0.5, 20), (0.4, 40), burst=Burst(0.27, 0.2, 0.12, 0.12)),
            16e-6 + 0.375 * 15e-6,
            500 * (0.375**2 * 0.16e-6 * 0.04 + 0.25e-6 * 0.03),
        ),
        # a direct current in bursts of shares 0.25, 0.75, 1, 1
        (
            train((1, 100), burst=Burst(0.4, 1.0, rise=0.2)),
            3e-4,
            500 * 1e-7 * (0.25**2 + 0.75**2 + 2),
        ),
    ],
)
def test_charge_and_energy_by_hand(waveform, charge, energy):
    assert waveform.phase_charge == pytest.approx(charge, rel=1e-12, abs=0.0)
    assert 500 * waveform.stretches().square == pytest.approx(energy, rel=1e-12, abs=0.0)


@pytest.mark.parametrize(
    ("waveform", "positive", "negative"),
    [
        (train((0.5, 20), (-0.5, 50), (0.5, 20)), 0.04, 0.05),
        # zero is passed after 2/11 of the first and 1/3 of the last slope
        (
            train((-0.2, 0.9, 110), (0.9, 0.1, 300), (0.1, -0.2, 13)),
            0.09 + 0.3 + 0.013 / 3,
            0.02 + 2 * 0.013 / 3,
        ),
        (train((0.5, 100), swap_every=2.5), 2.5, 2.5),
        (train((0.5, 100), burst=Burst(3.0, 1.0)), 3.0, None),
        (train((0.5, 30), (0, 70), swap_every=0.1), 0.03, 0.03),
        # bursts of two periods, each of the other polarity: the first is always +, the second always -
        (train((0.5, 100), swap_every=0.1, burst=Burst(0.2, 0.1)), 0.1, 0.1),
        # bursts of three periods, a swap after every second one: + + - | - + + | - - + | + - -
        (train((0.5, 100), swap_every=0.2, burst=Burst(0.3, 0.1)), 0.2, 0.2),
        # a swap every five bursts' worth of periods ends no burst early
        (train((0.5, 100), swap_every=1.5, burst=Burst(0.3, 0.1)), 0.3, 0.3),
        # slopes that start from zero do not go on from the period before
        (train((0, 1, 100)), 0.1, None),
        (train((1, 0, 50), (0, 1, 50)), 0.1, None),
    ],
)
def test_durations_by_hand(waveform, positive, negative):
    found = waveform.stretches()
    for side, expected in ((found.positive, positive), (found.negative, negative)):
        assert (side and side.duration) == (expected and pytest.approx(expected, rel=1e-9))


def test_direct_current_has_no_end():
    steady = train((0.5, 40), (0.7, 60)).stretches()
    assert (steady.endless, steady.unbroken) == (True, True)
    assert steady.duration == pytest.approx(0.1)  # of one period
    for repetition in ({"swap_every": 1.0}, {"burst": Burst(1.0, 1.0)}):
        assert not train((0.5, 100), **repetition).stretches().endless
    assert not Waveform.sine(1.0, 10.0, kind="monophasic").stretches().endless  # it touches zero
    assert train((0.5, 100)).pulse_frequency == 0.0
    assert train((0.5, 100), swap_every=2.5).pulse_frequency == pytest.approx(0.2)
    assert train((0.5, 100), burst=Burst(3.0, 1.0)).pulse_frequency == pytest.approx(0.25)
    assert train((0.5, 60), (0, 40), burst=Burst(3.0, 1.0)).pulse_frequency == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("waveform", "duration", "square"),
    [
        (train((0.8, 10), (0.004, 1500), (-0.8, 17.5)), 0.0175, 0.64e-6 * 0.0175),
        (train((0.4, 100)), 0.0, 0.0),  # exactly the level is not above it
        (train((0, 0.8, 100), (0.8, 0, 100)), 0.1, 2 * (0.512e-9 - 0.064e-9) / 3 / 8e-3),
        (Waveform.sine(0.8e-3, 0.5), 2 / 3, 0.64e-6 * (1 / 3 + math.sin(2 * math.pi / 3) / (2 * math.pi))),
        # above 0.4 mA from the middle of the last slope over the end of the period
        (
            train((0.8, 10), (-0.8, 10), (0, 0.8, 10)),
            0.015,
            0.64e-6 * 0.01 + (0.512e-9 - 0.064e-9) / 3 / 80e-3,
        ),
        (train((0.5, 100), burst=Burst(3.0, 1.0, rise=1.0)), 3.0, 0.25e-6 * 3),  # without its ramp
    ],
)
def test_above_a_level(waveform, duration, square):
    found = waveform.stretches(400e-6)
    assert found.duration == pytest.approx(duration, rel=1e-9)
    assert found.square == pytest.approx(square, rel=1e-9, abs=0.0)


def laid_out(steps, repetition, level=0.0):
    """Duration, charge and square of the largest stretch of each sign, from every period of a pattern.

    Steps of mA and ms; bursts as numbers of periods on, off and of ramps; polarity swaps after whole periods.
    None for a current that never ends.
    """
    half, on, ramp = repetition
    shares = [
        min(1.0, (k + 0.5) / ramp, (on - k - 0.5) / ramp) if on and ramp else 1.0 for k in range(on or 1)
    ]
    if level:
        shares = [1.0] * len(shares)
    line, number = [], 0
    while not line or number % math.lcm(len(shares), 2 * half if half else 1):
        for share in shares:
            polarity = -1 if half and number // half % 2 else 1
            line += [(polarity * share * current, duration) for current, duration in steps]
            number += 1
        if on:
            line.append((0.0, 1.0))
    signs = [int(np.sign(current)) if abs(current) > level else 0 for current, _ in line]
    cut = next((k for k in range(len(line)) if signs[k] == 0 or signs[k] != signs[k - 1]), None)
    if cut is None:
        return None
    line, signs = line[cut:] + line[:cut], signs[cut:] + signs[:cut]
    found, run, before = {1: [0.0] * 3, -1: [0.0] * 3}, [0.0] * 3, 0
    for (current, duration), sign in zip(line, signs, strict=True):
        run = run if sign == before else [0.0] * 3
        before = sign
        run = [run[0] + duration, run[1] + abs(current) * duration, run[2] + current**2 * duration]
        if sign:
            found[sign] = [max(pair) for pair in zip(found[sign], run, strict=True)]
    return found


steps = st.lists(
    st.tuples(st.sampled_from([0.0, 0.2, 0.5, 1.0, -0.3, -0.5, -1.0]), st.integers(1, 9)),
    min_size=1,
    max_size=5,
).filter(lambda found: any(current for current, _ in found))
# periods between swaps, periods of a burst, periods of each ramp
repetitions = st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(0, 4)).filter(
    lambda given: given[1] == 0 or 2 * given[2] < given[1]
)


@settings(max_examples=400, deadline=None)
@given(steps, repetitions, st.sampled_from([0.0, 0.25, 0.4]))
@example([(0.5, 2), (0.0, 5), (0.5, 2)], (1, 0, 0), 0.0)
@example([(-0.3, 3), (0.5, 7)], (5, 5, 0), 0.0)
@example([(0.5, 3), (-0.5, 2), (0.4, 4)], (0, 3, 1), 0.0)
@example([(1.0, 1)], (4, 6, 2), 0.0)
def test_against_the_pattern_laid_out(steps, repetition, level):
    half, on, ramp = repetition
    period = sum(duration for _, duration in steps) * 1e-3
    burst = Burst(on * period, 1e-3, ramp * period, ramp * period) if on else None
    waveform = train(*steps, swap_every=half * period or None, burst=burst)
    found, expected = waveform.stretches(level * 1e-3), laid_out(steps, repetition, level)
    assert found.endless == (expected is None)
    if expected is None:
        return
    for sign, side in ((1, found.positive), (-1, found.negative)):
        scaled = [x * unit for x, unit in zip(expected[sign], (1e-3, 1e-6, 1e-9), strict=True)]
        assert (list(side) if side else [0.0] * 3) == pytest.approx(scaled, rel=1e-9, abs=0.0)


@pytest.mark.parametrize(
    "waveform",
    [
        train((-0.2, 0.9, 110), (0.9, 0.1, 300), (0.1, -0.2, 13)),
        train((-0.2, 0.9, 110), (0.9, 0.1, 300), swap_every=0.9, burst=Burst(2.5, 0.3, 0.5, 0.9)),
        train((0.6, 0.9, 110), (0.9, 0.2, 300), swap_every=1.0, burst=Burst(2.5, 0.3, 0.5, 0.9)),
        Waveform.sine(
            1e-3, 3.0, kind="monophasic", duty=0.8, swap_every=0.7, burst=Burst(2.0, 0.4, rise=1.0)
        ),
    ],
)
def test_against_dense_sampling(waveform):
    count = 2_000_000
    step = 2 * waveform.pattern_period / count
    current = waveform.samples((np.arange(count) + 0.5) * step)
    edges = np.flatnonzero(np.diff(np.sign(current))) + 1
    parts = [part for part in np.split(current, edges) if part[0]][1:-1]
    for sign, side in ((1, waveform.stretches().positive), (-1, waveform.stretches().negative)):
        own = [part for part in parts if part[0] * sign > 0]
        sampled = [max(map(len, own)), max(abs(p.sum()) for p in own), max(p @ p for p in own)]
        assert list(side) == pytest.approx([step * value for value in sampled], rel=1e-4, abs=0.0)


def test_long_patterns_are_quick_or_refused():
    begin = time.perf_counter()
    square = [(0.5, 0.4), (-0.5, 0.6)]
    # bursts of 20,011 and swaps after 10,007 periods repeat after 400 million periods
    long = train(*square, swap_every=10.007, burst=Burst(20.011, 5.0, 2.0, 2.0))
    assert long.phase_charge == pytest.approx(0.2e-6 + 0.3e-6, abs=0.0)  # across a swap
    assert train((0.5, 1.0), swap_every=2000.0, burst=Burst(3001.0, 5.0)).stretches().duration == 2000.0
    rng = np.random.default_rng(1)
    samples = np.arange(1_000_001) * 1e-6
    noise = Waveform.from_trace(Polyline(samples, rng.normal(size=len(samples))))
    assert noise.stretches().duration < 1e-3
    assert time.perf_counter() - begin < 5.0  # measured: 0.3 s
    for repetition in ({"burst": Burst(1000.0, 1.0)}, {"swap_every": 100.0}):
        with pytest.raises(RangeError, match=r"hold 1e\+0\d periods of 1e-06 s; expected at most 4,194,304"):
            train((0.5, 5e-4), (-0.5, 5e-4), **repetition)
    with pytest.raises(RangeError, match="too long for a spectrum"):
        long.spectrum([1])


def test_level_below_zero_is_refused():
    with pytest.raises(RangeError, match="expected a current of 0 or more"):
        train((0.5, 1)).stretches(-1e-6)
