"""How the periods of a waveform follow each other: amplitudes, polarities and rests."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zygoma.device.burst import PERIODS_MAX, Burst, whole_periods
from zygoma.device.rows import ComplexArray, FloatArray, IntArray
from zygoma.errors import RangeError


@dataclass(frozen=True, eq=False)
class Pattern:
    """Periods with an amplitude and a polarity each.

    Parameters
    ----------
    period : float
        [s].
    shares : ndarray
        Amplitude of each period of a burst, as a share of the full one; one entry of 1 without burst.
    signs : ndarray
        Polarity of each period of a polarity cycle; one entry of 1 without swap.
    rest : float
        Time between bursts [s].
    """

    period: float
    shares: FloatArray
    signs: FloatArray
    rest: float

    @classmethod
    def of(cls, period: float, swap_every: float | None, burst: Burst | None) -> Pattern:
        """Pattern in which the period under way is finished before the polarity swaps or the burst ends."""
        swapped = (1.0, -1.0) if swap_every is not None else (1.0,)
        signs = np.repeat(swapped, whole_periods(swap_every, period) if swap_every is not None else 1)
        shares = burst.envelope(period) if burst else np.ones(1)
        return cls(period, shares, signs, burst.off if burst else 0.0)

    @property
    def cycle(self) -> float:
        """Time from burst to burst [s]; without burst the period."""
        return len(self.shares) * self.period + self.rest

    @property
    def count(self) -> int:
        """Periods until amplitudes and polarities both repeat."""
        return math.lcm(len(self.shares), len(self.signs))

    @property
    def length(self) -> float:
        """Time until amplitudes and polarities both repeat [s]."""
        return self.count // len(self.shares) * self.cycle

    @property
    def net(self) -> float:
        """Sum of amplitude share times polarity over the whole pattern; 0 up to rounding is given as 0."""
        # place p of the burst meets place q of the polarity cycle once if p = q (mod gcd), else never
        common = math.gcd(len(self.shares), len(self.signs))
        shares = self.shares.reshape(-1, common).sum(axis=0)
        total = float(shares @ self.signs.reshape(-1, common).sum(axis=0))
        return without_rounding(total, float(shares.sum()) * len(self.signs) / common)

    @property
    def half(self) -> int:
        """Periods between two swaps of polarity; 0 without swap."""
        return len(self.signs) // 2

    @property
    def rate(self) -> float:
        """How often a current that fills every period swaps back or rests [Hz]; 0 where it does neither."""
        if self.half and (self.half < len(self.shares) or not self.rest):
            return 1.0 / (2 * self.half * self.period)
        return 1.0 / self.cycle if self.rest else 0.0

    def meets(self, polarity: int, following: int | None = None) -> npt.NDArray[np.bool_]:
        """Which periods of a burst ever have a polarity, 1 or -1, the one after them `following`; (n,)."""
        place, half = np.arange(len(self.shares)), self.half
        if not half:
            return np.full(len(place), polarity > 0 and following in (None, 1))
        # Halves of the cycle of + begin, seen from the bursts, at every multiple of the common divisor, those
        # of - half a cycle later: how many periods of its half have passed at least.
        passed = (place - self._offset(polarity)) % self._common
        if following is None:
            return np.asarray(passed < half)
        if following == polarity:
            return np.asarray(passed < half - 1)
        return np.asarray((passed - (half - 1)) % self._common == 0)

    def neighbours(self, polarity: int, following: int) -> tuple[FloatArray, FloatArray]:
        """Amplitude shares of periods of a polarity, and of those that follow at once with another one."""
        if self.rest == 0:
            found = self.meets(polarity, following)
            return self.shares[found], self.shares[found]
        found = self.meets(polarity, following)[:-1]
        return self.shares[:-1][found], self.shares[1:][found]

    def blocks(self, polarity: int) -> tuple[IntArray, FloatArray, FloatArray]:
        """Periods of one polarity between swaps and rests: how many, sum of shares, sum of their squares.

        One period of a pattern that neither swaps nor rests.
        """
        shares, half = self.shares, self.half
        begin = np.zeros(1 if half or polarity > 0 else 0, dtype=np.intp)
        if half and self.rest:
            first = 1 - half + (self._offset(polarity) - (1 - half)) % self._common
            begin = np.arange(first, len(shares), self._common)
        elif half:
            shares = np.ones(half)
        end = np.minimum(begin + half, len(shares)) if half else begin + len(shares)
        begin = np.maximum(begin, 0)
        sums = (np.concatenate([[0.0], np.cumsum(column)]) for column in (shares, shares**2))
        total, square = (column[end] - column[begin] for column in sums)
        return end - begin, total, square

    @property
    def _common(self) -> int:
        return math.gcd(len(self.shares), len(self.signs))

    def _offset(self, polarity: int) -> int:
        return 0 if polarity > 0 else self.half

    def line(self, omega: FloatArray) -> ComplexArray:
        """Sum over the pattern of share * polarity * ``exp(-j omega t)``, t the start of each period.

        Raises
        ------
        RangeError
            A pattern too long to be laid out.
        """
        if self.count > PERIODS_MAX:
            raise RangeError(
                f"a pattern of {self.count:,} periods is too long for a spectrum; choose burst and swap times"
                " that repeat sooner"
            )
        number = np.arange(self.count)
        burst, place = np.divmod(number, len(self.shares))
        start = burst * self.cycle + place * self.period
        weight = self.shares[place] * self.signs[number % len(self.signs)]
        train = [np.exp(-1j * value * start) @ weight for value in omega.ravel()]
        return np.reshape(np.asarray(train, dtype=np.complex128), omega.shape)

    def locate(self, time: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Time since the start of the period under way [s], and share times polarity, 0 in a rest."""
        burst, within = np.divmod(time, self.cycle)
        place = np.floor(within / self.period).astype(int)
        flows = place < len(self.shares)
        place = np.minimum(place, len(self.shares) - 1)
        number = burst.astype(int) * len(self.shares) + place
        weight = flows * self.shares[place] * self.signs[number % len(self.signs)]
        return np.asarray(within - place * self.period), np.asarray(weight)


def without_rounding(value: float, scale: float) -> float:
    """Zero where the value is the rounding of a sum of terms of this scale."""
    return 0.0 if abs(value) <= 1e-12 * scale else value
