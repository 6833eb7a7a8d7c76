"""Tables as they are laid out for a reader, before they become text, a page or a document."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from zygoma.standards.row import Row
from zygoma.standards.table import ModeTable, OutputTable

_KINDS = (
    "published: read in the cited source. computed: follows from published facts by the formula. assumed:"
    " rests on an assumption, which the note names. unknown: nothing is filled in; the note says what would"
    " fill it."
)


@dataclass(frozen=True)
class Section:
    """A table with its heading.

    Parameters
    ----------
    heading : str
    columns : tuple of str
    rows : tuple of tuple of str
        One text for each column.
    marks : tuple of str
        What each row is: the kind of its status, or whether devices differ in it.
    notes : tuple of str
        Numbered from 1; the cells refer to them.
    """

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marks: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """Sections under one title."""

    title: str
    lead: tuple[str, ...]
    sections: tuple[Section, ...]


@dataclass
class _Notes:
    """Texts that several cells share, numbered as they come."""

    texts: list[str] = field(default_factory=list)

    def cite(self, row: Row) -> str:
        """Kind of the status, and the number of its reason."""
        kind, _, reason = row.status.partition(": ")
        if not reason or kind == "not applicable":
            return kind if not reason else f"{kind} ({reason})"
        if reason not in self.texts:
            self.texts.append(reason)
        return f"{kind} [{self.texts.index(reason) + 1}]"


def table_sheet(table: OutputTable) -> Sheet:
    """Table of one device."""
    notes = _Notes()
    unit = Section(
        "Basic unit",
        ("Parameter", "Value", "Status"),
        tuple((row.label, row.shown, notes.cite(row)) for row in table.basic_unit),
        tuple(row.kind for row in table.basic_unit),
        tuple(notes.texts),
    )
    return Sheet(
        f"Output specifications of {table.device.name}",
        (_KINDS,),
        (unit, *(_mode_section(mode) for mode in table.modes)),
    )


def _mode_section(mode: ModeTable) -> Section:
    notes = _Notes()
    rows = []
    for row in mode.rows:
        window = f" [{row.spec['window']}]" if "window" in row.spec else ""
        found = f"{row.spec['formula']}{window}"
        rows.append((row.label, row.at, row.shown, found, notes.cite(row)))
    return Section(
        f"Output mode: {mode.mode}",
        ("Parameter", "Load", "Value", "Formula [window]", "Status"),
        tuple(rows),
        tuple(row.kind for row in mode.rows),
        tuple(notes.texts),
    )


def comparison_sheet(tables: Sequence[OutputTable]) -> Sheet:
    """Devices side by side; the last column says in which rows they differ."""
    names = tuple(table.device.name for table in tables)
    unit = _compared("Basic unit", names, [table.basic_unit for table in tables])
    columns = [(f"{table.device.name}: {mode.mode}", mode.rows) for table in tables for mode in table.modes]
    output = _compared("Output modes", tuple(name for name, _ in columns), [rows for _, rows in columns])
    lead = ("same: equal to nine digits. unknown: at least one device does not publish it.", _KINDS)
    return Sheet(f"Comparison of {' and '.join(names)}", lead, (unit, output))


def difference(rows: Sequence[Row | None]) -> str:
    """Whether the cells of a row are the same, differ, or cannot be compared.

    Returns
    -------
    str
        ``same``, ``differs`` or ``unknown``.
    """
    known = [row for row in rows if row is not None and row.kind != "unknown"]
    pairs = [(a, b) for k, a in enumerate(known) for b in known[:k]]
    if not all(_equal(a.value, b.value) and _equal(a.low, b.low) for a, b in pairs):
        return "differs"
    return "same" if len(known) == len(rows) else "unknown"


def _equal(a: float | str | None, b: float | str | None) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-9)
    return a == b


def _compared(heading: str, names: tuple[str, ...], columns: Sequence[Sequence[Row]]) -> Section:
    by_key = [{(row.id, row.load): row for row in column} for column in columns]
    keys = list(dict.fromkeys(key for rows in by_key for key in rows))
    first = {(row.id, row.load): row for column in columns for row in column}
    order = {row.id: k for column in columns for k, row in enumerate(column)}
    keys.sort(key=lambda key: (order[key[0]], key[1] or 0.0))
    notes, rows, marks = _Notes(), [], []
    for key in keys:
        cells = [found.get(key) for found in by_key]
        marks.append(difference(cells))
        texts = ("–" if cell is None else _with_kind(cell, notes) for cell in cells)
        rows.append((first[key].label, first[key].at, *texts, marks[-1]))
    columns_ = ("Parameter", "Load", *names, "Difference")
    return Section(heading, columns_, tuple(rows), tuple(marks), tuple(notes.texts))


def _with_kind(row: Row, notes: _Notes) -> str:
    cited = notes.cite(row)
    if row.value is None or row.kind == "computed":
        return cited if row.value is None else row.shown
    return f"{row.shown} {cited.replace(row.kind, '', 1).strip()} ({row.kind})"
