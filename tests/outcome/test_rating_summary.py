"""What a blinded rating says: kappa by its definition, an interval that covers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zygoma.outcome.rating_agreement import between_raters, weighted_kappa, within_raters
from zygoma.outcome.rating_key import Rating, Ratings
from zygoma.outcome.rating_scale import RatingScale
from zygoma.outcome.rating_summary import RatingSummary, summarize

MERZ = RatingScale.load("merz")


def _summary(rows: list[Rating], scale: RatingScale = MERZ) -> RatingSummary:
    return summarize(Ratings("s0", scale, "face", tuple(rows), ()))


def _rows(changes: list[list[int]]) -> list[Rating]:
    """Ratings with the changes of each pair, one by each rater."""
    return [
        Rating(rater, f"pair {k}", 2, 2 + change, "same", False)
        for k, pair in enumerate(changes)
        for rater, change in enumerate(pair, 1)
    ]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=30))
def test_kappa_is_that_of_the_table(both: list[tuple[int, int]]) -> None:
    table = np.zeros((5, 5))
    for pair in both:
        table[pair] += 1 / len(both)
    weights = (np.arange(5)[:, None] - np.arange(5)) ** 2 / 16
    chance = np.outer(table.sum(1), table.sum(0))
    found = weighted_kappa([a for a, _ in both], [b for _, b in both])
    if (weights * chance).sum() == 0:
        assert found is None
    else:
        assert found == pytest.approx(1 - (weights * table).sum() / (weights * chance).sum())


def test_kappa_of_a_published_kind() -> None:
    assert weighted_kappa([0, 1, 2, 3], [0, 1, 2, 3]) == 1.0
    assert weighted_kappa([0, 1, 2, 3], [3, 2, 1, 0]) == -1.0
    assert weighted_kappa([0, 1], [1, 0]) == -1.0
    assert weighted_kappa([2, 2], [2, 2]) is None
    assert weighted_kappa([], []) is None


def test_repeats_tell_within_and_first_showings_between_raters() -> None:
    rows = [
        Rating(1, "a", 0, 2, "after", False),
        Rating(1, "b", 4, 1, "after", False),
        Rating(1, "b", 4, 1, "after", True),
        Rating(2, "a", 2, 0, "after", False),
        Rating(2, "b", 1, 4, "after", False),
        Rating(2, "b", 4, 1, "after", True),
    ]
    within, between = within_raters(rows), between_raters(rows)
    assert within.parts == {"1": 1.0, "2": -1.0}
    assert (within.kappa, within.photographs) == (0.0, 4)
    assert between.parts == {"1-2": weighted_kappa([2, 0, 1, 4], [0, 2, 4, 1])}
    assert between.photographs == 4
    assert within_raters(rows[:2]).kappa is None


def test_the_interval_covers_and_no_change_is_rarely_a_verdict() -> None:
    random = np.random.default_rng(11)
    covered = improved = 0
    trials = 400
    for _ in range(trials):
        true = random.normal(2.5, 0.8, (12, 1))
        grades = np.clip(np.round(true + random.normal(0, 0.5, (12, 3))), 0, 4)
        again = np.clip(np.round(true + random.normal(0, 0.5, (12, 3))), 0, 4)
        found = _summary(_rows((again - grades).astype(int).tolist()))
        assert found.interval is not None
        covered += found.interval[0] <= 0 <= found.interval[1]
        improved += found.verdict == "improved"
    assert covered >= 0.93 * trials
    assert improved <= 0.04 * trials


def test_direction_and_few_pairs() -> None:
    fewer = _summary(_rows([[-1, -1, -1], [-1, -2, -1], [-1, -1, -1], [-2, -1, -1]]))
    assert fewer.verdict == "improved", "on this scale low is better"
    assert "lower is better" in str(fewer)
    assert _summary(_rows([[1, 1, 1], [1, 2, 1], [1, 1, 1], [2, 1, 1]])).verdict == "worse"
    one = _summary(_rows([[-3]]))
    assert one.interval is None
    assert one.verdict == "not distinguishable"
    assert "no interval from one pair" in str(one)
    alike = _summary(_rows([[-1], [-1], [-1]]))
    assert alike.interval is not None
    assert alike.interval[1] > -0.5, "rounding alone leaves that much open"
    table = fewer.json()
    assert len(table["ratings"]) == 12
    assert table["low"] < table["mean_change_of_grade"] < table["high"] < 0
