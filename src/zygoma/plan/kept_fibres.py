"""Thresholds of nerve fibres in the cache: each alone while they are computed, then all of a session."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from zygoma.errors import InputError
from zygoma.provenance import cache_dir, content_hash, read_record, write_record
from zygoma.response.innervation import Innervation, Task

Rows = tuple[Innervation, ...]


class KeptFibres:
    """What is kept of one computation.

    A cache that cannot be written keeps nothing, and loses nothing that was computed.

    Parameters
    ----------
    key : str
        Content hash of all that the thresholds depend on.
    """

    def __init__(self, key: str) -> None:
        self._whole = cache_dir() / "fibres" / f"{key}.json"
        self._parts = self._whole.with_suffix("")

    def whole(self) -> Rows | None:
        """All rows; None if they are not there, or damaged."""
        record = read_record(self._whole)
        return None if record is None else tuple(Innervation.from_json(row) for row in record["rows"])

    def finish(self, rows: Rows) -> None:
        """Keep all rows, and none of them alone any more."""
        with suppress(InputError):
            write_record(self._whole, {"rows": [row.json() for row in rows]})
            shutil.rmtree(self._parts, ignore_errors=True)

    def get(self, task: Task) -> Innervation | None:
        """A row of a computation that did not come to its end; None if it is not there, or damaged."""
        record = read_record(self._part(task))
        return None if record is None else Innervation.from_json(record)

    def keep(self, task: Task, row: Innervation) -> None:
        """Keep one row."""
        with suppress(InputError):
            write_record(self._part(task), row.json())

    def _part(self, task: Task) -> Path:
        return self._parts / f"{content_hash(list(task))}.json"
