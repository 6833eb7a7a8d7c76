"""Both contacts at every unique position: patches, nodal currents, and the order of the work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.field.cem import patch_nodes, solve_contacts
from zygoma.field.contact import Contact, check_contacts
from zygoma.treatment.kernel import WIDTH
from zygoma.treatment.timetable import Timetable

WINDOW = 384
"""Columns of the lead field that are held in memory at once (a batch may need a few more)."""


@dataclass(frozen=True, eq=False)
class Pair:
    """Two contacts at one position, for 1 A from A to B.

    Attributes
    ----------
    rows : (k,) int array
        Nodes of both patches, as rows of the window's columns.
    currents : (2, k) array
        Nodal currents of A and of B [A].
    resistance : float
        Voltage between the contacts [ohm].
    contact_power : float
        Power that both contacts dissipate [W].
    """

    rows: NDArray[np.int64]
    currents: NDArray[np.float64]
    resistance: float
    contact_power: float


@dataclass(frozen=True, eq=False)
class Window:
    """Positions that share columns, one after another.

    Attributes
    ----------
    first, last : int
        Their places in the list of positions that was cut, from `first` to before `last`.
    nodes : (k,) int array
        Nodes of all their patches.
    """

    first: int
    last: int
    nodes: NDArray[np.int64]

    def batches(self) -> Iterator[slice]:
        """Places in groups of at most the kernel's width."""
        for first in range(self.first, self.last, WIDTH):
            yield slice(first, min(first + WIDTH, self.last))


class Montage:
    """The patches of both contacts at every unique position of a timetable.

    Parameters
    ----------
    conductor : VolumeConductor
        On whose surface the contacts rest.
    timetable : Timetable
        Where they rest.
    electrode : Electrode or float
        What touches the skin, or its radius [m].
    contact_impedance : float, optional
        Of the sheet under the contact [ohm m2]; that of the electrode by default.

    Raises
    ------
    ContactError
        A contact is off the body or its impedance cannot be resolved by the mesh; both contacts overlap.
    """

    def __init__(
        self, conductor: Any, timetable: Timetable, electrode: Any, contact_impedance: float | None = None
    ) -> None:
        points = np.concatenate([timetable.points_a, timetable.points_b])
        places, back = np.unique(points, axis=0, return_inverse=True)
        patches = [Contact(place, electrode, contact_impedance).on(conductor.surface) for place in places]
        back = back.ravel()
        count = timetable.unique_positions
        self._a, self._b = ([patches[i] for i in part] for part in (back[:count], back[count:]))
        for pair in zip(self._a, self._b, strict=True):
            check_contacts(conductor, pair)

    def windows(self, positions: NDArray[np.int64]) -> Iterator[Window]:
        """Positions, in their order, in windows whose columns fit into memory."""
        start = 0
        held: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        for first in range(0, len(positions), WIDTH):
            batch = self.nodes(positions[first : first + WIDTH])
            both = np.union1d(held, batch)
            if len(both) > WINDOW and first > start:
                yield Window(start, first, held)
                start, both = first, batch
            held = both
        yield Window(start, len(positions), held)

    def nodes(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """All nodes under a contact at some positions, each once."""
        patches = [part[int(position)] for position in positions for part in (self._a, self._b)]
        return np.unique(np.concatenate([patch.nodes for patch in patches]))

    def pair(self, position: int, rows: NDArray[np.int64], resistance: NDArray[Any]) -> Pair:
        """Contacts at a position by the complete electrode model.

        Parameters
        ----------
        position : int
            Unique position.
        rows : (n,) int array
            Row of every node of the body among the window's columns.
        resistance : (k, k) array
            Potential at each of the window's nodes per unit current into each of them [ohm].
        """
        patches = (self._a[position], self._b[position])
        mine = rows[patch_nodes(patches)]
        found = solve_contacts(resistance[np.ix_(mine, mine)], patches, (1.0, -1.0))
        voltage = float(found.potentials[0] - found.potentials[1])
        return Pair(mine, found.by_contact, voltage, float(found.contact_power.sum()))
