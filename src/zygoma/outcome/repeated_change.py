"""A change between two visits of a value that every photograph gives, with an interval from the repeats."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray


@dataclass(frozen=True)
class RepeatedChange:
    """Mean after less mean before.

    Attributes
    ----------
    value : float
    low, high : float
        95 % interval; NaN with fewer than two photographs a visit.
    smallest : float
        Change that these photographs could tell from none; NaN likewise.
    """

    value: float
    low: float
    high: float
    smallest: float

    @property
    def known(self) -> bool:
        """Whether there is an interval."""
        return not math.isnan(self.low)

    def told(self, above: str, below: str, enough: bool) -> str:
        """Verdict: `above` or `below` where the interval leaves out 0, if there is enough to tell."""
        if not (self.known and enough):
            return "not comparable"
        return above if self.low > 0 else below if self.high < 0 else "not distinguishable"

    def json(self, name: str, factor: float, verdict: str) -> dict[str, Any]:
        """Plain values times a factor, the change itself under `name`, and the verdict.

        Null for what is not known, and for all that cannot be compared.
        """
        comparable = verdict != "not comparable"

        def told(value: float) -> float | None:
            return round(factor * value, 4) if comparable and not math.isnan(value) else None

        low, high, smallest = (told(value) for value in (self.low, self.high, self.smallest))
        return {name: told(self.value), "low": low, "high": high, "sdc": smallest, "verdict": verdict}


def repeated_change(
    before: NDArray[Any], after: NDArray[Any], left: float, gain: float = 0.0
) -> RepeatedChange:
    """Change of a value from its repeats.

    Parameters
    ----------
    before, after : (n,), (m,) arrays
        Of each photograph of a visit.
    left : float
        Standard deviation of what all photographs of a visit have in common, which shows in no repeat.
    gain : float
        Relative standard deviation of the method's own factor on a change.
    """
    from scipy.stats import t

    value = float(after.mean() - before.mean())
    if min(len(before), len(after)) < 2:
        return RepeatedChange(value, math.nan, math.nan, math.nan)
    free = len(before) + len(after) - 2
    scatter = sum(float(((part - part.mean()) ** 2).sum()) for part in (before, after)) / free
    repeats = scatter * (1 / len(before) + 1 / len(after))
    total = repeats + left**2
    degrees = total**2 / (repeats**2 / free) if repeats > 0 else math.inf
    reach = float(t.ppf(0.975, min(degrees, 1e6)))
    half = reach * math.sqrt(total + (gain * value) ** 2)
    return RepeatedChange(value, value - half, value + half, reach * math.sqrt(total))
