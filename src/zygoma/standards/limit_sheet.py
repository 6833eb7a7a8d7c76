"""A report of limits as it is laid out for a reader."""

from __future__ import annotations

from zygoma.standards.cases import LimitCases, Worst
from zygoma.standards.limit_report import LimitReport, LimitRow
from zygoma.standards.screening import checklist
from zygoma.standards.sheet import Section, Sheet
from zygoma.units import show

_SHOWN = {"A/m2": (0.1, "mA/cm²"), "W/m2": (1e-4, "W/cm²"), "mol/m2": (1e2, "µmol/cm²"), "1": (1.0, "")}
_VERDICTS = (
    "met, exceeded, unknown (something that decides it is not known), waived, reported (a figure that never"
    " acts), not applicable (the waveform has no such quantity). Margin: factor by which the limit is kept;"
    " below 1 it is exceeded. Source: read in the cited source, unverified (from memory), computed, or"
    " product (a choice of this toolkit)."
)


def limit_sheet(found: LimitReport | LimitCases, *, narrow: bool = False) -> Sheet:
    """Limits, conflicts between authorities, and the questions before a session.

    Parameters
    ----------
    found : LimitReport or LimitCases
        Of several uses the worst stands in the table, with the waveform in which it was found.
    narrow : bool
        Few columns; standard, clause and source of each limit stand in a table of their own.
    """
    cases = found if isinstance(found, LimitCases) else LimitCases((found,))
    report = cases.reports[0]
    several = len(cases.reports) > 1
    notes: list[str] = []
    cells = _narrow if narrow else _wide
    columns = ("Limit", "Value", "Limit value", "Margin", "Verdict") if narrow else _WIDE
    if several and not narrow:
        columns = (*columns[:3], "Worst in", *columns[3:])
    sections = [
        Section(
            "Limits" + (f", worst of {len(cases.reports)} waveforms" if several else ""),
            columns,
            tuple(cells(worst, notes, several) for worst in cases.worst),
            tuple(_mark(worst.row) for worst in cases.worst),
            tuple(notes),
        )
    ]
    if narrow:
        sources = tuple((worst.row.limit.id, _source(worst.row)) for worst in cases.worst)
        sections.append(Section("Sources of the limits", ("Limit", "Source"), sources, ("",) * len(sources)))
    conflicts = tuple((c["id"], c["text"], c["source"]) for c in report.conflicts)
    questions = tuple((i.question, i.action, "; ".join(i.sources)) for i in checklist())
    sections += [
        Section(
            "Conflicts between authorities: both stand, nothing is decided here",
            ("Conflict", "Text", "Source"),
            conflicts,
            ("",) * len(conflicts),
        ),
        Section(
            "Questions before a session",
            ("Question or rule", "Action", "Source"),
            questions,
            ("",) * len(questions),
        ),
    ]
    return Sheet(f"Limits of {report.use.device.name}", (_lead(cases), _VERDICTS), tuple(sections))


_WIDE = ("Limit", "Quantity", "Value", "Limit value", "Margin", "Verdict", "Action", "Source")


def _lead(cases: LimitCases) -> str:
    uses = [report.use for report in cases.reports]
    names = list(dict.fromkeys(use.waveform.id if use.waveform else "unknown" for use in uses))
    peaks = {_si(use.current, "A") for use in uses}
    peak = peaks.pop() if len(peaks) == 1 else f"up to {_si(max(use.current or 0.0 for use in uses), 'A')}"
    shown = ", ".join(names) if len(names) <= 4 else f"{', '.join(names[:3])}, ... ({len(names)} in all)"
    return (
        f"waveform{'s' if len(names) > 1 else ''} {shown}; peak current {peak}, "
        f"contact {_quantity(uses[0].area, 'm2')}, session {_minutes(uses[0].session)}"
    )


def _wide(worst: Worst, notes: list[str], several: bool) -> tuple[str, ...]:
    row = worst.row
    return (
        row.limit.id,
        row.label,
        f"{value_text(row)}{_cited(row, notes)}",
        *((worst.where,) if several else ()),
        bound_text(row),
        margin_text(row),
        row.verdict,
        row.limit.action,
        _source(row),
    )


def _narrow(worst: Worst, notes: list[str], several: bool) -> tuple[str, ...]:
    row = worst.row
    where = f"\nin {worst.where}" if several and worst.where != "all" else ""
    return (
        f"{row.limit.id}\n{row.label}",
        f"{value_text(row)}{_cited(row, notes)}{where}",
        bound_text(row),
        margin_text(row),
        f"{row.verdict}\n({row.limit.action})",
    )


def _cited(row: LimitRow, notes: list[str]) -> str:
    told = reason(row)
    if told and told not in notes:
        notes.append(told)
    return f" [{notes.index(told) + 1}]" if told else ""


def _source(row: LimitRow) -> str:
    limit = row.limit
    return f"{limit.standard}, {limit.clause}: {limit.source} [{limit.status}]"


def reason(row: LimitRow) -> str:
    """What the value rests on, what would meet the limit, and the note of the limit; may be empty."""
    return "; ".join(text for text in (row.basis.partition(": ")[2], row.hint, row.limit.note) if text)


def value_text(row: LimitRow) -> str:
    """The value compared, with its unit, or ``unknown``, or ``not applicable``."""
    return row.verdict if row.verdict == "not applicable" else _quantity(row.value, row.limit.unit)


def bound_text(row: LimitRow) -> str:
    """The limit with its sign and unit; a dash for a figure without limit."""
    limit = row.limit
    return "–" if limit.value is None else f"{_op(limit.op)} {_quantity(limit.value, limit.unit)}"


def margin_text(row: LimitRow) -> str:
    """The margin in three digits; a dash where there is none."""
    if row.margin is None:
        return "–"
    return f"{row.margin:.3g}" if row.margin < 1000 else f"{row.margin:,.0f}"


def _mark(row: LimitRow) -> str:
    assumed = row.basis.startswith("assumed")
    return row.verdict if row.verdict in ("exceeded", "unknown") else "assumed" if assumed else row.verdict


def _op(op: str) -> str:
    return {"<=": "≤", "<": "<", ">=": "≥"}[op]


def _minutes(session: float | None) -> str:
    return "unknown" if session is None else f"{session / 60:g} min"


def _si(value: float | None, unit: str) -> str:
    return "unknown" if value is None else show(value, unit)


def _quantity(value: float | None, unit: str) -> str:
    if value is None:
        return "unknown"
    if unit == "m2":
        return f"{value * 1e4:.3g} cm²"
    if unit == "s" and value >= 60:
        return f"{value / 60:.3g} min"
    if unit in _SHOWN:
        factor, text = _SHOWN[unit]
        return f"{value * factor:.3g} {text}".strip()
    return show(value, unit)
