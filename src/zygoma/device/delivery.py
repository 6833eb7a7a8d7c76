"""Current and voltage over time when a stimulator works into skin."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from zygoma.device.load import SkinLoad, solve_cubic
from zygoma.device.polyline import Polyline, kind_of
from zygoma.device.regulator import Regulator
from zygoma.device.rows import FloatArray
from zygoma.device.segment import Segment
from zygoma.device.waveform import Waveform
from zygoma.errors import RangeError, SolverError

_SETTLED = 1e-4  # change from period to period, as a share of the largest value
_DECADES = (-4.0, 9.0)  # rates of the branches that stand for a constant-phase element, 10**x per second


@dataclass(frozen=True, eq=False)
class Delivery:
    """One period of what flows, after it has settled.

    Parameters
    ----------
    time : ndarray, shape (n + 1,)
        Ends of the steps [s].
    current : ndarray, shape (n, 2)
        At the beginning and at the end of each step [A]; straight between.
    voltage : ndarray, shape (n, 2)
        Across the whole load, likewise [V].
    asked : ndarray, shape (n, 2)
        The set current, or for a voltage regulator the current into the load without its layers [A].
    clipped : float
        Share of the period at the compliance.
    periods : int
        After how many it had settled.
    """

    time: FloatArray
    current: FloatArray
    voltage: FloatArray
    asked: FloatArray
    clipped: float
    periods: int

    @property
    def share(self) -> float:
        """Delivered over asked, by the mean of |i|."""
        return _mean_abs(self.current, self.time) / _mean_abs(self.asked, self.time)

    @property
    def peak_voltage(self) -> float:
        """Largest voltage across the load [V]."""
        return float(np.abs(self.voltage).max())

    @property
    def droop(self) -> float:
        """Largest fall of |i| while the asked current stands still, as a share of its beginning."""
        worst, begin = 0.0, 0.0
        for k in range(len(self.current)):
            level = self.asked[k]
            if k == 0 or level[0] != self.asked[k - 1, 1]:
                begin = abs(self.current[k, 0])
            if level[0] == level[1] != 0 and begin > 0:
                worst = max(worst, 1 - abs(self.current[k, 1]) / begin)
        return worst

    def waveform(self, like: Waveform) -> Waveform:
        """The delivered current as a waveform, with the repetition of `like`."""
        steps = np.diff(self.time)
        segments = tuple(
            Segment(a, b, d, "const" if a == b else "linear")
            for (a, b), d in zip(self.current.tolist(), steps.tolist(), strict=True)
        )
        return Waveform(
            f"{like.id}-delivered",
            f"{like.name}, as delivered",
            kind_of(segments),
            segments,
            "computed",
            f"into a load of unverified parameters; the set waveform is {like.status}",
            like.swap_every,
            like.burst,
        )

    def __str__(self) -> str:
        return (
            f"delivered {self.share:.1%} of what was asked, clipped {self.clipped:.1%} of the time\n"
            f"peak voltage {self.peak_voltage:.3g} V, droop {self.droop:.1%},"
            f" settled after {self.periods} periods\n"
            "computed with a skin load whose parameters are unverified"
        )


def deliver(
    waveform: Waveform, load: SkinLoad, regulator: Regulator, *, steps: int = 400, periods_max: int = 60
) -> Delivery:
    """Current and voltage of one period at full amplitude, repeated from rest until it has settled.

    The constant-phase element is a sum of branches, each a resistance and a capacitance in series, with rates
    spread evenly on a logarithmic axis: the integral ``s**a = sin(a pi)/pi * int x**(a-1) s/(s+x) dx``.
    Each branch is followed exactly while the voltage runs straight over a step; the charge of a step is
    balanced, with the trapezoidal rule for the resistance, whose fall leaves a cubic with one real root.
    Steps are short after each corner. With exponent 1 the element is a capacitor.

    Parameters
    ----------
    waveform : Waveform
        Of a voltage regulator it gives the shape.
    load : SkinLoad
    regulator : Regulator
    steps : int
        For each segment; a `Polyline` has one step for each of its own.
    periods_max : int

    Raises
    ------
    RangeError
        Fewer than two steps or periods, or a trace of more than 20000 points.
    SolverError
        Not settled within `periods_max`.
    """
    if steps < 2 or periods_max < 2:
        raise RangeError(f"{steps} steps and {periods_max} periods; expected two or more of each")
    time, asked = _grid(waveform, steps)
    drive = asked / waveform.amplitude * regulator.volts if regulator.quantity == "voltage" else asked
    circuit = _Circuit(load, regulator, np.diff(time))
    current, voltage, clipped = circuit.period(drive)
    number, change = 1, math.inf
    while change > _SETTLED:
        if number == periods_max:
            raise SolverError(
                f"current and voltage still change by {change:.2g} of their size after {number} periods of"
                f" {waveform.period:g} s; raise periods_max"
            )
        number += 1
        before, last = current, voltage
        current, voltage, clipped = circuit.period(drive)
        change = max(
            float(np.abs(current - before).max() / np.abs(current).max()),
            float(np.abs(voltage - last).max() / np.abs(voltage).max()),
        )
    if regulator.quantity == "voltage":
        asked = drive / (regulator.ohms + load.ohmic)
    share = float(np.diff(time) @ clipped) / float(time[-1])
    return Delivery(time, current, voltage, asked, share, number)


def _grid(waveform: Waveform, steps: int) -> tuple[FloatArray, FloatArray]:
    """Ends of the steps of one period [s], and the current at both ends of each [A]."""
    if isinstance(waveform.segments, Polyline):
        if len(waveform.segments) > 20_000:
            raise RangeError(
                f"a trace of {len(waveform.segments) + 1} points; cut one period out of it or keep fewer"
            )
        trace = waveform.segments
        ends = np.column_stack([trace.current[:-1], trace.current[1:]])
        return trace.time - trace.time[0], ends
    graded = np.linspace(0.0, 1.0, steps + 1) ** 3
    times, values, begin = [np.zeros(1)], [], 0.0
    for segment in waveform.segments:
        inside = graded * segment.duration
        current = segment.at(inside)
        times.append(begin + inside[1:])
        values.append(np.column_stack([current[:-1], current[1:]]))
        begin += segment.duration
    return np.concatenate(times), np.concatenate(values)


def _mean_abs(ends: FloatArray, time: FloatArray) -> float:
    return float(np.diff(time) @ np.abs(ends).mean(axis=1))


class _Circuit:
    """Two layers in series with a resistance, stepped through periods of given steps."""

    def __init__(self, load: SkinLoad, regulator: Regulator, steps: FloatArray) -> None:
        self.load, self.regulator, self.steps = load, regulator, steps
        self.ohmic = load.ohmic + regulator.ohms
        self.areas = np.array(load.areas)
        alpha = load.alpha
        rates, self.gain, self.extra, self.capacity = np.zeros(0), np.zeros(0), 0.0, load.element
        if alpha < 1:
            low, high = (10.0**x for x in _DECADES)
            count = math.ceil(2 * math.log(high / low))
            width = math.log(high / low) / count
            rates = low * np.exp((np.arange(count) + 0.5) * width)
            weight = load.element * math.sin(alpha * math.pi) / math.pi
            self.gain = weight * width * rates**alpha
            self.extra = weight * low**alpha / alpha  # slower branches conduct like a resistance
            self.capacity = weight * high ** (alpha - 1) / (1 - alpha)  # faster ones like a capacitor
        z = rates * steps[:, None]
        safe = np.maximum(z, 1e-4)
        self.mean = np.where(z < 1e-4, 1 - z / 2, -np.expm1(-safe) / safe)
        self.fades = np.exp(-z)  # of a branch's own voltage over a step
        self.starts = np.where(z < 1e-4, 0.5 - z / 3, (self.mean - self.fades) / safe)
        self.ends = np.where(z < 1e-4, 0.5 - z / 6, (1 - self.mean) / safe)
        self.rates = z
        self.slope = 1 / load.resistance
        self.cubic = self.slope / load.onset**2
        self.state = np.zeros((2, len(rates)))
        self.volts = np.zeros(2)

    def period(self, drive: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Current [A] and voltage [V] at both ends of each step, and which steps end at the compliance."""
        current, voltage = np.empty_like(drive), np.empty_like(drive)
        clipped = np.zeros(len(drive))
        for k, step in enumerate(self.steps):
            first, _ = self._limited(drive[k, 0], lambda _: self.volts)
            voltage[k, 0] = first * self.load.ohmic + self.volts.sum()
            store = self.capacity / step
            linear = self.slope + self.extra + 2 * (store + self.gain @ self.ends[k])
            branches = self.state @ (self.gain * self.mean[k]) - self.volts * (self.gain @ self.starts[k])
            past = first / self.areas - self._leak(self.volts) + 2 * (store * self.volts + branches)

            def layers(i: float, linear: float = linear, past: FloatArray = past) -> FloatArray:
                return solve_cubic(linear, self.cubic, i / self.areas + past)

            last, cut = self._limited(drive[k, 1], layers)
            before, self.volts = self.volts, layers(last)
            pushed = self.starts[k] * before[:, None] + self.ends[k] * self.volts[:, None]
            self.state = self.fades[k] * self.state + self.rates[k] * pushed
            current[k] = first, last
            voltage[k, 1] = last * self.load.ohmic + self.volts.sum()
            clipped[k] = cut
        return current, voltage, clipped

    def _leak(self, volts: FloatArray) -> FloatArray:
        return np.asarray((self.slope + self.extra) * volts + self.cubic * volts**3)

    def _limited(self, drive: float, layers: Callable[[float], FloatArray]) -> tuple[float, bool]:
        """Current for a set current or source voltage, and whether the compliance holds it back."""

        def needed(i: float) -> float:
            return float(i * self.ohmic + layers(i).sum())

        if self.regulator.quantity == "current":
            volts = needed(drive)
            if abs(volts) <= self.regulator.volts:
                return drive, False
            target = math.copysign(self.regulator.volts, volts)
        else:
            target = drive
        start = (target - needed(0.0)) / self.ohmic
        low, high = min(0.0, start), max(0.0, start)  # the layers only take from the voltage
        for _ in range(200):
            value = needed(start)
            if abs(value - target) <= 1e-12 * max(abs(target), 1e-12):
                break
            low, high = (start, high) if value < target else (low, start)
            tiny = 1e-6 * max(abs(start), 1e-12)
            slope = (needed(start + tiny) - value) / tiny
            following = start - (value - target) / slope
            start = following if low < following < high else 0.5 * (low + high)
            if high - low <= 1e-15 * max(abs(low), abs(high)):
                break
        return start, self.regulator.quantity == "current"
