"""The current that a nerve sees: a waveform in time steps, with the exact mean current of each."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from zygoma.device.pattern import Pattern
from zygoma.device.rows import FloatArray, Rows
from zygoma.device.waveform import Waveform
from zygoma.errors import InputError, RangeError
from zygoma.response.state import Steps
from zygoma.response.train import PERIODS_MAX, Train, excerpt, whole
from zygoma.units import si

STEP = 5e-6
"""Basic time step [s]: thresholds of 0.1 ms pulses come out 2 % above the limit of short steps."""
STEP_MIN = 1e-9
STEPS_MAX = 1 << 23
FREQUENCIES = (0.5, 100e3)
_SLOW = 1e-9  # part of the amplitude below which two currents count as equal
_STEPS_A_PERIOD, _STEPS_A_SINE = 32, 16
_TURN = 0.5e-3  # what has not changed in such a time will not change [s]
_HOLD = 1e-3  # after an edge, longer than a membrane needs to follow it [s]


@dataclass(frozen=True)
class Stimulus:
    """A waveform cut into time steps.

    Steps begin at the corners of the current and carry its exact mean, so that no edge and no charge is lost
    whatever their length. Samples of a trace that lie closer than a step are put together. The current is
    that of the waveform divided by its amplitude.

    Parameters
    ----------
    waveform : Waveform
        0.5 Hz to 100 kHz.
    step : float or str
        Basic length of a time step [s], at most; a 16th of a half-sine and a 32nd of the period if these
        are shorter.
    adaptive : bool
        Let steps double, up to 64 times, while the membrane stands still and no edge is near. Otherwise all
        keep their basic length.
    length : float, optional
        How long the waveform runs from its beginning [s], to end then. Without it the waveform goes on, and
        what decides of it is simulated: one period and the beginning of the next, or so many as act together
        within 10 to 30 ms; with swaps of polarity these before and after the swaps (`train.excerpt`). A
        direct current needs it.
    split : int
        Each basic step is divided into so many, see `refined`.

    Raises
    ------
    InputError
        Something else than a waveform; a direct current without length.
    RangeError
        A frequency, a step or a length outside its range, or more steps than allowed.
    """

    waveform: Waveform
    step: float = STEP
    adaptive: bool = True
    length: float | None = None
    split: int = 1

    def __post_init__(self) -> None:
        if not isinstance(self.waveform, Waveform):
            raise InputError(
                f"a stimulus of {self.waveform!r}; expected a Waveform, such as Waveform.load('lifting')"
            )
        object.__setattr__(self, "step", si(self.step, "s", "the time step"))
        if not (math.isfinite(self.step) and self.step >= STEP_MIN):
            raise RangeError(f"time step {self.step!r} s; expected {STEP_MIN:g} s or more, such as '5 us'")
        given = f"waveform {self.waveform.id!r}"
        if self.length is not None:
            object.__setattr__(self, "length", si(self.length, "s", "the length of the stimulus"))
            if not (math.isfinite(self.length) and self.length > 0):
                raise RangeError(f"{given} for {self.length!r} s; expected a finite time above zero")
        elif self.waveform.stretches().endless:
            raise InputError(
                f"{given} is a direct current without end; say how long it flows, such as length='1 s',"
                " or give the waveform a burst or a swap of polarity"
            )
        else:
            low, high = FREQUENCIES
            if not low * (1 - 1e-9) <= self.waveform.frequency <= high * (1 + 1e-9):
                raise RangeError(
                    f"{given} has {self.waveform.frequency:g} Hz; expected {low:g} Hz to {high:g} Hz,"
                    " or a length"
                )
        time = self.train.stop
        if time / self.basic_step > STEPS_MAX:
            raise RangeError(
                f"{given} for {time:g} s in steps of {self.basic_step:g} s makes {time / self.basic_step:.3g}"
                f" steps; expected at most {STEPS_MAX:,}: shorten the length or lengthen the step"
            )

    @classmethod
    def of(
        cls,
        waveform: Waveform,
        *,
        step: float | str = STEP,
        adaptive: bool = True,
        length: float | str | None = None,
    ) -> Stimulus:
        """As the constructor, with times as numbers [s] or text such as ``"5 us"``."""
        seconds = None if length is None else si(length, "s", "the length of the stimulus")
        return cls(waveform, si(step, "s", "the time step"), adaptive, seconds)

    def refined(self) -> Stimulus:
        """The same current in steps of half the length."""
        return replace(self, split=2 * self.split)

    @cached_property
    def basic_step(self) -> float:
        """Length that no basic step exceeds [s]."""
        rows = self.waveform.rows
        sines = rows.halfsine
        whole_sines = rows.duration[sines] / (rows.last[sines] - rows.first[sines])
        shortest = float(whole_sines.min(initial=math.inf))
        return min(self.step, self.waveform.period / _STEPS_A_PERIOD, shortest / _STEPS_A_SINE) / self.split

    @cached_property
    def pattern(self) -> Pattern:
        """How the periods follow each other."""
        return Pattern.of(self.waveform.period, self.waveform.swap_every, self.waveform.burst)

    @cached_property
    def train(self) -> Train:
        """The periods that are simulated."""
        if self.length is None:
            return excerpt(self.pattern)
        if self.length / self.pattern.period > PERIODS_MAX:
            raise RangeError(
                f"waveform {self.waveform.id!r} for {self.length:g} s holds"
                f" {self.length / self.pattern.period:.3g} periods; expected at most {PERIODS_MAX:,}:"
                " shorten the length"
            )
        return whole(self.pattern, self.length)

    @property
    def duration(self) -> float:
        """Until the last current has flowed [s]."""
        time, _, _ = self._grid
        return float(time[-1])

    def steps(self, tail: float) -> Steps:
        """The time steps, and after them those of a tail without current [s].

        Where the current would go on, there is no tail but the rest of the train.
        """
        time, charge, until = self._grid
        if not self.train.ends:
            tail = max(0.0, self.train.stop - float(time[-1]))
        flow, count = len(until), math.ceil(tail / self.basic_step - 1e-6)
        after = time[-1] + tail * np.arange(1, count + 1) / max(1, count)
        return Steps(
            np.append(time, after),
            np.append(charge, np.full(count, charge[-1])),
            np.append(until, np.full(count, flow + count)),
            flow,
            self._turn,
            _HOLD if self.adaptive else math.inf,
        )

    @property
    def _turn(self) -> int:
        """Steps of so many periods as fill `_TURN`, if all that is simulated are like periods that go on."""
        train, period = self.train, self.waveform.period
        count = math.ceil(_TURN / period - 1e-9)
        whole = train.stop > (len(train.begin) - 1e-6) * period
        if train.ends or not whole or np.ptp(train.weight) > 0 or count * period > 2 * _TURN:
            return 0
        return count * int(np.searchsorted(self._grid[0], (1 - 1e-9) * period))

    @cached_property
    def _grid(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Beginnings of the steps and the end [s], charge by then [C], step at which the next edge lies."""
        step = self.basic_step * self.split
        period = _Period(self.waveform.rows, self.waveform.amplitude, step, self.split)
        train = self.train
        last_length = train.stop - train.begin[-1]
        cut = len(train.begin) - 1 if last_length < self.waveform.period * (1 - 1e-9) else len(train.begin)
        times, charges, edges = [], [], []
        before, last = 0.0, 0.0  # charge so far; time so far
        for number, (begin, weight) in enumerate(zip(train.begin, train.weight, strict=True)):
            if begin - last > 1e-9 * self.waveform.period:  # a rest
                rest = last + (begin - last) * _even(begin - last, self.basic_step)[:-1]
                times.append(rest)
                charges.append(np.full(len(rest), before))
                edges.append(np.arange(len(rest)) == 0)
            local, charge, edge = period.grid if number < cut else period.until(last_length)
            times.append(begin + local[:-1])
            charges.append(before + weight * charge[:-1])
            edges.append(edge)
            before, last = before + weight * charge[-1], begin + local[-1]
        time, charge = np.append(np.concatenate(times), last), np.append(np.concatenate(charges), before)
        edge = np.concatenate(edges)
        moved = np.abs(np.diff(charge)) > _SLOW * np.diff(time)
        flow = int(np.flatnonzero(moved)[-1]) + 1  # the rest at the end is left to the tail
        time, charge, edge = time[: flow + 1], charge[: flow + 1], edge[:flow]
        start = np.append(np.flatnonzero(edge)[1:], flow)
        return time, charge, start[np.cumsum(edge) - 1]


