"""Intervals of differences between visits."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from zygoma.errors import InputError, RangeError
from zygoma.outcome.visit_difference import VisitDifference


def test_is_the_two_sample_t_interval() -> None:
    before, after = [1.0, 1.3, 0.9], [2.0, 2.2, 1.7]
    found, known = VisitDifference.of(before, after), stats.ttest_ind(after, before).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((known.low, known.high))
    assert found.verdict(1) == "improved"
    assert found.verdict(-1) == "worse"
    assert found.at(0.999).verdict(1) == "not distinguishable"


def test_budget_widens() -> None:
    plain = VisitDifference.of([0.0, 0.0, 0.0], [1.0, 1.0, 1.0])
    assert plain.half == 0
    wide = VisitDifference.of([0.0, 0.0, 0.0], [1.0, 1.0, 1.0], between=0.5, systematic=0.25)
    assert wide.half == pytest.approx(1.959964 * np.sqrt(2) * 0.5 + 0.25)


def test_the_smallest_difference_is_the_one_whose_interval_just_leaves_out_zero() -> None:
    rng = np.random.default_rng(12)
    before, after = rng.standard_normal((2, 3))
    kind = {"between": 0.3, "systematic": 0.2, "gain": 0.2}
    smallest = VisitDifference.of(before.tolist(), after.tolist(), **kind).smallest
    shift = smallest - (after.mean() - before.mean())
    at_it = VisitDifference.of(before.tolist(), (after + shift).tolist(), **kind)
    assert at_it.low == pytest.approx(0.0, abs=1e-9)
    assert at_it.smallest == pytest.approx(smallest)
    assert VisitDifference.of(before.tolist(), after.tolist(), gain=0.6).smallest == np.inf


def test_covers_what_visits_have_in_common() -> None:
    rng, held = np.random.default_rng(13), []
    for _ in range(4000):
        visits = rng.normal(0.0, 0.1, (2, 3)) + rng.normal(0.0, 0.05, (2, 1))
        held.append(not VisitDifference.of(*visits.tolist(), between=0.05).is_distinguishable)
    assert np.mean(held) == pytest.approx(0.95, abs=0.025)


def test_covers() -> None:
    """95 % intervals of 4000 null differences: binomial standard error 0.35 %, four of them allowed."""
    rng = np.random.default_rng(11)
    inside = [
        not VisitDifference.of(*rng.standard_normal((2, 3)).tolist()).is_distinguishable for _ in range(4000)
    ]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.014)


def test_bad_input() -> None:
    with pytest.raises(InputError, match="three in all"):
        VisitDifference.of([1.0], [2.0])
    with pytest.raises(RangeError):
        VisitDifference.of([1.0, 2.0], [2.0], level=95)
