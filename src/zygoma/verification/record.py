"""What a verification case found, beside its goal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Record:
    """One measured number and its goal; both are pure numbers, without a unit.

    Attributes
    ----------
    id : str
        Lower-case words with hyphens, unique over all cases; stays when wording or mesh change.
    problem : str
        What was solved, in a few words.
    quantity : str
        What was measured.
    measured : float or None
        The number found here; None where there is none.
    goal : float or None
        What it must not exceed, or reach when `at_least`; None where nothing could be measured.
    source : str
        Formula or publication of the reference solution.
    at_least : bool
        The measured value must reach the goal instead of staying below it.
    reason : str
        Why there is no number.
    absent : bool
        There is no evidence, without a fault: what the case needs is not installed.
    """

    id: str
    problem: str
    quantity: str
    measured: float | None
    goal: float | None
    source: str
    at_least: bool = False
    reason: str = ""
    absent: bool = False

    @classmethod
    def raised(cls, id: str, problem: str, error: BaseException) -> Record:
        """Failure of a case that ended with an error instead of a number."""
        text = f"{type(error).__name__}: {error}"
        return cls(id, problem, "ends without an error", None, None, "", reason=text)

    @classmethod
    def no_evidence(cls, id: str, problem: str, quantity: str, source: str, reason: str) -> Record:
        """A case that could not be run here, which is no failure."""
        return cls(id, problem, quantity, None, None, source, reason=reason, absent=True)

    @property
    def passed(self) -> bool | None:
        """Whether the goal is met; no number or not a number fails; None where there is no evidence."""
        if self.absent:
            return None
        if self.measured is None or self.goal is None:
            return False
        return bool(self.measured >= self.goal if self.at_least else self.measured <= self.goal)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON, which knows no infinite and no undefined numbers: these become null."""
        measured = self.measured
        return {
            "id": self.id,
            "problem": self.problem,
            "quantity": self.quantity,
            "measured": measured if measured is not None and math.isfinite(measured) else None,
            "goal": self.goal,
            "at_least": self.at_least,
            "pass": self.passed,
            "source": self.source,
            "reason": self.reason,
        }

    def __repr__(self) -> str:
        if self.measured is None or self.goal is None:
            word = "no evidence" if self.absent else "FAILED"
            return f"{self.problem}: {self.quantity}, {word}: {self.reason}"
        sign = ">=" if self.at_least else "<="
        word = "passed" if self.passed else "FAILED"
        return f"{self.problem}: {self.quantity} {self.measured:.3g} (goal {sign} {self.goal:g}), {word}"
