"""Several uses of one device, such as its waveforms, and the worst of them for each limit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from zygoma.errors import InputError
from zygoma.standards.limit_report import GATES, LimitReport, LimitRow, rank


@dataclass(frozen=True)
class Worst:
    """The worst row of a limit, and in which of the uses it was found.

    Attributes
    ----------
    row : LimitRow
    waveform : str or None
        Id of the waveform; None where it is unknown.
    equals : int
        How many uses have the same verdict and value, this one included.
    of : int
        To how many uses the limit applies.
    """

    row: LimitRow
    waveform: str | None
    equals: int
    of: int

    @property
    def where(self) -> str:
        """In which uses, in words."""
        if self.equals == self.of:
            return "all"
        more = f" and {self.equals - 1} more" if self.equals > 1 else ""
        return f"{self.waveform}{more}"


@dataclass(frozen=True)
class LimitCases:
    """Reports of one device in several uses.

    Parameters
    ----------
    reports : sequence of LimitReport
        At least one, all of the same device.
    """

    reports: Sequence[LimitReport]

    def __post_init__(self) -> None:
        if not self.reports:
            raise InputError("no report of limits; give one for each use")

    @cached_property
    def worst(self) -> tuple[Worst, ...]:
        """The worst row of each limit that applies in any use, in the order of the limits."""
        found: dict[str, list[tuple[LimitRow, str | None]]] = {}
        for report in self.reports:
            shape = report.use.waveform
            for row in report.rows:
                found.setdefault(row.limit.id, []).append((row, shape.id if shape else None))
        worst = []
        for rows in found.values():
            row, waveform = max(rows, key=lambda pair: rank(pair[0]))
            equals = sum((r.verdict, r.value) == (row.verdict, row.value) for r, _ in rows)
            worst.append(Worst(row, waveform, equals, len(rows)))
        return tuple(worst)

    @property
    def exceeded(self) -> tuple[Worst, ...]:
        """Limits with action refuse or stop that are exceeded in any use."""
        return tuple(w for w in self.worst if w.row.verdict == "exceeded" and w.row.limit.action in GATES)

    @property
    def notices(self) -> tuple[Worst, ...]:
        """Limits with another action that are exceeded in any use."""
        return tuple(w for w in self.worst if w.row.verdict == "exceeded" and w.row.limit.action not in GATES)

    @property
    def undecided(self) -> tuple[Worst, ...]:
        """Limits with action refuse or stop that no use exceeds and at least one leaves undecided."""
        return tuple(w for w in self.worst if w.row.verdict == "unknown" and w.row.limit.action in GATES)

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON: ``waveforms`` has every use, the other keys the worst of all."""
        first, several = self.reports[0], len(self.reports) > 1
        answer = first.to_dict()
        if several:
            currents = [report.use.current for report in self.reports]
            answer |= {
                "waveform": None,
                "current_A": max((value for value in currents if value is not None), default=None),
                "exceeded": [worst.row.limit.id for worst in self.exceeded],
                "notices": [worst.row.limit.id for worst in self.notices],
                "undecided": [worst.row.limit.id for worst in self.undecided],
                "limits": [worst.row.to_dict() | {"waveform": worst.waveform} for worst in self.worst],
                "inputs": list(
                    dict.fromkeys(str(g) for report in self.reports for g in report.inputs if g.says)
                ),
            }
        return answer | {"waveforms": [report.to_dict() for report in self.reports]}

    def __str__(self) -> str:
        if len(self.reports) == 1:
            return str(self.reports[0])
        counts = Counter(worst.row.verdict for worst in self.worst)
        found = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
        names = ", ".join(f"{worst.row.limit.id} ({worst.where})" for worst in self.exceeded) or "none"
        return (
            f"Limits of {self.reports[0].use.device.name}, worst of {len(self.reports)} waveforms: {found}\n"
            f"exceeded with action refuse or stop: {names}"
        )
