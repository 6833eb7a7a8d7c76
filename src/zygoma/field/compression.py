"""Columns of a lead field in half the space, with an error of the current density that is measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from zygoma.errors import InputError
from zygoma.field.cache import ColumnStore
from zygoma.field.statistics import percentile
from zygoma.field.tensors import apply

if TYPE_CHECKING:
    from zygoma.field.conductor import VolumeConductor

_BITS = (6, 5, 4, 3)  # 64 nodes share a range of values, or fewer where the error is too large
_LEVELS = 2**16 - 1
_MORTON_BITS = 20
_SAMPLE = 20_000  # elements in which the error is measured
_STARTS = 8  # nodes of a block from which current flows when the error is measured
APART = 5e-3
"""Least distance [m] of the two nodes of a pair for which the error is bounded: contacts are wider."""

Single = NDArray[np.float32]


def along_a_curve(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Order of points (n, 3) along a Morton curve, so that neighbours in it are neighbours in space."""
    low, size = points.min(axis=0), np.ptp(points, axis=0).max() or 1.0
    cell = ((points - low) / size * (2**_MORTON_BITS - 1)).astype(np.uint64)
    code = np.zeros(len(points), dtype=np.uint64)
    for bit in range(_MORTON_BITS):
        for axis in range(3):
            one = (cell[:, axis] >> np.uint64(bit)) & np.uint64(1)
            code |= one << np.uint64(3 * bit + axis)
    return np.argsort(code, kind="stable")


@dataclass(frozen=True, eq=False)
class Packed:
    """A block of columns as steps above the least of each cluster of nodes.

    The mean of the block is kept apart in full: what neighbouring columns have in common, the sink at the
    ground above all, would widen the ranges.

    Attributes
    ----------
    mean : (t,) array
        Mean column.
    low, step : (k, c) arrays
        Least value and step of each cluster of each column.
    codes : (k, t) array of uint16
        Number of steps.
    bits : int
        Binary logarithm of the size of a cluster.
    """

    mean: Single
    low: Single
    step: Single
    codes: NDArray[np.uint16]
    bits: int = _BITS[0]

    @classmethod
    def of(cls, columns: Single, order: NDArray[np.int64], bits: int = _BITS[0]) -> Packed:
        """Columns (k, t) whose nodes lie along a curve in this order (t,)."""
        count, width = columns.shape
        clusters = _clusters(width, bits)
        low, step = np.empty((count, clusters), np.float32), np.empty((count, clusters), np.float32)
        codes = np.empty((count, width), np.uint16)
        mean = np.empty(width, np.float32)
        _pack(columns, order, mean, low, step, codes, bits)
        return cls(mean, low, step, codes, bits)

    def columns(self, rows: NDArray[np.int64], rank: NDArray[np.int64]) -> Single:
        """Some columns as they are read again; `rank` (t,) is the place of each node along the curve."""
        into = np.empty((len(rows), len(rank)), dtype=np.float32)
        self.unpack(rows, into, np.arange(len(rows)), rank, rank, np.zeros(len(rows), dtype=bool))
        return into

    def unpack(self, source: Any, into: Single, rows: Any, kept: Any, image: Any, turned: Any) -> None:
        """Copy columns `source` into rows of an array; see `ColumnStore.gather`."""
        mean = self.mean.reshape(-1)
        _unpack(mean, self.low, self.step, self.codes, self.bits, source, into, rows, kept, image, turned)


