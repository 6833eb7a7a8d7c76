"""Which periods of a waveform a nerve is shown: enough for summation, for both polarities and their swaps."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from zygoma.device.pattern import Pattern
from zygoma.device.rows import FloatArray

SUMMATION, FEWEST, MANY = 30e-3, 10e-3, 200
"""How long currents that follow each other act together [s]; or so many periods, but the second at least."""
PERIODS_MAX = 1 << 20


class Train(NamedTuple):
    """Periods with a signed amplitude each.

    Attributes
    ----------
    begin : ndarray, shape (p,)
        [s].
    weight : ndarray, shape (p,)
        Share of the full amplitude times polarity.
    stop : float
        Where the last period is cut, or its end [s].
    ends : bool
        Whether the current ends there; otherwise it would go on, and what its end does must not count.
    """

    begin: FloatArray
    weight: FloatArray
    stop: float
    ends: bool


def whole(pattern: Pattern, length: float) -> Train:
    """The pattern from its beginning for a length of time [s], after which the current ends."""
    bursts = math.ceil(length / pattern.cycle - 1e-9)
    number = np.arange(bursts * len(pattern.shares))
    burst, place = np.divmod(number, len(pattern.shares))
    begin = burst * pattern.cycle + place * pattern.period
    weight = pattern.shares[place] * pattern.signs[number % len(pattern.signs)]
    inside = begin < length * (1 - 1e-9)
    return Train(begin[inside], weight[inside], length, True)


def summation(period: float) -> float:
    """How long a train of a period [s] is shown [s]: longer ones change thresholds by 1 % or less."""
    return min(SUMMATION, max(FEWEST, MANY * period))


def excerpt(pattern: Pattern) -> Train:
    """What decides whether a pattern excites, in as little time as possible.

    - A pattern that is repeated within the time of summation: whole, again and again, for that time and twice
      at least, so that the step from its end to its beginning is seen.
    - A longer one without swaps and bursts: one period and the beginning of the next.
    - Bursts: their first periods, at full amplitude, for the time of summation, and then their end.
    - With swaps of polarity: such periods, two at least, before a swap, after it, and after the next one.
      Where swaps fall into the rests between bursts, so much of the rest as summation needs lies between.

    Ramps of bursts are left out, which is the worse case: a sudden beginning excites more easily.
    """
    time, period, half = summation(pattern.period), pattern.period, pattern.half
    if pattern.length <= time:
        turns = max(2, math.ceil(time / pattern.length - 1e-9))
        return whole(pattern, turns * pattern.length)._replace(ends=False)
    if not half and not pattern.rest:
        return whole(pattern, period + min(period, time))._replace(ends=False)
    full = np.ones(np.count_nonzero(pattern.shares == 1.0))
    plain = replace(pattern, shares=full, signs=np.ones(1))
    block = whole(plain, max(time, 2 * period)).begin[: half or None]
    signs = (1.0, -1.0, 1.0) if half else (1.0,)
    rests = pattern.rest > 0 and half % len(pattern.shares) == 0  # between blocks, and after the last one
    turn = float(block[-1]) + period + (min(pattern.rest, time) if rests else 0.0)
    begin = np.concatenate([block + number * turn for number in range(len(signs))])
    return Train(begin, np.repeat(signs, len(block)), float(begin[-1]) + period, rests)
