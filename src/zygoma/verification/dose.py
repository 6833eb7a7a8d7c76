"""Case of the dose of a session: the compiled sums in float32 against a plain evaluation in float64."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.device import Waveform
from zygoma.field.cem import patch_nodes, solve_contacts
from zygoma.field.conductor import VolumeConductor
from zygoma.field.contact import Contact
from zygoma.field.leadfield import LeadField
from zygoma.field.tensors import apply
from zygoma.treatment import Timetable
from zygoma.treatment.dose import THRESHOLD, Dose
from zygoma.treatment.session import Session
from zygoma.verification.numerics import block
from zygoma.verification.record import Record

Array = NDArray[np.float64]

CURRENT, RADIUS, IMPEDANCE = 400e-6, 4e-3, 0.2  # [A], [m], [ohm m2]
_TOP = 20e-3
_PAIRS = np.array(
    [
        [[10.2e-3, 9.1e-3, _TOP], [10.7e-3, 20.8e-3, _TOP]],
        [[19.6e-3, 9.3e-3, _TOP], [20.4e-3, 21.2e-3, _TOP]],
        [[29.9e-3, 8.8e-3, _TOP], [28.7e-3, 20.6e-3, _TOP]],
    ]
)
_VISITS = [0] * 40 + [1] * 25 + [2] * 60 + [1] * 15  # one position after the other, one of them twice
_TICK = 0.05  # [s]
_SHOWN = 1e-3  # share of the largest value below which an element says nothing about rounding


@dataclass(frozen=True)
class Body:
    """The block as a body with tissues, its skin on top."""

    tissue: NDArray[Any]
    depth_rank: NDArray[Any]
    fibre: NDArray[Any]
    tissues: tuple[str, ...] = ("bone", "fat", "skin")


def dose_sums() -> list[Record]:
    """Charge density, peak, rms and residence time of a triangular current at three places of a pair."""
    conductor = block()
    found, expected = session_dose(conductor), direct_sums(conductor)
    problem, source = "anisotropic block, three places, triangle", "direct sum in float64"
    records = []
    for name, words in (
        ("charge", "integral of |J| over time"),
        ("peak", "largest |J|"),
        ("rms", "rms of J"),
    ):
        exact = expected[name]
        own = exact > _SHOWN * exact.max()
        off = np.abs(np.asarray(getattr(found, name), dtype=np.float64)[own] / exact[own] - 1)
        quantity = f"{words}, largest relative error of an element"
        records.append(Record(f"dose-{name}", problem, quantity, float(off.max()), 1e-4, source))
    # the amplitude is cut into 4096 bins, so a time may be off by one of them
    off = np.abs(found.residence - expected["residence"]) / found.session
    quantity = "time above 0.1 A/m2, largest error over the session"
    return [*records, Record("dose-residence", problem, quantity, float(off.max()), 5e-4, source)]


def session_dose(conductor: VolumeConductor) -> Dose:
    """Dose by the session's own way: lead field, contacts, compiled kernel."""
    layer = np.asarray(conductor.tissue)
    body = Body(
        layer.astype(np.uint8), np.array([4, 1, 0], np.uint8)[layer], np.zeros((len(layer), 3), np.float32)
    )
    steps = np.zeros(len(_VISITS), np.int32)
    table = Timetable(
        _PAIRS[:, 0], _PAIRS[:, 1], np.array(_VISITS, np.int32), steps, ("hold",), _TICK, RADIUS
    )
    lead = LeadField(conductor, cache=False)
    session = Session(lead, body, table, RADIUS, IMPEDANCE)
    session.solve()
    dose = session.dose(Waveform.triangle(CURRENT, 8.0))
    lead.close()
    return dose


def direct_sums(conductor: VolumeConductor) -> dict[str, Array]:
    """The same sums from one float64 solution for each place, with the triangle's averages in closed form."""
    seconds = np.bincount(_VISITS) * _TICK
    size = np.stack([np.linalg.norm(current_density(conductor, pair), axis=1) for pair in _PAIRS])
    # of a triangle the mean is a half, the mean square a third, and |i| exceeds x times its peak for 1 - x
    above = np.clip(1 - THRESHOLD / np.maximum(size, 1e-30), 0.0, 1.0)
    return {
        "charge": np.asarray(0.5 * seconds @ size),
        "peak": np.asarray(size.max(axis=0)),
        "rms": np.sqrt(seconds @ size**2 / 3 / seconds.sum()),
        "residence": np.asarray(seconds @ above),
    }


def current_density(conductor: VolumeConductor, ends: Array) -> Array:
    """Current density (m, 3) [A/m2] of a pair at the peak of the current, in float64 throughout."""
    lead = LeadField(conductor, cache=False)
    patches = [Contact(end, RADIUS, IMPEDANCE).on(conductor.surface) for end in ends]
    nodes = patch_nodes(patches)
    Z = np.stack([lead.direct({int(node): 1.0})[nodes] for node in nodes])
    currents = solve_contacts(Z, patches, [CURRENT, -CURRENT]).by_contact.sum(axis=0)
    potential = lead.direct(dict(zip(nodes.tolist(), currents.tolist(), strict=True)))
    lead.close()
    E = -np.einsum("mi,mij->mj", potential[conductor.tets], conductor.gradients)
    return apply(conductor.conductivity, E)
