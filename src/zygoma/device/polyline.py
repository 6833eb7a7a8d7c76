"""A current known at points of time, straight between them: a measured trace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import overload

import numpy as np
import numpy.typing as npt

from zygoma.device.phase import Kind
from zygoma.device.rows import FloatArray, Rows
from zygoma.device.segment import Segment
from zygoma.errors import RangeError


def kind_of(segments: Sequence[Segment]) -> Kind:
    """Whether a current has both signs or one."""
    rows = segments.rows if isinstance(segments, Polyline) else Rows.join([s.rows for s in segments])
    return "biphasic" if rows.positive.any() and rows.negative.any() else "monophasic"


def segments_of(given: Sequence[Segment], where: str) -> tuple[Segment, ...]:
    """The segments of a period, at least one.

    Raises
    ------
    RangeError
        None, or something else than segments.
    """
    segments = tuple(given) if isinstance(given, Iterable) else (given,)
    strange = [segment for segment in segments if not isinstance(segment, Segment)]
    if strange or not segments:
        found = f"{strange[0]!r} among its segments" if strange else "no segment"
        raise RangeError(f"{where} has {found}; expected Segment objects, or one Polyline")
    return segments


class Polyline(Sequence[Segment]):
    """Segments through points, kept as two arrays; ten million points are no burden.

    Parameters
    ----------
    time : array_like, shape (n,)
        Rising [s]; the first is where the period begins, the last where it ends.
    current : array_like, shape (n,)
        [A].

    Raises
    ------
    RangeError
        Fewer than two points, a number that is not finite, times that do not rise, or no current at all.
    """

    __slots__ = ("__dict__", "current", "time")

    def __init__(self, time: npt.ArrayLike, current: npt.ArrayLike) -> None:
        try:
            self.time: FloatArray = np.asarray(time, dtype=float).view()
            self.current: FloatArray = np.asarray(current, dtype=float).view()
        except (TypeError, ValueError) as error:
            raise RangeError(
                f"a trace is not numbers ({error}); expected times in s and currents in A"
            ) from error
        shapes = self.time.shape, self.current.shape
        if shapes[0] != shapes[1] or len(shapes[0]) != 1 or shapes[0][0] < 2:
            raise RangeError(
                f"times of shape {shapes[0]} and currents of shape {shapes[1]}; expected as many of one as"
                " of the other, at least two"
            )
        for name, values in (("time", self.time), ("current", self.current)):
            if not np.isfinite(values).all():
                k = int(np.argmin(np.isfinite(values)))
                raise RangeError(
                    f"sample {k + 1} has a {name} of {values[k]}; expected finite numbers: cut it out"
                )
        if not (steps := np.diff(self.time) > 0).all():
            k = int(np.argmin(steps))
            raise RangeError(
                f"sample {k + 2} at {self.time[k + 1]:.9g} s does not come after {self.time[k]:.9g} s;"
                " expected times that rise: sort the samples or cut the recording"
            )
        if not self.current.any():
            raise RangeError(
                f"all {len(self.time)} samples are 0, the area under the current is 0; check the channel"
            )
        self.time.flags.writeable = self.current.flags.writeable = False

    @cached_property
    def rows(self) -> Rows:
        """The segments as rows."""
        return Rows.straight(self.current[:-1], self.current[1:], np.diff(self.time))

    @cached_property
    def pulses(self) -> int:
        """How many pulses of one sign the trace holds, the more numerous sign, at least 1.

        A pulse begins where the current rises above half of its peak and ends where it falls below a quarter,
        so that noise below a quarter of the peak makes none; the end of the trace goes on at its beginning.
        """
        peak = np.abs(self.current).max()
        return max(1, _risings(self.current, peak), _risings(-self.current, peak))

    @property
    def duration(self) -> float:
        """From the first point to the last [s]."""
        return float(self.time[-1] - self.time[0])

    def __len__(self) -> int:
        return len(self.time) - 1

    @overload
    def __getitem__(self, index: int) -> Segment: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Segment, ...]: ...

    def __getitem__(self, index: int | slice) -> Segment | tuple[Segment, ...]:
        if isinstance(index, slice):
            return tuple(self[k] for k in range(*index.indices(len(self))))
        k = range(len(self))[index]
        start, end = float(self.current[k]), float(self.current[k + 1])
        duration = float(self.time[k + 1] - self.time[k])
        return Segment(start, end, duration, "const" if start == end else "linear")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Polyline):
            return NotImplemented
        return np.array_equal(self.time, other.time) and np.array_equal(self.current, other.current)

    def __repr__(self) -> str:
        return f"Polyline({len(self.time)} points, {self.time[0]:g} to {self.time[-1]:g} s)"

    def __hash__(self) -> int:
        return hash((len(self.time), self.time[-1], self.current[0]))

    def between(self, begin: float, stop: float) -> Polyline:
        """The part from one time to another [s], cut exactly where it falls between two points.

        Raises
        ------
        RangeError
            Times that are not in order or not inside the trace.
        """
        if not self.time[0] <= begin < stop <= self.time[-1]:
            raise RangeError(
                f"part from {begin:g} to {stop:g} s of a trace from {self.time[0]:g} to {self.time[-1]:g} s;"
                " expected rising times inside the trace"
            )
        inside = (self.time > begin) & (self.time < stop)
        ends = np.interp([begin, stop], self.time, self.current)
        time = np.concatenate([[begin], self.time[inside], [stop]])
        return Polyline(time, np.concatenate([ends[:1], self.current[inside], ends[1:]]))

    def silenced(self, level: float) -> Polyline:
        """The same trace with 0 where the samples do not exceed a level [A]: a pause without its noise.

        Raises
        ------
        RangeError
            No sample exceeds the level.
        """
        return Polyline(self.time, np.where(np.abs(self.current) > level, self.current, 0.0))

    def folded(self, periods: int) -> Polyline:
        """The mean of a number of periods of equal length that the trace consists of.

        Raises
        ------
        RangeError
            Fewer than one period, or more than there are samples.
        """
        if not 1 <= periods < len(self.time):
            raise RangeError(
                f"{periods} periods in a trace of {len(self.time)} points; expected 1 or more, below that"
            )
        if periods == 1:
            return self
        length = self.duration / periods
        within = np.mod(self.time[:-1] - self.time[0], length)
        time = np.unique(np.concatenate([[0.0], within, [length]]))
        time = time[np.r_[True, np.diff(time) > 1e-9 * length]]  # samples that differ by rounding only
        starts = self.time[0] + length * np.arange(periods)
        current = np.zeros(len(time))
        for start in starts:
            current += np.interp(time + start, self.time, self.current) / periods
        return Polyline(time, current)

    def scaled(self, divisor: float, factor: float) -> Polyline:
        """The same trace with every current divided by `divisor` and then multiplied by `factor`."""
        return Polyline(self.time, self.current / divisor * factor)


def _risings(current: FloatArray, peak: float) -> int:
    """How often a current rises from below a quarter of a peak to half of it, the end joined to the start."""
    decided = current[(current >= peak / 2) | (current < peak / 4)] >= peak / 2
    return int(np.count_nonzero(decided & ~np.roll(decided, 1)))
