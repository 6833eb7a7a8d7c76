"""The stretch of a given length that carries most: found over the corners of the current, not by sampling."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from zygoma.device.pattern import Pattern
from zygoma.device.rows import FloatArray, IntArray, Rows
from zygoma.errors import RangeError

_TOLERANCE = 1e-12  # of the integral: what the search may leave undecided
_BLOCK = 1 << 20
_MANY = 1 << 16  # rows above which blocks of rows are ruled out first
_COARSE, _FINE = 256, 16  # rows of a block; the second divides the first
_ROWS_MAX = 1 << 22


@dataclass(frozen=True, eq=False)
class Window:
    """The worst stretches of one length of a periodic current, each with its own beginning.

    Each is searched when it is asked for. Between two corners of i(t) and of i(t + length) the integral over
    the window is smooth; its derivative is the difference of the integrand at both ends. Straight pieces have
    the one stationary point in closed form; curved ones are halved until the bound of what lies between falls
    below 1e-12 of the integral.

    Parameters
    ----------
    rows : Rows
        One period at full amplitude.
    pattern : Pattern
    length : float
        [s].

    Raises
    ------
    RangeError
        A length that is not above zero, or, once searched, a pattern too long to be laid out.
    """

    rows: Rows = field(repr=False)
    pattern: Pattern = field(repr=False)
    length: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.length) and self.length > 0):
            raise RangeError(f"window of {self.length!r} s; expected a time above zero")

    @property
    def rms(self) -> float:
        """Largest root mean square over the length [A]."""
        return float(np.sqrt(self._square[0] / self.length))

    @property
    def rms_from(self) -> float:
        """Where the stretch of the largest root mean square begins [s]."""
        return self._square[1]

    @property
    def mean_abs(self) -> float:
        """Largest mean of |i| over the length [A]."""
        return self._absolute[0] / self.length

    @property
    def mean_abs_from(self) -> float:
        """Where the stretch of the largest mean of |i| begins [s]."""
        return self._absolute[1]

    @property
    def net_charge(self) -> float:
        """Net charge of largest magnitude over the length, with its sign [C]."""
        return self._net[0]

    @property
    def net_charge_from(self) -> float:
        """Where the stretch of the largest net charge begins [s]."""
        return self._net[1]

    @property
    def mean(self) -> float:
        """Net charge over the length, the direct current of the stretch [A]."""
        return self.net_charge / self.length

    @cached_property
    def _cycle(self) -> Train:
        """One burst cycle: magnitudes do not feel the polarity."""
        return Train(self.rows.without_crossings[0], self.pattern, len(self.pattern.shares))

    @cached_property
    def _square(self) -> tuple[float, float]:
        return self._cycle.largest(self.length, "square")

    @cached_property
    def _absolute(self) -> tuple[float, float]:
        return self._cycle.largest(self.length, "absolute")

    @cached_property
    def _net(self) -> tuple[float, float]:
        pattern = self.pattern
        train = self._cycle
        if len(pattern.signs) > 1:
            train = Train(self.rows.without_crossings[0], pattern, pattern.count)
        most, most_begin = train.largest(self.length, "forward")
        least, least_begin = train.largest(self.length, "backward")
        net, begin = (most, most_begin) if most >= least else (-least, least_begin)
        passed = train.absolute_charge * self.length / train.length  # in a stretch, on average
        return (0.0 if abs(net) <= _TOLERANCE * passed else net), begin


class Train:
    """Periods laid out one after the other, each row of one sign, with the integrals up to each corner."""

    def __init__(self, rows: Rows, pattern: Pattern, periods: int) -> None:
        if periods > 1 and periods * len(rows) > _ROWS_MAX:
            raise RangeError(
                f"a pattern of {periods} periods of {len(rows)} pieces is too long to search for its worst"
                " window; choose burst and swap times that repeat sooner"
            )
        number = np.arange(periods)
        bursts, place = np.divmod(number, len(pattern.shares))
        weight = pattern.shares[place] * pattern.signs[number % len(pattern.signs)]
        inside = np.concatenate([[0.0], np.cumsum(rows.duration)[:-1]])
        begins = (bursts * pattern.cycle + place * pattern.period)[:, None] + inside
        row, weights = np.tile(np.arange(len(rows)), periods), np.repeat(weight, len(rows))
        self.rows, self.length = rows, (int(bursts[-1]) + 1) * pattern.cycle
        if pattern.rest > 0:  # a row of no current behind the last row of each burst
            rest = Rows.straight(np.zeros(1), np.zeros(1), np.array([pattern.rest]))
            self.rows = Rows.join([rows, rest])
            last = np.arange(1, int(bursts[-1]) + 2) * len(pattern.shares) * len(rows)
            starts = np.arange(1, len(last) + 1) * pattern.cycle - pattern.rest
            begins_flat = np.insert(begins.ravel(), last, starts)
            row, weights = np.insert(row, last, len(rows)), np.insert(weights, last, 0.0)
        else:
            begins_flat = begins.ravel()
        self.begin: FloatArray = begins_flat
        self.row: IntArray = row
        self.weight: FloatArray = weights

    @cached_property
    def absolute_charge(self) -> float:
        """Integral of |i| over the whole train [C]."""
        return float(np.abs(self.weight * self.rows.charge[self.row]).sum())

    def largest(self, length: float, kind: str) -> tuple[float, float]:
        """Largest integral over a stretch of the length, and where it begins [s]."""
        rest = float(np.fmod(length, self.length))
        turns = round((length - rest) / self.length)
        search = _Search(self, kind, rest)
        value, begin = search.run()
        return turns * search.total + value, begin


class _Search:
    """The largest of F(t), the integral over (t, t + length) with a length below that of the train."""

    def __init__(self, train: Train, kind: str, length: float) -> None:
        self.train, self.kind, self.length = train, kind, length
        rows, weight = train.rows, train.weight
        one = rows.square if kind == "square" else rows.charge
        factor = {"square": weight**2, "forward": weight, "backward": -weight}.get(kind, np.abs(weight))
        self.factor: FloatArray = factor
        self.one = np.abs(one) if kind == "absolute" else one
        self.upto = np.concatenate([[0.0], np.cumsum(factor * self.one[train.row])])
        self.total = float(self.upto[-1])
        self.scale = float(np.abs(factor * self.one[train.row]).sum())
        self.best, self.begin = -np.inf, 0.0

    def run(self) -> tuple[float, float]:
        """The largest F and where its window begins [s]."""
        train, span = self.train, self.train.length
        if self.length <= 1e-12 * span or span - self.length <= 1e-12 * span:
            return (0.0 if self.length < 0.5 * span else self.total), 0.0
        blocks = self._blocks() if len(train.begin) > _MANY else None
        own = train.begin if blocks is None else self._within(blocks, 0.0)
        shifted = train.begin - self.length if blocks is None else self._within(blocks, self.length)
        corners = np.append(np.unique(np.concatenate([own, np.mod(shifted, span)])), span)
        left: list[tuple[FloatArray, FloatArray]] = []
        for first in range(0, len(corners) - 1, _BLOCK):
            block = corners[first : first + _BLOCK + 1]
            value = self._integral(block)
            begin, end, edge = block[:-1], block[1:], np.maximum(value[:-1], value[1:])
            if blocks is not None:  # what lies between two blocks cannot be best
                inside = np.isin(self._place(0.5 * (begin + end)) // _FINE, blocks // _FINE)
                begin, end, edge = begin[inside], end[inside], edge[inside]
            left.append(self._promising(begin, end, edge))
        begin = np.concatenate([part[0] for part in left])
        end = np.concatenate([part[1] for part in left])
        for _ in range(60):
            if not len(begin):
                break
            begin, end = self._divide(begin, end)
        return self.best, self.begin

    def _blocks(self) -> IntArray:
        """First rows of those blocks of `_FINE` rows in which the window of largest F may begin.

        From the beginning of a block F grows by no more than what the end of the window passes over, for a
        signed current also by what its beginning leaves behind.
        """
        begin, span, count = self.train.begin, self.train.length, len(self.train.begin)
        size = np.concatenate([[0.0], np.cumsum(np.abs(self.factor * self.one[self.train.row]))])
        ends = np.append(begin, span)
        first: IntArray = np.arange(0, count, _COARSE)
        stride = _COARSE
        while True:
            last = np.minimum(first + stride, count)
            value = self._integral(begin[first])
            near, far = begin[first] + self.length, ends[last] + self.length
            gain = np.floor_divide(far, span) * size[-1] + size[self._place(np.mod(far, span)) + 1]
            gain -= np.floor_divide(near, span) * size[-1] + size[self._place(np.mod(near, span))]
            if self.kind in ("forward", "backward"):
                gain += size[last] - size[first]
            first = first[value + gain >= self.best]
            if stride == _FINE:
                return first
            stride //= _FINE
            children = first[:, None] + np.arange(0, stride * _FINE, stride)
            first = children[children < count]

    def _within(self, blocks: IntArray, shift: float) -> FloatArray:
        """Corners of the current, moved back by `shift`, that lie in the blocks [s]."""
        begin, span, count = self.train.begin, self.train.length, len(self.train.begin)
        ends = np.append(begin, span)
        low = ends[blocks] + shift
        high = ends[np.minimum(blocks + _FINE, count)] + shift
        first = self._place(np.mod(low, span))
        number = self._place(np.mod(high, span)) - first
        number = np.where(number < 0, number + count, number) + 1
        offset = np.arange(int(number.sum())) - np.repeat(np.cumsum(number) - number, number)
        row = (np.repeat(first, number) + offset) % count
        return np.asarray(begin[row] - shift)

    def _integral(self, begin: FloatArray) -> FloatArray:
        """F at each beginning; the best so far is kept."""
        value = self._upto(begin + self.length) - self._upto(begin)
        if len(value) and value.max() > self.best:
            k = int(value.argmax())
            self.best, self.begin = float(value[k]), float(begin[k])
        return value

    def _upto(self, time: FloatArray) -> FloatArray:
        turns, within = np.divmod(time, self.train.length)
        place = self._place(within)
        row = self.train.row[place]
        share = self._share(within, place)
        part = self.train.rows.cut(row, np.zeros(len(row)), share)
        one = part.square if self.kind == "square" else part.charge
        one = np.abs(one) if self.kind == "absolute" else one
        return np.asarray(turns * self.total + self.upto[place] + self.factor[place] * one)

    def _place(self, within: FloatArray) -> IntArray:
        return np.maximum(np.searchsorted(self.train.begin, within, side="right") - 1, 0)

    def _share(self, within: FloatArray, place: IntArray) -> FloatArray:
        duration = self.train.rows.duration[self.train.row[place]]
        return np.clip((within - self.train.begin[place]) / duration, 0.0, 1.0)

    def _ends(
        self, begin: FloatArray, end: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, npt.NDArray[np.bool_]]:
        """What decides over each interval.

        The current at the end of the window less that at its beginning, at both ends of the interval; the
        bound of the curvature of this difference; the sum of both sizes; whether both are the same current.
        """
        middle = 0.5 * (begin + end)
        levels, bend, size, same = [], np.zeros(len(begin)), np.zeros(len(begin)), []
        for shift in (self.length, 0.0):
            place = self._place(np.mod(middle + shift, self.train.length))
            row, factor = self.train.row[place], self._current_factor(place)
            duration = self.train.rows.duration[row]
            centre = self._share(np.mod(middle + shift, self.train.length), place)
            half = 0.5 * (end - begin) / duration
            levels.append(
                [
                    factor
                    * self._magnitude(self.train.rows.value(row, np.clip(centre + side * half, 0.0, 1.0)))
                    for side in (-1, 1)
                ]
            )
            bend += np.abs(factor) * self.train.rows.curvature[row]
            size += np.abs(factor) * self.train.rows.maximum[row]
            same.append((row, factor, centre))
        low, high = (levels[0][k] - levels[1][k] for k in (0, 1))
        equal = (same[0][0] == same[1][0]) & (same[0][1] == same[1][1])
        equal &= np.abs(same[0][2] - same[1][2]) < 1e-9
        return low, high, np.where(equal, 0.0, bend), size, equal

    def _current_factor(self, place: IntArray) -> FloatArray:
        return np.abs(self.train.weight[place]) if self.kind == "square" else self.factor[place]

    def _magnitude(self, current: FloatArray) -> FloatArray:
        return np.abs(current) if self.kind in ("square", "absolute") else current

    def _promising(
        self, begin: FloatArray, end: FloatArray, edge: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Those of the intervals whose inside may hold more than the best; `edge` is F at their ends."""
        low, high, bend, size, equal = self._ends(begin, end)
        width = end - begin
        bulge = bend * width**2 / 8
        gain = 0.5 * width * (np.maximum(np.abs(low), np.abs(high)) + bulge)
        if self.kind == "square":
            gain *= size
        monotone = (np.sign(low) == np.sign(high)) & (np.minimum(np.abs(low), np.abs(high)) > bulge)
        keep = ~equal & ~monotone & (gain > _TOLERANCE * self.scale)
        keep &= edge + gain > self.best + _TOLERANCE * self.scale
        return begin[keep], end[keep]

    def _divide(self, begin: FloatArray, end: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Halves of the intervals that remain; those as good as straight are settled at their top."""
        low, high, bend, size, _ = self._ends(begin, end)
        width, step = end - begin, np.where(low == high, 1.0, low - high)
        bulge = bend * width**2 / 8
        missed = 0.5 * width * bulge**2 / np.abs(step) * (size if self.kind == "square" else 1.0)
        straight = (
            missed <= _TOLERANCE * self.scale
        )  # F is flat at its top: a small miss in time costs nothing
        share = np.where(straight, np.clip(low / step, 0.0, 1.0), 0.5)
        middle = begin + share * width
        centre = self._integral(middle)[~straight]
        begin, middle, end = begin[~straight], middle[~straight], end[~straight]
        if not len(begin):
            return begin, end
        low_half = self._promising(begin, middle, np.maximum(self._integral(begin), centre))
        high_half = self._promising(middle, end, np.maximum(self._integral(end), centre))
        return np.concatenate([low_half[0], high_half[0]]), np.concatenate([low_half[1], high_half[1]])
