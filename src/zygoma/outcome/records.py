"""A person's visits in one SQLite file beside the photographs."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from zygoma.errors import InputError, UnknownNameError
from zygoma.outcome.record_file import RecordFile
from zygoma.outcome.recorded_photo import check_readable, content_of

SCOPES = ("results", "photographs", "notes")
"""What a person can consent to have exported; marks on the face are part of the photographs."""

PHOTOTYPES = ("I", "II", "III", "IV", "V", "VI")
"""Fitzpatrick phototypes; entered by a person, never guessed from a picture."""


@dataclass(frozen=True)
class RecordedVisit:
    """A visit with its photographs.

    Attributes
    ----------
    id : int
    person : str
    day : date
    note : str
    photos : tuple of Path
        Relative to the folder of the records.
    """

    id: int
    person: str
    day: date
    note: str
    photos: tuple[Path, ...]

    def json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "visit": self.id,
            "day": self.day.isoformat(),
            "note": self.note,
            "photos": [path.as_posix() for path in self.photos],
        }


class Records:
    """Persons under random ids, with consents, visits, photographs, marked wrinkles and results.

    Who a person is stays with the user: no name, age or sex is kept.

    Parameters
    ----------
    folder : path
        That of the photographs; the file `record_file.NAME` in it is made at the first write.

    Raises
    ------
    InputError
        The folder does not exist, or the file is of something else or of a later version.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise InputError(f"records of {self.folder}: no such folder; give that of the photographs")
        self.file = RecordFile(self.folder)

    def persons(self) -> tuple[str, ...]:
        """Ids of all persons."""
        with self.file.reading() as connection:
            return tuple(row[0] for row in connection.execute("SELECT id FROM person ORDER BY rowid"))

    def add_person(self, phototype: str | None = None) -> str:
        """A new person, whose random id is returned.

        Raises
        ------
        UnknownNameError
            A phototype that is none of `PHOTOTYPES`.
        """
        if phototype is not None and phototype not in PHOTOTYPES:
            raise UnknownNameError("phototype", phototype, PHOTOTYPES)
        person = f"p{secrets.token_hex(4)}"
        with self.file.writing() as connection:
            connection.execute("INSERT INTO person VALUES (?, ?, NULL)", (person, phototype))
        return person

    def visits(self, person: str) -> tuple[RecordedVisit, ...]:
        """Visits of a person, in order of their days.

        Raises
        ------
        UnknownNameError
            There is no such person; so do all other methods that take one.
        """
        self._known(person)
        with self.file.reading() as connection:
            rows = connection.execute(
                "SELECT id, day, note FROM visit WHERE person = ? ORDER BY day, id", (person,)
            ).fetchall()
            photos = {
                id: tuple(
                    Path(row[0])
                    for row in connection.execute(
                        "SELECT path FROM photo WHERE visit = ? ORDER BY rowid", (id,)
                    )
                )
                for id, *_ in rows
            }
        return tuple(
            RecordedVisit(id, person, date.fromisoformat(day), note, photos[id]) for id, day, note in rows
        )

    def add_visit(
        self, person: str, photos: Sequence[str | Path], day: date, note: str = ""
    ) -> RecordedVisit:
        """A visit with its photographs or scans, which must lie in the folder of the records.

        Raises
        ------
        InputError
            A day to come; no photograph; one that does not exist, lies elsewhere, cannot be read, is a
            copy of another one or is of another visit already.
        """
        self._known(person)
        _check_past("visit", day)
        if not photos:
            raise InputError("a visit without photographs; give at least one, better three")
        kept = self._distinct([self._inside(Path(path)) for path in photos])
        with self.file.writing() as connection:
            cursor = connection.execute(
                "INSERT INTO visit (person, day, note) VALUES (?, ?, ?)", (person, day.isoformat(), note)
            )
            for path, digest in kept.items():
                row = (cursor.lastrowid, path.as_posix(), digest)
                connection.execute("INSERT INTO photo VALUES (?, ?, ?)", row)
        return next(visit for visit in self.visits(person) if visit.id == cursor.lastrowid)

    def _inside(self, path: Path) -> Path:
        if not path.is_file():
            raise InputError(f"photograph {path}: no such file; give files of the folder {self.folder}")
        if self.file.holds(path):
            raise InputError(f"{path} is the file of the records, no photograph; leave it out")
        try:
            inside = path.resolve().relative_to(self.folder.resolve())
        except ValueError:
            raise InputError(
                f"photograph {path} lies outside {self.folder}; move it there, to be deleted with the rest"
            ) from None
        check_readable(path)
        return inside

    def _distinct(self, paths: Sequence[Path]) -> dict[Path, str]:
        """Content of each file; a copy would pass for a repeat, and outlive its person."""
        with self.file.reading() as connection:
            rows = connection.execute("SELECT path, sha256 FROM photo").fetchall()
        names, contents = {path for path, _ in rows}, {digest: path for path, digest in rows}
        found: dict[Path, str] = {}
        for path in paths:
            digest = content_of(self.folder / path)
            if path.as_posix() in names or path in found:
                raise InputError(f"{path} belongs to a visit already; give each photograph once")
            if digest in contents:
                raise InputError(
                    f"{path} is a copy of {contents[digest]}; leave it out, "
                    "for a repeat is a photograph taken anew"
                )
            contents[digest], found[path] = path.as_posix(), digest
        return found

    def photos(self, person: str) -> dict[Path, str]:
        """Photographs of all visits of a person, relative to the folder, with the SHA-256 of each."""
        self._known(person)
        with self.file.reading() as connection:
            rows = connection.execute(
                "SELECT path, sha256 FROM photo JOIN visit ON visit.id = photo.visit WHERE person = ?"
                " ORDER BY photo.rowid",
                (person,),
            ).fetchall()
        return {Path(path): digest for path, digest in rows}

    def wrinkles(self, person: str) -> Any | None:
        """Marked wrinkles of a person, as they were kept; None if there are none."""
        self._known(person)
        with self.file.reading() as connection:
            text = connection.execute("SELECT wrinkles FROM person WHERE id = ?", (person,)).fetchone()[0]
        return None if text is None else json.loads(text)

    def keep_wrinkles(self, person: str, wrinkles: Any) -> None:
        """Keep marked wrinkles, plain values, in place of those there were."""
        self._known(person)
        with self.file.writing() as connection:
            connection.execute("UPDATE person SET wrinkles = ? WHERE id = ?", (json.dumps(wrinkles), person))

    def keep_result(self, before: RecordedVisit, after: RecordedVisit, content: Mapping[str, Any]) -> None:
        """Keep what a comparison of two visits of one person found.

        Raises
        ------
        InputError
            The visits are of two persons.
        """
        if before.person != after.person:
            raise InputError(f"visits of {before.person} and {after.person}; compare two of one person")
        with self.file.writing() as connection:
            row = (before.person, before.id, after.id, json.dumps(content))
            connection.execute("INSERT INTO result VALUES (?, ?, ?, ?)", row)

    def results(self, person: str) -> list[dict[str, Any]]:
        """What was kept of a person's comparisons, with the ids of the visits."""
        self._known(person)
        with self.file.reading() as connection:
            rows = connection.execute(
                "SELECT before, after, content FROM result WHERE person = ? ORDER BY rowid", (person,)
            ).fetchall()
        return [{"before": before, "after": after, **json.loads(text)} for before, after, text in rows]

    def consent(self, person: str, scope: str, day: date) -> None:
        """Write down that a person consents to the export of `scope`.

        Raises
        ------
        UnknownNameError
            A scope that is none of `SCOPES`.
        InputError
            A day to come.
        """
        self._known(person)
        _check_past("consent", day)
        if scope not in SCOPES:
            raise UnknownNameError("scope of a consent", scope, SCOPES)
        with self.file.writing() as connection:
            connection.execute("INSERT INTO consent VALUES (?, ?, ?, NULL)", (person, scope, day.isoformat()))

    def withdraw(self, person: str, day: date) -> None:
        """Write down that a person withdraws every consent.

        Raises
        ------
        InputError
            A day to come, or before that of a consent which stands.
        """
        self._known(person)
        _check_past("withdrawal", day)
        with self.file.writing() as connection:
            last = connection.execute(
                "SELECT max(given) FROM consent WHERE person = ? AND withdrawn IS NULL", (person,)
            ).fetchone()[0]
            if last is not None and day.isoformat() < last <= date.today().isoformat():
                raise InputError(
                    f"withdrawal of {day} before the consent of {last}; give the day of the withdrawal"
                )
            connection.execute(
                "UPDATE consent SET withdrawn = ? WHERE person = ? AND withdrawn IS NULL",
                (day.isoformat(), person),
            )

    def consents(self, person: str) -> tuple[str, ...]:
        """Scopes for which a consent stands today."""
        self._known(person)
        with self.file.reading() as connection:
            rows = connection.execute(
                "SELECT DISTINCT scope FROM consent WHERE person = ? AND withdrawn IS NULL AND given <= ?",
                (person, date.today().isoformat()),
            )
            return tuple(row[0] for row in rows)

    def forget(self, person: str) -> None:
        """Overwrite all rows of a person; `record_deletion.delete` removes the photographs first."""
        self._known(person)
        with self.file.writing() as connection:
            connection.execute("DELETE FROM person WHERE id = ?", (person,))
        self.file.rewrite()

    def _known(self, person: str) -> None:
        known = self.persons()
        if person not in known:
            raise UnknownNameError("person", person, known)


def _check_past(what: str, day: date) -> None:
    if day > date.today():
        raise InputError(f"{what} of {day}, a day to come; write it down on that day")
