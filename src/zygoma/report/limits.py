"""The limits of a session in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zygoma.plan import Treatment
from zygoma.standards import LimitReport, LimitRow, checklist
from zygoma.standards.limit_report import GATES
from zygoma.standards.limit_sheet import bound_text, margin_text, reason, value_text
from zygoma.standards.screening import Item

_ACTIONS = {
    "refuse": "nothing may be sent",
    "stop": "output to zero",
    "notice": "shown",
    "report": "reported, never a gate",
}
_ORDER = ("exceeded", "unknown", "met", "waived", "reported", "not applicable")


@dataclass(frozen=True)
class Line:
    """One limit as the page shows it."""

    quantity: str
    where: str
    value: str
    basis: str
    bound: str
    margin: str
    verdict: str
    action: str
    status: str


@dataclass(frozen=True)
class LimitSection:
    """What the page says about limits.

    Attributes
    ----------
    stops, warnings : tuple of str
        Limits that are exceeded: those that forbid the session, and the others.
    sentences : tuple of str
        The sum of it.
    groups : tuple of (str, tuple of Line)
        Heading and lines: limits that could forbid the session, and the others.
    notes : tuple of str
        What the values rest on; the lines refer to them by number.
    conflicts : tuple of mapping
        Conflicts between authorities, shown and not resolved.
    other_notices : tuple of str
        What a reader must see besides the limits and conflicts.
    questions : tuple of Item
        The checklist.
    command : str
        Prints limits and checklist of this device.
    """

    stops: tuple[str, ...]
    warnings: tuple[str, ...]
    sentences: tuple[str, ...]
    groups: tuple[tuple[str, tuple[Line, ...]], ...]
    notes: tuple[str, ...]
    conflicts: tuple[Mapping[str, Any], ...]
    other_notices: tuple[str, ...]
    questions: tuple[Item, ...]
    command: str

    @classmethod
    def of(cls, treatment: Treatment) -> LimitSection:
        """The section of a treatment."""
        report = treatment.limits
        ordered = sorted(report.rows, key=lambda row: _ORDER.index(row.verdict))
        gates = [row for row in ordered if row.limit.action in GATES]
        others = [row for row in ordered if row.limit.action not in GATES]
        notes = tuple(dict.fromkeys(told for row in (*gates, *others) if (told := reason(row))))
        shown = {conflict["text"] for conflict in report.conflicts}
        voltage = treatment.device.regulation == "voltage"
        judged = (
            "The current is judged as it flows through the smallest deep resistance of the session."
            if voltage and "v_open_V" in treatment.device.facts
            else "The current is judged as set: no skin lets more pass."
        )
        return cls(
            stops=tuple(f"Exceeded, this session is not allowed: {over(row)}" for row in report.exceeded),
            warnings=tuple(f"To be watched: {over(row)}" for row in report.notices),
            sentences=(*sentences(report), judged),
            groups=(
                ("Limits that could forbid the session", tuple(_line(row, notes) for row in gates)),
                ("Notices, and figures that are only printed", tuple(_line(row, notes) for row in others)),
            ),
            notes=notes,
            conflicts=report.conflicts,
            other_notices=tuple(text for text in treatment.notices if text not in shown),
            questions=checklist(),
            command=f"zygoma device check {treatment.plan.device.name}",
        )


def sentences(report: LimitReport) -> list[str]:
    """What the limits that could forbid a use come to."""
    gates = [row for row in report.rows if row.limit.action in GATES and row.verdict != "not applicable"]
    kept = sum(row.verdict == "met" for row in gates)
    end = f"{len(report.exceeded)} exceeded" if report.exceeded else "none is exceeded"
    found = [f"Of {len(gates)} limits that could forbid this session {kept} are kept, {end}."]
    if report.undecided:
        names = "; ".join(dict.fromkeys(row.label for row in report.undecided))
        found.append(f"{len(report.undecided)} cannot be decided, because something is not known: {names}.")
    if not report.exceeded:
        found.append("A kept limit says that a figure is within it, not that a session is safe for a person.")
    return found


def over(row: LimitRow) -> str:
    """An exceeded limit in plain words."""
    hint = f" It is {row.hint}." if row.hint else ""
    return (
        f"{row.label} {value_text(row)}, limit {bound_text(row)} ({row.limit.standard}), "
        f"margin {margin_text(row)}.{hint}"
    )


def _line(row: LimitRow, notes: tuple[str, ...]) -> Line:
    exceeded = "exceeded" if row.limit.action in GATES else "notice"
    told = reason(row)
    kind = [row.basis.partition(":")[0]] if row.value is not None else []
    cited = [f"note {notes.index(told) + 1}"] if told else []
    return Line(
        quantity=row.label[0].upper() + row.label[1:],
        where=f"{row.limit.standard}, {row.limit.clause}",
        value=value_text(row),
        basis=", ".join(kind + cited),
        bound=bound_text(row),
        margin=margin_text(row),
        verdict={"exceeded": exceeded, "unknown": "undecided"}.get(row.verdict, row.verdict),
        action=_ACTIONS[row.limit.action],
        status=row.limit.status,
    )
