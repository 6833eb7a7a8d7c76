"""From a plan to its whole answer, stage by stage."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zygoma.errors import InputError
from zygoma.plan.beneath import density_under_contacts
from zygoma.plan.drive import Drive
from zygoma.plan.frequency import frequency_check
from zygoma.plan.limits import limits_of
from zygoma.plan.plan import Plan, default_resolution
from zygoma.plan.profile import depth_profile
from zygoma.plan.responses import chain_of, fibres_of
from zygoma.plan.spread import power_volume_fraction, quiet_volume_fraction
from zygoma.plan.stages import Progress, Stages
from zygoma.plan.statements import assumptions, notices, response_assumptions
from zygoma.plan.treatment import Treatment
from zygoma.provenance import cache_dir, content_hash, versions

if TYPE_CHECKING:
    from zygoma.face import Face
    from zygoma.field import VolumeConductor
    from zygoma.treatment import Dose, Timetable
    from zygoma.treatment.session import Session

CACHED = ("face", "leadfield", "dose", "fibres", "samples")
"""Kinds of results that are kept between runs, each a folder of the cache."""


def treat(plan: Plan | None = None, progress: Progress | None = None) -> Treatment:
    """Compute what a plan asks for.

    Columns of the lead field and doses are kept in the cache, so that a run that was interrupted goes
    on where it ended and a repeated one finds its dose.

    Parameters
    ----------
    plan : Plan, optional
        The question; without it the built-in plan.
    progress : callable, optional
        Called with (stage, done, total).

    Returns
    -------
    Treatment
        The answer, with the wall time of every stage.

    Raises
    ------
    InputError
        A name does not exist, a current or a value is out of range, a contact is off the face.
    MeshError
        The face cannot be made without inverted elements.
    SolverError
        A solution misses its goal for residual, delivered current or power balance.
    """
    from zygoma.face.kept import kept_face
    from zygoma.face.morph import Person
    from zygoma.field import LeadField, VolumeConductor
    from zygoma.treatment import Programme
    from zygoma.treatment.session import Session

    plan = plan or Plan()
    stage = Stages(progress)
    asked, who = plan.programme, plan.face
    with stage("plan"):
        default, reason = default_resolution()
        resolution = plan.options.resolution or default
        drive = Drive.of(plan.device)
        programme = Programme.load(asked.name)
    with stage("face"):
        face = kept_face(Person(who.sex, who.age, who.bmi, who.morphs), resolution)
    with stage("conductor"):
        conductor = VolumeConductor.from_face(face)
    with stage("timetable"):
        timetable = programme.timetable(
            face, asked.technique, asked.neck, asked.session, drive.electrode.contact_radius
        )
    session = Session(LeadField(conductor), face, timetable, drive.electrode)
    dose, key = dose_of(session, drive, stage)
    sessions = asked.sessions or programme.sessions
    rows, without = fibres_of(session, drive, dose, stage)
    chain = chain_of(plan, drive, face, timetable, dose, rows, sessions, stage)
    with stage("summary"):
        tables = _tables(dose, face, conductor, timetable)
        density = density_under_contacts(face, dose, timetable, drive.electrode.contact_radius)
        frequency = frequency_check(drive.waveform, tables["tissue_power_fraction"])
        deep = dose.deep_resistance
        found = limits_of(drive, deep.min(), timetable.session, density, highest=deep.max())
    return Treatment(
        plan=plan,
        device=drive.device,
        waveform=drive.waveform,
        electrode=drive.electrode,
        face=face,
        timetable=timetable,
        dose=dose,
        resolution=resolution,
        requested_current=plan.device.current,
        delivered_current=dose.delivered_current,
        delivered_current_error=dose.delivered_current_error,
        power_balance_error=float(dose.power_balance_error.max()),
        residual=dose.residual,
        nodes=len(face.nodes),
        elements=len(face.tets),
        dofs=len(conductor.free),
        positions=timetable.positions,
        unique_positions=timetable.unique_positions,
        session=timetable.session,
        sessions=sessions,
        deep_resistance=float(np.average(dose.deep_resistance, weights=dose.seconds)),
        needed_voltage=drive.needed(float(deep.max())),
        limits=found,
        frequency=frequency,
        fibres=rows,
        chain=chain,
        assumptions=(*assumptions(drive, face, timetable), *frequency.assumptions, *response_assumptions()),
        notices=(
            *notices(face, timetable, None if plan.options.resolution else reason),
            *frequency.notices,
            *([without] if without else []),
        ),
        seconds=stage.seconds,
        hashes={
            "plan": plan.hash(),
            "face": face.hash,
            "conductor": conductor.hash,
            "timetable": timetable.hash,
            "dose": key,
        },
        versions=versions(),
        **tables,
    )


def _tables(dose: Dose, face: Face, conductor: VolumeConductor, timetable: Timetable) -> dict[str, Any]:
    """Fields of a treatment that summarise the dose of the elements."""
    muscles = np.unique(np.concatenate([face.muscle_elements(name) for name in face.muscles]))
    positions = np.concatenate([timetable.points_a, timetable.points_b])
    return {
        "muscles": tuple(dose.by_muscle().values()),
        "regions": tuple(dose.by_region().values()),
        "tissues": tuple(dose.by_tissue().values()),
        "tissue_power_fraction": dose.tissue_power_fraction,
        "contact_power_fraction": dose.contact_power_fraction,
        "current_reaching": dose.current_reaching,
        "power_volume_fraction": power_volume_fraction(dose, conductor.mean_conductivity),
        "quiet_volume_fraction": quiet_volume_fraction(dose, muscles),
        "profile": depth_profile(face, dose.volumes, dose.mean, positions),
    }


def dose_of(session: Session, drive: Drive, stage: Stages) -> tuple[Dose, str]:
    """Dose of one session and its content hash, from the cache if it is there."""
    with stage("lead field") as tell:
        key = content_hash(session.hash(drive.waveform), drive.hash)
        kept = cache_dir() / "dose" / f"{key}.npz"
        found = _kept(kept, session)
        if found is None:
            session.solve(lambda _, done, total: tell(done, total))
    with stage("dose") as tell:
        if found is None:
            found = session.dose(drive.waveform, lambda _, done, total: tell(done, total), drive.amplitude)
            with suppress(InputError):  # a cache that cannot be written does not lose what was computed
                found.save(kept)
    return found, key


def _kept(path: Path, session: Session) -> Dose | None:
    from zygoma.treatment import Dose

    if not path.exists():
        return None
    try:
        return Dose.load(path, session.body)
    except InputError:  # damaged or of another version: computed again and replaced
        return None
