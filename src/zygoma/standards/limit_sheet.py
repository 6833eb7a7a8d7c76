"""A report of limits as it is laid out for a reader."""

from __future__ import annotations

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


def limit_sheet(report: LimitReport) -> Sheet:
    """Limits, conflicts between authorities, and the questions before a session."""
    use = report.use
    lead = [
        f"waveform {use.waveform.id if use.waveform else 'unknown'}, peak current {_si(use.current, 'A')},"
        f" contact {_quantity(use.area, 'm2')}, session {_minutes(use.session)}",
        _VERDICTS,
    ]
    notes: list[str] = []
    rows = tuple(_cells(row, notes) for row in report.rows)
    marks = tuple(_mark(row) for row in report.rows)
    columns = ("Limit", "Quantity", "Value", "Limit value", "Margin", "Verdict", "Action", "Source")
    conflicts = tuple((c["id"], c["text"], c["source"]) for c in report.conflicts)
    questions = tuple((i.question, i.action, "; ".join(i.sources)) for i in checklist())
    return Sheet(
        f"Limits of {use.device.name}",
        tuple(lead),
        (
            Section("Limits", columns, rows, marks, tuple(notes)),
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
        ),
    )


def _cells(row: LimitRow, notes: list[str]) -> tuple[str, ...]:
    limit, told = row.limit, reason(row)
    if told and told not in notes:
        notes.append(told)
    cited = f" [{notes.index(told) + 1}]" if told else ""
    return (
        f"{limit.id} ({limit.standard}, {limit.clause})",
        row.label,
        f"{value_text(row)}{cited}",
        bound_text(row),
        margin_text(row),
        row.verdict,
        limit.action,
        f"{limit.source} [{limit.status}]",
    )


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
