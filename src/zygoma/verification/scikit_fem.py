"""Case of another code on the same mesh: scikit-fem with its own assembly, constraint and solver."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.field.conductor import VolumeConductor
from zygoma.field.leadfield import LeadField
from zygoma.verification.numerics import block, contact_pair
from zygoma.verification.record import Record

CURRENT = 1e-3  # [A]


def scikit_fem() -> list[Record]:
    """Potential and resistance of two uniform-current contacts on the anisotropic block."""
    body = block()
    sources = nodal_currents(body)
    ground = int(np.setdiff1d(np.arange(len(body.nodes)), body.free)[0])
    other = solve(body, sources, ground)
    lead = LeadField(body, cache=False)
    nodes = np.flatnonzero(sources)
    own = lead.direct(dict(zip(nodes.tolist(), sources[nodes].tolist(), strict=True)))
    field = lead.field(*contact_pair(None), current=CURRENT)
    lead.close()
    potential = float(np.abs(own - other).max() / np.ptp(other))
    resistance = float(sources @ other) / CURRENT**2
    problem, source = "two contacts on the anisotropic block", "scikit-fem: assemble, condense, solve"
    return [
        Record(
            "scikit-fem-potential",
            problem,
            "potential, largest difference over its range",
            potential,
            1e-9,
            source,
        ),
        Record(
            "scikit-fem-resistance",
            problem,
            "resistance of the field of contacts, relative difference",
            abs(field.resistance / resistance - 1),
            1e-6,
            source,
        ),
    ]


def nodal_currents(body: VolumeConductor) -> NDArray[np.float64]:
    """Currents (n,) [A] of two contacts with uniform current density."""
    sources = np.zeros(len(body.nodes))
    for contact, amperes in zip(contact_pair(None), (CURRENT, -CURRENT), strict=True):
        patch = contact.on(body.surface)
        sources[patch.nodes] += amperes * patch.weights / patch.area
    return sources


def solve(body: VolumeConductor, sources: NDArray[Any], ground: int) -> NDArray[np.float64]:
    """Potential (n,) [V] by scikit-fem alone: the form in tensor notation, `condense` and `solve`."""
    from skfem import Basis, BilinearForm, ElementTetP1, MeshTet, condense
    from skfem import solve as solve_system
    from skfem.helpers import dot, grad, mul

    mesh = MeshTet(np.ascontiguousarray(body.nodes.T), np.ascontiguousarray(body.tets.T), validate=False)
    basis = Basis(mesh, ElementTetP1())
    tensor = np.asarray(body.conductivity)[:, [0, 3, 4, 3, 1, 5, 4, 5, 2]].T.reshape(3, 3, -1, 1)
    matrix = BilinearForm(lambda u, v, w: dot(mul(tensor, grad(u)), grad(v))).assemble(basis)
    return np.asarray(solve_system(*condense(matrix, sources, D=np.array([ground]))))
