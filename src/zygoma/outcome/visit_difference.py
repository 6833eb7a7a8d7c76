"""The difference of two visits, each measured several times, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import stats

from zygoma.errors import InputError, RangeError


@dataclass(frozen=True)
class VisitDifference:
    """After less before, in the unit of what was measured.

    Attributes
    ----------
    value : float
        Difference of the means.
    repeat : float
        Standard deviation of a single measurement within a visit, pooled.
    count : tuple of int
        Repeats before and after.
    between : float
        Standard deviation from visit to visit of what repeats within a visit do not show.
    systematic : float
        Largest error that has always the same sign.
    level : float
        Level of the interval, 0 to 1.
    gain : float
        Relative standard deviation of the method's own factor on a difference.
    """

    value: float
    repeat: float
    count: tuple[int, int]
    between: float = 0.0
    systematic: float = 0.0
    level: float = 0.95
    gain: float = 0.0

    @staticmethod
    def of(
        before: Sequence[float],
        after: Sequence[float],
        level: float = 0.95,
        between: float = 0.0,
        systematic: float = 0.0,
        gain: float = 0.0,
    ) -> VisitDifference:
        """Difference of the means of repeats `before` and `after`, three in all at least.

        The interval is Student's, from the pooled scatter within the visits; what differs between visits is
        added in quadrature, a systematic error whole.

        Raises
        ------
        InputError
            Too few repeats.
        RangeError
            The level is not between 0 and 1.
        """
        n, m = len(before), len(after)
        if n == 0 or m == 0 or n + m < 3:
            raise InputError(f"{n} measurements before and {m} after; expected one each and three in all")
        if not 0 < level < 1:
            raise RangeError(f"level {level}; expected more than 0 and less than 1")
        first, second = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
        rest = ((first - first.mean()) ** 2).sum() + ((second - second.mean()) ** 2).sum()
        repeat = float(np.sqrt(rest / (n + m - 2)))
        return VisitDifference(
            float(second.mean() - first.mean()), repeat, (n, m), between, systematic, level, gain
        )

    def at(self, level: float) -> VisitDifference:
        """The same at another level."""
        return replace(self, level=level)

    @cached_property
    def _without_gain(self) -> float:
        """Half width of the interval, the errors that go with the size of a difference left out."""
        share, (n, m) = (1 + self.level) / 2, self.count
        within = float(stats.t.ppf(share, n + m - 2)) * self.repeat * np.sqrt(1 / n + 1 / m)
        across = float(stats.norm.ppf(share)) * np.sqrt(2.0) * self.between
        return float(np.hypot(within, across))

    @property
    def half(self) -> float:
        """Half width of the interval."""
        factor = float(stats.norm.ppf((1 + self.level) / 2)) * self.gain * self.value
        return float(np.hypot(self._without_gain, factor)) + self.systematic

    @property
    def smallest(self) -> float:
        """Smallest difference that could have been told from none: its interval just leaves out zero."""
        factor = (float(stats.norm.ppf((1 + self.level) / 2)) * self.gain) ** 2
        if factor >= 1:
            return float("inf")
        own, rest = self._without_gain, self.systematic
        # s = hypot(own, sqrt(factor) s) + rest
        return float((rest + np.sqrt(factor * rest**2 + (1 - factor) * own**2)) / (1 - factor))

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.value - self.half

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.value + self.half

    @property
    def is_distinguishable(self) -> bool:
        """Whether the interval leaves out zero."""
        return abs(self.value) > self.half

    def told(self, above: str, below: str) -> str:
        """The word for a rise or a fall, or ``not distinguishable``."""
        if not self.is_distinguishable:
            return "not distinguishable"
        return above if self.value > 0 else below

    def verdict(self, better: int) -> str:
        """``improved``, ``worse`` or ``not distinguishable``; `better` is 1 where more is better, else -1."""
        return self.told("improved", "worse") if better > 0 else self.told("worse", "improved")


def difference_json(name: str, difference: VisitDifference | None, factor: float) -> dict[str, float | None]:
    """A difference for files, times `factor`, under `name`; null where nothing can be said."""
    keys = (name, "low", "high", "sdc")
    if difference is None:
        return dict.fromkeys(keys)
    values = (difference.value, difference.low, difference.high, difference.smallest)
    return {key: round(factor * value, 6) for key, value in zip(keys, values, strict=True)}
