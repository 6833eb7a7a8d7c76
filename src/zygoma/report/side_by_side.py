"""A comparison of devices as tables, before they become a page or text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zygoma.plan import Comparison
from zygoma.plan.compare import Compared
from zygoma.plan.exposure import Exposure
from zygoma.provenance import load_data
from zygoma.report.words import number, sided
from zygoma.standards import LimitRow
from zygoma.standards.limit_report import GATES
from zygoma.standards.limit_sheet import bound_text, value_text
from zygoma.standards.sheet import Section, Sheet
from zygoma.units import show

TOP = 10
"""Muscles that are shown first."""


@dataclass(frozen=True)
class Cell:
    """What stands in one place: text, what kind of knowledge or verdict it is, and what it rests on.

    Where `grey`, it says little of the device, because its current is lent.
    """

    text: str
    mark: str
    note: str = ""
    share: float | None = None
    grey: bool = False


@dataclass(frozen=True)
class Line:
    """A row: heading, what explains it, and a cell for each device."""

    heading: str
    note: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Grid:
    """A table with a column for each device; cells refer to notes by number, marks and what stands under
    the name of a device hold for whole columns."""

    heading: str
    first: str
    devices: tuple[str, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    under: tuple[str, ...] = ()


def used(comparison: Comparison) -> Grid:
    """What each device was computed with, and whose it is."""

    def current(one: Compared) -> Cell:
        set_current = one.contender.drive.waveform.amplitude
        less = abs(one.delivered_current - set_current) > 2e-3 * set_current
        note = f"delivered {show(one.delivered_current, 'A')}" if less else ""
        return Cell(show(set_current, "A"), _whose(one, "current"), note)

    def waveform(one: Compared) -> Cell:
        wave = one.contender.drive.waveform
        return Cell(f"{wave.id}, {show(wave.frequency, 'Hz')}", _whose(one, "waveform"))

    def contact(one: Compared) -> Cell:
        return Cell(f"{one.contender.drive.electrode.area * 1e4:.3g} cm²", _whose(one, "electrode"))

    lines = (
        _line("Current", "peak, at its largest setting", comparison, current),
        _line("Waveform", "", comparison, waveform),
        _line("Contact", "area on the skin", comparison, contact),
    )
    return Grid("What each device was computed with", "", _names(comparison), lines)


def choosing(comparison: Comparison) -> Grid:
    """The guide to choosing."""
    lines = tuple(
        Line(
            criterion.question,
            criterion.why,
            tuple(Cell(answer.value, answer.verdict) for answer in criterion.answers),
        )
        for criterion in comparison.guide
    )
    return Grid("Choosing", "Question", _names(comparison), lines)


def outputs(comparison: Comparison) -> Grid:
    """Rows of the table of outputs that matter, as far as each device is known."""
    lines: list[Line] = []
    notes: list[str] = []
    for id in load_data("choosing.toml")["output"]["rows"]:
        cells, label = [], ""
        for one in comparison.devices:
            modes = one.table.modes
            mode = next((m for m in modes if m.mode == one.contender.drive.waveform.id), modes[0])
            rows = [row for row in mode.rows if row.id == id]
            row = next((row for row in rows if row.value is not None), rows[0])
            label = row.label
            at = f" ({row.at})" if row.at and row.value is not None else ""
            reason = row.status.partition(": ")[2] if row.value is not None else ""
            if reason and reason not in notes:
                notes.append(reason)
            cited = f"note {notes.index(reason) + 1}" if reason else ""
            cells.append(Cell(f"{row.shown}{at}", row.kind, cited))
        lines.append(Line(label, "", tuple(cells)))
    return Grid("Output, as far as it is known", "Row", _names(comparison), tuple(lines), tuple(notes))


def doses(comparison: Comparison) -> Grid:
    """Dose of one session in each muscle, most dosed first."""
    by_name = [{muscle.name: muscle for muscle in one.muscles} for one in comparison.devices]
    order = sorted(by_name[0], key=lambda name: -max(table[name].charge_density for table in by_name))
    largest = max(muscle.charge_density for table in by_name for muscle in table.values()) or 1.0

    def cell(one: Compared, muscle: Exposure) -> Cell:
        dose, peak = f"{number(muscle.charge_density)} C/m²", f"peak {number(muscle.J_p95)} A/m²"
        grey = "current" in one.contender.lent
        return Cell(dose, "", peak, 100 * muscle.charge_density / largest, grey)

    lines = tuple(
        Line(
            sided(name, by_name[0][name].side),
            "",
            tuple(cell(one, t[name]) for one, t in zip(comparison.devices, by_name, strict=True)),
        )
        for name in order
    )
    marks = tuple("assumed" if one.contender.lent else "computed" for one in comparison.devices)
    heading = "Dose of one session, muscle by muscle"
    return Grid(heading, "Muscle", _names(comparison), lines, marks=marks, under=_under(comparison))


def limits(comparison: Comparison) -> Grid:
    """Limits with action refuse or stop, and notices that are exceeded, of the session as computed."""
    tables = [{row.limit.id: row for row in one.limits.rows} for one in comparison.devices]
    first: dict[str, LimitRow] = {}
    for table in tables:
        for id, row in table.items():
            if row.limit.action in GATES or row.verdict == "exceeded":
                first.setdefault(id, row)
    lines = []
    for id, row in first.items():
        own = id == "device-current"
        where = "the device itself" if own else f"{row.limit.standard} [{row.limit.status}]"
        heading = row.label if own else f"{row.shared_label} {bound_text(row)}"
        cells = tuple(
            _verdict(table.get(id), grey="current" in one.contender.lent)
            for one, table in zip(comparison.devices, tables, strict=True)
        )
        lines.append(Line(heading[0].upper() + heading[1:], f"{where}; {row.limit.action}", cells))
    heading = "Limits of this session"
    return Grid(heading, "Limit", _names(comparison), tuple(lines), under=_under(comparison))


def sheet(comparison: Comparison) -> Sheet:
    """The whole comparison for a terminal."""
    parts = [
        used(comparison),
        choosing(comparison),
        outputs(comparison),
        doses(comparison),
        limits(comparison),
    ]
    sections = [_section(grid, TOP if grid.first == "Muscle" else None) for grid in parts]
    unknown = tuple(
        (one.device.name, "; ".join(one.device.unknown) or "nothing") for one in comparison.devices
    )
    sections.append(Section("What each leaves unknown", ("Device", "Unknown"), unknown, ("",) * len(unknown)))
    conflicts = tuple((c["text"], c["source"]) for c in comparison.devices[0].limits.conflicts)
    heading = "Conflicts between authorities: both stand, nothing is decided here"
    sections.append(Section(heading, ("Conflict", "Source"), conflicts, ("",) * len(conflicts)))
    return Sheet(f"Comparison of {', '.join(_names(comparison))}", tuple(lead(comparison)), tuple(sections))


def lead(comparison: Comparison) -> list[str]:
    """The answer in a few sentences; each follows from the numbers."""
    who = comparison.plan.face
    sex = {"female": "woman", "male": "man"}[who.sex]
    found = [
        f"One face (average {sex} of {who.age:g} years, {comparison.resolution} mesh), one programme "
        f"({comparison.plan.programme.name}, {comparison.session / 60:.4g} minutes), the same strokes."
    ]
    borrow = [_name(one) for one in comparison.devices if one.contender.lent]
    if borrow:
        found.append(
            f"{_listed(borrow)}: what is not known of waveform, current or contact is lent by the plan, and "
            "every dose that rests on it is assumed. With equal waveform and contact the dose only follows "
            "the current."
        )
    for one in comparison.devices:
        counts = [criterion.answers[comparison.devices.index(one)].verdict for criterion in comparison.guide]
        unknown, apart = counts.count("unknown"), counts.count("not judged")
        found.append(
            f"{_name(one)}: of {len(counts)} questions it meets {counts.count('meets')}, does not meet "
            f"{counts.count('does not meet')}; {unknown} {'has' if unknown == 1 else 'have'} no answer in "
            f"what is known, {apart} {'is' if apart == 1 else 'are'} not judged."
        )
    found.append(
        "No device is named the best. This toolkit knows no dose above which a benefit was shown, so more is "
        "not called better. A question without an answer is a reason to ask the maker, not a fault of the "
        "device."
    )
    return found


def _section(grid: Grid, most: int | None) -> Section:
    rows, marks = [], []
    for line in grid.lines[:most]:
        rows.append((line.heading, *map(_text, line.cells)))
        kinds = {cell.mark for cell in line.cells}
        marks.append("exceeded" if "exceeded" in kinds else "unknown" if kinds == {"unknown"} else "")
    more = f" (the first {most} of {len(grid.lines)})" if most and len(grid.lines) > most else ""
    said = zip(grid.marks or [""] * len(grid.devices), grid.under or [""] * len(grid.devices), strict=True)
    told = [", ".join(filter(None, words)) for words in said]
    names = tuple(f"{name} ({text})" if text else name for name, text in zip(grid.devices, told, strict=True))
    return Section(grid.heading + more, (grid.first or " ", *names), tuple(rows), tuple(marks), grid.notes)


def _text(cell: Cell) -> str:
    told = ", ".join(text for text in (cell.mark, cell.note) if text and text != cell.text)
    return f"{cell.text}\n({told})" if told else cell.text


def _verdict(row: LimitRow | None, grey: bool) -> Cell:
    """Verdict of a limit, grey where it is judged at a current that the plan lends."""
    if row is None:
        return Cell("–", "does not apply")
    kind = row.basis.partition(":")[0]
    note = "" if row.value is None else ", ".join(filter(None, (row.wording, kind)))
    needs = load_data("limits.toml")["quantity"].get(row.limit.quantity, {}).get("needs", ())
    return Cell(value_text(row), _mark(row), note, grey=grey and "current" in needs)


def _mark(row: LimitRow) -> str:
    if row.verdict == "exceeded" and row.limit.action not in GATES:
        return "notice"
    return "undecided" if row.verdict == "unknown" else row.verdict


def _line(heading: str, note: str, comparison: Comparison, cell: Callable[[Compared], Cell]) -> Line:
    return Line(heading, note, tuple(cell(one) for one in comparison.devices))


def _under(comparison: Comparison) -> tuple[str, ...]:
    """Under the name of a device whose current is not known: that of the plan was used."""
    return tuple(
        f"not known; of the plan's {show(one.contender.drive.waveform.amplitude, 'A')}"
        if "current" in one.contender.lent
        else ""
        for one in comparison.devices
    )


def _whose(one: Compared, name: str) -> str:
    return "lent by the plan" if name in one.contender.lent else "its own"


def _names(comparison: Comparison) -> tuple[str, ...]:
    return tuple(map(_name, comparison.devices))


def _name(one: Compared) -> str:
    """Name without what stands in brackets, short enough for a column."""
    return one.device.name.partition(" (")[0]


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
