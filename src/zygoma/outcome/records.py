"""A person's visits in one SQLite file beside the photographs."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from zygoma.errors import InputError, UnknownNameError

NAME = "zygoma-records.sqlite"
"""Name of the file in the folder of the photographs."""

SCOPES = ("results", "photographs")
"""What a person can consent to have exported; marks on the face are part of the photographs."""

PHOTOTYPES = ("I", "II", "III", "IV", "V", "VI")
"""Fitzpatrick phototypes; entered by a person, never guessed from a picture."""

_VERSION = 1
_SCHEMA = """
CREATE TABLE person (id TEXT PRIMARY KEY, phototype TEXT, wrinkles TEXT);
CREATE TABLE consent (
    person TEXT NOT NULL REFERENCES person ON DELETE CASCADE,
    scope TEXT NOT NULL, given TEXT NOT NULL, withdrawn TEXT
);
CREATE TABLE visit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person TEXT NOT NULL REFERENCES person ON DELETE CASCADE,
    day TEXT NOT NULL, note TEXT NOT NULL
);
CREATE TABLE photo (
    visit INTEGER NOT NULL REFERENCES visit ON DELETE CASCADE,
    path TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL
);
CREATE TABLE result (
    person TEXT NOT NULL REFERENCES person ON DELETE CASCADE,
    before INTEGER REFERENCES visit ON DELETE CASCADE,
    after INTEGER REFERENCES visit ON DELETE CASCADE,
    content TEXT NOT NULL
);
"""


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
        That of the photographs; the file `NAME` in it is made at the first write.

    Raises
    ------
    InputError
        The folder does not exist, or the file is of something else or of a later version.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise InputError(f"records of {self.folder}: no such folder; give that of the photographs")
        self.path = self.folder / NAME
        with self._connect() as connection:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if version > _VERSION:
                raise InputError(f"{self.path} is of a later version of zygoma; install the newest")

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are written all or not at all."""
        where = self.path if self.path.exists() else ":memory:"
        connection = sqlite3.connect(where, isolation_level=None)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten with zeros
            if where == ":memory:":
                connection.executescript(_SCHEMA)
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            raise InputError(
                f"records {self.path} cannot be used: {error}; expected a file that zygoma made"
            ) from error
        finally:
            connection.close()

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        if not self.path.exists():
            fresh = sqlite3.connect(self.path)
            fresh.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
            fresh.close()
        with self._connect() as connection:
            yield connection

    def persons(self) -> tuple[str, ...]:
        """Ids of all persons."""
        with self._connect() as connection:
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
        with self._write() as connection:
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
        with self._connect() as connection:
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
        """A visit with its photographs, which must lie in the folder of the records.

        Raises
        ------
        InputError
            No photograph, one that does not exist, lies elsewhere or is of another visit already.
        """
        self._known(person)
        if not photos:
            raise InputError("a visit without photographs; give at least one, better three")
        kept = [self._inside(Path(path)) for path in photos]
        with self._write() as connection:
            cursor = connection.execute(
                "INSERT INTO visit (person, day, note) VALUES (?, ?, ?)", (person, day.isoformat(), note)
            )
            for path in kept:
                digest = hashlib.sha256((self.folder / path).read_bytes()).hexdigest()
                row = (cursor.lastrowid, path.as_posix(), digest)
                try:
                    connection.execute("INSERT INTO photo VALUES (?, ?, ?)", row)
                except sqlite3.IntegrityError as error:
                    raise InputError(
                        f"{path} belongs to a visit already; give each photograph once"
                    ) from error
        return next(visit for visit in self.visits(person) if visit.id == cursor.lastrowid)

    def _inside(self, path: Path) -> Path:
        if not path.is_file():
            raise InputError(f"photograph {path}: no such file; give files of the folder {self.folder}")
        try:
            return path.resolve().relative_to(self.folder.resolve())
        except ValueError:
            raise InputError(
                f"photograph {path} lies outside {self.folder}; move it there, to be deleted with the rest"
            ) from None

    def wrinkles(self, person: str) -> Any | None:
        """Marked wrinkles of a person, as they were kept; None if there are none."""
        self._known(person)
        with self._connect() as connection:
            text = connection.execute("SELECT wrinkles FROM person WHERE id = ?", (person,)).fetchone()[0]
        return None if text is None else json.loads(text)

    def keep_wrinkles(self, person: str, wrinkles: Any) -> None:
        """Keep marked wrinkles, plain values, in place of those there were."""
        self._known(person)
        with self._write() as connection:
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
        with self._write() as connection:
            row = (before.person, before.id, after.id, json.dumps(content))
            connection.execute("INSERT INTO result VALUES (?, ?, ?, ?)", row)

    def results(self, person: str) -> list[dict[str, Any]]:
        """What was kept of a person's comparisons, with the ids of the visits."""
        self._known(person)
        with self._connect() as connection:
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
        """
        self._known(person)
        if scope not in SCOPES:
            raise UnknownNameError("scope of a consent", scope, SCOPES)
        with self._write() as connection:
            connection.execute("INSERT INTO consent VALUES (?, ?, ?, NULL)", (person, scope, day.isoformat()))

    def withdraw(self, person: str, day: date) -> None:
        """Write down that a person withdraws every consent."""
        self._known(person)
        with self._write() as connection:
            connection.execute(
                "UPDATE consent SET withdrawn = ? WHERE person = ? AND withdrawn IS NULL",
                (day.isoformat(), person),
            )

    def consents(self, person: str) -> tuple[str, ...]:
        """Scopes for which a consent stands."""
        self._known(person)
        with self._connect() as connection:
            rows = connection.execute(
                "SELECT DISTINCT scope FROM consent WHERE person = ? AND withdrawn IS NULL", (person,)
            )
            return tuple(row[0] for row in rows)

    def delete(self, person: str) -> int:
        """Delete a person: photographs, visits, consents, wrinkles and results; the number of files removed.

        The rows are overwritten with zeros and the file is written anew; photographs are removed.
        Copies elsewhere, and what a disk keeps of removed files, are beyond it.
        """
        photos = [self.folder / path for visit in self.visits(person) for path in visit.photos]
        removed = 0
        for path in photos:  # first: a row that names a photograph goes only once the photograph has gone
            if path.is_file():
                path.unlink()
                removed += 1
        with self._write() as connection:
            connection.execute("DELETE FROM person WHERE id = ?", (person,))
        connection = sqlite3.connect(self.path)
        connection.execute("VACUUM")
        connection.close()
        return removed

    def _known(self, person: str) -> None:
        known = self.persons()
        if person not in known:
            raise UnknownNameError("person", person, known)
