"""Two visits of one person compared: wrinkles, lift, and whether they can be compared at all."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zygoma.errors import FaceError, InputError
from zygoma.outcome.change import Change
from zygoma.outcome.comparison import compared
from zygoma.outcome.face_engine import FaceEngine
from zygoma.outcome.face_landmarks import FaceLandmarks
from zygoma.outcome.face_texture import FaceTexture, face_size, face_texture, finest_grid
from zygoma.outcome.lift_change import Lift, LiftChange, lift_change
from zygoma.outcome.neck import neck_texture
from zygoma.outcome.photo import Photo
from zygoma.outcome.photo_quality import PhotoQuality, photo_quality
from zygoma.outcome.scale import Scale, iris_scale
from zygoma.outcome.texture import Texture
from zygoma.outcome.visit import Visit, check_apart
from zygoma.outcome.visit_comparison import compare_visits
from zygoma.outcome.wrinkle import Wrinkle
from zygoma.outcome.wrinkle_place import check_places
from zygoma.provenance import load_data

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class FaceComparison:
    """What two visits tell.

    Attributes
    ----------
    regions : tuple of Change
        Of the wrinkles of each region, that of all wrinkles first.
    verdict : str
        ``"improved"``, ``"worse"``, ``"not distinguishable"`` or ``"not comparable"``.
    reasons : tuple of str
        Why they cannot be compared, and what to do.
    notes : tuple of str
        What a reader should know beside: other camera settings, or that no lift can be told.
    skin : LiftChange
        How the skin moved.
    wrinkles : tuple of Wrinkle
        On the first photograph laid flat.
    before, after : FaceTexture
        First photograph of each visit.
    photographs : (int, int)
        How many each visit has.
    """

    regions: tuple[Change, ...]
    verdict: str
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    skin: LiftChange
    wrinkles: tuple[Wrinkle, ...]
    before: FaceTexture
    after: FaceTexture
    photographs: tuple[int, int]

    @property
    def lift(self) -> tuple[Lift, ...]:
        """Lift of every place that was seen."""
        return self.skin.lifts

    def json(self) -> dict[str, Any]:
        """Plain values; null for what is not known."""
        return {
            "verdict": self.verdict,
            "reasons": list(self.reasons),
            "notes": list(self.notes),
            "regions": [change.json() for change in self.regions],
            "lift_mm": {lift.name: lift.json() for lift in self.lift},
            "jawline_deg": {jawline.name: jawline.json() for jawline in self.skin.jawlines},
            "symmetry_mm": {symmetry.name: symmetry.json() for symmetry in self.skin.symmetries},
            "photographs": {"before": self.photographs[0], "after": self.photographs[1]},
            "wrinkles": len(self.wrinkles),
            "scale": str(self.before.scale),
        }

    def __str__(self) -> str:
        lines = [self.verdict]
        lines += [f"  {reason}" for reason in self.reasons[:3]]
        lines += [f"  note: {note}" for note in self.notes[:3]]
        if not self.reasons:
            lines += [str(self.regions[0])] if self.regions else []
            told = [lift for lift in self.lift if lift.verdict in ("lifted", "lower")]
            lines += [f"{lift.name}: {1e3 * lift.up:+.2f} mm, {lift.verdict}" for lift in told[:3]]
        return "\n".join(lines)


def compare_faces(
    before: Visit,
    after: Visit,
    *,
    wrinkles: Sequence[Wrinkle] | None = None,
    scale: Scale | None = None,
    neck: bool = False,
    progress: Progress | None = None,
) -> FaceComparison:
    """Compare the photographs of two visits.

    Parameters
    ----------
    before, after : Visit
    wrinkles : sequence of Wrinkle, optional
        Marked or kept from an earlier visit; found on the first photograph otherwise.
    scale : Scale, optional
        Of the first photograph; by default from the width of the irises.
    neck : bool
        Also the wrinkles of the neck, as a region of its own; the chin must rest alike in all photographs.
    progress : callable, optional
        Called with (stage, done, total).

    Raises
    ------
    FaceError
        A photograph shows no face that can be measured, or no neck; it is named.
    InputError
        A photograph cannot be read or stands in both visits, the scale is far from that of the irises, or a
        wrinkle is not on the face.
    """
    check_apart(before, after)
    tell = progress or (lambda stage, done, total: None)
    visits = lay_flat((before, after), FaceEngine(), scale, tell)
    faces = [[face for face, _ in visit] for visit in visits]
    check_places(wrinkles or (), faces[0][0])
    gates = compare_visits(*([quality for _, quality in visit] for visit in visits))
    reasons, notes = list(gates.reasons), list(gates.notes)
    enough = load_data("wrinkle_index.toml")["change"]["photographs"]["value"]
    if (least := min(len(before), len(after))) < enough:
        reasons.append(
            f"a visit has {least} photograph{'' if least == 1 else 's'}, {enough} of each are needed, each "
            "with the person seated anew: only repeats tell how much a difference means"
        )
    tell("wrinkles", 0, 1)
    lines, regions = tuple(wrinkles or ()), tuple[Change, ...]()
    why = tuple[str, ...]()  # nothing can be said of the wrinkles, though perhaps of a lift
    try:
        wrinkled = compared(
            *([face.texture for face in visit] for visit in faces),
            wrinkles=wrinkles,
            steady=gates.light_steady,
        )
        lines, regions = wrinkled.wrinkles, (wrinkled.overall, *wrinkled.regions)
        reasons += wrinkled.comparability.reasons
        if wrinkled.verdict == "not comparable":
            why = wrinkled.overall.reasons
    except InputError as error:  # not the same skin, or none with wrinkles: nothing can be followed
        why = (str(error),)
    if neck:
        tell("neck", 0, 1)
        regions = (*regions, _neck((before, after), faces))
    tell("lift", 0, 1)
    try:
        moved = lift_change(faces[0], faces[1], not reasons)
    except InputError as error:
        moved = LiftChange()
        notes.append(f"no lift can be told: {error}")
    if reasons:
        regions = tuple(replace(one, verdict="not comparable") for one in regions)
    return FaceComparison(
        regions,
        "not comparable" if reasons or why else regions[0].verdict,
        tuple(dict.fromkeys((*reasons, *(one for one in why if not reasons)))),
        tuple(dict.fromkeys(notes)),
        moved,
        lines,
        faces[0][0],
        faces[1][0],
        (len(before), len(after)),
    )


def lay_flat(
    visits: Sequence[Visit], engine: FaceEngine, scale: Scale | None, tell: Progress
) -> list[list[tuple[FaceTexture, PhotoQuality]]]:
    """Lay the faces of visits of one person flat, on one grid and with one size.

    One photograph is in memory at a time.

    Parameters
    ----------
    visits : sequence of Visit
    engine : FaceEngine
    scale : Scale or None
        Of the first photograph; from the width of the irises for None.
    tell : callable
        Called with (stage, done, total).

    Returns
    -------
    list of list of (FaceTexture, PhotoQuality)
        By visit and photograph.

    Raises
    ------
    FaceError
        A photograph shows no face that can be measured; it is named.
    InputError
        A photograph cannot be read, or the scale is far from that of the irises.
    """
    total = sum(len(visit) for visit in visits)
    found: list[list[FaceLandmarks]] = []
    for visit in visits:
        found.append([])
        for number in range(len(visit)):
            found[-1].append(_named(visit, number, lambda photo: engine.landmarks(photo)))
            tell("faces", sum(map(len, found)), 2 * total)
    every = [landmarks for visit in found for landmarks in visit]
    size = face_size(every[0], scale or iris_scale(every[0]))
    grid = max((finest_grid(landmarks, size) for landmarks in every), key=lambda grid: grid.pitch)
    faces: list[list[tuple[FaceTexture, PhotoQuality]]] = []
    for visit, known in zip(visits, found, strict=True):
        faces.append([])
        for number, landmarks in enumerate(known):

            def laid(photo: Photo, own: FaceLandmarks = landmarks) -> tuple[FaceTexture, PhotoQuality]:
                face = face_texture(photo, scale=scale, size=size, grid=grid, landmarks=own)
                return face, photo_quality(face, photo.exposure)

            faces[-1].append(_named(visit, number, laid))
            tell("faces", total + sum(map(len, faces)), 2 * total)
    return faces


def _named(visit: Visit, number: int, use: Callable[[Photo], Any]) -> Any:
    """What is made of a photograph; an error about its face names it."""
    photo = visit.photo(number)
    try:
        return use(photo)
    except FaceError as error:
        raise FaceError(f"{visit.paths[number].name}: {error}") from error


def _neck(visits: Sequence[Visit], faces: Sequence[Sequence[FaceTexture]]) -> Change:
    """Change of all wrinkles of the neck, which has reasons of its own not to be comparable."""
    textures: list[list[Texture]] = []
    for visit, own in zip(visits, faces, strict=True):
        textures.append([])
        for number, face in enumerate(own):

            def below(photo: Photo, own: FaceTexture = face) -> Texture:
                return neck_texture(photo, own)

            textures[-1].append(_named(visit, number, below))
    try:
        return replace(compared(textures[0], textures[1]).overall, name="neck")
    except InputError as error:
        unknown = math.nan
        return Change("neck", "contrast", unknown, unknown, unknown, unknown, "not comparable", (str(error),))
