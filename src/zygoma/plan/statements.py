"""What a result must say besides its numbers: assumptions and conflicts between sources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from zygoma.plan.contact import own_electrode
from zygoma.provenance import load_data

if TYPE_CHECKING:
    from zygoma.face import Face
    from zygoma.plan.drive import Drive
    from zygoma.treatment import Timetable

_FOUND = ("read", "computed")


def assumptions(drive: Drive, face: Face, timetable: Timetable) -> tuple[str, ...]:
    """Everything a result rests on without a source, each a sentence, in the order of the work."""
    waveform, electrode = drive.waveform, drive.electrode
    found = [*drive.device.assumptions, *drive.assumptions]
    if waveform.status not in _FOUND:
        found.append(f"Waveform {waveform.id}: {waveform.name} ({waveform.status}: {waveform.source}).")
    if electrode == own_electrode(drive.device, electrode.medium):
        size, medium = f"{electrode.area * 1e4:.3g} cm2", electrode.medium.replace("_", " ")
        found.append(
            f"The plan names no electrode: a circle of the device's own size touches, {size} under {medium}"
            f" ({electrode.status}: {electrode.source})."
        )
    found += [*electrode.assumptions, *face_assumptions(face, timetable)]
    return tuple(dict.fromkeys(found))


def face_assumptions(face: Face, timetable: Timetable) -> tuple[str, ...]:
    """What rests on no source in the face and in the strokes, whatever the device."""
    found = [*timetable.assumptions, *_tissues(face)]
    inside = load_data("inside.toml")
    found.append(f"The inside of the head is simplified ({inside['status']}: {inside['source']}).")
    found += [entry["text"] for entry in load_data("statements.toml")["model"]]
    return tuple(dict.fromkeys(found))


def response_assumptions() -> tuple[str, ...]:
    """What rests on no source in the courses of nerve fibres and in the priors of the responses."""
    course = load_data("innervation.toml")
    return (
        "Courses of the nerve fibres, their depth and where they end "
        f"({course['status']}: {course['source']}).",
        "Priors of the responses: those that are a judgement or unverified are named beside each number.",
    )


def notices(face: Face, timetable: Timetable, resolution: str | None) -> tuple[str, ...]:
    """Conflicts and warnings; `resolution` says why it is not the standard one."""
    own = [*timetable.messages, *_places(face, timetable)]
    neck_said = any(message.startswith("Neck") for message in own)
    conflicts: Iterable[dict[str, str]] = load_data("statements.toml")["conflict"]
    shown = [c["text"] for c in conflicts if not (neck_said and c["id"] == "indication-neck")]
    return tuple([*own, *shown, *([resolution] if resolution else [])])


def _places(face: Face, timetable: Timetable) -> list[str]:
    """Rules about places that the middle of a contact breaks, each with its source."""
    from zygoma.face.atlas import stem
    from zygoma.face.surface import nearest
    from zygoma.standards import screen

    triangles = np.unique(nearest(face.skin, np.concatenate([timetable.points_a, timetable.points_b]))[0])
    touched = {stem(name) for name in face.regions if np.isin(triangles, face.region_triangles(name)).any()}
    found = []
    for rule in screen({}, touched).blocked:
        place = ", ".join(name.replace("_", " ") for name in sorted(touched & set(rule.regions)))
        found.append(f"A contact comes over: {place}. {rule.question} Sources: {'; '.join(rule.sources)}.")
    return found


def _tissues(face: Face) -> list[str]:
    from zygoma.face.tissue import Tissue

    found = []
    for code in np.unique(face.tissue):
        tissue = Tissue.load(face.tissues[code])
        if tissue.status in _FOUND or tissue.sigma == 0:
            continue
        low, high = tissue.range
        value = f"{tissue.sigma:g} S/m"
        if tissue.sigma_along != tissue.sigma:
            value += f" across and {tissue.sigma_along:g} S/m along the fibres"
        band = f", between {low:g} and {high:g} S/m" if high > low else ""
        name = tissue.name.replace("_", " ")
        found.append(f"Conductivity of {name}: {value}{band} ({tissue.status}: {tissue.source}).")
    return found
