"""Time steps of a stimulus: exact charge, edges, which periods are shown to the nerve."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zygoma.device import Burst, Polyline, Segment, Waveform
from zygoma.errors import InputError, RangeError
from zygoma.response import Stimulus

DIRECT = Waveform.square(2.0, 1.0, kind="monophasic")


def mean_current(stimulus, tail=1e-3):
    steps = stimulus.steps(tail)
    return steps.time, np.diff(steps.charge) / np.diff(steps.time)


def of(segments, kind="biphasic", **more):
    return Waveform("test", "test", kind, tuple(segments), "assumption", "test", **more)


def test_a_pulse_is_cut_into_equal_steps_with_a_peak_of_one():
    time, current = mean_current(Stimulus.of(DIRECT, length="0.1 ms"))
    np.testing.assert_allclose(np.diff(time)[:20], 5e-6)
    np.testing.assert_allclose(current[:20], 1.0)
    np.testing.assert_allclose(current[20:], 0.0, atol=1e-12)
    assert time[-1] == pytest.approx(1.1e-3)


@settings(max_examples=40, deadline=None)
@given(
    lengths=st.lists(st.floats(2e-6, 3e-3), min_size=2, max_size=6),
    levels=st.lists(st.floats(-1, 1), min_size=6, max_size=6),
    step=st.floats(2e-6, 50e-6),
)
def test_steps_never_miss_an_edge_and_lose_no_charge(lengths, levels, step):
    segments = [Segment(level, level, length) for level, length in zip(levels, lengths, strict=False)]
    segments.insert(0, Segment(1.0, 1.0, 1e-4))
    segments.append(Segment(-1.0, -1.0, 1e-4))
    waveform = of(segments)
    steps = Stimulus.of(waveform, step=step, length=waveform.period).steps(1e-3)
    assert (np.diff(steps.time) > 0).all()
    corners = np.cumsum([s.duration for s in segments])
    edges = corners[np.abs(np.diff([s.start for s in segments], append=0.0)) > 1e-6]
    assert np.abs(steps.time[:, None] - edges).min(axis=0).max() < 1e-12
    charge = np.cumsum([s.charge for s in segments])
    np.testing.assert_allclose(np.interp(corners, steps.time, steps.charge), charge, atol=1e-12)
    assert np.diff(steps.time).max() <= step * (1 + 1e-5)
    # no step reaches over an edge: the current of each is that of one segment
    middle = 0.5 * (steps.time[:-1] + steps.time[1:])[: steps.flow]
    np.testing.assert_allclose(np.diff(steps.charge)[: steps.flow] / np.diff(steps.time)[: steps.flow],
                               waveform.samples(middle), atol=1e-6)  # fmt: skip


def test_the_next_edge_of_each_step_is_that_of_the_segments():
    waveform = of([Segment(1.0, 1.0, 1e-3), Segment(0.0, 0.0, 1e-3), Segment(-1.0, 0.0, 2e-3, "linear")])
    steps = Stimulus.of(waveform, length=waveform.period).steps(1e-3)
    ends = steps.time[np.unique(steps.until)]
    np.testing.assert_allclose(ends, [1e-3, 2e-3, 4e-3, 5e-3], rtol=1e-9)
    assert (steps.until > np.arange(len(steps.until))).all()
    assert steps.time[steps.flow] == pytest.approx(4e-3)


def test_samples_closer_than_a_step_are_put_together():
    time = np.linspace(0, 20e-3, 200_001)
    trace = Waveform.from_trace(Polyline(time, np.sin(2 * np.pi * 100 * time) + 1e-3))
    stimulus = Stimulus.of(trace)
    steps = stimulus.steps(1e-3)
    assert steps.flow == pytest.approx(8000, abs=2)
    exact = (1 - np.cos(2 * np.pi * 100 * steps.time[: steps.flow])) / (2 * np.pi * 100)
    exact = (exact + 1e-3 * steps.time[: steps.flow]) / trace.amplitude
    np.testing.assert_allclose(steps.charge[: steps.flow], exact, atol=1e-9)


def test_a_rest_at_the_end_is_left_to_the_tail():
    waveform = of([Segment(1.0, 1.0, 1e-4), Segment(0.0, 0.0, 0.9)], "monophasic")
    stimulus = Stimulus.of(waveform, length="0.5 s")
    assert stimulus.duration == pytest.approx(1e-4)
    assert stimulus.steps(1e-3).time[-1] == pytest.approx(1.1e-3)


def test_what_the_end_of_a_train_does_is_not_seen_where_the_current_goes_on():
    goes_on = Stimulus.of(Waveform.square(1, 1000)).steps(5e-3)
    assert goes_on.time[-1] == pytest.approx(30e-3)
    ends = Stimulus.of(Waveform.square(1, 1000, burst=Burst(30e-3, 1.0))).steps(5e-3)
    assert ends.time[-1] == pytest.approx(35e-3)
    # a burst that is longer than what is shown ends nevertheless, for at its end a direct current breaks off
    direct = Waveform.square(1, 100, kind="monophasic", burst=Burst(1.0, 1.0))
    assert Stimulus.of(direct).steps(5e-3).time[-1] == pytest.approx(35e-3)
    # a pulse, its rest, the next pulse and 30 ms from its beginning
    pulses = Stimulus.of(of([Segment(1.0, 1.0, 1e-4), Segment(0.0, 0.0, 99.9e-3)], "monophasic"))
    assert pulses.duration == pytest.approx(0.1001)
    assert pulses.steps(5e-3).time[-1] == pytest.approx(0.13)


@pytest.mark.parametrize(
    ("waveform", "duration", "weights"),
    [
        (Waveform.square(1, 10), 0.13, [1, 1]),
        (Waveform.square(1, 500), 30e-3, [1] * 15),
        (Waveform.sine(1, 100e3), 10e-3, [1] * 1000),
        (Waveform.square(1, 10, kind="monophasic", swap_every=0.2), 0.6, [1, 1, -1, -1, 1, 1]),
        (Waveform.square(1, 500, swap_every=1.0), 90e-3, [1] * 15 + [-1] * 15 + [1] * 15),
        (Waveform.square(1, 1000, burst=Burst(2e-3, 48e-3)), 2e-3, [1, 1]),
        (Waveform.square(1, 1000, burst=Burst(2e-3, 13e-3)), 17e-3, [1, 1, 1, 1]),
        (Waveform.square(1, 1000, burst=Burst(1.0, 1.0, 0.3, 0.3)), 30e-3, [1] * 30),
        # a swap in each rest, of which 30 ms are kept
        (Waveform.square(1, 1000, burst=Burst(2e-3, 1.0), swap_every=2e-3), 66e-3, [1, 1, -1, -1, 1, 1]),
        # bursts that act together, swapped every 0.1 s of current
        (Waveform.square(1, 1000, burst=Burst(1e-3, 14e-3), swap_every=0.1), None, [1, 1, -1, -1, 1, 1]),
    ],
)
def test_which_periods_are_shown(waveform, duration, weights):
    stimulus = Stimulus.of(waveform)
    np.testing.assert_array_equal(stimulus.train.weight, weights)
    assert (np.diff(stimulus.train.begin) > 0).all()
    if duration is not None:
        assert stimulus.duration == pytest.approx(duration)


def test_a_length_follows_the_pattern_and_cuts_the_last_period():
    waveform = Waveform.square(1, 100, kind="monophasic", duty=0.5, swap_every=0.02)
    stimulus = Stimulus.of(waveform, length="32 ms")
    np.testing.assert_array_equal(stimulus.train.weight, [1, 1, -1, -1])
    assert stimulus.duration == pytest.approx(32e-3)
    steps = stimulus.steps(1e-3)
    assert steps.charge[-1] == pytest.approx(2 * 5e-3 - 5e-3 - 2e-3)


def test_refined_steps_are_exactly_half():
    stimulus = Stimulus.of(Waveform.sine(1, 7777.0), length="1 ms")
    coarse, fine = stimulus.steps(1e-3), stimulus.refined().steps(1e-3)
    np.testing.assert_allclose(fine.time[: 2 * coarse.flow : 2], coarse.time[: coarse.flow], atol=1e-15)
    np.testing.assert_allclose(fine.charge[: 2 * coarse.flow : 2], coarse.charge[: coarse.flow], atol=1e-15)


def test_high_frequencies_have_sixteen_steps_a_half_wave():
    time, _ = mean_current(Stimulus.of(Waveform.sine(1, 100e3)))
    assert np.diff(time).min() == pytest.approx(5e-6 / 16)


def test_what_is_refused():
    with pytest.raises(InputError, match=r"without end.*length='1 s'"):
        Stimulus.of(DIRECT)
    with pytest.raises(InputError, match="Waveform"):
        Stimulus.of("lifting")
    with pytest.raises(RangeError, match=r"0\.4 Hz"):
        Stimulus.of(Waveform.square(1, 0.4))
    with pytest.raises(RangeError, match="Hz"):
        Stimulus.of(Waveform.square(1, 101e3))
    with pytest.raises(RangeError, match="steps; expected at most"):
        Stimulus.of(Waveform.sine(1, 0.5), length="1 h")
    with pytest.raises(RangeError, match="periods; expected"):
        Stimulus.of(Waveform.sine(1, 100e3), length="1 h")
    for step in (0.0, -1e-6, np.nan, np.inf):
        with pytest.raises(RangeError, match="time step"):
            Stimulus.of(DIRECT, step=step, length=1e-3)
    for length in (0.0, -1.0, np.inf, np.nan):
        with pytest.raises(RangeError, match="time above zero"):
            Stimulus.of(DIRECT, length=length)


@pytest.mark.parametrize(
    ("waveform", "seconds"),
    [
        (Waveform.sine(1, 100e3), 0.5e-3),
        (Waveform.square(1, 1e3), 1e-3),
        (Waveform.square(1, 1e3, kind="monophasic", duty=0.2), 1e-3),  # the last rest is left to the tail
        (Waveform.square(1, 100), 0.0),
        (Waveform.square(1, 1e3, swap_every=0.02), 0.0),
    ],
)
def test_steps_say_when_a_current_repeats(waveform, seconds):
    steps = Stimulus.of(waveform).steps(1e-3)
    assert steps.time[steps.turn] == pytest.approx(seconds, abs=1e-9)
    if seconds:
        charge = np.diff(steps.charge)
        np.testing.assert_allclose(charge[: steps.turn], charge[steps.turn : 2 * steps.turn], atol=1e-18)
