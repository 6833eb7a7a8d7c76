"""Cases of complex admittivity: closed forms, identities and the limit of a real body."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.field.conductor import VolumeConductor
from zygoma.field.contact import Contact
from zygoma.field.leadfield import LeadField
from zygoma.field.solver import factorise
from zygoma.field.tensors import apply
from zygoma.verification.layered import slab_mode
from zygoma.verification.meshes import box, centroids
from zygoma.verification.numerics import block, contact_pair
from zygoma.verification.record import Record

_TURN = 0.6  # displacement over conduction current of the block
_SHEET = 0.05 - 0.1j  # impedance of the contacts [ohm m2]


def admittivity(cells: tuple[int, ...] = (8, 16, 32)) -> list[Record]:
    """A scaled body, the real limit, reciprocity, contacts, and the slab mode with a complex contrast."""
    body, case = block(), "block, complex admittivity"
    top = body.surface.node_ids
    k, l = (int(node) for node in top[[31, len(top) // 2]])
    real = LeadField(body, cache=False)
    turned = LeadField(_like(body, body.conductivity * (1 + 1j * _TURN)), cache=False)
    still = LeadField(_like(body, body.conductivity + 0j), cache=False)
    spread = LeadField(layered_block(), cache=False)
    exact = real.direct({k: 1.0, l: -1.0})
    size = np.abs(exact).max()
    scaled = turned.direct({k: 1.0, l: -1.0}) * (1 + 1j * _TURN)
    limit = still.direct({k: 1.0, l: -1.0})
    from_k, from_l = spread.direct({k: 1.0}), spread.direct({l: 1.0})
    contacts = [Contact(contact.point, contact.electrode, _SHEET) for contact in contact_pair()]
    field = spread.field(*contacts, current="1 mA")
    for lead in (real, turned, still, spread):
        lead.close()
    found = [
        Record(
            "admittivity-scaled",
            case,
            "scaled body v. real one",
            _largest(scaled - exact, size),
            1e-12,
            "linearity",
        ),
        Record(
            "admittivity-real-limit",
            case,
            "no displacement current v. real body",
            _largest(limit - exact, size),
            1e-12,
            "limit",
        ),
        Record(
            "admittivity-reciprocity",
            case,
            "reciprocity",
            float(abs(from_k[l] / from_l[k] - 1)),
            1e-8,
            "symmetry",
        ),
        Record(
            "admittivity-delivered",
            case,
            "delivered current off",
            field.delivered_error,
            1e-3,
            "variational reaction",
        ),
        Record(
            "admittivity-power",
            case,
            "complex power balance off",
            field.power_balance_error,
            5e-3,
            "stored J and sheets",
        ),
    ]
    return found + complex_slab(cells)


def complex_slab(cells: tuple[int, ...] = (8, 16, 32)) -> list[Record]:
    """Orders on the two-layer slab mode: conduction above, mostly displacement current below, anisotropic."""
    k, interface, upper, lower = np.pi, 0.5, 1.0 + 0.1j, (0.02 + 0.03j, 0.01 + 0.03j)
    errors = []
    for n in cells:
        line = np.linspace(0.0, 1.0, n + 1)
        nodes, tets = box(line, np.array([0.0, 1.0, 2.0]) / n, line)
        middles = centroids(nodes, tets)
        below = middles[:, 2] < interface
        tensors = np.zeros((len(tets), 6), complex)
        tensors[:, :3] = np.where(below[:, None], [lower[0], lower[0], lower[1]], upper)
        body = VolumeConductor(nodes, tets, tensors)
        exact, _ = slab_mode(nodes[:, 0], nodes[:, 2], k, interface, upper, lower)
        fixed = (nodes[:, 2] == 0) | (nodes[:, 2] == 1)
        phi = np.where(fixed, exact, 0)
        matrix = body.stiffness
        phi[~fixed] = factorise(matrix[~fixed][:, ~fixed]).solve(-(matrix @ phi)[~fixed])
        J = apply(body.conductivity, -np.einsum("mi,mij->mj", phi[tets], body.gradients))
        _, flow = slab_mode(middles[:, 0], middles[:, 2], k, interface, upper, lower)
        # at the middles of the elements J has its first order; at nodes the potential has its second
        errors.append((_relative(phi - exact, exact), _relative(J - flow, flow)))
    orders = np.log2(np.array(errors[-2]) / np.array(errors[-1])) / np.log2(cells[-1] / cells[-2])
    case, source = "slab mode, complex contrast, anisotropic", "separation of variables"
    return [
        Record(
            "admittivity-slab-order-potential",
            case,
            "order of potential at the nodes",
            float(orders[0]),
            1.8,
            source,
            True,
        ),
        Record(
            "admittivity-slab-order-density",
            case,
            "order of current density at the middles",
            float(orders[1]),
            0.9,
            source,
            True,
        ),
        Record(
            "admittivity-slab-error",
            case,
            f"relative error of potential, {cells[-1]} cells",
            errors[-1][0],
            0.003,
            source,
        ),
    ]


def layered_block() -> VolumeConductor:
    """The block of `numerics` with another displacement current in each layer."""
    body = block()
    assert body.tissue is not None
    susceptance = np.array([0.01, 0.002, 0.2])[body.tissue]
    tensors = body.conductivity.astype(complex)
    tensors[:, :3] += 1j * susceptance[:, None]
    return _like(body, tensors)


def _like(body: VolumeConductor, conductivity: NDArray[Any]) -> VolumeConductor:
    return VolumeConductor(
        body.nodes, body.tets, conductivity, tissue=body.tissue, tissues=body.tissues, ground=body.ground
    )


def _largest(difference: NDArray[Any], size: float) -> float:
    return float(np.abs(difference).max() / size)


def _relative(difference: NDArray[Any], exact: NDArray[Any]) -> float:
    return float(np.linalg.norm(difference) / np.linalg.norm(exact))
