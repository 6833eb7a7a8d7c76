"""Two channels at once: overlap, beat, and the current where both flow through the same tissue."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt

from zygoma.device.electrode import Electrode
from zygoma.device.polyline import kind_of
from zygoma.device.record import check, is_file, one_of
from zygoma.device.rows import FloatArray
from zygoma.device.segment import Segment
from zygoma.device.waveform import Waveform
from zygoma.errors import InputError, RangeError
from zygoma.units import si

Timing = Literal["synchronous", "alternating"]
TIMINGS: tuple[Timing, ...] = ("synchronous", "alternating")
MODE = {"id": "line", "channels": "texts", "timing": "text", "delay_s": "number", "electrodes": "texts"}
MODE_NEEDS = ("id", "channels", "timing")
_REPEATS = 10_000  # patterns of one channel in the time after which both repeat


@dataclass(frozen=True)
class Channels:
    """Two waveforms of one clock.

    Parameters
    ----------
    first, second : Waveform
    delay : float
        How much later the second begins [s], or text such as ``"5 ms"``.

    Raises
    ------
    InputError
        A channel that is no waveform.
    RangeError
        A delay that is negative or not finite.
    """

    first: Waveform
    second: Waveform
    delay: float = 0.0

    def __post_init__(self) -> None:
        for given in (self.first, self.second):
            if not isinstance(given, Waveform):
                raise InputError(f"channel {given!r}; expected a Waveform, such as Waveform.load('lifting')")
        object.__setattr__(self, "delay", si(self.delay, "s", "delay of the second channel"))
        if not (math.isfinite(self.delay) and self.delay >= 0):
            raise RangeError(f"delay {self.delay!r} s of the second channel; expected 0 or more")

    @property
    def beat_frequency(self) -> float:
        """Difference of both frequencies [Hz], as interferential modes state it."""
        return abs(self.first.frequency - self.second.frequency)

    @property
    def period(self) -> float:
        """Time after which both patterns repeat together [s].

        Raises
        ------
        RangeError
            They do not within 10000 patterns of either.
        """
        one, two = self.first.pattern_period, self.second.pattern_period
        ratio = Fraction(one / two).limit_denominator(_REPEATS)
        if not 0 < ratio.numerator <= _REPEATS or abs(one / two / float(ratio) - 1) > 1e-9:
            raise RangeError(
                f"patterns of {one:g} s and {two:g} s do not repeat together within {_REPEATS} of them;"
                " choose frequencies in a simple ratio"
            )
        return ratio.denominator * one

    def samples(self, time: npt.ArrayLike) -> FloatArray:
        """Current of both channels [A] at times [s], shape (2, ...)."""
        time = np.asarray(time, dtype=float)
        return np.stack([self.first.samples(time), self.second.samples(time - self.delay)])

    @property
    def overlap(self) -> float:
        """Share of time in which both flow; 0 where the channels alternate."""
        begin, length = self._intervals()
        both = (self.samples(begin + 0.5 * length) != 0).all(axis=0)
        return float(length[both].sum() / length.sum())

    def sum(self) -> Waveform:
        """The current where both channels flow through the same tissue in the same sense, exact.

        Raises
        ------
        RangeError
            A channel with segments that are not straight, or patterns that do not repeat together.
        """
        if any(len(rows.exponential) or len(rows.halfsine) for rows in (self.first.rows, self.second.rows)):
            raise RangeError("a sum of channels needs straight segments; import the curved one as a polyline")
        begin, length = self._intervals()
        near, far = (self.samples(begin + share * length).sum(axis=0) for share in (0.25, 0.75))
        start, end = (
            1.5 * near - 0.5 * far,
            1.5 * far - 0.5 * near,
        )  # straight in between, jumps at the corners
        segments = tuple(
            Segment(a, a, d) if abs(a - b) <= 1e-12 * (abs(a) + abs(b)) else Segment(a, b, d, "linear")
            for a, b, d in zip(start.tolist(), end.tolist(), length.tolist(), strict=True)
        )
        name = f"{self.first.name} and {self.second.name} together"
        source = f"sum of {self.first.status} and {self.second.status} waveforms"
        ids = f"{self.first.id}+{self.second.id}"
        return Waveform(ids, name, kind_of(segments), segments, "computed", source)

    def _intervals(self) -> tuple[FloatArray, FloatArray]:
        """Beginnings and lengths of the stretches without a corner of either channel [s]."""
        period = self.period
        corners = [np.array([0.0, period])]
        for wave, delay in ((self.first, 0.0), (self.second, self.delay)):
            number = np.arange(round(period / wave.pattern_period))
            each = wave.corners + delay + number[:, None] * wave.pattern_period
            corners.append(np.mod(each.ravel(), period))
        edges = np.unique(np.concatenate(corners))
        keep = np.append(True, np.diff(edges) > 1e-12 * period)
        edges = edges[keep]
        edges[-1] = period
        return edges[:-1], np.diff(edges)


@dataclass(frozen=True)
class PairedMode:
    """An output mode with two channels, each with its own electrodes.

    Parameters
    ----------
    id : str
    channels : Channels
        Waveforms at the amplitudes that are put out.
    timing : {"synchronous", "alternating"}
        Whether both may flow at once.
    electrodes : tuple of Electrode
        One for each channel; empty where they are unknown.

    Raises
    ------
    InputError
        Channels that are said to alternate and overlap, or another number of electrodes than two.
    """

    id: str
    channels: Channels
    timing: Timing
    electrodes: tuple[Electrode, ...] = ()

    def __post_init__(self) -> None:
        where = f"mode {self.id!r}"
        one_of(self.timing, "timing", TIMINGS, where)
        if len(self.electrodes) not in (0, 2):
            raise InputError(f"{where} has {len(self.electrodes)} electrodes; expected one for each channel")
        if self.timing == "alternating" and (share := self.channels.overlap) > 1e-9:
            raise InputError(
                f"{where} is called alternating, its channels flow at once during {share:.3g} of the time;"
                " give them rests and a delay_s, or call it synchronous"
            )

    @classmethod
    def from_table(
        cls,
        table: Mapping[str, Any],
        waveforms: Mapping[str, Waveform],
        where: str,
        folder: str | os.PathLike[str] = "",
    ) -> PairedMode:
        """Mode from a table that names two of the `waveforms`; electrode files lie in `folder`."""
        checked = check(table, MODE, where, MODE_NEEDS)
        names = checked["channels"]
        if len(names) != 2:
            raise InputError(f"{where} has {len(names)} channels; expected the ids of two waveforms")
        first, second = (waveforms[one_of(name, "waveform", waveforms, where)] for name in names)
        touching = tuple(
            Electrode.load(Path(folder) / name if is_file(name) else name)
            for name in checked.get("electrodes", ())
        )
        channels = Channels(first, second, checked.get("delay_s", 0.0))
        timing = cast(Timing, one_of(checked["timing"], "timing", TIMINGS, where))
        return cls(checked["id"], channels, timing, touching)

    def to_table(self) -> dict[str, Any]:
        """The table from which the same mode can be read, beside its waveforms.

        Raises
        ------
        UnknownNameError
            An electrode that is not in the catalogue.
        """
        known = [electrode.id for electrode in Electrode.catalogue()]
        for electrode in self.electrodes:
            one_of(electrode.id, "electrode", known, f"mode {self.id!r}")
        pair = self.channels
        table: dict[str, Any] = {"id": self.id, "channels": [pair.first.id, pair.second.id]}
        table |= {"timing": self.timing, "delay_s": pair.delay}
        return table | (
            {"electrodes": [electrode.id for electrode in self.electrodes]} if self.electrodes else {}
        )
