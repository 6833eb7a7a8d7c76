"""The current of a device over time, with every average in closed form."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Unpack

import numpy as np
import numpy.typing as npt

from zygoma.device.burst import Burst
from zygoma.device.pattern import Pattern, without_rounding
from zygoma.device.phase import KINDS, Kind, Repetition, one_period
from zygoma.device.segment import ComplexArray, FloatArray, Piece, Segment
from zygoma.errors import RangeError
from zygoma.units import show


@dataclass(frozen=True)
class Waveform:
    """One period of current and its repetition.

    A pattern is nested. Segments make a *period*. Periods, at full or ramped amplitude, and a rest make a
    *burst cycle*; without burst it is the period. `swap_every` turns the polarity of all that follows.
    Polarity and amplitude change between periods only: the period under way is finished, so a swap every
    2.5 s of a 0.12 s period comes after 21 periods, 2.52 s, and the time to the next swap runs while periods
    run. With this rule every property is exact; slow envelopes are not approximated. A device that cuts a
    period short or bends its amplitude within a period is outside the model.

    `phase_charge` and `net_charge` belong to one period at full amplitude, `pattern_net_charge` to the whole
    pattern with swaps and bursts. `rms`, `mean_abs`, `on_fraction` and `time_fraction_above` average over the
    burst cycle; polarity does not change them. `spectrum` has the lines of the whole pattern.

    Parameters
    ----------
    id, name : str
    kind : {"biphasic", "monophasic"}
        Whether one period has both signs or one.
    segments : tuple of Segment
        One period, rests included.
    status, source : str
        What the numbers are (read, computed, unverified, assumption) and where they come from.
    swap_every : float, optional
        Time between changes of polarity [s].
    burst : Burst, optional
    zero_charge_method : str, optional
        How the device makes the net charge zero: active, capacitor or ground.

    Raises
    ------
    RangeError
        No current at all, a kind that does not fit the signs, or a swap time that is not positive.
    """

    id: str
    name: str
    kind: Kind
    segments: tuple[Segment, ...]
    status: str
    source: str
    swap_every: float | None = None
    burst: Burst | None = None
    zero_charge_method: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "segments", tuple(self.segments))
        signs, given = {piece.sign for piece in self._pieces} - {0}, f"waveform {self.id!r}"
        if not signs:
            raise RangeError(f"{given} carries no current; give at least one segment other than zero")
        if self.kind not in KINDS:
            raise RangeError(f"{given} has kind {self.kind!r}; expected one of {', '.join(KINDS)}")
        if (self.kind == "biphasic") != (len(signs) == 2):
            found = "both signs" if len(signs) == 2 else "one sign"
            raise RangeError(f"{given} is called {self.kind}, its period has {found}; correct one of them")
        if self.swap_every is not None and not (math.isfinite(self.swap_every) and self.swap_every > 0):
            raise RangeError(f"{given} swaps every {self.swap_every!r} s; expected a time above zero")
        _ = self._pattern  # a burst that cannot work is refused here

    @classmethod
    def load(cls, name: str) -> Waveform:
        """Waveform of the catalogue, by id.

        Raises
        ------
        UnknownNameError
            No such waveform; the nearest id is offered.
        """
        from zygoma.device.catalogue import find_waveform

        return find_waveform(name)

    @classmethod
    def square(cls, amplitude: float, frequency: float, **repetition: Unpack[Repetition]) -> Waveform:
        """Phases of constant current; amplitude [A], frequency [Hz], for the rest see `Repetition`."""
        return _periodic("square", [Segment(amplitude, amplitude, 1.0)], frequency, repetition)

    @classmethod
    def trapezoid(
        cls, amplitude: float, frequency: float, *, slope: float, **repetition: Unpack[Repetition]
    ) -> Waveform:
        """Phases that rise during the share `slope` of their length, stay, and fall as they rose.

        Amplitude [A], frequency [Hz], 0 < slope < 0.5; for the rest see `Repetition`.
        """
        if not 0 < slope < 0.5:
            raise RangeError(f"slope {slope!r}; expected the rising share of a phase, above 0 and below 0.5")
        rise, fall = Segment(0.0, amplitude, slope, "linear"), Segment(amplitude, 0.0, slope, "linear")
        phase = [rise, Segment(amplitude, amplitude, 1 - 2 * slope), fall]
        return _periodic("trapezoid", phase, frequency, repetition)

    @classmethod
    def triangle(cls, amplitude: float, frequency: float, **repetition: Unpack[Repetition]) -> Waveform:
        """Phases that rise straight to the amplitude [A] and fall straight to zero; see `Repetition`."""
        phase = [Segment(0.0, amplitude, 0.5, "linear"), Segment(amplitude, 0.0, 0.5, "linear")]
        return _periodic("triangle", phase, frequency, repetition)

    @classmethod
    def sine(cls, amplitude: float, frequency: float, **repetition: Unpack[Repetition]) -> Waveform:
        """Half-sine phases, biphasic without pause a sine; amplitude [A], frequency [Hz]."""
        return _periodic("sine", [Segment(0.0, 0.0, 1.0, "halfsine", amplitude)], frequency, repetition)

    @classmethod
    def from_dict(cls, table: Mapping[str, Any], where: str = "waveform") -> Waveform:
        """Waveform from a table with the keys of a TOML file; `where` stands in the messages."""
        from zygoma.device.catalogue import waveform_from_table

        return waveform_from_table(table, where)

    def to_dict(self) -> dict[str, Any]:
        """The table from which `from_dict` makes the same waveform."""
        from zygoma.device.catalogue import waveform_to_table

        return waveform_to_table(self)

    def scaled(self, amplitude: float) -> Waveform:
        """The same shape with another amplitude [A]; charges are proportional to it."""
        if not (math.isfinite(amplitude) and amplitude > 0):
            raise RangeError(f"amplitude {amplitude!r} A; expected a current above zero")
        return replace(self, segments=tuple(s.scaled(self.amplitude, amplitude) for s in self.segments))

    @property
    def amplitude(self) -> float:
        """Largest |i| [A]."""
        return max(segment.maximum for segment in self.segments)

    @property
    def period(self) -> float:
        """Length of one period [s]."""
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
        """Largest charge that flows without a change of sign or a pause, at full amplitude [C].

        Phases that meet across the end of a period or across a swap of polarity count as one. A direct
        current flows on until the swap or the end of the burst; without these one period is counted.
        """
        return self._pattern.largest_phase(self._pieces)

    @property
    def net_charge(self) -> float:
        """Integral of i over one period at full amplitude [C]; zero up to rounding is given as 0."""
        charges = [segment.charge for segment in self.segments]
        return without_rounding(math.fsum(charges), math.fsum(map(abs, charges)))

    @property
    def pattern_net_charge(self) -> float:
        """Integral of i over the whole pattern [C]; `pattern_period` says over which time."""
        return self.net_charge * self._pattern.net

    @property
    def rms(self) -> float:
        """Root mean square of i [A]."""
        total = math.fsum(segment.square_integral for segment in self.segments)
        shares = self._pattern.shares
        return math.sqrt(float(shares @ shares) * total / self.burst_period)

    @property
    def mean_abs(self) -> float:
        """Mean of |i| [A]."""
        total = math.fsum(segment.absolute_charge for segment in self.segments)
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
            current = level / share * self.amplitude
            time += count * np.sum([segment.time_above(current) for segment in self.segments], axis=0)
        return np.asarray(time / self.burst_period)

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
        one = np.zeros(omega.shape, dtype=np.complex128)
        for begin, segment in zip(self._starts, self.segments, strict=True):
            one += segment.transform(omega) * np.exp(-1j * omega * begin)
        return np.asarray(one * self._pattern.line(omega) / self.pattern_period)

    def samples(self, time: npt.ArrayLike) -> FloatArray:
        """Current [A] at times [s], any shape; the pattern begins at 0 and repeats for ever."""
        time = np.asarray(time, dtype=float)
        within, weight = self._pattern.locate(time)
        index = np.maximum(np.searchsorted(self._starts, within, side="right") - 1, 0)
        current = np.zeros(time.shape)
        for k, (begin, segment) in enumerate(zip(self._starts, self.segments, strict=True)):
            current = np.where(index == k, segment.at(within - begin), current)
        return np.asarray(current * weight)

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
    def _pieces(self) -> tuple[Piece, ...]:
        return tuple(piece for segment in self.segments for piece in segment.pieces())

    @cached_property
    def _starts(self) -> FloatArray:
        durations = [segment.duration for segment in self.segments]
        return np.array([math.fsum(durations[:k]) for k in range(len(durations))])

    @cached_property
    def _pattern(self) -> Pattern:
        return Pattern.of(self.period, self.swap_every, self.burst)


def _periodic(name: str, phase: list[Segment], frequency: float, repetition: Repetition) -> Waveform:
    kind = repetition.get("kind", "biphasic")
    segments = one_period(phase, frequency, kind, repetition.get("duty", 1.0))
    swap, burst = repetition.get("swap_every"), repetition.get("burst")
    return Waveform(name, f"{kind} {name}", kind, segments, "assumption", "given by the caller", swap, burst)
