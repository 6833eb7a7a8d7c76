"""Stretches of one sign in a waveform, with their durations, charges and energies."""

from __future__ import annotations

from dataclasses import dataclass

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
    """

    sign: FloatArray
    duration: FloatArray
    charge: FloatArray
    square: FloatArray

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
    return _merged(_stretches(waveform))


def largest_square(waveform: Waveform) -> float:
    """Largest integral of i squared over one phase [A2 s].

    Phases that meet across the end of a period or across a swap of polarity count as one, as they do in
    `Waveform.phase_charge`; so does a direct current until it swaps or rests.
    """
    period = _stretches(waveform)
    sign, _, charge, square, from_zero, to_zero = period
    if abs(sign.sum()) == len(sign) and not (from_zero.any() or to_zero.any()):
        return float(square.sum() * waveform.phase_charge / abs(charge.sum()))
    trains = [period, np.concatenate([period, period], axis=1)]
    if waveform.swap_every is not None:
        turned = period * np.array([-1.0, 1.0, -1.0, 1.0, 1.0, 1.0])[:, None]
        trains.append(np.concatenate([period, turned], axis=1))
    return max(float(_merged(train).square.max()) for train in trains)


def _stretches(waveform: Waveform) -> FloatArray:
    """Sign, duration, charge, square, starts at zero, ends at zero; one column each, pauses with sign 0."""
    rows, _ = waveform.rows.without_crossings()
    pieces = waveform.rows.pieces()
    columns = (pieces.sign, rows.duration, rows.charge, rows.square, pieces.from_zero, pieces.to_zero)
    return np.array(columns, dtype=float)


def _merged(stretches: FloatArray) -> Phases:
    sign, duration, charge, square, from_zero, to_zero = stretches
    goes_on = (sign[1:] == sign[:-1]) & (to_zero[:-1] == 0) & (from_zero[1:] == 0)
    number = np.concatenate([[0], np.cumsum(~goes_on)])
    first = np.concatenate([[True], ~goes_on])
    sums = [np.bincount(number, weights=column) for column in (duration, charge, square)]
    flows = sign[first] != 0
    return Phases(sign[first][flows], *(column[flows] for column in sums))
