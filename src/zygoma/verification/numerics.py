"""Cases that the discrete system must fulfil on any body: identities, reciprocity, agreement of routes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from zygoma.field.cem import patch_nodes, solve_contacts
from zygoma.field.conductor import VolumeConductor
from zygoma.field.contact import Contact, Patch
from zygoma.field.leadfield import LeadField
from zygoma.field.solver import factorise
from zygoma.verification.assembly import assemble_numpy
from zygoma.verification.meshes import box
from zygoma.verification.record import Record

_SIZE = (40e-3, 30e-3, 20e-3)


def block(cells: int = 12, seed: int = 1) -> VolumeConductor:
    """Block of 40 x 30 x 20 mm with uneven nodes, three layers and a random tensor in each element."""
    rng = np.random.default_rng(seed)
    lines = [np.linspace(0, size, round(cells * size / _SIZE[1]) + 1) for size in _SIZE]
    nodes, tets = box(*lines)
    step = _SIZE[1] / cells
    inside = (nodes > 1e-9) & (nodes < np.array(_SIZE) - 1e-9)
    nodes = nodes + inside * rng.uniform(-0.12, 0.12, nodes.shape) * step
    height = nodes[tets][:, :, 2].mean(axis=1)
    layer = np.searchsorted([8e-3, 15e-3], height)
    scale = np.array([0.008, 0.05, 0.3])[layer]
    skew = rng.normal(size=(len(tets), 3, 3)) * 0.3 + np.eye(3)
    tensors = scale[:, None, None] * np.einsum("mij,mkj->mik", skew, skew)
    tensors += 0.2 * scale[:, None, None] * np.eye(3)
    return VolumeConductor(nodes, tets, tensors, tissue=layer, tissues=("bone", "fat", "skin"))


def contact_pair(impedance: float | None = 0.2) -> tuple[Contact, Contact]:
    """Two contacts of 4 mm radius on top of the block, off its nodes."""
    top = _SIZE[2]
    return Contact([13.3e-3, 14.1e-3, top], 4e-3, impedance), Contact(
        [26.8e-3, 16.2e-3, top], 4e-3, impedance
    )


def identities() -> list[Record]:
    """Symmetry, zero row sums, a linear field, volume, and the independent assembly."""
    body = block()
    K = body.stiffness
    size = abs(K).max()
    x = body.nodes @ np.array([0.3, -0.2, 0.9])
    gradient = np.einsum("mi,mij->mj", x[body.tets], body.gradients)
    c = body.conductivity
    tensors = c[:, [0, 3, 4, 3, 1, 5, 4, 5, 2]].reshape(-1, 3, 3)
    other = assemble_numpy(body.nodes, body.tets, tensors)
    volume = float(np.prod(_SIZE))
    case = "anisotropic block"
    return [
        Record(
            "identities-row-sums",
            case,
            "row sums of the matrix",
            float(abs(K @ np.ones(K.shape[0])).max() / size),
            1e-12,
            "identity",
        ),
        Record(
            "identities-symmetry",
            case,
            "asymmetry of the matrix",
            float(abs(K - K.T).max() / size),
            1e-12,
            "identity",
        ),
        Record(
            "identities-gradient",
            case,
            "gradient of a linear field",
            float(abs(gradient - [0.3, -0.2, 0.9]).max()),
            1e-12,
            "identity",
        ),
        Record(
            "identities-volume",
            case,
            "volume",
            abs(float(body.volumes.sum()) / volume - 1),
            1e-12,
            "identity",
        ),
        Record(
            "identities-assembly",
            case,
            "scikit-fem v. own assembly",
            float(abs(K - other).max() / size),
            1e-12,
            "own numpy assembly",
        ),
    ]


def routes() -> list[Record]:
    """Reciprocity, lead field against direct solve, Cholesky against multigrid, choice of ground."""
    body = block()
    top = body.surface.node_ids
    top = top[np.isclose(body.nodes[top, 2], _SIZE[2])]
    k, l, m = (int(node) for node in top[[31, len(top) // 2, -40]])
    lead = LeadField(body, cache=False)
    from_k, from_l = lead.direct({k: 1.0}), lead.direct({l: 1.0})
    reciprocity = abs(from_k[l] - from_l[k]) / abs(from_k[l])
    field = lead.field({k: 2e-3, l: -0.5e-3, m: -1.5e-3})
    direct = lead.direct({k: 2e-3, l: -0.5e-3, m: -1.5e-3})
    stored = np.abs(field.potential - direct).max() / np.abs(direct).max()
    lead.close()
    slow = LeadField(body, cache=False, solver="amg")
    multigrid = (
        np.abs(slow.direct({k: 1.0, l: -1.0}) - (from_k - from_l)).max() / np.abs(from_k - from_l).max()
    )
    backward = slow.direct({k: 1.0})[l], slow.direct({l: 1.0})[k]
    other = VolumeConductor(body.nodes, body.tets, body.conductivity, ground=int(top[5]))
    lead = LeadField(other, cache=False)
    moved = lead.direct({k: 1.0, l: -1.0}) - (from_k - from_l)
    lead.close()
    ground = float(np.ptp(moved) / np.ptp(from_k - from_l))
    case = "anisotropic block"
    return [
        Record("routes-reciprocity-cholesky", case, "reciprocity, Cholesky", reciprocity, 1e-8, "symmetry"),
        Record(
            "routes-reciprocity-multigrid",
            case,
            "reciprocity, multigrid",
            abs(backward[0] / backward[1] - 1),
            1e-8,
            "symmetry",
        ),
        Record(
            "routes-lead-field",
            case,
            "lead field v. direct solve",
            float(stored),
            1e-6,
            "direct solve in float64",
        ),
        Record(
            "routes-multigrid",
            case,
            "multigrid v. Cholesky",
            float(multigrid),
            1e-6,
            "sparse factorisation",
        ),
        Record("routes-ground", case, "dependence on the ground node", ground, 1e-9, "net current is zero"),
    ]


def contacts() -> list[Record]:
    """Complete electrode model against the bordered system, delivered current, power balance, sliding."""
    body = block()
    pair = contact_pair()
    patches = [contact.on(body.surface) for contact in pair]
    nodes = patch_nodes(patches)
    lead = LeadField(body, cache=False)
    Z = np.stack([lead.direct({int(node): 1.0})[nodes] for node in nodes])
    small = solve_contacts(Z, patches, [1e-3, -1e-3])
    U = bordered(body, patches, np.array([1e-3, -1e-3]))
    # over the voltage of the tissue alone, for the sheets are in series and would hide a difference
    tissue = U[0] - U[1] - 1e-3 * sum(0.2 / patch.area for patch in patches)
    woodbury = float(np.abs(small.potentials - U).max() / tissue)
    field = lead.field(*pair, current="1 mA")
    case = "two contacts on the anisotropic block"
    found = [
        Record(
            "contacts-woodbury",
            case,
            "Woodbury v. bordered system, potentials",
            woodbury,
            1e-10,
            "bordered system solved as a whole",
        ),
        Record(
            "contacts-delivered-current",
            case,
            "delivered current off",
            field.delivered_error,
            1e-3,
            "variational reaction",
        ),
        Record(
            "contacts-power-balance",
            case,
            "power balance off",
            field.power_balance_error,
            5e-3,
            "stored J of each element",
        ),
        Record(
            "contacts-sliding",
            case,
            "sliding in 0.1 mm steps, second difference",
            sliding(lead),
            5e-4,
            "smoothness",
        ),
    ]
    lead.close()
    return found


def sliding(lead: LeadField, step: float = 0.1e-3, steps: int = 60) -> float:
    """Largest second difference of the voltage of a pair of which one slides, over its mean."""
    start = np.array([12.0e-3, 13.1e-3, _SIZE[2]])
    way = np.array([0.8, 0.6, 0.0]) * step
    fixed = Contact([30.0e-3, 13.0e-3, _SIZE[2]], 4e-3, 0.2)
    voltage = []
    for i in range(steps):
        patches = [
            Contact(start + i * way, 4e-3, 0.2).on(lead.conductor.surface),
            fixed.on(lead.conductor.surface),
        ]
        nodes = patch_nodes(patches)
        Z = lead.matrix(nodes)[:, lead.target_index[nodes]]
        U = solve_contacts(Z, patches, [1e-3, -1e-3]).potentials
        # the voltage across the tissue: the sheet alone would hide every jump
        voltage.append(U[0] - U[1] - 1e-3 * sum(0.2 / patch.area for patch in patches))
    second = [c - 2 * b + a for a, b, c in zip(voltage[:-2], voltage[1:-1], voltage[2:], strict=True)]
    assert all(a != b for a, b in pairwise(voltage))
    return float(np.abs(second).max() / abs(np.mean(voltage)))


def bordered(body: VolumeConductor, patches: list[Patch], drive: NDArray[np.float64]) -> NDArray[np.float64]:
    """Electrode potentials [V] from the complete electrode model as one bordered sparse system."""
    free = body.free
    place = np.full(len(body.nodes), -1)
    place[free] = np.arange(len(free))
    matrix = body.stiffness[free][:, free].tolil()
    border = sparse.lil_matrix((len(free), len(patches)))
    own = np.zeros(len(patches))
    for column, patch in enumerate(patches):
        z = patch.contact_impedance or 1.0
        rows = place[patch.nodes]
        matrix[np.ix_(rows, rows)] += patch.mass / z
        border[rows, column] = -patch.weights[:, None] / z
        own[column] = patch.area / z
    whole = sparse.bmat([[matrix, border], [border.T, sparse.diags(own)]], format="csr")
    solver = factorise(whole)
    rhs = np.concatenate([np.zeros(len(free)), drive])[:, None]
    U = solver.solve(rhs)[len(free) :, 0]
    solver.free()
    return np.asarray(U)