class DensityError:
    """Relative error of the current density between two nodes, from columns that were changed.

    Parameters
    ----------
    conductor : VolumeConductor
    index : (n,) array
        Place of each node in a column, -1 where it is not kept; elements with all corners kept count.
    """

    def __init__(self, conductor: VolumeConductor, index: NDArray[np.int64]) -> None:
        corners = index[conductor.tets]
        usable = np.flatnonzero(conductor.conducting & (corners >= 0).all(axis=1))
        if not len(usable):
            raise InputError(
                "no element has all corners among the target nodes; store the columns as they are"
            )
        chosen = usable[:: max(1, len(usable) // _SAMPLE)]
        self._corners = corners[chosen]
        self._gradients = conductor.gradients[chosen]
        self._conductivity = conductor.conductivity[chosen]
        self._volumes = conductor.volumes[chosen]

    def __call__(self, solved: Single, stored: Single) -> float:
        """95th percentile over volume of the local error, for current from the first node to the last."""
        exact, other = (self._density(columns.astype(np.float64)) for columns in (solved, stored))
        size = np.linalg.norm(exact, axis=1)
        flows = size > 0
        if not flows.any():  # the column of the ground alone
            return 0.0
        away = np.linalg.norm(other - exact, axis=1)[flows] / size[flows]
        return float(percentile(away, self._volumes[flows], 95.0))

    def _density(self, columns: NDArray[np.float64]) -> NDArray[np.float64]:
        potential = columns[0] - columns[-1] if len(columns) > 1 else columns[0]
        E = -np.einsum("mi,mij->mj", potential[self._corners], self._gradients)
        return apply(self._conductivity, E)


@dataclass
class PackedStore(ColumnStore):
    """Columns on disk in half the space, or as they are in blocks that would miss the goal.

    Parameters
    ----------
    order : (width,) array
        Nodes along a curve, as places in a column.
    goal : float
        Largest relative error of the current density of a block, for every pair of nodes that is tried.
    error : callable
        Error of the current density of columns read again against those that were solved.
    points : (n, 3) array
        Nodes of the body [m].
    """

    order: NDArray[np.int64] = field(kw_only=True)
    goal: float = field(kw_only=True)
    error: Callable[[Single, Single], float] = field(kw_only=True)
    points: NDArray[np.float64] = field(kw_only=True)

    def __post_init__(self) -> None:
        if self.folder is None:
            raise InputError("columns are compressed on disk only; give a folder for the cache")
        self._rank = np.empty(self.width, dtype=np.int64)
        self._rank[self.order] = np.arange(self.width)
        super().__post_init__()

    def _encode(self, nodes: list[int], columns: Single) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        pairs = pairs_apart(self.points[nodes])
        for bits in _BITS:
            packed = Packed.of(columns, self.order, bits)
            found = self._error(columns, packed, pairs)
            if found <= self.goal:
                parts = {
                    part: np.atleast_2d(getattr(packed, part)) for part in ("mean", "low", "step", "codes")
                }
                return parts, {"goal": self.goal, "error": found, "bits": bits}
        parts, _ = super()._encode(nodes, columns)
        return parts, {"goal": self.goal, "error": 0.0, "bits": 0}

    def _error(self, columns: Single, packed: Packed, pairs: NDArray[np.int64]) -> float:
        """Largest error over some pairs of columns."""
        rows, place = np.unique(pairs, return_inverse=True)
        again = packed.columns(rows, self._rank)
        return max(self.error(columns[rows[pair]], again[pair]) for pair in place.reshape(pairs.shape))

    def _fits(self, record: dict[str, Any]) -> bool:
        return bool(record["error"] <= self.goal)

    def _parts(self, count: int, told: dict[str, Any]) -> dict[str, tuple[str, int, int]]:
        if not told["bits"]:
            return super()._parts(count, told)
        clusters = _clusters(self.width, told["bits"])
        return {
            "mean": ("float32", 1, self.width),
            "low": ("float32", count, clusters),
            "step": ("float32", count, clusters),
            "codes": ("uint16", count, self.width),
        }

    def _fetch(
        self, name: str, source: Any, into: Single, rows: Any, kept: Any, image: Any, turned: Any
    ) -> None:
        told = self._blocks[name].told
        if not told["bits"]:
            super()._fetch(name, source, into, rows, kept, image, turned)
            return
        mean, low, step, codes = (
            self._read(name, part, kind, width) for part, (kind, _, width) in self._parts(1, told).items()
        )
        packed = Packed(mean, low, step, codes, told["bits"])
        packed.unpack(source, into, rows, self._rank[kept], self._rank[image], turned)


def pairs_apart(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Pairs (r, 2) of a block's nodes (k, 3) for which the error is measured.

    Some nodes spread over the block, each with the nearest that is at least `APART` away and with the
    farthest: of near pairs the columns nearly cancel, and what remains has the largest relative error. A
    single node stands with itself.
    """
    starts = np.unique(np.linspace(0, len(points) - 1, _STARTS).astype(np.int64))
    away = np.linalg.norm(points[starts][:, None] - points, axis=-1)
    farthest = away.argmax(axis=1)
    nearest = np.where(away >= APART, away, np.inf).argmin(axis=1)
    nearest = np.where(away.max(axis=1) >= APART, nearest, farthest)
    return np.unique(np.concatenate([np.c_[starts, nearest], np.c_[starts, farthest]]), axis=0)


def _clusters(width: int, bits: int) -> int:
    return -(-width >> bits)


@njit(parallel=True, cache=True)
def _pack(columns: Any, order: Any, mean: Any, low: Any, step: Any, codes: Any, bits: int) -> None:
    count, width = columns.shape
    for c in prange(low.shape[1]):
        begin, end = c << bits, min((c + 1) << bits, width)
        for p in range(begin, end):
            total = 0.0
            for k in range(count):
                total += columns[k, order[p]]
            mean[p] = total / count
        apart = np.empty(end - begin, np.float32)
        for k in range(count):
            for p in range(begin, end):
                apart[p - begin] = columns[k, order[p]] - mean[p]
            low[k, c] = apart.min()
            step[k, c] = (apart.max() - low[k, c]) / _LEVELS
            for p in range(begin, end):
                steps = (apart[p - begin] - low[k, c]) / step[k, c] if step[k, c] > 0 else 0.0
                codes[k, p] = np.uint16(min(max(np.rint(steps), 0.0), _LEVELS))


@njit(parallel=True, cache=True)
def _unpack(
    mean: Any, low: Any, step: Any, codes: Any, bits: int, source: Any, into: Any, rows: Any, kept: Any,
    image: Any, turned: Any,
) -> None:  # fmt: skip
    for k in prange(len(rows)):
        lows, steps, code, row = low[source[k]], step[source[k]], codes[source[k]], into[rows[k]]
        place = image if turned[rows[k]] else kept
        for i in range(len(row)):
            p = place[i]
            c = p >> bits
            row[i] = mean[p] + (lows[c] + steps[c] * np.float32(code[p]))
