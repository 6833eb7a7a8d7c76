"""Recruitment: monotone, lowest threshold first, large and near fibres first."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zygoma.errors import InputError, RangeError
from zygoma.response.recruitment import Recruitment

ROWS = [
    ("mrg", 5.7e-6, 1.2e-3),
    ("mrg", 5.7e-6, 3.2e-3),
    ("mrg", 10e-6, 0.7e-3),
    ("mrg", 10e-6, 1.6e-3),
    ("senn", 10e-6, 1.9e-3),
    ("senn", 10e-6, float("inf")),
]


def test_share_of_fibres_below_a_current():
    found = Recruitment.by_model(ROWS)
    assert set(found) == {"mrg", "senn"}
    assert found["mrg"].share([0, 0.4e-3, 0.7e-3, 1.3e-3, 2e-3, 1.0]) == pytest.approx(
        [0, 0, 0.25, 0.5, 0.75, 1]
    )
    assert found["senn"].share(1.0) == 0.5, "a fibre that nothing excites is never recruited"


def test_weights_by_diameter_are_shared_among_positions():
    found = Recruitment.by_model(ROWS[:4], {5.7e-6: 3.0, 10e-6: 1.0})["mrg"]
    assert found.share(0.8e-3) == pytest.approx(1 / 8)
    assert found.share(1.3e-3) == pytest.approx(1 / 8 + 3 / 8)


def test_large_fibres_come_first():
    found = Recruitment.by_model(ROWS)["mrg"]
    assert found.mean_diameter(0.8e-3) == 10e-6
    assert found.mean_diameter(1.0) == pytest.approx(7.85e-6)
    assert np.isnan(found.mean_diameter(0.1e-3))


def test_curve_rises_at_the_thresholds():
    currents, shares = Recruitment.by_model(ROWS)["senn"].curve()
    assert currents.tolist() == [1.9e-3]
    assert shares.tolist() == [0.5]


sample = st.lists(
    st.tuples(st.floats(1e-6, 20e-6), st.floats(1e-5, 1.0), st.floats(0, 5)), min_size=1, max_size=30
).filter(lambda rows: sum(row[2] for row in rows) > 1e-6)


@given(sample, st.lists(st.floats(0, 2), min_size=2, max_size=20))
def test_recruitment_is_monotone_and_complete(rows, currents):
    d, t, w = zip(*rows, strict=True)
    found = Recruitment.of(d, t, w)
    shares = found.share(np.sort(currents))
    assert (np.diff(shares) >= 0).all()
    assert ((shares >= 0) & (shares <= 1)).all()
    assert found.share(max(t)) == pytest.approx(1.0)
    assert found.share(0.9 * min(t)) == 0
    # against a plain count
    current = float(np.median(currents))
    assert found.share(current) == pytest.approx(
        sum(v for _, u, v in rows if u <= current) / sum(w), abs=1e-12
    )


def test_bad_samples_are_refused():
    with pytest.raises(InputError, match="same"):
        Recruitment.of([1e-5], [1e-3, 2e-3])
    with pytest.raises(InputError, match="fibre"):
        Recruitment.of([], [])
    with pytest.raises(RangeError, match="above 0"):
        Recruitment.of([1e-5], [0.0])
    with pytest.raises(RangeError, match="weights"):
        Recruitment.of([1e-5], [1e-3], [0.0])
    with pytest.raises(InputError, match="no rows"):
        Recruitment.by_model([])
    with pytest.raises(InputError, match="no weight"):
        Recruitment.by_model(ROWS, {10e-6: 1.0})
    with pytest.raises(RangeError, match="peak"):
        Recruitment.of([1e-5], [1e-3]).share(-1.0)
