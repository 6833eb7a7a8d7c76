"""Many segments as columns, with the closed forms of their integrals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
ComplexArray = npt.NDArray[np.complex128]

STRAIGHT, EXPONENTIAL, HALFSINE = range(3)
_FLOATS = ("start", "end", "duration", "peak", "bend", "first", "last")
BLOCK = 1 << 22  # numbers held at once where rows meet levels or frequencies


@dataclass(frozen=True, eq=False)
class Rows:
    """Segments of current, one per row.

    Parameters
    ----------
    shape : ndarray of int
        STRAIGHT, EXPONENTIAL or HALFSINE.
    start, end : ndarray
        Current at both ends [A].
    duration : ndarray
        [s].
    peak : ndarray
        Top of the half-sine that the row is a part of [A].
    bend : ndarray
        Duration over time constant of an exponential; above zero it changes fast at first.
    first, last : ndarray
        Part of the half-sine, as shares of its length.
    """

    shape: IntArray
    start: FloatArray
    end: FloatArray
    duration: FloatArray
    peak: FloatArray
    bend: FloatArray
    first: FloatArray
    last: FloatArray

    @classmethod
    def straight(cls, start: FloatArray, end: FloatArray, duration: FloatArray) -> Rows:
        """Straight rows only; the columns that they do not need take no memory."""
        none, one = np.broadcast_to(0.0, start.shape), np.broadcast_to(1.0, start.shape)
        return cls(np.broadcast_to(STRAIGHT, start.shape), start, end, duration, none, none, none, one)

    def __len__(self) -> int:
        return len(self.start)

    def take(self, index: Any) -> Rows:
        """The rows of an index array, in its order."""
        if self.plain:
            return Rows.straight(self.start[index], self.end[index], self.duration[index])
        return Rows(self.shape[index], *(getattr(self, key)[index] for key in _FLOATS))

    @staticmethod
    def join(parts: Sequence[Rows]) -> Rows:
        """All rows one after the other."""
        return Rows(*(np.concatenate([getattr(p, key) for p in parts]) for key in ("shape", *_FLOATS)))

    @property
    def plain(self) -> bool:
        """Whether the rows are known to be straight, as `straight` makes them."""
        return self.shape.strides == (0,)

    @cached_property
    def exponential(self) -> IntArray:
        """Numbers of the exponential rows."""
        return np.flatnonzero(self.shape == EXPONENTIAL) if not self.plain else np.zeros(0, dtype=np.intp)

    @cached_property
    def halfsine(self) -> IntArray:
        """Numbers of the half-sine rows."""
        return np.flatnonzero(self.shape == HALFSINE) if not self.plain else np.zeros(0, dtype=np.intp)

    @cached_property
    def crossing(self) -> IntArray:
        """Numbers of the rows that pass through zero inside; a half-sine never does."""
        return np.flatnonzero((np.sign(self.start) * np.sign(self.end) < 0) & (self.shape != HALFSINE))

    @cached_property
    def maximum(self) -> FloatArray:
        """Largest |i| of each row [A]."""
        high = np.maximum(np.abs(self.start), np.abs(self.end))
        over = self.halfsine[(self.first[self.halfsine] < 0.5) & (self.last[self.halfsine] > 0.5)]
        if len(over):
            high[over] = np.abs(self.peak[over])
        return high

    @cached_property
    def slope(self) -> FloatArray:
        """Bound of |di/dt| in each row [A/s]."""
        bound = np.abs(self.end - self.start) / self.duration
        if len(k := self.exponential):
            steep = np.maximum(np.abs(self.bend[k]), _FLAT)
            bound[k] *= steep / -np.expm1(-steep)
        if len(k := self.halfsine):
            bound[k] = np.pi * np.abs(self.peak[k]) * (self.last[k] - self.first[k]) / self.duration[k]
        return bound

    @cached_property
    def curvature(self) -> FloatArray:
        """Bound of the second derivative of i in each row [A/s2]; zero for a straight one."""
        bound = np.zeros(len(self))
        for k, turn in (
            (self.exponential, np.abs(self.bend[self.exponential])),
            (self.halfsine, np.pi * (self.last - self.first)[self.halfsine]),
        ):
            bound[k] = self.slope[k] * turn / self.duration[k]
        return bound

    @cached_property
    def charge(self) -> FloatArray:
        """Integral of i over each row [C]."""
        mean = 0.5 * (self.start + self.end)
        if len(k := self.exponential):
            low, high, steep = self.rising(k)
            mean[k] = low + (high - low) * _bow(steep, 1)
        if len(k := self.halfsine):
            middle, width = 0.5 * (self.first[k] + self.last[k]), self.last[k] - self.first[k]
            mean[k] = self.peak[k] * np.sin(np.pi * middle) * np.sinc(0.5 * width)
        return np.asarray(mean * self.duration)

    @cached_property
    def square(self) -> FloatArray:
        """Integral of i squared over each row [A2 s]."""
        mean = (self.start**2 + self.start * self.end + self.end**2) / 3.0
        if len(k := self.exponential):
            low, high, steep = self.rising(k)
            step = high - low
            mean[k] = low**2 + 2 * low * step * _bow(steep, 1) + step**2 * _bow(steep, 2)
        if len(k := self.halfsine):
            width = self.last[k] - self.first[k]
            turn = np.cos(np.pi * (self.first[k] + self.last[k]))
            mean[k] = 0.5 * self.peak[k] ** 2 * (1 - turn * np.sinc(width))
        return np.asarray(mean * self.duration)

    @cached_property
    def positive(self) -> FloatArray:
        """Integral of the positive part of i over each row [C]."""
        return self._one_sign(1.0)

    @cached_property
    def negative(self) -> FloatArray:
        """Integral of the negative part of i over each row, as a number above zero [C]."""
        return self._one_sign(-1.0)

    def _one_sign(self, sign: float) -> FloatArray:
        charge = np.maximum(sign * self.charge, 0.0)
        if len(k := self.crossing):
            tip = np.maximum(np.maximum(sign * self.start[k], sign * self.end[k]), 0.0)
            charge[k] = 0.5 * tip * (tip / np.abs(self.end[k] - self.start[k])) * self.duration[k]
            bent = k[self.shape[k] == EXPONENTIAL]
            if len(bent):
                at = self.position(bent, np.zeros(len(bent)))
                halves = (self.cut(bent, np.zeros(len(bent)), at), self.cut(bent, at, np.ones(len(bent))))
                charge[bent] = np.sum([np.maximum(sign * half.charge, 0.0) for half in halves], axis=0)
        return charge

    def value(self, index: IntArray, share: FloatArray) -> FloatArray:
        """Current [A] of rows at shares of their durations."""
        start, end = self.start[index], self.end[index]
        value = np.where(share == 1, end, start + (end - start) * share)
        if self.plain:
            return np.asarray(value)
        shape = self.shape[index]
        if (bent := shape == EXPONENTIAL).any():
            rise = _progress(share[bent], self.bend[index[bent]])
            value[bent] = start[bent] + (end - start)[bent] * rise
        if (sine := shape == HALFSINE).any():
            first, last = self.first[index[sine]], self.last[index[sine]]
            phase = first + (last - first) * share[sine]
            value[sine] = self.peak[index[sine]] * np.sin(np.pi * np.minimum(phase, 1 - phase))
        return np.asarray(value)

    def position(self, index: IntArray, value: FloatArray) -> FloatArray:
        """Share of the duration at which straight or exponential rows that change have a current [A]."""
        start, step = self.start[index], self.end[index] - self.start[index]
        share = np.clip((value - start) / step, 0.0, 1.0)
        bent = self.shape[index] == EXPONENTIAL
        if bent.any():
            left = np.clip((self.end[index] - value) / step, 0.0, 1.0)
            share[bent] = _when(share[bent], left[bent], self.bend[index[bent]])
        return np.asarray(share)

    def cut(self, index: IntArray, begin: FloatArray, stop: FloatArray) -> Rows:
        """Parts of rows between two shares of their durations; a part has the shape of its row."""
        width = stop - begin
        if self.plain:
            start, end = self.value(index, begin), self.value(index, stop)
            return Rows.straight(start, end, self.duration[index] * width)
        first, last = self.first[index], self.last[index]
        return Rows(
            self.shape[index],
            self.value(index, begin),
            self.value(index, stop),
            self.duration[index] * width,
            self.peak[index],
            self.bend[index] * width,
            np.where(begin == 0, first, first + (last - first) * begin),
            np.where(stop == 1, last, first + (last - first) * stop),
        )

    @cached_property
    def without_crossings(self) -> tuple[Rows, IntArray]:
        """Rows cut where they pass through zero, and the number of the row that each comes from."""
        k = self.crossing
        if not len(k):
            return self, np.arange(len(self))
        at = self.position(k, np.zeros(len(k)))
        before, after = self.cut(k, np.zeros(len(k)), at), self.cut(k, at, np.ones(len(k)))
        before.end[:] = 0.0
        after.start[:] = 0.0
        origin = np.repeat(np.arange(len(self)), 1 + np.isin(np.arange(len(self)), k))
        parts = self.take(origin)
        second = np.flatnonzero(np.r_[False, origin[1:] == origin[:-1]])
        keys = ("start", "end", "duration") if self.plain else _FLOATS
        columns = {key: getattr(parts, key) for key in keys}
        for key in keys:
            columns[key][second - 1], columns[key][second] = getattr(before, key), getattr(after, key)
        keep = columns["duration"] > 0  # a crossing within rounding of an end leaves nothing
        kept = {key: columns[key][keep] for key in keys}
        return Rows.straight(**kept) if self.plain else Rows(parts.shape[keep], **kept), origin[keep]

    def above(self, level: float) -> tuple[FloatArray, FloatArray]:
        """Shares of the duration between which |i| exceeds a level [A]; both are 1 where it never does.

        The rows are of one sign, as `without_crossings` gives them, so there is one such part at most.
        """
        quiet = self.maximum <= level * (1 + 1e-9)  # a top computed to be equal to the level
        begin, stop = np.where(quiet, 1.0, 0.0), np.ones(len(self))
        start, end = np.abs(self.start), np.abs(self.end)
        sine = self.shape == HALFSINE
        moves = np.flatnonzero(~quiet & ~sine & (np.minimum(start, end) < level))
        if len(moves):
            rises = end[moves] > start[moves]
            sign = np.where(rises, np.sign(self.end[moves]), np.sign(self.start[moves]))
            at = self.position(moves, sign * level)
            begin[moves[rises]], stop[moves[~rises]] = at[rises], at[~rises]
        if len(tall := np.flatnonzero(~quiet & sine)):
            edge = np.arcsin(np.minimum(level / np.abs(self.peak[tall]), 1.0)) / np.pi
            first, width = self.first[tall], self.last[tall] - self.first[tall]
            begin[tall] = np.clip((edge - first) / width, 0.0, 1.0)
            stop[tall] = np.clip((1 - edge - first) / width, 0.0, 1.0)
        return begin, stop

    def time_above(self, level: FloatArray) -> FloatArray:
        """Time [s] during which |i| exceeds each level [A, not negative], summed over the rows; (m,)."""
        total = np.zeros(level.shape)
        size = max(1, BLOCK // max(1, level.size))
        for begin in range(0, len(self), size):
            total += self.take(slice(begin, begin + size))._time_above(level)
        return total

    def _time_above(self, level: FloatArray) -> FloatArray:
        time = np.zeros(level.shape)
        flat = np.flatnonzero((self.shape != HALFSINE) & (self.start == self.end))
        time += self.duration[flat] @ (np.abs(self.start[flat])[:, None] > level)
        moving = np.flatnonzero((self.shape != HALFSINE) & (self.start != self.end))
        if len(moving):
            rises = (self.end > self.start)[moving, None]
            index = np.broadcast_to(moving[:, None], (len(moving), level.size))
            over, under = (
                self.position(index.ravel(), np.broadcast_to(v, index.shape).ravel()).reshape(index.shape)
                for v in (level, -level)
            )
            time += self.duration[moving] @ np.where(rises, 1 - over + under, over + 1 - under)
        if len(k := self.halfsine):
            edge = np.arcsin(np.minimum(level / np.abs(self.peak[k])[:, None], 1.0)) / np.pi
            first, last = self.first[k, None], self.last[k, None]
            inside = np.maximum(np.minimum(last, 1 - edge) - np.maximum(first, edge), 0.0)
            time += self.duration[k] @ (inside / (last - first))
        return time

    def rising(self, index: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Exponentials turned in time, where needed, so that they change fast at first."""
        turned = self.bend[index] < 0
        start, end = self.start[index], self.end[index]
        return np.where(turned, end, start), np.where(turned, start, end), np.abs(self.bend[index])


