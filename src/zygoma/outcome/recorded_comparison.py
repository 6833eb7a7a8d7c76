"""A comparison of two recorded visits: with the wrinkles that are kept of the person, and kept itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zygoma.errors import InputError
from zygoma.outcome import wrinkle
from zygoma.outcome.face_comparison import FaceComparison
from zygoma.outcome.recorded_photo import content_of
from zygoma.outcome.records import RecordedVisit, Records
from zygoma.outcome.visit import Visit
from zygoma.outcome.wrinkle import Wrinkle


@dataclass(frozen=True)
class RecordedComparison:
    """Two visits as the records know them.

    Attributes
    ----------
    records : Records
    before, after : RecordedVisit
        Of one person.
    first : str
        SHA-256 of the first photograph, on which wrinkles lie.
    scale : str or None
        As it was given; lines in mm are true for one scale only.
    """

    records: Records
    before: RecordedVisit
    after: RecordedVisit
    first: str
    scale: str | None

    @classmethod
    def of(
        cls, records: Records, person: str, before: Visit, after: Visit, scale: str | None = None
    ) -> RecordedComparison:
        """Find the visits of a person that hold the photographs, by their content.

        Raises
        ------
        UnknownNameError
            There is no such person.
        InputError
            A photograph is not recorded, or those of one side are of several visits.
        """
        contents = records.photos(person)
        visits = {contents[path]: visit for visit in records.visits(person) for path in visit.photos}
        sides = [_visit(visits, side.paths, person, records.folder) for side in (before, after)]
        return cls(records, sides[0], sides[1], content_of(before.paths[0]), scale)

    def wrinkles(self) -> tuple[Wrinkle, ...] | None:
        """Wrinkles that are kept of the person; None if there are none.

        Raises
        ------
        InputError
            They lie on another photograph, or at another scale.
        """
        person = self.before.person
        kept = self.records.wrinkles(person)
        if kept is None:
            return None
        lines = wrinkle.of_record(kept)
        photograph, scale = kept.get("photograph"), kept.get("scale")
        if (photograph, scale) != (self.first, self.scale):
            on = {digest: path for path, digest in self.records.photos(person).items()}
            raise InputError(
                f"the wrinkles kept of {person} lie on {on.get(photograph, 'another photograph')} with "
                f"{f'--scale {scale}' if scale else 'no --scale'}; compare from that one, or "
                "give others with --wrinkles, which take their place"
            )
        return lines

    def keep(self, found: FaceComparison, marked: Sequence[Wrinkle] | None) -> None:
        """Keep what was found, and its wrinkles if a person marked them or none are kept."""
        person = self.before.person
        if found.wrinkles and (marked is not None or self.records.wrinkles(person) is None):
            lines = wrinkle.record(found.wrinkles)
            place = {"photograph": self.first, "scale": self.scale}
            self.records.keep_wrinkles(person, {**lines, **place})
        self.records.keep_result(self.before, self.after, found.json())


def _visit(
    visits: dict[str, RecordedVisit], paths: Sequence[Path], person: str, folder: Path
) -> RecordedVisit:
    found = None
    for path in paths:
        visit = visits.get(content_of(path))
        if visit is None or (found is not None and visit != found):
            why = "is of no visit" if visit is None else f"is of another visit than {paths[0].name}"
            raise InputError(
                f"{path} {why} of {person} in the records of {folder}; give photographs of one recorded "
                "visit before, and of one after"
            )
        found = visit
    if found is None:
        raise InputError(f"no photograph of {person}; give those of a recorded visit")
    return found
