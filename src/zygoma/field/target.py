"""A part of a body at which the fields of many contacts are wanted, without touching the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import InputError
from zygoma.field.cem import patch_nodes, solve_contacts
from zygoma.field.contact import Contact, check_contacts
from zygoma.field.currents import Current, contact_currents
from zygoma.field.sets import indices, whole_numbers
from zygoma.field.statistics import Statistics, statistics

if TYPE_CHECKING:
    from zygoma.field.leadfield import LeadField


_BALANCE = 1e-6  # of the sum of the magnitudes: what float32 leaves


class Target:
    """Some elements of a conductor, with the columns of a lead field at their nodes only.

    Columns are fetched once (solved if they are missing) and stay in memory: 4 bytes a node of the target.

    Parameters
    ----------
    lead : LeadField
    elements : str, (k,) array of int or (m,) mask
        A tissue, muscle or region of the conductor by name, or its elements; conducting ones count.

    Raises
    ------
    UnknownNameError
        The conductor has no such set.
    InputError
        None of the elements conducts, there are no such elements, or the conductivity is complex.
    """

    def __init__(self, lead: LeadField, elements: str | ArrayLike) -> None:
        conductor = lead.conductor
        if conductor.is_complex:
            raise InputError("a target takes real conductivity; use LeadField.field for an admittivity")
        self.lead = lead
        self.name = elements if isinstance(elements, str) else "target"
        chosen = (
            conductor.sets[elements]
            if isinstance(elements, str)
            else indices(elements, len(conductor.tets), "elements of a target")
        )
        self.elements = np.unique(chosen[conductor.conducting[chosen]])
        if not self.elements.size:
            raise InputError(f"no element of the target {self.name!r} conducts; name others")
        self.nodes, corners = np.unique(conductor.tets[self.elements], return_inverse=True)
        self._tets = corners.reshape(-1, 4).astype(np.int32)
        self._gradients = conductor.gradients[self.elements, 1:].reshape(-1, 9).astype(np.float32)
        sigma = conductor.conductivity[self.elements]
        if sigma.ndim == 1:
            sigma = np.column_stack([sigma] * 3 + [np.zeros((len(sigma), 3))])
        self._sigma = sigma.astype(np.float32)
        self._columns = np.empty((0, len(self.nodes)), dtype=np.float32)
        self._row: dict[int, int] = {}

    def fetch(self, nodes: ArrayLike) -> NDArray[np.int64]:
        """Rows of the columns of these nodes, taken into memory where they are not yet.

        Raises
        ------
        InputError
            A node is none of the conducting body.
        """
        wanted = whole_numbers(nodes, len(self.lead.conductor.nodes), "nodes").ravel().tolist()
        new = [node for node in dict.fromkeys(wanted) if node not in self._row]
        if new:
            found = self.lead.matrix(new, self.nodes)
            self._row.update({node: len(self._columns) + k for k, node in enumerate(new)})
            self._columns = np.concatenate([self._columns, found])
        return np.array([self._row[node] for node in wanted], dtype=np.int64)

    def evaluate(
        self, nodes: ArrayLike, amperes: ArrayLike
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """E [V/m] and J [A/m2] (k, 3) in each element for currents [A] into nodes, which sum to 0.

        Raises
        ------
        InputError
            A node is none of the conducting body, or the currents are not one finite number each with the
            sum 0.
        """
        rows = self.fetch(nodes)
        try:
            weights = np.asarray(amperes, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise InputError("currents into nodes are not numbers; expected amperes") from error
        away, size = float(weights.sum()), float(np.abs(weights).sum())
        if weights.shape != rows.shape or not len(rows) or not abs(away) <= _BALANCE * size < np.inf:
            raise InputError(
                f"currents of shape {weights.shape} that sum to {away:.3g} A for {len(rows)} nodes; "
                "expected one finite number each with the sum 0"
            )
        weights = weights.astype(np.float32)
        E, J = _evaluate(self._columns, rows, weights, self._tets, self._gradients, self._sigma)
        return np.asarray(E), np.asarray(J)

    def of(self, *contacts: Contact, current: Current) -> Statistics:
        """Statistics of E and J in the target for contacts; see `LeadField.field`.

        Raises
        ------
        InputError
            A current is none, or the currents do not sum to 0.
        ContactError
            A contact is off the body, overlaps another or cannot be resolved.
        """
        nodes, amperes = self.sources(contacts, current)
        E, J = (part.astype(np.float64) for part in self.evaluate(nodes, amperes))
        volumes = self.lead.conductor.volumes[self.elements]
        return statistics(self.name, volumes, E, J, np.einsum("mi,mi->m", J, E))

    def sources(
        self, contacts: Sequence[Contact], current: Current
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Nodes (p,) under some contacts and the current [A] into each, by the complete electrode model."""
        drive = contact_currents(current, len(contacts))
        patches = tuple(contact.on(self.lead.conductor.surface) for contact in contacts)
        check_contacts(self.lead.conductor, patches)
        nodes = patch_nodes(patches)
        return nodes, solve_contacts(self.lead.matrix(nodes, nodes), patches, drive).currents

    def __repr__(self) -> str:
        return (
            f"Target {self.name}: {len(self.elements):,} elements, {len(self.nodes):,} nodes, "
            f"{len(self._row)} columns in memory ({self._columns.nbytes / 1e6:.0f} MB)"
        )


@njit(fastmath=True, cache=True)
def _evaluate(columns: Any, rows: Any, weights: Any, tets: Any, gradients: Any, sigma: Any) -> Any:
    """Mix columns, take minus the gradient and sigma times that, element by element."""
    n = columns.shape[1]
    potential = np.zeros(n, dtype=np.float32)
    first = columns[rows[0]]
    # the currents sum to 0, so what all columns have in common, the sink above all, may be taken away
    for r in range(len(rows)):
        column, weight = columns[rows[r]], weights[r]
        for i in range(n):
            potential[i] += weight * (column[i] - first[i])
    E, J = np.empty((len(tets), 3), dtype=np.float32), np.empty((len(tets), 3), dtype=np.float32)
    for e in range(len(tets)):
        origin, g, s = potential[tets[e, 0]], gradients[e], sigma[e]
        u, v = origin - potential[tets[e, 1]], origin - potential[tets[e, 2]]
        w = origin - potential[tets[e, 3]]
        x, y, z = (
            g[0] * u + g[3] * v + g[6] * w,
            g[1] * u + g[4] * v + g[7] * w,
            g[2] * u + g[5] * v + g[8] * w,
        )
        E[e, 0], E[e, 1], E[e, 2] = x, y, z
        J[e, 0] = s[0] * x + s[3] * y + s[4] * z
        J[e, 1] = s[3] * x + s[1] * y + s[5] * z
        J[e, 2] = s[4] * x + s[5] * y + s[2] * z
    return E, J
