"""Field of a set of contacts: potential, E and J, with the checks that every solution must pass."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError, SolverError
from zygoma.field.cem import patch_nodes, solve_contacts
from zygoma.field.conductor import VolumeConductor
from zygoma.field.contact import Contact, Patch, check_contacts
from zygoma.field.currents import BALANCE, Current, as_amperes, contact_currents, node_number
from zygoma.field.statistics import Statistics, statistics
from zygoma.field.tensors import apply
from zygoma.units import show

if TYPE_CHECKING:
    from zygoma.field.leadfield import LeadField

DELIVERED_GOAL = 1e-3
POWER_GOAL = 5e-3


@dataclass(frozen=True)
class Field:
    """Where the current goes for one set of contacts.

    In a body with an admittivity, or under a complex contact impedance, potentials, currents, E and J are
    complex: phasors at the amplitude of the current, whose phase is 0. Powers are then those of
    ``conj(U) I``, as for phasors of effective values; at the amplitude the mean over time is half of them.

    Attributes
    ----------
    conductor : VolumeConductor
        The body.
    potential : (n,) array
        Potential of the nodes [V], 0 at the ground node and outside the conducting part.
    requested : (l,) array
        Current asked for at each contact (or node) [A], into the body positive.
    sources : (l, p) array
        Current of each contact into each of `source_nodes` [A].
    source_nodes : (p,) array
        Nodes at which current enters or leaves.
    electrode_potential : (l,) array
        Potential of each electrode [V].
    sheet_power : (l,) array
        Power lost between each electrode and the tissue [W]; of phasors complex.
    residual : float
        Largest relative residual of the columns that made the field.
    patches : tuple of Patch
        The contacts on the skin; empty for nodal currents.

    Raises
    ------
    SolverError
        Delivered current is more than 0.1 % off, or the power in the body more than 0.5 %.
    """

    conductor: VolumeConductor
    potential: NDArray[Any]
    requested: NDArray[np.float64]
    sources: NDArray[Any]
    source_nodes: NDArray[np.int64]
    electrode_potential: NDArray[Any]
    sheet_power: NDArray[Any]
    residual: float
    patches: tuple[Patch, ...] = ()

    def __post_init__(self) -> None:
        if not self.delivered_error <= DELIVERED_GOAL:
            raise SolverError(
                f"the delivered current is {self.delivered_error:.2%} off (goal {DELIVERED_GOAL:.1%}); "
                "check that every contact lies on conducting skin"
            )
        if not self.body_power_error <= POWER_GOAL:
            raise SolverError(
                f"the power balance of the body is {self.body_power_error:.2%} off (goal {POWER_GOAL:.1%}); "
                "check conductivities and units"
            )

    @cached_property
    def E(self) -> NDArray[Any]:
        """Electric field of each element (m, 3) [V/m]; 0 where nothing conducts."""
        body = self.conductor
        field: NDArray[Any] = -np.einsum("mi,mij->mj", self.potential[body.tets], body.gradients)
        field[~body.conducting] = 0.0
        return field

    @cached_property
    def J(self) -> NDArray[Any]:
        """Current density of each element (m, 3) [A/m2]."""
        return apply(self.conductor.conductivity, self.E)

    @cached_property
    def power_density(self) -> NDArray[np.float64]:
        """Power dissipated per volume in each element (m,) [W/m3]."""
        return np.asarray(self._density.real)

    @cached_property
    def delivered(self) -> NDArray[Any]:
        """Current that each contact delivers (l,) [A], by the variational reaction of the stored J.

        The reaction of a node is ``-integral J . grad N dV``. A node shared by two contacts counts
        for each with what the other one puts in taken away.
        """
        reaction = self._reaction(self.source_nodes)
        total = self.sources.sum(axis=0)
        touched = self.sources != 0
        return np.array(
            [
                np.sum(reaction[mask] - total[mask] + own[mask])
                for own, mask in zip(self.sources, touched, strict=True)
            ]
        )

    @cached_property
    def delivered_current(self) -> float:
        """Current through the body [A]: half the sum of the magnitudes over all contacts and the ground."""
        ground = -self.delivered.sum()
        return 0.5 * float(np.abs(self.delivered).sum() + abs(ground))

    @cached_property
    def delivered_error(self) -> float:
        """Largest difference of delivered and requested current, relative to the largest request."""
        return float(np.abs(self.delivered - self.requested).max() / np.abs(self.requested).max())

    @cached_property
    def tissue_power(self) -> float:
        """Power dissipated in the body [W], from the stored J of each element."""
        return float(self.conductor.volumes @ self.power_density)

    @cached_property
    def contact_power(self) -> float:
        """Power dissipated between the electrodes and the tissue [W]."""
        return float(self.sheet_power.sum().real)

    @cached_property
    def power(self) -> float:
        """Power that the contacts put in and that is dissipated [W]."""
        return float(self._put_in.real)

    @cached_property
    def power_balance_error(self) -> float:
        """Relative difference of the power put in and the power in body and contacts.

        Of phasors with its imaginary part, which the capacitances hold: ``conj(U) I`` is the integral of
        ``kappa |E|^2`` and, in each sheet, of ``|dU|^2 / z``.
        """
        return float(abs(self._lost) / abs(self._put_in))

    @cached_property
    def body_power_error(self) -> float:
        """The same difference over the power left for the body: its errors drown in that of the contacts."""
        return float(abs(self._lost) / abs(self._put_in - self.sheet_power.sum()))

    @cached_property
    def _lost(self) -> Any:
        return self._put_in - self.conductor.volumes @ self._density - self.sheet_power.sum()

    @cached_property
    def resistance(self) -> float:
        """Power put in over the square of the current [ohm]; for two contacts their resistance."""
        return self.power / self.delivered_current**2

    @cached_property
    def impedance(self) -> complex:
        """Voltage over current of two contacts [ohm]; its real part is `resistance`."""
        return self._put_in.conjugate() / self.delivered_current**2

    @cached_property
    def tissue_power_fraction(self) -> dict[str, float]:
        """Share of the power in the body that each tissue takes; empty for a body without tissues."""
        body = self.conductor
        if body.tissue is None:
            return {}
        power = np.bincount(body.tissue, body.volumes * self.power_density, len(body.tissues))
        return dict(zip(body.tissues, (power / power.sum()).tolist(), strict=True))

    def inside(self, name: str) -> Statistics:
        """Statistics of E and J in a tissue, muscle or region, weighted by volume.

        Raises
        ------
        UnknownNameError
            The conductor has no such set.
        """
        members = self.conductor.sets[name]
        members = members[self.conductor.conducting[members]]
        volumes = self.conductor.volumes[members]
        return statistics(name, volumes, self.E[members], self.J[members], self.power_density[members])

    def __repr__(self) -> str:
        return (
            f"Field: {show(self.delivered_current, 'A')} delivered ({self.delivered_error:.1e} off), "
            f"{show(self.resistance, 'ohm')}{self._reactance}\n"
            f"tissue {show(self.tissue_power, 'W')}, contacts {show(self.contact_power, 'W')}, "
            f"power balance {self.power_balance_error:.1e}\n"
            f"residual {self.residual:.1e}, {len(self.conductor.nodes)} nodes, "
            f"ground node {self.conductor.ground}"
        )

    @property
    def _reactance(self) -> str:
        if not np.iscomplexobj(self.potential):
            return ""
        return f" with reactance {show(self.impedance.imag, 'ohm')}"

    @cached_property
    def _density(self) -> NDArray[Any]:
        return np.asarray(np.einsum("mi,mi->m", self.J, self.E.conj()))

    @cached_property
    def _put_in(self) -> complex:
        return complex(self.electrode_potential.conj() @ self.requested)

    def _reaction(self, nodes: NDArray[np.int64]) -> NDArray[Any]:
        body = self.conductor
        place = np.full(len(body.nodes), -1, dtype=np.int64)
        place[nodes] = np.arange(len(nodes))
        near = np.flatnonzero((place[body.tets] >= 0).any(axis=1))
        flux = -np.einsum("mij,mj->mi", body.gradients[near], self.J[near]) * body.volumes[near, None]
        index = place[body.tets[near]]
        inside = index >= 0
        total = np.zeros(len(nodes), flux.dtype)
        np.add.at(total, index[inside], flux[inside])
        return total


def field_of_nodes(lead: LeadField, sources: Mapping[int, float | str]) -> Field:
    """Field of currents [A] into nodes, which sum to 0; `LeadField.direct` takes any into the ground."""
    given = {node_number(node): as_amperes(amperes) for node, amperes in sources.items()}
    given = {node: amperes for node, amperes in given.items() if amperes}
    nodes = np.array(sorted(given), dtype=np.int64)
    amperes = np.array([given[int(node)] for node in nodes])
    if not len(nodes) or not np.isfinite(amperes).all():
        raise InputError(f"nodal currents are {dict(sources)}; expected at least one current that is not 0 A")
    total = math.fsum(amperes)
    if abs(total) > BALANCE * np.abs(amperes).max():
        raise InputError(
            f"the currents into the nodes sum to {total:.3g} A; expected 0, so give the nodes where the rest "
            f"leaves too (the ground is node {lead.conductor.ground})"
        )
    potential = _mix(lead, nodes, amperes)
    return Field(
        conductor=lead.conductor,
        potential=potential,
        requested=amperes,
        sources=np.diag(amperes),
        source_nodes=nodes,
        electrode_potential=potential[nodes],
        sheet_power=np.zeros(len(nodes)),
        residual=lead.residual,
    )


def field_of_contacts(lead: LeadField, contacts: Sequence[Any], current: Current) -> Field:
    """Field of contacts driven by currents, by the complete electrode model."""
    for contact in contacts:
        if not isinstance(contact, Contact):
            raise InputError(
                f"a contact is {contact!r}; expected Contact objects, or one mapping of node to A alone"
            )
    drive = contact_currents(current, len(contacts))
    body = lead.conductor
    if body.is_complex and body.frequency is None:
        for contact in contacts:
            if contact.impedance is not None and contact.contact_impedance is None:
                raise InputError(
                    "the body has a complex admittivity and no frequency at which an electrode has its "
                    "impedance; give VolumeConductor(frequency=...) or Contact(contact_impedance=...)"
                )
    patches = tuple(contact.on(body.surface, body.frequency) for contact in contacts)
    check_contacts(lead.conductor, patches)
    nodes = patch_nodes(patches)
    rows = lead.matrix(nodes)
    place = lead.target_index[nodes]
    if (place < 0).any():
        raise InputError("the lead field does not keep the skin; make one with the default target")
    found = solve_contacts(rows[:, place], patches, drive)
    return Field(
        conductor=lead.conductor,
        potential=_mix(lead, nodes, found.currents, rows),
        requested=drive,
        sources=found.by_contact,
        source_nodes=nodes,
        electrode_potential=found.potentials,
        sheet_power=found.contact_power,
        residual=lead.residual,
        patches=patches,
    )


def _mix(
    lead: LeadField,
    nodes: NDArray[np.int64],
    amperes: NDArray[Any],
    rows: NDArray[Any] | None = None,
) -> NDArray[Any]:
    body = lead.conductor
    if len(lead.target_nodes) < int(body.conducting_nodes.sum()):
        raise InputError("the lead field keeps only some nodes; make one with the default target for fields")
    columns = lead.matrix(nodes) if rows is None else rows
    kind = np.result_type(amperes.dtype, columns.dtype, np.float64)
    potential = np.zeros(len(body.nodes), kind)
    mixed = np.zeros(len(lead.target_nodes), kind)
    for ampere, column in zip(amperes, columns, strict=True):
        mixed += ampere * column.astype(kind)
    potential[lead.target_nodes] = mixed
    return potential
