"""The evidence ledger: every number and finding that the chain of effects rests on."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from zygoma.errors import UnknownNameError
from zygoma.evidence.claim import Evidence
from zygoma.evidence.search import search, similar
from zygoma.provenance import data_file

FILE = "evidence.csv"


@dataclass(frozen=True)
class Ledger(Mapping[str, Evidence]):
    """All rows by id, in the order of ``data/evidence.csv``.

    Examples
    --------
    >>> Ledger.load()["E001"].number
    18.37
    >>> [row.id for row in Ledger.load().search("L7 keratinocyte")]
    ['E050', 'E051']
    """

    rows: Mapping[str, Evidence]

    @classmethod
    def load(cls) -> Ledger:
        """The shipped ledger."""
        return _shipped()

    def __getitem__(self, id: str) -> Evidence:
        if id not in self.rows:
            raise UnknownNameError("evidence", id, self.rows)
        return self.rows[id]

    def __contains__(self, id: object) -> bool:
        return id in self.rows

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def links(self) -> tuple[str, ...]:
        """Links of the chain that have rows, in the order of the chain."""
        return tuple(sorted({row.link for row in self.values() if row.link}, key=lambda link: int(link[1:])))

    @property
    def topics(self) -> tuple[str, ...]:
        """What the rows are about, in the order of the ledger."""
        return tuple(dict.fromkeys(row.topic for row in self.values()))

    def search(self, text: str) -> list[Evidence]:
        """Rows that hold every word of a text, the best first: id, link, topic, claim, quantity, source.

        Parameters
        ----------
        text : str
            Words, ids such as ``"E001"`` or links such as ``"L5"``; case does not count.
        """
        return search(
            text, ((row, [row.id, *([row.link] if row.link else [])], _fields(row)) for row in self.values())
        )

    def similar(self, text: str) -> list[str]:
        """Words of the ledger that resemble those of a text that was not found."""
        return similar(text, (field for row in self.values() for field in _fields(row)))


def _fields(row: Evidence) -> tuple[str | None, ...]:
    """What is searched, the most telling first."""
    return (
        row.topic,
        row.claim,
        row.quantity,
        row.citation,
        row.remark,
        row.identifier,
        row.tissue,
        row.current,
        row.design,
    )


@cache
def _shipped() -> Ledger:
    with data_file(FILE).open(encoding="utf-8", newline="") as file:
        rows = [Evidence.of(row) for row in csv.DictReader(file)]
    return Ledger({row.id: row for row in rows})
