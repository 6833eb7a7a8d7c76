"""Devices side by side on the same face with the same strokes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zygoma.device import Device
from zygoma.errors import InputError
from zygoma.plan.beneath import density_under_contacts
from zygoma.plan.contender import Contender, reference
from zygoma.plan.drive import Drive
from zygoma.plan.exposure import Exposure, exposures, scaled
from zygoma.plan.guide import Criterion, guide
from zygoma.plan.limits import limits_of
from zygoma.plan.plan import Plan, default_resolution
from zygoma.plan.stages import Progress, Stages
from zygoma.plan.statements import face_assumptions
from zygoma.plan.treat import dose_of
from zygoma.provenance import content_hash, versions
from zygoma.standards import LimitReport, OutputTable, check

if TYPE_CHECKING:
    from zygoma.face import Face
    from zygoma.treatment import Dose, Timetable
    from zygoma.treatment.session import Session


@dataclass(frozen=True, eq=False)
class Compared:
    """What was found for one device.

    Attributes
    ----------
    contender : Contender
        Waveform, current and electrode that were used, and whose they are.
    table : OutputTable
        Outputs as far as they are known of the device alone.
    muscles : tuple of Exposure
        Dose of one session in each muscle.
    delivered_current : float
        Amplitude from probe to probe, mean over the session [A].
    needed_voltage : tuple of float
        Voltage that the current needs at most: lowest, as assumed, highest of the unverified skin [V].
    limits : LimitReport
        Of the session as it was computed, with what the plan lends.
    alone : LimitReport
        With what is known of the device alone.
    least_area : float or None
        Contact area from which the compliance is above what the current needs with the highest of the skin;
        None where no area is large enough or the compliance is unknown [m2].
    """

    contender: Contender
    table: OutputTable
    muscles: tuple[Exposure, ...]
    delivered_current: float
    needed_voltage: tuple[float, float, float]
    limits: LimitReport
    alone: LimitReport
    least_area: float | None = None

    @property
    def device(self) -> Device:
        """The device."""
        return self.contender.device

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON, SI with the unit in each key."""
        drive = self.contender.drive
        return {
            "id": self.device.id,
            "name": self.device.name,
            "waveform": drive.waveform.id,
            "current_A": drive.waveform.amplitude,
            "delivered_current_A": self.delivered_current,
            "electrode": drive.electrode.id,
            "contact_area_m2": drive.electrode.area,
            "lent": list(self.contender.lent),
            "remarks": list(self.contender.remarks),
            "needed_voltage_V": dict(zip(("low", "value", "high"), self.needed_voltage, strict=True)),
            "modes": self.table.to_dict()["modes"],
            "muscles": [muscle.to_dict() for muscle in self.muscles],
            "limits": [row.to_dict() for row in self.limits.rows],
            "limits_exceeded": [row.limit.id for row in self.limits.exceeded],
            "limits_notices": [row.limit.id for row in self.limits.notices],
            "limits_undecided_alone": [row.limit.id for row in self.alone.undecided],
            "unknown": list(self.device.unknown),
            "assumptions": self.contender.assumptions,
        }


@dataclass(frozen=True, eq=False)
class Comparison:
    """Devices on the same face with the same strokes, and the guide to choosing.

    Attributes
    ----------
    plan : Plan
        Face, programme, and what is lent to a device that leaves it open.
    devices : tuple of Compared
        In the order in which they were named.
    guide : tuple of Criterion
        Questions of a buyer with the answers.
    resolution : str
        Of the face.
    session : float
        Length [s].
    doses : int
        How many times the dose was accumulated; the rest follows because the current is proportional.
    assumptions : tuple of str
        Of face and strokes, which all devices share.
    seconds, versions : mapping
        Wall time of each stage [s]; versions of the packages.
    """

    plan: Plan
    devices: tuple[Compared, ...]
    guide: tuple[Criterion, ...]
    resolution: str
    session: float
    doses: int
    assumptions: tuple[str, ...]
    seconds: Mapping[str, float]
    versions: Mapping[str, str]

    @property
    def exceeded(self) -> dict[str, tuple[str, ...]]:
        """Limits with action refuse or stop that are exceeded, by the id of the device."""
        found = {one.device.id: tuple(row.limit.id for row in one.limits.exceeded) for one in self.devices}
        return {device: ids for device, ids in found.items() if ids}

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "plan": self.plan.as_dict(),
            "resolution": self.resolution,
            "session_s": self.session,
            "devices": [one.to_dict() for one in self.devices],
            "guide": [criterion.to_dict() for criterion in self.guide],
            "exceeded": {device: list(ids) for device, ids in self.exceeded.items()},
            "conflicts": [dict(conflict) for conflict in self.devices[0].limits.conflicts],
            "doses": self.doses,
            "assumptions": list(self.assumptions),
            "seconds": {stage: round(value, 3) for stage, value in self.seconds.items()},
            "versions": dict(self.versions),
        }

    def __str__(self) -> str:
        names = ", ".join(one.device.name for one in self.devices)
        lent = sum(bool(one.contender.lent) for one in self.devices)
        return (
            f"{names}: the same face, the same strokes, {self.session / 60:.4g} min\n"
            f"{lent} of {len(self.devices)} borrow from the plan what their makers do not publish\n"
            f"exceeded with action refuse or stop: {', '.join(self.exceeded) or 'none'}"
        )


