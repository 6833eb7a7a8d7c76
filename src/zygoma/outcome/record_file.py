"""The SQLite file of the records: its tables, and changes that are written all or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from zygoma.errors import InputError

NAME = "zygoma-records.sqlite"
"""Name of the file in the folder of the photographs."""

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


class RecordFile:
    """The file, which is made at the first write.

    Parameters
    ----------
    folder : Path
        That of the photographs.

    Raises
    ------
    InputError
        The file is of something else or of a later version.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        with self.reading() as connection:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if version > _VERSION:
                raise InputError(f"{self.path} is of a later version of zygoma; install the newest")

    def holds(self, path: Path) -> bool:
        """Whether a path is this file, by whatever name, or one that SQLite keeps beside it."""
        if path.name.lower().startswith(NAME):
            return True
        return path.exists() and self.path.exists() and path.samefile(self.path)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection; to empty tables in memory while there is no file."""
        where = self.path if self.path.exists() else ":memory:"
        with self._refused(), closing(sqlite3.connect(where, isolation_level=None)) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten with zeros
            if where == ":memory:":
                connection.executescript(_SCHEMA)
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def _refused(self) -> Iterator[None]:
        """Turn what SQLite says into one clear error."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise InputError(
                f"records {self.path} cannot be used: {error}; expected a file that zygoma made"
            ) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are written all or not at all."""
        if not self.path.exists():
            with self._refused(), closing(sqlite3.connect(self.path)) as fresh:
                fresh.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
        with self.reading() as connection:
            yield connection

    def rewrite(self) -> None:
        """Write the file anew, without what deleted rows left in it."""
        with self._refused(), closing(sqlite3.connect(self.path)) as connection:
            connection.execute("VACUUM")
