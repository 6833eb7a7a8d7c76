"""Which periods of a waveform a nerve is shown: enough for summation, for both polarities and their swaps."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from zygoma.device.pattern import Pattern
from zygoma.device.rows import FloatArray

SUMMATION = 10e-3
"""How long currents that follow each other act together [s]."""
PERIODS_MAX = 1 << 20


class Train(NamedTuple):
    """Periods with a signed amplitude each.

    Attributes
    ----------
    begin : ndarray, shape (p,)
        [s].
    weight : ndarray, shape (p,)
        Share of the full amplitude times polarity.
    """

    begin: FloatArray
    weight: FloatArray


def whole(pattern: Pattern, length: float) -> Train:
    """The pattern from its beginning, all periods that begin before a length [s]."""
    bursts = math.ceil(length / pattern.cycle - 1e-9)
    number = np.arange(bursts * len(pattern.shares))
    burst, place = np.divmod(number, len(pattern.shares))
    begin = burst * pattern.cycle + place * pattern.period
    weight = pattern.shares[place] * pattern.signs[number % len(pattern.signs)]
    inside = begin < length * (1 - 1e-9)
    return Train(begin[inside], weight[inside])


def excerpt(pattern: Pattern, summation: float = SUMMATION) -> Train:
    """What decides whether a pattern excites, in as little time as possible.

    - A pattern that is repeated within the time of summation: whole, again and again, for that time.
    - A longer one without swaps: the first periods at full amplitude that fill the time of summation, or one.
    - With swaps of polarity: such periods before a swap, after it, and after the next one. Where swaps fall
      into the rests between bursts, so much of the rest as summation needs lies between them.

    Ramps of bursts are left out, which is the worse case: a sudden beginning excites more easily.
    """
    if pattern.length <= summation:
        return whole(pattern, math.ceil(summation / pattern.length - 1e-9) * pattern.length)
    full = np.ones(np.count_nonzero(pattern.shares == 1.0))
    plain = replace(pattern, shares=full, signs=np.ones(1))
    block = whole(plain, max(summation, pattern.period)).begin[: pattern.half or None]
    signs = (1.0, -1.0, 1.0) if pattern.half else (1.0,)
    apart = min(pattern.rest, summation) if pattern.half % len(pattern.shares) == 0 else 0.0
    turn = float(block[-1]) + pattern.period + apart
    begin = [block + number * turn for number in range(len(signs))]
    return Train(np.concatenate(begin), np.repeat(signs, len(block)))
