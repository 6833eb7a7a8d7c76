"""The current of a device over time, with every average in closed form."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from numbers import Real
from typing import Any, Unpack

import numpy as np
import numpy.typing as npt

from zygoma.device.burst import Burst
from zygoma.device.clip import clip_polyline, clip_segment
from zygoma.device.pattern import Pattern, without_rounding
from zygoma.device.phase import KINDS, Kind, Repetition, one_period
from zygoma.device.polyline import Polyline, kind_of, segments_of
from zygoma.device.record import STATUSES, ZERO_CHARGE, one_of
from zygoma.device.rows import ComplexArray, FloatArray, Rows
from zygoma.device.segment import Segment
from zygoma.device.spectrum import transform
from zygoma.device.stretch import Stretches
from zygoma.device.window import Train, Window
from zygoma.errors import RangeError, UnknownNameError
from zygoma.units import show, si


@dataclass(frozen=True)
class Waveform:
    """One period of current and its repetition.

    A pattern is nested. Segments make a *period*. Periods, at full or ramped amplitude, and a rest make a
    *burst cycle*; without burst it is the period. `swap_every` turns the polarity of all that follows.
    Polarity and amplitude change between periods only: the period under way is finished, so a swap every
    2.5 s of a 0.12 s period comes after 21 periods, 2.52 s, and the time to the next swap runs while periods
    run. With this rule every property is exact; slow envelopes are not approximated. A device that cuts a
    period short or bends its amplitude within a period is outside the model.

    `net_charge` belongs to one period at full amplitude, `phase_charge`, `stretches` and `pattern_net_charge`
    to the whole pattern with swaps and bursts. `rms`, `mean_abs`, `on_fraction` and `time_fraction_above`
    average over the burst cycle; polarity does not change them. `spectrum` has the lines of the pattern.

    Parameters
    ----------
    id, name : str
    kind : {"biphasic", "monophasic"}
        Whether one period has both signs or one.
    segments : tuple of Segment, or Polyline
        One period, rests included; a `Polyline` for a measured trace.
    status, source : str
        What the numbers are (read, measured, computed, unverified, assumption) and where they come from.
    swap_every : float, optional
        Time between changes of polarity [s].
    burst : Burst, optional
    zero_charge_method : str, optional
        How the device makes the net charge zero: active, capacitor or ground.

    Raises
    ------
    RangeError
        No current at all, a kind that does not fit the signs, a swap time that is not positive, or a burst or
        swap time that holds more periods than can be followed.
    UnknownNameError
        A status or zero_charge_method that does not exist.
    """

    id: str
    name: str
    kind: Kind
    segments: tuple[Segment, ...] | Polyline
    status: str
    source: str
    swap_every: float | None = None
    burst: Burst | None = None
    zero_charge_method: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.segments, Polyline):
            object.__setattr__(self, "segments", segments_of(self.segments, f"waveform {self.id!r}"))
        if self.swap_every is not None:
            object.__setattr__(self, "swap_every", si(self.swap_every, "s", "swap_every"))
        if not isinstance(self.burst, Burst | None):
            raise RangeError(f"waveform {self.id!r} has burst {self.burst!r}; expected a Burst or None")
        both, given = (self.positive_charge > 0, self.negative_charge > 0), f"waveform {self.id!r}"
        if not any(both):
            raise RangeError(f"{given} carries no current; give at least one segment other than zero")
        if self.kind not in KINDS:
            raise RangeError(f"{given} has kind {self.kind!r}; expected one of {', '.join(KINDS)}")
        if self.status not in STATUSES:
            raise UnknownNameError(f"status of {given}:", str(self.status), STATUSES)
        if self.zero_charge_method is not None:
            one_of(self.zero_charge_method, "zero_charge_method", ZERO_CHARGE, given)
        if (self.kind == "biphasic") != all(both):
            found = "both signs" if all(both) else "one sign"
            raise RangeError(f"{given} is called {self.kind}, its period has {found}; correct one of them")
        if self.swap_every is not None and not (math.isfinite(self.swap_every) and self.swap_every > 0):
            raise RangeError(f"{given} swaps every {self.swap_every!r} s; expected a time above zero")
        _ = self._pattern  # a burst that cannot work is refused here

    @classmethod
    def load(cls, name: str | os.PathLike[str]) -> Waveform:
        """Waveform of the catalogue by id, or the one of a file that ends in ``.toml`` or ``.json``.

        Raises
        ------
        UnknownNameError
            No such waveform, or a key that does not exist; the nearest is offered.
        InputError
            The file cannot be read or a value in it cannot be used; file and key are named.
        """
        from zygoma.device.catalogue import find_waveform
        from zygoma.device.document import ENDINGS, read_waveform

        return read_waveform(name) if str(name).lower().endswith(ENDINGS) else find_waveform(str(name))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a file that ends in ``.toml`` or ``.json``, from which `load` reads the same waveform."""
        from zygoma.device.document import write_waveform

        write_waveform(self, path)

    @classmethod
    def from_trace(
        cls,
        trace: Polyline,
        *,
        id: str = "trace",
        name: str = "measured trace",
        source: str = "own measurement",
    ) -> Waveform:
        """Waveform of a measured trace, which is taken as one period; see `read_csv` and `read_wav`."""
        return cls(id, name, kind_of(trace), trace, "measured", source)

    @classmethod
    def square(
        cls, amplitude: float | str, frequency: float | str, **repetition: Unpack[Repetition]
    ) -> Waveform:
        """Phases of constant current; amplitude [A], frequency [Hz], for the rest see `Repetition`."""
        return _periodic("square", [Segment(1.0, 1.0, 1.0)], amplitude, frequency, repetition)

    @classmethod
    def trapezoid(
        cls, amplitude: float | str, frequency: float | str, *, slope: float, **repetition: Unpack[Repetition]
    ) -> Waveform:
        """Phases that rise during the share `slope` of their length, stay, and fall as they rose.

        Amplitude [A], frequency [Hz], 0 < slope < 0.5; for the rest see `Repetition`.
        """
        if not isinstance(slope, Real) or not 0 < slope < 0.5:
            raise RangeError(f"slope {slope!r}; expected the rising share of a phase, above 0 and below 0.5")
        rise, fall = Segment(0.0, 1.0, slope, "linear"), Segment(1.0, 0.0, slope, "linear")
        phase = [rise, Segment(1.0, 1.0, 1 - 2 * slope), fall]
        return _periodic("trapezoid", phase, amplitude, frequency, repetition)

    @classmethod
    def triangle(
        cls, amplitude: float | str, frequency: float | str, **repetition: Unpack[Repetition]
    ) -> Waveform:
        """Phases that rise straight to the amplitude [A] and fall straight to zero; see `Repetition`."""
        phase = [Segment(0.0, 1.0, 0.5, "linear"), Segment(1.0, 0.0, 0.5, "linear")]
        return _periodic("triangle", phase, amplitude, frequency, repetition)

    @classmethod
    def sine(
        cls, amplitude: float | str, frequency: float | str, **repetition: Unpack[Repetition]
    ) -> Waveform:
        """Half-sine phases, biphasic without pause a sine; amplitude [A], frequency [Hz]."""
        return _periodic("sine", [Segment(0.0, 0.0, 1.0, "halfsine", 1.0)], amplitude, frequency, repetition)

    @classmethod
    def from_dict(cls, table: Mapping[str, Any], where: str = "waveform") -> Waveform:
        """Waveform from a table with the keys of a TOML file; `where` stands in the messages."""
        from zygoma.device.catalogue import waveform_from_table

        return waveform_from_table(table, where)

    def to_dict(self) -> dict[str, Any]:
        """The table from which `from_dict` makes the same waveform."""
        from zygoma.device.catalogue import waveform_to_table

        return waveform_to_table(self)

    def scaled(self, amplitude: float | str) -> Waveform:
        """The same shape with another amplitude [A]; charges are proportional to it."""
        amplitude = si(amplitude, "A", "the amplitude")
        if not (math.isfinite(amplitude) and amplitude > 0):
            raise RangeError(f"amplitude {amplitude!r} A; expected a current above zero")
        if isinstance(self.segments, Polyline):
            return replace(self, segments=self.segments.scaled(self.amplitude, amplitude))
        return replace(self, segments=tuple(s.scaled(self.amplitude, amplitude) for s in self.segments))

    def clipped(self, limit: float | str) -> Waveform:
        """The same current with |i| held at a limit [A] where it is larger, exact for every shape."""
        limit = si(limit, "A", "the limit")
        if not (math.isfinite(limit) and limit > 0):
            raise RangeError(f"limit {limit!r} A; expected a current above zero")
        if self.amplitude <= limit:
            return self
        if isinstance(self.segments, Polyline):
            return replace(self, segments=clip_polyline(self.segments, limit))
        parts = (part for segment in self.segments for part in clip_segment(segment, limit))
        return replace(self, segments=tuple(parts))

    @cached_property
    def amplitude(self) -> float:
        """Largest |i| [A]."""
        return float(self.rows.maximum.max())

    @cached_property
    def period(self) -> float:
        """Length of one period [s]."""
        if isinstance(self.segments, Polyline):
            return self.segments.duration
        return math.fsum(segment.duration for segment in self.segments)

    @property
    def frequency(self) -> float:
        """Periods a second, rests between bursts not counted [Hz]."""
        return 1.0 / self.period

    @property
    def burst_period(self) -> float:
        """Length of one burst with its rest [s]; without burst the period."""
        return self._pattern.cycle

    @property
    def pattern_period(self) -> float:
        """Time after which everything repeats, polarity and bursts included [s]."""
        return self._pattern.length

    @property
    def phase_charge(self) -> float:
        """Largest charge that flows without a change of sign or a pause, ramps of bursts included [C].

        Phases that meet across the end of a period or across a swap of polarity count as one. A direct
        current flows on until the swap or the end of the burst; without these one period is counted.
        """
        return self._stretches.charge

    @property
    def pulse_frequency(self) -> float:
        """Pulses a second, rests between bursts not counted [Hz].

        It is `frequency`, but for a current that keeps its sign through the whole period: that has the
        frequency of its swaps, else of its bursts, else 0.
        """
        return self._pattern.rate if self._stretches.unbroken else self.frequency

    @cached_property
    def positive_charge(self) -> float:
        """Integral of the positive part of i over one period at full amplitude [C]."""
        return float(self.rows.positive.sum())

    @cached_property
    def negative_charge(self) -> float:
        """Integral of the negative part of i over one period, as a number above zero [C]."""
        return float(self.rows.negative.sum())

    @property
    def net_charge(self) -> float:
        """Integral of i over one period at full amplitude [C]; zero up to rounding is given as 0."""
        charge = self.rows.charge
        total = math.fsum(charge) if len(charge) <= 10_000 else float(charge.sum())
        return without_rounding(total, float(np.abs(charge).sum()))

    @property
    def pattern_net_charge(self) -> float:
        """Integral of i over the whole pattern [C]; `pattern_period` says over which time."""
        return self.net_charge * self._pattern.net

    @property
    def rms(self) -> float:
        """Root mean square of i [A]."""
        shares = self._pattern.shares
        return math.sqrt(float(shares @ shares) * float(self.rows.square.sum()) / self.burst_period)

    @property
    def mean_abs(self) -> float:
        """Mean of |i| [A]."""
        total = self.positive_charge + self.negative_charge
        return float(self._pattern.shares.sum()) * total / self.burst_period

    @property
    def on_fraction(self) -> float:
        """Share of time with i other than zero."""
        return float(self.time_fraction_above(0.0))

    def time_fraction_above(self, level: npt.ArrayLike) -> FloatArray:
        """Exact share of all time, rests included, with |i| > level * amplitude.

        Parameters
        ----------
        level : array_like
            Shares of the amplitude, not negative; at 1 and above the answer is 0.

        Returns
        -------
        ndarray
            Same shape as `level`.

        Raises
        ------
        RangeError
            A negative level.
        """
        level = np.asarray(level, dtype=float)
        if (level < 0).any():
            raise RangeError(f"level {float(level.min())!r} of the amplitude; expected 0 or more")
        time = np.zeros(level.shape)
        for share, count in zip(*np.unique(self._pattern.shares, return_counts=True), strict=True):
            current = (level / share * self.amplitude).ravel()
            time += count * self.rows.time_above(current).reshape(level.shape)
        return np.asarray(time / self.burst_period)

    def stretches(self, level: float | str = 0.0) -> Stretches:
        """The largest stretches of one sign of the whole pattern with |i| above a level [A].

        With a level above 0 bursts are taken without their ramps, as if all periods had the full amplitude.

        Raises
        ------
        RangeError
            A negative level.
        """
        level = si(level, "A", "the level")
        if not (math.isfinite(level) and level >= 0):
            raise RangeError(f"level {level!r} A; expected a current of 0 or more")
        return self._stretches if level == 0 else Stretches.of(self.rows, self._pattern, level)

    @property
    def corners(self) -> FloatArray:
        """Beginnings of all segments of one pattern, zero crossings and rests included [s]."""
        rows, _ = self.rows.without_crossings
        return Train(rows, self._pattern, self._pattern.count).begin

    def window(self, length: float | str) -> Window:
        """Worst stretches of one length [s], such as 1 s or 30 s: largest rms, mean of |i| and net charge.

        Raises
        ------
        RangeError
            A length that is not above zero.
        """
        return Window(self.rows, self._pattern, si(length, "s", "the length of a window"))

    def spectrum(self, harmonic: npt.ArrayLike) -> ComplexArray:
        """Fourier coefficients of the pattern: i(t) = sum of ``c_n exp(2j pi n t / pattern_period)``.

        Parameters
        ----------
        harmonic : array_like of int
            Numbers n; without burst and swap n = 1 is the frequency of the waveform.

        Returns
        -------
        ndarray of complex
            [A]; the line at n has the one-sided amplitude ``2 |c_n|``.
        """
        omega = 2 * np.pi * np.asarray(harmonic, dtype=float) / self.pattern_period
        one = transform(self.rows, self._starts, omega.ravel()).reshape(omega.shape)
        return np.asarray(one * self._pattern.line(omega) / self.pattern_period)

    def samples(self, time: npt.ArrayLike) -> FloatArray:
        """Current [A] at times [s], any shape; the pattern begins at 0 and repeats for ever."""
        time = np.asarray(time, dtype=float)
        within, weight = self._pattern.locate(time)
        index = np.maximum(np.searchsorted(self._starts, within.ravel(), side="right") - 1, 0)
        share = (within.ravel() - self._starts[index]) / self.rows.duration[index]
        return np.asarray(self.rows.value(index, share).reshape(time.shape) * weight)

    def figures(self) -> dict[str, float]:
        """The numbers of the waveform, with the unit at the end of each name."""
        return {
            "amplitude_A": self.amplitude,
            "period_s": self.period,
            "frequency_Hz": self.frequency,
            "phase_charge_C": self.phase_charge,
            "net_charge_C": self.net_charge,
            "pattern_period_s": self.pattern_period,
            "pattern_net_charge_C": self.pattern_net_charge,
            "rms_A": self.rms,
            "mean_abs_A": self.mean_abs,
            "on_fraction": self.on_fraction,
        }

    def __str__(self) -> str:
        rms, mean = show(self.rms, "A"), show(self.mean_abs, "A")
        return (
            f"{self.name} [{self.status}]\n"
            f"{self.kind}, peak {show(self.amplitude, 'A')}, {show(self.frequency, 'Hz')}\n"
            f"rms {rms}, mean |i| {mean}, current flows {self.on_fraction:.1%} of time\n"
            f"phase charge {show(self.phase_charge, 'C')}, net charge {show(self.net_charge, 'C')} a period, "
            f"{show(self.pattern_net_charge, 'C')} a pattern of {show(self.pattern_period, 's')}"
        )

    @cached_property
    def rows(self) -> Rows:
        """The segments of one period as columns."""
        if isinstance(self.segments, Polyline):
            return self.segments.rows
        return Rows.join([segment.rows for segment in self.segments])

    @cached_property
    def _starts(self) -> FloatArray:
        return np.concatenate([[0.0], np.cumsum(self.rows.duration[:-1])])

    @cached_property
    def _stretches(self) -> Stretches:
        return Stretches.of(self.rows, self._pattern)

    @cached_property
    def _pattern(self) -> Pattern:
        return Pattern.of(self.period, self.swap_every, self.burst)


def _periodic(
    name: str,
    phase: list[Segment],
    amplitude: float | str,
    frequency: float | str,
    repetition: Repetition,
) -> Waveform:
    """Waveform of a phase that is given with 1 A and 1 s."""
    kind = repetition.get("kind", "biphasic")
    amperes = si(amplitude, "A", "the amplitude")
    scaled = [segment.scaled(1.0, amperes) for segment in phase]
    segments = one_period(scaled, frequency, kind, repetition.get("duty", 1.0))
    swap, burst = repetition.get("swap_every"), repetition.get("burst")
    return Waveform(name, f"{kind} {name}", kind, segments, "assumption", "given by the caller", swap, burst)
