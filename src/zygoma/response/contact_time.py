"""How long a contact rests on each place of the skin in a session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
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
    ticks_by_position = np.argsort(timetable.index, kind="stable")
    counts = np.bincount(timetable.index, minlength=timetable.unique_positions)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    times, covered = [], []
    for centres in (timetable.points_a, timetable.points_b):
        place, position = _within(points, centres, radius)
        seconds = np.bincount(place, timetable.seconds[position], minlength=len(points))
        times.append(seconds.astype(np.float64))
        repeats = counts[position]
        first = np.repeat(starts[position] - np.concatenate([[0], np.cumsum(repeats)[:-1]]), repeats)
        ticks = ticks_by_position[first + np.arange(repeats.sum())]
        covered.append(np.repeat(place, repeats) * len(timetable.index) + ticks)
    keys = np.concatenate(covered)
    keys.sort()  # many are the same under both probes; numpy's unique would hash them all
    keys = keys[np.diff(keys, prepend=-1) > 0]
    runs = _longest_run(keys, len(timetable.index), len(points))
    return ContactTime(times[0], times[1], runs * timetable.dt)


def _within(points: Array, centres: Array, radius: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of point and centre at most `radius` apart."""
    from scipy.spatial import cKDTree

    pairs = cKDTree(points).sparse_distance_matrix(cKDTree(centres), radius, output_type="ndarray")
    return pairs["i"].astype(np.int64), pairs["j"].astype(np.int64)


def _longest_run(keys: NDArray[np.int64], ticks: int, places: int) -> Array:
    """(places,) longest run of successive ticks of each place; keys are place * ticks + tick, sorted."""
    longest = np.zeros(places)
    if len(keys) == 0:
        return longest
    place = keys // ticks
    broken = (np.diff(keys) != 1) | (np.diff(place) != 0)
    begin = np.concatenate([[0], np.flatnonzero(broken) + 1])
    length = np.diff(np.concatenate([begin, [len(keys)]]))
    np.maximum.at(longest, place[begin], length)
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
