"""Tables as they are laid out for a reader, before they become text, a page or a document."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from zygoma.standards.drawing import Drawing
from zygoma.standards.row import Row
from zygoma.standards.table import ModeTable, OutputTable

_KINDS = (
    "published: read in the cited source. computed: follows by the formula from what is published, or from"
    " what is measured or stated in the device file. assumed: rests on an assumption, which the note names."
    " unknown: nothing is filled in; the note says what would fill it."
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
    drawing : Drawing, optional
        Shown under the table.
    """

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marks: tuple[str, ...]
    notes: tuple[str, ...] = ()
    drawing: Drawing | None = None


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
    unit = Section(
        "Basic unit",
        ("Parameter", "Value", "Status and reason"),
        tuple((row.label, row.shown, row.status) for row in table.basic_unit),
        tuple(row.kind for row in table.basic_unit),
    )
    return Sheet(
        f"Output specifications of {table.device.name}",
        (_KINDS,),
        (unit, *(_mode_section(table, mode) for mode in table.modes)),
    )


def _mode_section(table: OutputTable, mode: ModeTable) -> Section:
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
        Drawing.of(table, mode),
    )


def comparison_sheet(tables: Sequence[OutputTable]) -> Sheet:
    """Devices side by side; the last column says in which rows they differ."""
    names = tuple(table.device.name for table in tables)
    unit = _compared(
        "Basic unit", [(k, table.device.name, table.basic_unit) for k, table in enumerate(tables)]
    )
    output = _compared(
        "Output modes",
        [
            (k, f"{table.device.name}: {mode.mode}", mode.rows)
            for k, table in enumerate(tables)
            for mode in table.modes
        ],
    )
    lead = (
        "Difference between the devices: differs; same, or same where known where some do not publish it;"
        " unknown where fewer than two do."
        " What would fill an unknown cell stands in the table of that device.",
        _KINDS,
    )
    return Sheet(f"Comparison of {' and '.join(names)}", lead, (unit, output))


def difference(cells: Sequence[tuple[int, Row | None]]) -> str:
    """Whether the cells of a row differ between devices; modes of one device are not compared.

    Parameters
    ----------
    cells : sequence of (int, Row or None)
        Number of the device and its cell.

    Returns
    -------
    str
        ``differs``, ``same`` (of some only: ``same where known``), or ``unknown`` where fewer than two
        devices are known.
    """
    known = [(number, row) for number, row in cells if row is not None and row.kind != "unknown"]
    pairs = [(a, b) for k, (one, a) in enumerate(known) for other, b in known[:k] if one != other]
    if not all(_equal(a.value, b.value) and _equal(a.low, b.low) for a, b in pairs):
        return "differs"
    if len(known) == len(cells):
        return "same"
    return "same where known" if pairs else "unknown"


def _equal(a: float | str | None, b: float | str | None) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-9)
    return a == b


def _compared(heading: str, columns: Sequence[tuple[int, str, Sequence[Row]]]) -> Section:
    """Columns of (number of the device, heading, rows) side by side."""
    found = [{(row.id, row.load): row for row in rows} for _, _, rows in columns]
    first = {key: row for rows in found for key, row in rows.items()}
    order = {row.id: k for _, _, rows in columns for k, row in enumerate(rows)}
    notes, lines, marks = _Notes(), [], []
    for key in sorted(first, key=lambda key: (order[key[0]], key[1] or 0.0)):
        cells = [rows.get(key) for rows in found]
        marks.append(
            difference([(number, cell) for (number, _, _), cell in zip(columns, cells, strict=True)])
        )
        texts = ("–" if cell is None else _with_kind(cell, notes) for cell in cells)
        lines.append((first[key].label, first[key].at, *texts, marks[-1]))
    names = ("Parameter", "Load", *(name for _, name, _ in columns), "Difference")
    return Section(heading, names, tuple(lines), tuple(marks), tuple(notes.texts))


def _with_kind(row: Row, notes: _Notes) -> str:
    """Value with its kind and the number of its reason, where it has one."""
    if row.value is None:
        return row.kind
    reason = notes.cite(row).replace(row.kind, "", 1).strip()
    return row.shown if row.kind == "computed" else " ".join((row.shown, f"({row.kind})", reason)).strip()
