"""What a run of verification cases found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from zygoma.provenance import versions
from zygoma.verification.case import Case
from zygoma.verification.record import Record


@dataclass(frozen=True)
class CaseRun:
    """A case, its records and the time [s] that it took."""

    case: Case
    records: tuple[Record, ...]
    seconds: float


@dataclass(frozen=True)
class Verification:
    """All records of a run; prints itself in a few lines.

    Attributes
    ----------
    runs : tuple of CaseRun
        In the order in which they ran.
    versions : mapping of str to str
        Of zygoma, Python and the packages that make the numbers.
    """

    runs: tuple[CaseRun, ...]
    versions: dict[str, str] = field(default_factory=versions)

    @property
    def records(self) -> list[Record]:
        """Records of all cases."""
        return [record for run in self.runs for record in run.records]

    @property
    def failed(self) -> list[Record]:
        """Records that miss their goal, or have no number through an error."""
        return [record for record in self.records if record.passed is False]

    @property
    def missing(self) -> list[Record]:
        """Records without evidence."""
        return [record for record in self.records if record.passed is None]

    @property
    def met(self) -> int:
        """How many records meet their goal."""
        return sum(record.passed is True for record in self.records)

    @property
    def passed(self) -> bool:
        """Whether no record failed; no evidence is no failure."""
        return not self.failed

    @property
    def seconds(self) -> float:
        """Time of all cases [s]."""
        return sum(run.seconds for run in self.runs)

    def of_category(self, category: int) -> list[CaseRun]:
        """Runs of one of the eight categories."""
        return [run for run in self.runs if run.case.category == category]

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "cases": [
                record.as_dict()
                | {"case": run.case.name, "category": run.case.category, "seconds": round(run.seconds, 3)}
                for run in self.runs
                for record in run.records
            ],
            "pass": self.passed,
            "met": self.met,
            "failed": len(self.failed),
            "no_evidence": len(self.missing),
            "seconds": round(self.seconds, 3),
            "versions": self.versions,
        }

    def __str__(self) -> str:
        where = f"{len(self.runs)} case{'s' if len(self.runs) != 1 else ''}, {self.seconds:.0f} s"
        lines = [f"{self.met} of {self.met + len(self.failed)} goals met in {where}"]
        if self.missing:
            lines.append(f"no evidence: {', '.join(record.id for record in self.missing)}")
        return "\n".join(lines + [f"FAILED: {record}" for record in self.failed])
