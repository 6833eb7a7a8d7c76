"""What a blinded rating says: change of the grade with its interval, votes, agreement."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from zygoma.outcome.rating_agreement import Agreement, between_raters, within_raters
from zygoma.outcome.rating_key import Ratings


@dataclass(frozen=True)
class RatingSummary:
    """The answer of a study; print it, or take `json`.

    Attributes
    ----------
    ratings : Ratings
    pairs : int
    change : float
        Mean change of the grade, after less before.
    interval : (float, float) or None
        95 %, over the pairs; None for one pair.
    verdict : str
        ``"improved"``, ``"worse"`` or ``"not distinguishable"``.
    votes : dict of str to int
        How often ``"after"``, ``"before"`` or ``"same"`` looked better.
    within, between : Agreement
    """

    ratings: Ratings
    pairs: int
    change: float
    interval: tuple[float, float] | None
    verdict: str
    votes: dict[str, int]
    within: Agreement
    between: Agreement

    def json(self) -> dict[str, Any]:
        """Plain values, with every rating."""
        scale = self.ratings.scale
        low, high = self.interval or (None, None)
        return {
            "sheet": self.ratings.sheet,
            "scale": scale.id,
            "region": self.ratings.region,
            "better_grade": scale.better,
            "pairs": self.pairs,
            "missing_raters": list(self.ratings.missing),
            "after_better": self.votes["after"],
            "before_better": self.votes["before"],
            "same": self.votes["same"],
            "mean_change_of_grade": self.change,
            "low": low,
            "high": high,
            "meaningful_change": scale.meaningful,
            "verdict": self.verdict,
            "agreement": {
                "within": self.within.json(),
                "between": self.between.json(),
                "published": scale.agreement,
            },
            "ratings": [asdict(row) for row in self.ratings.rows],
        }

    def __str__(self) -> str:
        scale, votes = self.ratings.scale, self.votes
        between = "no interval from one pair"
        if self.interval is not None:
            between = f"95 % {self.interval[0]:+.2f} to {self.interval[1]:+.2f}"
        lines = [
            f"{self.verdict}: the grade changes by {self.change:+.2f} ({between}; {self.pairs} pairs; "
            f"{scale.better}er is better on the {scale.name})",
            f"after looks better in {votes['after']} ratings, before in {votes['before']}, "
            f"the same in {votes['same']}",
            f"weighted kappa: {_kappa(self.within)} within raters, {_kappa(self.between)} between them",
        ]
        if self.ratings.missing:
            raters = ", ".join(map(str, self.ratings.missing))
            lines.append(f"no ratings of rater {raters}: the study is not complete")
        return "\n".join(lines)


def summarize(ratings: Ratings) -> RatingSummary:
    """Sum up a study by the first time that each pair was shown.

    The interval is Student's t over the pairs, each the mean over the raters: it speaks of further
    persons rated by these raters. Their scatter is taken no smaller than that of rounding to whole
    grades, or three pairs that change alike would have no interval at all.
    """
    first = [row for row in ratings.rows if not row.repeat]
    changes: dict[str, list[int]] = {}
    for row in first:
        changes.setdefault(row.pair, []).append(row.after - row.before)
    means = np.array([np.mean(values) for values in changes.values()])
    raters = len({row.rater for row in first})
    change, interval = float(means.mean()), _interval(means, raters)
    verdict = "not distinguishable"
    if interval is not None and not interval[0] <= 0 <= interval[1]:
        verdict = "improved" if (change > 0) == (ratings.scale.better == "high") else "worse"
    counted = Counter(row.better for row in first)
    votes = {answer: counted[answer] for answer in ("after", "before", "same")}
    return RatingSummary(
        ratings,
        len(means),
        change,
        interval,
        verdict,
        votes,
        within_raters(ratings.rows),
        between_raters(ratings.rows),
    )


def _interval(means: Any, raters: int) -> tuple[float, float] | None:
    from scipy.stats import t

    if len(means) < 2:
        return None
    rounding = math.sqrt(2 / 12 / raters)  # standard deviation of a difference of two rounded grades
    scatter = max(float(means.std(ddof=1)), rounding)
    reach = float(t.ppf(0.975, len(means) - 1)) * scatter / math.sqrt(len(means))
    return float(means.mean()) - reach, float(means.mean()) + reach


def _kappa(agreement: Agreement) -> str:
    return "unknown" if agreement.kappa is None else f"{agreement.kappa:.2f}"
