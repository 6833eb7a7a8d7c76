"""One sample: a face, its conductor and one session on it, summed up in a few hundred numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from zygoma.plan.plan import Plan
from zygoma.plan.prior import priors
from zygoma.provenance import content_hash, load_data, versions

if TYPE_CHECKING:
    from zygoma.treatment import Dose, SetDose

QUANTITIES = ("charge_density", "J_mean", "J_p95", "E_fibre_p95")
"""Numbers of a muscle or region that are carried through; names of `SetDose`."""

UNITS = {"charge_density": "C_m2", "J_mean": "A_m2", "J_p95": "A_m2", "E_fibre_p95": "V_m"}

KINDS = ("muscles", "regions", "face")
"""What numbers of a sample are of."""

Numbers = dict[str, float]
"""Numbers of a sample by ``kind/name/quantity``, where kind is one of `KINDS`."""

_DATA = ("tissues.toml", "anatomy.toml", "layers.toml", "muscles.toml", "programmes.toml")
_shared: dict[tuple[str, int], Any] = {}  # the order of elimination that this process found last


@dataclass(frozen=True)
class Sample:
    """What one sample is made of.

    Attributes
    ----------
    plan : Plan
        Face, device and programme.
    resolution : str
        Of the mesh.
    germ : mapping of str to float
        Standardised logarithm of each uncertain property; those left out are nominal.
    ground : int or None
        Node at which the potential is 0; samples with the same one share the order of elimination.
    """

    plan: Plan
    resolution: str
    germ: Mapping[str, float] = field(default_factory=dict)
    ground: int | None = None

    @property
    def hash(self) -> str:
        """Content hash of all that the numbers depend on."""
        from zygoma.field.solver import choose
        from zygoma.plan.drive import Drive
        from zygoma.treatment import Programme

        drive, asked = Drive.of(self.plan.device), self.plan.programme
        who = self.plan.face.model_dump(exclude={"morphs"})
        apparatus = [drive.waveform.to_dict(), drive.electrode.to_dict(), drive.hash]
        strokes = [asked.model_dump(exclude={"sessions"}), asdict(Programme.load(asked.name))]
        data = [load_data(name) for name in _DATA]
        how = [self.resolution, self.ground, choose(), versions()["zygoma"]]
        return content_hash(who, self.changes(), apparatus, strokes, data, how)

    def changes(self) -> tuple[dict[str, float], dict[str, float], float]:
        """Conductivities by tissue [S/m], morphs of the face, factor on the contact impedance."""
        from zygoma.face.morph import FACTOR_RANGE
        from zygoma.face.tissue import Tissue

        sigma: dict[str, float] = {}
        morphs, contact = dict(self.plan.face.morphs), 1.0
        for prior in priors():
            if prior.name not in self.germ:
                continue
            value = float(prior.value(self.germ[prior.name]))
            if prior.target == "contact":
                contact = value
            for name in prior.acts_on:
                if prior.target == "thickness":
                    morphs[name] = min(max(morphs.get(name, 1.0) * value, FACTOR_RANGE[0]), FACTOR_RANGE[1])
                else:
                    sigma[name] = value if prior.unit == "S/m" else value * Tissue.load(name).sigma
        return sigma, morphs, contact


def compute(sample: Sample) -> Numbers:
    """All numbers of a sample; nothing per element is kept.

    Raises
    ------
    InputError, MeshError, SolverError
        As `zygoma.plan.treat`.
    """
    from zygoma.face import Face
    from zygoma.field import LeadField, VolumeConductor
    from zygoma.plan.drive import Drive
    from zygoma.treatment import Programme
    from zygoma.treatment.session import Session

    plan, who, asked = sample.plan, sample.plan.face, sample.plan.programme
    sigma, morphs, contact = sample.changes()
    drive = Drive.of(plan.device)
    face = Face.average(sex=who.sex, age=who.age, bmi=who.bmi, resolution=sample.resolution, **morphs)
    conductor = VolumeConductor.from_face(face, sigma, ground=sample.ground)
    radius = drive.electrode.contact_radius
    programme = Programme.load(asked.name)
    timetable = programme.timetable(face, asked.technique, asked.neck, asked.session, radius)
    key = (sample.resolution, conductor.ground)
    lead = LeadField(conductor, cache=False, elimination=_shared.get(key))
    if key not in _shared:
        _shared.clear()
        _shared[key] = lead.elimination
    sheet = contact * drive.electrode.contact_impedance()
    session = Session(lead, face, timetable, drive.electrode, sheet)
    session.solve()
    dose = session.dose(drive.waveform, None, drive.amplitude)
    lead.close()
    return _numbers(dose)


def ground_of(plan: Plan, resolution: str) -> int:
    """Ground node of the plan's face, for all its samples."""
    from zygoma.face import Face
    from zygoma.field import VolumeConductor

    who = plan.face
    face = Face.average(sex=who.sex, age=who.age, bmi=who.bmi, resolution=resolution, **who.morphs)
    return int(VolumeConductor.from_face(face).ground)


def _numbers(dose: Dose) -> Numbers:
    found = {**_table("muscles", dose.by_muscle()), **_table("regions", dose.by_region())}
    face = {
        "delivered_current": dose.delivered_current,
        "deep_resistance": float(np.average(dose.deep_resistance, weights=dose.seconds)),
        "contact_power_fraction": dose.contact_power_fraction,
        **{f"power_{name}": share for name, share in dose.tissue_power_fraction.items()},
        **{f"reaching_{name}": share for name, share in dose.current_reaching.items()},
    }
    return {**found, **{f"face/whole/{name}": value for name, value in face.items()}}


def _table(kind: str, sets: Mapping[str, SetDose]) -> Numbers:
    return {
        f"{kind}/{name}/{quantity}": float(value)
        for name, dose in sets.items()
        for quantity in QUANTITIES
        if (value := getattr(dose, quantity)) is not None
    }
