"""One piece of a current waveform and its exact integrals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from zygoma.errors import RangeError

Shape = Literal["const", "linear", "halfsine"]
SHAPES: tuple[Shape, ...] = ("const", "linear", "halfsine")
FloatArray = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]


class Piece(NamedTuple):
    """A stretch of one sign in a segment: sign, charge of |i| [C], and whether i is zero at its ends."""

    sign: int
    charge: float
    from_zero: bool
    to_zero: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of current over time, with integrals in closed form.

    Parameters
    ----------
    start, end : float
        Current at the beginning and at the end [A]. Both are zero for a half-sine.
    duration : float
        Length [s].
    shape : {"const", "linear", "halfsine"}
        ``const``: `start` throughout; ``linear``: straight from `start` to `end`, through zero if the signs
        differ; ``halfsine``: ``peak * sin(pi * t / duration)``.
    peak : float
        Current in the middle of a half-sine [A]; zero for the other shapes.

    Raises
    ------
    RangeError
        A duration that is not positive, a current that is not finite, or currents that do not fit the shape.
    """

    start: float
    end: float
    duration: float
    shape: Shape = "const"
    peak: float = 0.0

    def __post_init__(self) -> None:
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

    @property
    def maximum(self) -> float:
        """Largest |i| [A]."""
        return max(abs(self.start), abs(self.end), abs(self.peak))

    @property
    def charge(self) -> float:
        """Integral of i [C]."""
        if self.shape == "halfsine":
            return 2.0 / math.pi * self.peak * self.duration
        return 0.5 * (self.start + self.end) * self.duration

    @property
    def absolute_charge(self) -> float:
        """Integral of |i| [C], exact across a zero crossing."""
        return math.fsum(piece.charge for piece in self.pieces())

    @property
    def square_integral(self) -> float:
        """Integral of i squared [A2 s]."""
        if self.shape == "halfsine":
            return 0.5 * self.peak**2 * self.duration
        return (self.start**2 + self.start * self.end + self.end**2) / 3.0 * self.duration

    def pieces(self) -> tuple[Piece, ...]:
        """The segment cut where it crosses zero."""
        if self.shape == "halfsine":
            return (Piece(int(math.copysign(1, self.peak)), abs(self.charge), True, True),)
        a, b = self.start, self.end
        if a == b == 0:
            return (Piece(0, 0.0, True, True),)
        if a * b >= 0:
            return (Piece(int(math.copysign(1, a + b)), abs(self.charge), a == 0, b == 0),)
        before = abs(a) / (abs(a) + abs(b))  # share of the duration before the crossing
        first = Piece(int(math.copysign(1, a)), 0.5 * abs(a) * before * self.duration, False, True)
        second = Piece(int(math.copysign(1, b)), 0.5 * abs(b) * (1 - before) * self.duration, True, False)
        return first, second

    def at(self, time: FloatArray) -> FloatArray:
        """Current [A] at times since the start of the segment [s]."""
        share = np.asarray(time, dtype=float) / self.duration
        if self.shape == "halfsine":
            return np.asarray(self.peak * np.sin(np.pi * share))
        return np.asarray(self.start + (self.end - self.start) * share)

    def time_above(self, level: FloatArray) -> FloatArray:
        """Time [s] during which |i| exceeds each level [A, not negative]."""
        level = np.asarray(level, dtype=float)
        if self.shape == "halfsine":
            share = 1.0 - 2.0 / np.pi * np.arcsin(np.minimum(level / abs(self.peak), 1.0))
        elif self.start == self.end:
            share = (abs(self.start) > level).astype(float)
        else:
            low, high = sorted((self.start, self.end))
            over = np.maximum(high - np.maximum(level, low), 0.0)
            under = np.maximum(np.minimum(-level, high) - low, 0.0)
            share = (over + under) / (high - low)
        return np.asarray(self.duration * share)

    def transform(self, omega: FloatArray) -> ComplexArray:
        """Integral of ``i(t) exp(-j omega t)`` over the segment, t from its start [A s]; `omega` in rad/s.

        A straight line has the spherical Bessel functions j0 (its mean) and j1 (its slope), which stay exact
        at low frequency where the textbook quotients lose their digits.
        """
        half = 0.5 * np.asarray(omega, dtype=float) * self.duration
        if self.shape == "halfsine":
            middle = 0.5 * self.peak * (np.sinc(0.5 - half / np.pi) + np.sinc(0.5 + half / np.pi))
        else:
            from scipy.special import spherical_jn

            slope = np.sign(half) * spherical_jn(1, np.abs(half))
            middle = (
                0.5 * (self.start + self.end) * np.sinc(half / np.pi) - 0.5j * (self.end - self.start) * slope
            )
        return np.asarray(self.duration * np.exp(-1j * half) * middle, dtype=np.complex128)

    def scaled(self, divisor: float, factor: float) -> Segment:
        """The segment with every current divided by `divisor` and then multiplied by `factor`."""
        start, end, peak = (value / divisor * factor for value in (self.start, self.end, self.peak))
        return Segment(start, end, self.duration, self.shape, peak)
