"""Cases of the discrete system of the average head: reciprocity, lead field, multigrid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zygoma.face import Face
from zygoma.field.conductor import VolumeConductor
from zygoma.field.leadfield import LeadField
from zygoma.field.solver import Choice, factorise
from zygoma.verification.record import Record

# far from each other, on both sides, over thick and thin layers
_PLACES = ("mid_cheek_r", "mid_cheek_l", "trichion", "gonion_r")


def head_identities(resolution: str = "coarse") -> list[Record]:
    """Reciprocity and lead field against a direct solve on the average head."""
    face = Face.average(resolution=resolution)
    lead = LeadField(VolumeConductor.from_face(face), cache=False)
    nodes = skin_nodes(face)
    Z = np.array([lead.direct({node: 1.0})[nodes] for node in nodes])
    reciprocity = float((np.abs(Z - Z.T) / np.abs(Z)).max())
    sources = dict(zip(nodes, (400e-6, -250e-6, -100e-6, -50e-6), strict=True))
    field, direct = lead.field(sources), lead.direct(sources)
    lead.close()
    stored = float(np.abs(field.potential - direct).max() / np.abs(direct).max())
    case = f"average head, {resolution}"
    return [
        Record(
            "head-reciprocity",
            case,
            f"reciprocity of {len(nodes)} skin nodes, worst pair",
            reciprocity,
            1e-8,
            "symmetry",
        ),
        Record(
            "head-lead-field", case, "lead field v. direct solve", stored, 1e-6, "direct solve in float64"
        ),
    ]


def head_solvers(resolution: str = "coarse") -> list[Record]:
    """Multigrid against Cholesky on the average head, two columns."""
    face = Face.average(resolution=resolution)
    body = VolumeConductor.from_face(face)
    nodes = skin_nodes(face)[:2]
    cholesky, multigrid = columns(body, nodes, "cholesky"), columns(body, nodes, "amg")
    away = cholesky - cholesky.mean(axis=0)
    off = np.linalg.norm(multigrid - cholesky, axis=0) / np.linalg.norm(away, axis=0)
    return [
        Record(
            "head-solvers-multigrid",
            f"average head, {resolution}",
            "multigrid v. Cholesky, relative L2 difference of a column",
            float(off.max()),
            1e-6,
            "sparse factorisation",
        )
    ]


def skin_nodes(face: Face) -> list[int]:
    """Skin nodes next to some landmarks."""
    points = face.skin.points
    return [int(np.argmin(np.linalg.norm(points - face.landmark(name), axis=1))) for name in _PLACES]


def columns(body: VolumeConductor, nodes: list[int], solver: Choice) -> NDArray[np.float64]:
    """Potentials (free nodes, k) [V] for 1 A into each node by one solver."""
    rhs = np.zeros((len(body.free), len(nodes)))
    rhs[np.searchsorted(body.free, nodes), np.arange(len(nodes))] = 1.0
    engine = factorise(body.stiffness[body.free][:, body.free], solver)
    found = engine.solve(rhs)
    engine.free()
    return found
