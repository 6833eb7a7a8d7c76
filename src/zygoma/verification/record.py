"""What a verification case found, beside its goal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Record:
    """One measured number and its goal.

    Attributes
    ----------
    case : str
        What was solved, in a few words.
    quantity : str
        What was measured.
    measured : float
        The number found here.
    goal : float
        What it must not exceed, or reach when `at_least`.
    source : str
        Formula or publication of the reference solution.
    at_least : bool
        The measured value must reach the goal instead of staying below it.
    """

    case: str
    quantity: str
    measured: float
    goal: float
    source: str
    at_least: bool = False

    @property
    def passed(self) -> bool:
        """Whether the goal is met; not a number fails."""
        return bool(self.measured >= self.goal if self.at_least else self.measured <= self.goal)

    def as_dict(self) -> dict[str, Any]:
        """Plain data with `passed`, for JSON."""
        return {**asdict(self), "passed": self.passed}

    def __repr__(self) -> str:
        sign = ">=" if self.at_least else "<="
        word = "passed" if self.passed else "FAILED"
        return f"{self.case}: {self.quantity} {self.measured:.3g} (goal {sign} {self.goal:g}), {word}"