_FLAT = 1e-300  # an exponential so short that it is straight
_NODES, _WEIGHTS = (array.astype(float) for array in np.polynomial.legendre.leggauss(12))
_NODES, _WEIGHTS = 0.5 * (_NODES + 1), 0.5 * _WEIGHTS


def _progress(share: FloatArray, bend: FloatArray) -> FloatArray:
    """From 0 to 1 along an exponential: ``(1 - exp(-bend share)) / (1 - exp(-bend))``."""
    steep = np.maximum(np.abs(bend), _FLAT)
    forward = np.where(bend < 0, 1 - share, share)
    done = np.expm1(-steep * forward) / np.expm1(-steep)
    return np.asarray(np.where(bend < 0, 1 - done, done))


def _when(progress: FloatArray, left: FloatArray, bend: FloatArray) -> FloatArray:
    """Inverse of `_progress`; `left` is what remains of the progress up to 1."""
    steep = np.maximum(np.abs(bend), _FLAT)
    done, rest = np.where(bend < 0, left, progress), np.where(bend < 0, progress, left)
    with np.errstate(divide="ignore"):  # the far end of an exponential that has long died out
        late = -np.log(rest + done * np.exp(-steep))
    near = (done < 0.5) | (steep < 1)  # where the logarithm of a number near 1 would lose digits
    early = -np.log1p(np.where(near, done, 0.5) * np.expm1(-steep))
    share = np.minimum(np.where(near, early, late) / steep, 1.0)
    return np.asarray(np.where(bend < 0, 1 - share, share))


def _bow(steep: FloatArray, power: int) -> FloatArray:
    """Mean of ``((1 - exp(-y s)) / (1 - exp(-y))) ** power`` over s in (0, 1), power 1 or 2.

    The closed form loses digits below y = 1; Gauss-Legendre with 12 nodes is exact to rounding there.
    """
    small = np.clip(steep, _FLAT, 1.0)[:, None]
    near = (np.expm1(-small * _NODES) / np.expm1(-small)) ** power @ _WEIGHTS
    large = np.maximum(steep, 1.0)
    full = -np.expm1(-large)
    far = 1 / full - 1 / large if power == 1 else 1 / full**2 - 1 / (large * full) - 0.5 / large
    return np.asarray(np.where(steep < 1, near, far))
