"""How well raters agree with themselves and with each other: weighted kappa."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from zygoma.outcome.rating_key import Rating

Grades = dict[tuple[str, str], int]
"""Grade by pair and by ``"before"`` or ``"after"``."""


@dataclass(frozen=True)
class Agreement:
    """Agreement on the same photographs.

    Attributes
    ----------
    kappa : float or None
        Mean weighted kappa; None where grades do not vary or nothing was rated twice.
    photographs : int
        Photographs that were graded twice, over all of `parts`.
    parts : dict of str to (float or None)
        Weighted kappa of each rater, or of each two.
    """

    kappa: float | None
    photographs: int
    parts: dict[str, float | None]

    def json(self) -> dict[str, Any]:
        """Plain values."""
        return {"weighted_kappa": self.kappa, "photographs": self.photographs, "parts": self.parts}


def weighted_kappa(first: Sequence[int], second: Sequence[int]) -> float | None:
    """Cohen's kappa with quadratic weights.

    Parameters
    ----------
    first, second : sequence of int, length n
        Grades of the same photographs.

    Returns
    -------
    float or None
        1 for full agreement, 0 for that of chance; None where all grades are alike, or none.

    References
    ----------
    Cohen 1968, Weighted kappa, Psychol Bull 70:213.
    """
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if not one.size:
        return None
    by_chance = float(np.mean((one[:, None] - other[None, :]) ** 2))
    return 1.0 - float(np.mean((one - other) ** 2)) / by_chance if by_chance > 0 else None


def within_raters(ratings: Iterable[Rating]) -> Agreement:
    """Agreement of each rater with themselves, on the pairs that were shown again."""
    rows = tuple(ratings)
    twice = {
        str(rater): (_grades(rows, rater, repeat=False), _grades(rows, rater, repeat=True))
        for rater in _raters(rows)
    }
    return _agreement(twice)


def between_raters(ratings: Iterable[Rating]) -> Agreement:
    """Agreement of each two raters, on all photographs as they were shown first."""
    rows = tuple(ratings)
    first = {rater: _grades(rows, rater, repeat=False) for rater in _raters(rows)}
    return _agreement({f"{a}-{b}": (first[a], first[b]) for a, b in combinations(first, 2)})


def _agreement(twice: dict[str, tuple[Grades, Grades]]) -> Agreement:
    parts: dict[str, float | None] = {}
    photographs = 0
    for name, (one, other) in twice.items():
        both = sorted(one.keys() & other.keys())
        photographs += len(both)
        parts[name] = weighted_kappa([one[k] for k in both], [other[k] for k in both])
    known = [kappa for kappa in parts.values() if kappa is not None]
    return Agreement(sum(known) / len(known) if known else None, photographs, parts)


def _raters(rows: Iterable[Rating]) -> list[int]:
    return sorted({row.rater for row in rows})


def _grades(rows: Iterable[Rating], rater: int, repeat: bool) -> Grades:
    own = [row for row in rows if row.rater == rater and row.repeat == repeat]
    return {(row.pair, "before"): row.before for row in own} | {(row.pair, "after"): row.after for row in own}
