"""One piece of a current waveform and its exact integrals."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from zygoma.device.rows import EXPONENTIAL, HALFSINE, STRAIGHT, ComplexArray, FloatArray, Rows
from zygoma.errors import RangeError
from zygoma.units import si

__all__ = ["SHAPES", "ComplexArray", "FloatArray", "Segment", "Shape"]

Shape = Literal["const", "linear", "exponential", "halfsine"]
SHAPES: tuple[Shape, ...] = ("const", "linear", "exponential", "halfsine")
_UNITS = {"start": "A", "end": "A", "duration": "s", "peak": "A"}
_CODES = {"const": STRAIGHT, "linear": STRAIGHT, "exponential": EXPONENTIAL, "halfsine": HALFSINE}


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of current over time, with integrals in closed form.

    Parameters
    ----------
    start, end : float
        Current at the beginning and at the end [A], or text such as ``"400 uA"``, as all that follow. Both
        are zero for a half-sine.
    duration : float
        Length [s].
    shape : {"const", "linear", "exponential", "halfsine"}
        ``const``: `start` throughout; ``linear``: straight from `start` to `end`, through zero if the signs
        differ; ``exponential``: from `start` to `end` as ``a + b * exp(-t / time_constant)``; ``halfsine``:
        ``peak * sin(pi * x)`` with x from ``part[0]`` to ``part[1]``.
    peak : float
        Current in the middle of a half-sine [A]; zero for the other shapes.
    time_constant : float, optional
        Of an exponential [s]; above zero it changes fast at first, below zero fast at last.
    part : tuple of float
        The part of the half-sine that flows, as shares of its length; the whole of it is (0, 1).

    Raises
    ------
    RangeError
        A duration that is not positive, a current that is not finite, or currents that do not fit the shape.
    UnitError
        Neither a number nor text with a fitting unit.
    """

    start: float
    end: float
    duration: float
    shape: Shape = "const"
    peak: float = 0.0
    time_constant: float | None = None
    part: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "part", tuple(self.part))
        for name, unit in _UNITS.items():
            object.__setattr__(self, name, si(getattr(self, name), unit, f"segment {name}"))
        if self.time_constant is not None:
            object.__setattr__(self, "time_constant", si(self.time_constant, "s", "segment time_constant"))
        if self.shape not in SHAPES:
            raise RangeError(f"segment shape {self.shape!r}; expected one of {', '.join(SHAPES)}")
        if not (math.isfinite(self.duration) and self.duration > 0):
            raise RangeError(f"segment duration {self.duration!r} s; expected a time above zero")
        if not all(map(math.isfinite, (self.start, self.end, self.peak))):
            raise RangeError(
                f"segment currents {self.start!r}, {self.end!r}, {self.peak!r} A; expected finite numbers"
            )
        if self.shape == "const" and self.start != self.end:
            raise RangeError(
                f"a const segment from {self.start:g} to {self.end:g} A; make them equal or shape 'linear'"
            )
        if self.shape == "halfsine" and (self.start or self.end or not self.peak):
            raise RangeError(
                "a halfsine segment starts and ends at 0 A; give its height as the peak, other than zero"
            )
        if self.shape != "halfsine" and self.peak:
            raise RangeError(f"a {self.shape} segment has no peak; give its start and end only")
        self._check_time_constant()
        if len(self.part) != 2 or not 0 <= self.part[0] < self.part[1] <= 1:
            raise RangeError(f"part {self.part!r} of a half-sine; expected two rising shares between 0 and 1")
        if self.shape != "halfsine" and self.part != (0.0, 1.0):
            raise RangeError(f"a {self.shape} segment has no part; give its start, end and duration")

    def _check_time_constant(self) -> None:
        given = self.time_constant
        if self.shape != "exponential":
            if given is not None:
                raise RangeError(f"a {self.shape} segment has no time constant; leave it out")
        elif given is None or not (math.isfinite(given) and abs(self.duration) < 1e9 * abs(given)):
            raise RangeError(
                f"an exponential segment of {self.duration:g} s with a time constant of {given!r} s;"
                " expected a finite time other than zero"
            )
        elif abs(self.duration) < 1e-9 * abs(given):
            raise RangeError(
                f"an exponential segment of {self.duration:g} s with a time constant of {given:g} s is"
                " straight; make its shape 'linear'"
            )

    @property
    def rows(self) -> Rows:
        """The segment as one row."""
        start, end, bend = self.start, self.end, 0.0
        if self.shape == "halfsine":
            start, end = (self.peak * math.sin(math.pi * min(x, 1 - x)) for x in self.part)
        if self.time_constant is not None:
            bend = self.duration / self.time_constant
        columns = (start, end, self.duration, self.peak, bend, *self.part)
        return Rows(np.array([_CODES[self.shape]]), *(np.array([float(value)]) for value in columns))

    @property
    def maximum(self) -> float:
        """Largest |i| [A]."""
        return float(self.rows.maximum[0])

    @property
    def charge(self) -> float:
        """Integral of i [C]."""
        return float(self.rows.charge[0])

    @property
    def positive_charge(self) -> float:
        """Integral of the positive part of i [C], exact across a zero crossing."""
        return float(self.rows.positive[0])

    @property
    def negative_charge(self) -> float:
        """Integral of the negative part of i, as a number above zero [C]."""
        return float(self.rows.negative[0])

    @property
    def absolute_charge(self) -> float:
        """Integral of |i| [C], exact across a zero crossing."""
        return self.positive_charge + self.negative_charge

    @property
    def square_integral(self) -> float:
        """Integral of i squared [A2 s]."""
        return float(self.rows.square[0])

    def at(self, time: FloatArray) -> FloatArray:
        """Current [A] at times since the start of the segment [s]."""
        share = np.asarray(time, dtype=float) / self.duration
        row = np.zeros(share.size, dtype=np.intp)
        return self.rows.value(row, share.ravel()).reshape(share.shape)

    def time_above(self, level: FloatArray) -> FloatArray:
        """Time [s] during which |i| exceeds each level [A, not negative]."""
        level = np.asarray(level, dtype=float)
        return self.rows.time_above(level.ravel()).reshape(level.shape)

    def transform(self, omega: FloatArray) -> ComplexArray:
        """Integral of ``i(t) exp(-j omega t)`` over the segment, t from its start [A s]; `omega` in rad/s."""
        from zygoma.device.spectrum import transform

        omega = np.asarray(omega, dtype=float)
        return transform(self.rows, np.zeros(1), omega.ravel()).reshape(omega.shape)

    def between(self, begin: float, end: float) -> Segment:
        """The part between two shares of the duration, which has the same shape."""
        if not 0 <= begin < end <= 1:
            raise RangeError(
                f"part {begin!r} to {end!r} of a segment; expected rising shares between 0 and 1"
            )
        duration = self.duration * (end - begin)
        if self.shape == "halfsine":
            low, high = self.part
            cuts = (low if begin == 0 else low + (high - low) * begin, low + (high - low) * end)
            return replace(self, duration=duration, part=(cuts[0], high if end == 1 else cuts[1]))
        first, last = self.at(np.array([begin, end]) * self.duration).tolist()
        first, last = (self.start if begin == 0 else first), (self.end if end == 1 else last)
        return replace(self, start=first, end=last, duration=duration)

    def split(self, share: float) -> tuple[Segment, Segment]:
        """Two segments with the same current, cut at a share of the duration between 0 and 1."""
        return self.between(0.0, share), self.between(share, 1.0)

    def scaled(self, divisor: float, factor: float) -> Segment:
        """The segment with every current divided by `divisor` and then multiplied by `factor`."""
        start, end, peak = (value / divisor * factor for value in (self.start, self.end, self.peak))
        return replace(self, start=start, end=end, peak=peak)