class _Period:
    """Steps of one period at a peak of 1, each divided by `split`."""

    def __init__(self, rows: Rows, amplitude: float, step: float, split: int) -> None:
        self.rows, self.amplitude, self.step, self.split = rows, amplitude, step, split
        self.begin = np.concatenate([[0.0], np.cumsum(rows.duration)])
        self.upto = np.concatenate([[0.0], np.cumsum(rows.charge)])
        jump = np.abs(rows.value(np.arange(len(rows)), np.zeros(len(rows))) - np.roll(self._ends, 1))
        long = rows.duration >= 0.5 * step
        corner = (jump > _SLOW * amplitude) | (long & np.roll(long, 1))
        corner[0] = True
        self.corners = np.flatnonzero(corner)

    @property
    def _ends(self) -> FloatArray:
        return self.rows.value(np.arange(len(self.rows)), np.ones(len(self.rows)))

    @cached_property
    def grid(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Times from the beginning of the period to its end [s], charge by then, steps at which edges lie."""
        return self.until(self.begin[-1])

    def until(self, stop: float) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The same up to a time inside the period."""
        first = self.corners[self.begin[self.corners] < stop * (1 - 1e-9)]
        low, high = self.begin[first], np.append(self.begin[first[1:]], stop)
        count = self.split * np.maximum(1, np.ceil((high - low) / self.step - 1e-6)).astype(np.intp)
        offset = np.cumsum(count) - count
        which = np.repeat(np.arange(len(first)), count)
        share = (np.arange(int(count.sum())) - offset[which]) / count[which]
        time = np.append(low[which] + (high - low)[which] * share, stop)
        edge = np.zeros(len(time) - 1, dtype=bool)
        edge[offset] = True
        return time, self._charge(time) / self.amplitude, edge

    def _charge(self, time: FloatArray) -> FloatArray:
        row = np.clip(np.searchsorted(self.begin, time, side="right") - 1, 0, len(self.rows) - 1)
        share = np.clip((time - self.begin[row]) / self.rows.duration[row], 0.0, 1.0)
        return np.asarray(self.upto[row] + self.rows.cut(row, np.zeros(len(row)), share).charge)


def _even(length: float, step: float) -> FloatArray:
    """Shares from 0 to 1 that divide a length into steps."""
    count = max(1, math.ceil(length / step - 1e-6))
    return np.arange(count + 1) / count
