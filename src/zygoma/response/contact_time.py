"""How long a contact rests on each place of the skin in a session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numpy.typing import NDArray

if TYPE_CHECKING:
    from zygoma.treatment import Timetable

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ContactTime:
    """Times of one session at places of the skin.

    Attributes
    ----------
    a, b : (m,) array
        Time under probe A, under probe B [s].
    longest : (m,) array
        Longest time without interruption under either probe [s].
    """

    a: Array
    b: Array
    longest: Array

    @property
    def total(self) -> Array:
        """(m,) time under either probe [s]."""
        return self.a + self.b


def contact_time(points: Array, timetable: Timetable, radius: float) -> ContactTime:
    """Times at points (m, 3) [m] within `radius` [m] of the centre of a contact."""
    times, covered = [], []
    for centres in (timetable.points_a, timetable.points_b):
        position, place = _within(centres, points, radius)
        seconds = np.bincount(place, timetable.seconds[position], minlength=len(points))
        times.append(seconds.astype(np.float64))
        counts = np.bincount(position, minlength=len(centres))
        covered.append((np.concatenate([[0], np.cumsum(counts)]), place))
    index = np.ascontiguousarray(timetable.index, dtype=np.int64)
    runs = _longest_runs(index, *covered[0], *covered[1], len(points))
    return ContactTime(times[0], times[1], np.asarray(runs * timetable.dt, dtype=np.float64))


def _within(centres: Array, points: Array, radius: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of centre and point at most `radius` apart, by centre."""
    from scipy.spatial import cKDTree

    pairs = cKDTree(centres).sparse_distance_matrix(cKDTree(points), radius, output_type="ndarray")
    order = np.argsort(pairs["i"], kind="stable")
    return pairs["i"][order].astype(np.int64), pairs["j"][order].astype(np.int64)


@njit(cache=True)
def _longest_runs(
    index: NDArray[np.int64],
    start_a: NDArray[np.int64],
    place_a: NDArray[np.int64],
    start_b: NDArray[np.int64],
    place_b: NDArray[np.int64],
    places: int,
) -> NDArray[np.int64]:
    """(places,) longest run of successive ticks in which a place is under either probe.

    Parameters
    ----------
    index : (ticks,) array
        Position of the probes at every tick.
    start_a, place_a, start_b, place_b : array
        Places under each probe at position k: ``place[start[k]:start[k + 1]]``.
    places : int
    """
    last = np.full(places, -2)
    run, longest = np.zeros(places, np.int64), np.zeros(places, np.int64)
    for tick in range(len(index)):
        position = index[tick]
        for start, place in ((start_a, place_a), (start_b, place_b)):
            for k in place[start[position] : start[position + 1]]:
                if last[k] == tick:  # under the other probe too
                    continue
                run[k] = run[k] + 1 if last[k] == tick - 1 else 1
                last[k] = tick
                longest[k] = max(longest[k], run[k])
    return longest


def rest_fraction(timetable: Timetable) -> float:
    """Share of a session in which neither probe moves."""
    index = timetable.index
    if len(index) < 2:
        return 1.0
    same = np.diff(index) == 0
    resting = np.concatenate([same, [False]]) | np.concatenate([[False], same])
    return float(resting.mean())


def mean_residence(contact_area: float, session: float, skin_area: float, contacts: int = 2) -> float:
    """Mean time [s] for which a place is under a contact when `contacts` glide evenly over an area [m2].

    Examples
    --------
    Two probes of 10 mm on 350 cm2 in 20 min (evidence E095):

    >>> round(mean_residence(0.785e-4, 1200, 350e-4), 1)
    5.4
    """
    return contacts * contact_area * session / skin_area
