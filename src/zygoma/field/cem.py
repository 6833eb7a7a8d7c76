"""Complete electrode model solved exactly on the patches, by a small dense system.

With ``Z`` the lead field between the patch nodes [ohm], ``M = sum_l mass_l / z_l``,
``b_l = weights_l / z_l`` and ``G = diag(area_l / z_l)`` [S] the potentials of patch and electrodes obey

    [ I + Z M   -Z B ] [ phi ]   [ Z i_u ]
    [  -B^T      G   ] [  U  ] = [   I   ]

(the Woodbury identity for the bordered system); the nodal currents are ``i = B U - M phi + i_u``,
where ``i_u`` are those of contacts with uniform current density, which have no impedance. ``Z`` and ``z``
may be complex; then potentials and currents are phasors. The system is symmetric, so nothing is conjugated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import InputError
from zygoma.field.contact import Patch


@dataclass(frozen=True)
class ContactSolution:
    """Currents and potentials of a set of contacts.

    Attributes
    ----------
    nodes : (p,) array
        Nodes of all patches, ascending.
    currents : (p,) array
        Current into each node [A].
    by_contact : (l, p) array
        The same, contact by contact [A].
    potentials : (l,) array
        Potential of each electrode [V]; for uniform current density its mean over the patch.
    contact_power : (l,) array
        Power lost in the sheet between metal and tissue [W]; of phasors ``integral |dU|^2 / z``, complex.
    """

    nodes: NDArray[np.int64]
    currents: NDArray[Any]
    by_contact: NDArray[Any]
    potentials: NDArray[Any]
    contact_power: NDArray[Any]


def patch_nodes(patches: Sequence[Patch]) -> NDArray[np.int64]:
    """Nodes of all patches (p,), ascending: the order of the rows of `Z` in `solve_contacts`."""
    return np.unique(np.concatenate([patch.nodes for patch in patches]))


def solve_contacts(Z: ArrayLike, patches: Sequence[Patch], currents: ArrayLike) -> ContactSolution:
    """Nodal currents of current-driven contacts.

    Parameters
    ----------
    Z : (p, p) array
        Potential at patch node j for unit current into patch node i [ohm], in the order of `patch_nodes`.
    patches : sequence of Patch
        The contacts, L of them.
    currents : (L,) array
        Current of each contact [A], into the body positive; their sum is 0.

    Raises
    ------
    InputError
        Shapes do not fit, or the currents do not sum to 0.
    """
    nodes = patch_nodes(patches)
    given = [np.asarray(Z), *(np.asarray(p.contact_impedance) for p in patches if p.contact_impedance)]
    kind = np.complex128 if any(map(np.iscomplexobj, given)) else np.float64
    resistance = given[0].astype(kind)
    drive = np.asarray(currents, dtype=np.float64)
    size, count = len(nodes), len(patches)
    if resistance.shape != (size, size) or drive.shape != (count,):
        raise InputError(
            f"Z has shape {resistance.shape} and currents {drive.shape}; "
            f"expected ({size}, {size}) and ({count},)"
        )
    if abs(drive.sum()) > 1e-9 * np.abs(drive).max():
        raise InputError(f"the currents of the contacts sum to {drive.sum():.3g} A; expected 0")
    resistance = 0.5 * (resistance + resistance.T)
    places = [np.searchsorted(nodes, patch.nodes) for patch in patches]
    sheets = [k for k, patch in enumerate(patches) if patch.contact_impedance is not None]
    by_contact = np.zeros((count, size), kind)
    for k, patch in enumerate(patches):
        if patch.contact_impedance is None:
            by_contact[k, places[k]] = drive[k] * patch.weights / patch.area
    M: NDArray[Any] = np.zeros((size, size), kind)
    B = np.zeros((size, len(sheets)), kind)
    G = np.zeros(len(sheets), kind)
    for column, k in enumerate(sheets):
        z = patches[k].contact_impedance or 1.0
        M[np.ix_(places[k], places[k])] += patches[k].mass / z
        B[places[k], column] = patches[k].weights / z
        G[column] = patches[k].area / z
    system = np.block([[np.eye(size) + resistance @ M, -resistance @ B], [-B.T, np.diag(G)]])
    known = np.concatenate([resistance @ by_contact.sum(axis=0), drive[sheets]])
    solution = np.linalg.solve(system, known)
    phi = solution[:size]
    potentials, power = np.empty(count, kind), np.zeros(count, kind)
    for column, k in enumerate(sheets):
        patch, U = patches[k], solution[size + column]
        z = patch.contact_impedance or 1.0
        under = phi[places[k]]
        by_contact[k, places[k]] = (patch.weights * U - patch.mass @ under) / z
        potentials[k] = U
        drop = U - under  # its square over the patch: the weights sum the rows of the mass
        power[k] = drop.conj() @ patch.mass @ drop / z
    for k, patch in enumerate(patches):
        if patch.contact_impedance is None:
            potentials[k] = patch.weights @ phi[places[k]] / patch.area
    return ContactSolution(nodes, by_contact.sum(axis=0), by_contact, potentials, power)
