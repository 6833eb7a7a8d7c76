"""How the periods of a waveform follow each other: amplitudes, polarities and rests."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from zygoma.device.burst import Burst, whole_periods
from zygoma.device.phase import joined, largest_run
from zygoma.device.rows import ComplexArray, FloatArray, Pieces


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

    def largest_phase(self, pieces: Pieces) -> float:
        """Largest charge without a change of sign or a pause, from the pieces of one period [C]."""
        repeats, swaps = self.rest == 0 or len(self.shares) > 1, len(self.signs) > 1
        following = np.roll(np.arange(len(pieces.sign)), -1)
        if joined(pieces, pieces.take(following)).all():  # direct current
            run = len(self.shares)
            if swaps:
                run = len(self.signs) // 2 if self.rest == 0 else min(run, len(self.signs) // 2)
            shares = np.sort(self.shares)[-run:] if self.rest else np.ones(run)
            return float(shares.sum() * pieces.charge.sum())
        trains = [pieces]
        if repeats:
            trains.append(pieces.twice())
        if repeats and swaps:
            trains.append(pieces.twice(-1))
        return max(map(largest_run, trains))

    def line(self, omega: FloatArray) -> ComplexArray:
        """Sum over the pattern of share * polarity * ``exp(-j omega t)``, t the start of each period."""
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