def compare(names: Sequence[str], plan: Plan | None = None, progress: Progress | None = None) -> Comparison:
    """Compute the same session with each device.

    Each device has its own waveform, largest current and electrode, as far as they are known; the rest is
    lent by the plan. The current in the face is proportional to that of the device, so devices with equal
    electrodes share one dose, unless the compliance keeps a device below its set current.

    Parameters
    ----------
    names : sequence of str
        Two or more ids of the catalogue, or TOML files.
    plan : Plan, optional
        Face, programme and what is lent; without it the built-in plan.
    progress : callable, optional
        Called with (stage, done, total).

    Raises
    ------
    InputError
        Fewer than two devices, one of them twice, or what `treat` raises.
    """
    from zygoma.face.kept import kept_face
    from zygoma.face.morph import Person
    from zygoma.field import LeadField, VolumeConductor
    from zygoma.treatment import Programme

    plan = plan or Plan()
    stage = Stages(progress)
    who, asked = plan.face, plan.programme
    with stage("plan"):
        lent = reference(plan.device)
        contenders = _contenders(names, lent)
        programme = Programme.load(asked.name)
        resolution = plan.options.resolution or default_resolution()[0]
    with stage("face"):
        face = kept_face(Person(who.sex, who.age, who.bmi, who.morphs), resolution)
    with stage("conductor"):
        lead = LeadField(VolumeConductor.from_face(face))
    with stage("timetable"):
        widest = max(one.drive.electrode.contact_radius for one in contenders)
        timetable = programme.timetable(face, asked.technique, asked.neck, asked.session, widest)
    bench = _Bench(lead, face, timetable, lent, stage)
    found = tuple(bench.find(one) for one in contenders)
    return Comparison(
        plan=plan,
        devices=found,
        guide=guide(found),
        resolution=resolution,
        session=timetable.session,
        doses=bench.doses,
        assumptions=face_assumptions(face, timetable),
        seconds=stage.seconds,
        versions=versions(),
    )


def _contenders(names: Sequence[str], lent: Drive) -> list[Contender]:
    if len(names) < 2:
        raise InputError(f"{len(names)} device to compare; name two or more")
    devices = [Device.load(name) for name in names]
    ids = [device.id for device in devices]
    twice = next((id for id in ids if ids.count(id) > 1), None)
    if twice is not None:
        raise InputError(f"device {twice!r} is named twice; name each once, or give each file its own id")
    return [Contender.of(device, lent) for device in devices]


@dataclass(frozen=True, eq=False)
class _Run:
    """A dose that was accumulated, and for what."""

    drive: Drive
    dose: Dose
    muscles: tuple[Exposure, ...]
    density: float | None


class _Bench:
    """One face and timetable on which devices are tried; a dose that serves several is accumulated once."""

    def __init__(self, lead: Any, face: Face, timetable: Timetable, lent: Drive, stage: Stages) -> None:
        self.lead, self.face, self.timetable = lead, face, timetable
        self.lent, self.stage, self.doses = lent, stage, 0
        self._sessions: dict[float, Session] = {}
        self._runs: dict[tuple[float, str, str], _Run] = {}

    def find(self, one: Contender) -> Compared:
        """Everything on one device."""
        drive = one.drive
        kept = self._run(Drive(self.lent.device, self.lent.waveform, drive.electrode))
        deep = kept.dose.deep_resistance
        run = kept if drive.keeps(float(deep.max())) else self._run(drive)
        with self.stage("limits"):
            ratio = drive.waveform.amplitude / run.drive.waveform.amplitude
            muscles = tuple(scaled(m, run.drive.waveform, drive.waveform) for m in run.muscles)
            density = None if run.density is None else ratio * run.density
            return Compared(
                contender=one,
                table=OutputTable.of(drive.device),
                muscles=muscles,
                delivered_current=ratio * run.dose.delivered_current,
                needed_voltage=drive.needed(float(deep.max())),
                least_area=drive.least_area(float(deep.max())),
                limits=limits_of(
                    drive,
                    float(deep.min()),
                    self.timetable.session,
                    density,
                    lent="current" in one.lent,
                    highest=float(deep.max()),
                ),
                alone=check(
                    drive.device,
                    one.own_waveform,
                    one.own_current,
                    one.own_electrode,
                    self.timetable.session,
                ),
            )

    def _run(self, drive: Drive) -> _Run:
        from zygoma.treatment.session import Session

        electrode = drive.electrode
        radius = electrode.contact_radius
        key = (radius, drive.hash, content_hash(drive.waveform.to_dict()))
        if key not in self._runs:
            if radius not in self._sessions:
                self._sessions[radius] = Session(self.lead, self.face, self.timetable, electrode)
            dose, _ = dose_of(self._sessions[radius], drive, self.stage)
            self.doses += 1
            with self.stage("summary"):
                density = density_under_contacts(self.face, dose, self.timetable, radius)
                self._runs[key] = _Run(drive, dose, exposures(dose), density)
        return self._runs[key]
