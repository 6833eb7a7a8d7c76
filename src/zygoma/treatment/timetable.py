"""Where both probes are at every tick of a session."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from zygoma.provenance import content_hash
from zygoma.treatment.geodesic import Array


@dataclass(frozen=True, eq=False)
class Timetable:
    """Positions of both probes over one session, each different one once.

    Attributes
    ----------
    points_a, points_b : (u, 3) array
        The unique positions of the probes [m], in the order of their first use.
    index : (n,) int array
        Position at each tick.
    step : (n,) int array
        Step at each tick, a number into `labels`.
    labels : tuple of str
        What each step treats and how, such as ``"zygomaticus_major_r toward"``.
    dt : float
        Time between two ticks [s].
    contact_radius : float
        Radius of the contacts for which it was made [m].
    messages : tuple of str
        What a reader must see: the warning of the neck, steps that were left out, shortened or not reached.
    assumptions : tuple of str
        What had to be assumed, each a sentence.
    """

    points_a: Array
    points_b: Array
    index: NDArray[np.int32]
    step: NDArray[np.int32]
    labels: tuple[str, ...]
    dt: float
    contact_radius: float
    messages: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()

    @property
    def session(self) -> float:
        """Length of the session [s]."""
        return len(self.index) * self.dt

    @property
    def positions(self) -> int:
        """Ticks of the session."""
        return len(self.index)

    @property
    def unique_positions(self) -> int:
        """Different positions of the probe pair."""
        return len(self.points_a)

    @cached_property
    def seconds(self) -> Array:
        """(u,) how long each unique position is held in one session [s]."""
        return np.asarray(np.bincount(self.index, minlength=len(self.points_a)) * self.dt, dtype=float)

    @cached_property
    def hash(self) -> str:
        """Content hash of all positions and times."""
        return content_hash(self.points_a, self.points_b, self.index, self.dt)

    def path(self, label: str) -> tuple[Array, Array]:
        """Positions (k, 3) of A and B [m] in the order in which a step passes them first."""
        ticks = self.index[self.step == self.labels.index(label)]
        order = np.sort(np.unique(ticks, return_index=True)[1])
        return self.points_a[ticks[order]], self.points_b[ticks[order]]

    def time_of(self, label: str) -> float:
        """Time that a step gets in the session [s]."""
        return float(np.sum(self.step == self.labels.index(label)) * self.dt)

    def __str__(self) -> str:
        return (
            f"{self.session / 60:g} min, {len(self.index):,} positions of the probes, "
            f"{len(self.points_a):,} different\n"
            f"{len(self.labels)} steps, contacts of {self.contact_radius * 1e3:g} mm radius, "
            f"{len(self.messages)} messages"
        )
