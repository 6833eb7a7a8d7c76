"""Stretches of one sign in a waveform, with their durations, charges and energies."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from zygoma.device import Waveform

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Phases:
    """Stretches of one sign without a pause, in their order; one entry each in every array.

    Parameters
    ----------
    sign : ndarray
        1 or -1, shape (n,).
    duration : ndarray
        [s].
    charge : ndarray
        Integral of i with its sign [C].
    square : ndarray
        Integral of i squared [A2 s]; times a resistance it is the energy of the phase.
    open_ends : bool
        Whether current flows at the beginning and at the end of the period, so that the last phase may go on
        in the first of the next period.
    """

    sign: FloatArray
    duration: FloatArray
    charge: FloatArray
    square: FloatArray
    open_ends: bool

    def longest(self, sign: int) -> float | None:
        """Duration of the longest phase of a sign [s]; None if there is none."""
        found = self.duration[self.sign == sign]
        return float(found.max()) if len(found) else None

    @property
    def symmetrical(self) -> bool:
        """Whether both signs flow for the same time and carry the same charge."""
        positive, negative = (
            np.array([column[self.sign == sign].sum() for column in (self.duration, np.abs(self.charge))])
            for sign in (1, -1)
        )
        return bool(np.allclose(positive, negative, rtol=1e-9, atol=0.0))


def phases(waveform: Waveform) -> Phases:
    """Phases of one period at full amplitude."""
    rows, _ = waveform.rows.without_crossings
    sign, _, from_zero, to_zero = rows.pieces()
    goes_on = (sign[1:] == sign[:-1]) & ~to_zero[:-1] & ~from_zero[1:]
    number = np.concatenate([[0], np.cumsum(~goes_on)])
    first = np.concatenate([[True], ~goes_on])
    flows = sign[first] != 0
    duration, charge, square = (
        np.bincount(number, weights=column)[flows] for column in (rows.duration, rows.charge, rows.square)
    )
    open_ends = bool(sign[0] and sign[-1] and not from_zero[0] and not to_zero[-1])
    return Phases(sign[first][flows].astype(float), duration, charge, square, open_ends)


def worst_second(waveform: Waveform) -> float:
    """Largest r.m.s. current over any second [A]; the polarity does not change it."""
    return replace(waveform, swap_every=None).window(1.0).rms


def largest_square(waveform: Waveform) -> float:
    """Largest integral of i squared over one phase [A2 s].

    Phases that meet across the end of a period or across a swap of polarity count as one, as they do in
    `Waveform.phase_charge`; so does a direct current until it swaps or rests.
    """
    found = phases(waveform)
    if len(found.sign) == 1 and found.open_ends:
        return float(found.square[0] * waveform.phase_charge / abs(found.charge[0]))
    largest = float(found.square.max())
    burst = waveform.burst
    repeats = burst is None or waveform.burst_period - burst.off > 1.5 * waveform.period
    same = found.sign[0] == found.sign[-1]
    if repeats and found.open_ends and (same or waveform.swap_every is not None):
        largest = max(largest, float(found.square[0] + found.square[-1]))
    return largest
