"""The body and the session that the benchmarks of the lead field measure: those of the built-in plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Body:
    """The built-in plan: face, conductor, probe, where the probes are when, waveform."""

    face: Any
    conductor: Any
    probe: Any
    timetable: Any
    waveform: Any

    @classmethod
    def of(cls, resolution: str) -> Body:
        """That of a resolution."""
        from zygoma.device import Device, Electrode
        from zygoma.face import Face
        from zygoma.plan import Plan
        from zygoma.treatment import Programme

        plan = Plan()
        face = Face.average(sex=plan.face.sex, age=plan.face.age, bmi=plan.face.bmi, resolution=resolution)
        probe, device = Electrode.load(plan.device.electrode), Device.load(plan.device.name)
        table = Programme.load(plan.programme.name).timetable(face, contact_radius=probe.contact_radius)
        waveform = device.waveform(plan.device.waveform).scaled(plan.device.current)
        return cls(face, face.conductor(), probe, table, waveform)
