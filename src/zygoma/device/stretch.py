"""Stretches of one sign in a pattern: how long current flows without a change of sign or a pause."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zygoma.device.pattern import Pattern
from zygoma.device.rows import FloatArray, IntArray, Rows


class Largest(NamedTuple):
    """Largest duration [s], integral of |i| [C] and integral of i squared [A2 s], each of its own stretch."""

    duration: float
    charge: float
    square: float


@dataclass(frozen=True)
class Stretches:
    """The largest stretches of each sign, over periods, swaps of polarity and ramps of bursts.

    Parameters
    ----------
    positive, negative : Largest or None
        None where no current of that sign flows.
    unbroken : bool
        Whether the current keeps one sign through the whole period and into the next one, so that only swaps
        and rests end a stretch.
    endless : bool
        Whether nothing ends it, a direct current; its figures are then those of one period.
    """

    positive: Largest | None
    negative: Largest | None
    unbroken: bool
    endless: bool

    @classmethod
    def of(cls, rows: Rows, pattern: Pattern, level: float = 0.0) -> Stretches:
        """Stretches with |i| above a level [A], of the pattern that repeats one period of rows.

        With a level above 0 all periods are taken at full amplitude.
        """
        if level > 0:
            pattern = replace(pattern, shares=np.ones(len(pattern.shares)))
        runs = _joined(_pieces(rows, level))
        open_ends = bool(runs.sign[0] and runs.sign[-1]) and not (runs.from_zero[0] or runs.to_zero[-1])
        unbroken = open_ends and len(runs.sign) == 1
        positive, negative = (
            _unbroken(runs, pattern, sign) if unbroken else _broken(runs, pattern, sign, open_ends)
            for sign in (1, -1)
        )
        return cls(positive, negative, unbroken, unbroken and not pattern.half and not pattern.rest)

    @property
    def duration(self) -> float:
        """Longest stretch of either sign [s]; 0 without any."""
        return max((side.duration for side in self._sides), default=0.0)

    @property
    def charge(self) -> float:
        """Largest integral of |i| over a stretch of either sign [C]; 0 without any."""
        return max((side.charge for side in self._sides), default=0.0)

    @property
    def square(self) -> float:
        """Largest integral of i squared over a stretch of either sign [A2 s]; 0 without any."""
        return max((side.square for side in self._sides), default=0.0)

    @property
    def _sides(self) -> list[Largest]:
        return [side for side in (self.positive, self.negative) if side is not None]


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Consecutive parts of a period, each of one sign or 0 where nothing flows; one entry each."""

    sign: IntArray
    duration: FloatArray
    charge: FloatArray
    square: FloatArray
    from_zero: npt.NDArray[np.bool_]
    to_zero: npt.NDArray[np.bool_]


def _pieces(rows: Rows, level: float) -> _Pieces:
    """The rows cut where they pass through zero, without what does not exceed the level."""
    rows, _ = rows.without_crossings
    sign = np.sign(rows.charge).astype(np.intp)
    before = after = np.zeros(len(rows), dtype=np.bool_)
    if level > 0:
        begin, stop = rows.above(level)
        sign[stop <= begin] = 0
        before, after = begin > 0, stop < 1
        rows = rows.cut(np.arange(len(rows)), begin, stop)
    from_zero, to_zero = before | (np.abs(rows.start) <= level), after | (np.abs(rows.end) <= level)
    return _Pieces(sign, rows.duration, np.abs(rows.charge), rows.square, from_zero, to_zero)


def _joined(pieces: _Pieces) -> _Pieces:
    """Pieces between which the current goes on without reaching zero made one."""
    goes_on = (pieces.sign[1:] == pieces.sign[:-1]) & ~pieces.to_zero[:-1] & ~pieces.from_zero[1:]
    number = np.concatenate([[0], np.cumsum(~goes_on)])
    first, last = np.append(True, ~goes_on), np.append(~goes_on, True)
    duration, charge, square = (
        np.bincount(number, weights=column).astype(float)
        for column in (pieces.duration, pieces.charge, pieces.square)
    )
    return _Pieces(
        pieces.sign[first], duration, charge, square, pieces.from_zero[first], pieces.to_zero[last]
    )


def _unbroken(runs: _Pieces, pattern: Pattern, sign: int) -> Largest | None:
    """Largest stretches of a sign where every period is one run that goes on in the next."""
    periods, shares, squares = pattern.blocks(sign * int(runs.sign[0]))
    if not len(periods):
        return None
    sums = (runs.duration[0] * periods, runs.charge[0] * shares, runs.square[0] * squares)
    return Largest(*(float(column.max()) for column in sums))


def _broken(runs: _Pieces, pattern: Pattern, sign: int, open_ends: bool) -> Largest | None:
    """Largest stretches of a sign: those of one period, and the last of one with the first of the next."""
    found: list[tuple[float, float, float]] = []
    for polarity in (1, -1):
        shares, own = pattern.shares[pattern.meets(polarity)], runs.sign * polarity == sign
        if len(shares) and own.any():
            most = float(shares.max())
            duration, charge, square = (
                float(column[own].max()) for column in (runs.duration, runs.charge, runs.square)
            )
            found.append((duration, charge * most, square * most**2))
    if open_ends:
        before, after = pattern.neighbours(sign * int(runs.sign[-1]), sign * int(runs.sign[0]))
        if len(before):
            charge_sum = runs.charge[-1] * before + runs.charge[0] * after
            square_sum = runs.square[-1] * before**2 + runs.square[0] * after**2
            duration = float(runs.duration[-1] + runs.duration[0])
            found.append((duration, float(charge_sum.max()), float(square_sum.max())))
    return Largest(*np.max(found, axis=0).tolist()) if found else None
