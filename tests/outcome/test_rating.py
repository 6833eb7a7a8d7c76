"""Blinded rating: the key knows what the pages do not tell, and opens it right."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zygoma.errors import InputError, RangeError, UnknownNameError
from zygoma.outcome.rating import RatingItem, key_text, pairs_of, rating_items, ratings_text, unblind
from zygoma.outcome.rating_scale import RatingScale, rating_scales

MERZ = RatingScale.load("merz")


def _pairs(count: int) -> dict[str, tuple[Path, Path]]:
    return {f"person {k}": (Path(f"before/{k}.png"), Path(f"after/{k}.png")) for k in range(count)}


def _ratings(items: tuple[RatingItem, ...], rater: int) -> str:
    """What a rater saves who sees 3 before and 1 after, and finds after better."""
    rows = ["rater,item,left,right,better"]
    for item in items:
        if item.rater == rater:
            grades = {"before": 3, "after": 1}
            right_is = "after" if item.left_is == "before" else "before"
            better = "left" if item.left_is == "after" else "right"
            rows.append(f"{rater},{item.item},{grades[item.left_is]},{grades[right_is]},{better}")
    return "\n".join(rows) + "\n"


@given(st.integers(1, 12), st.integers(1, 4), st.integers(0, 2**31), st.floats(0, 1))
def test_the_key_opens_what_the_raters_saw(count: int, raters: int, seed: int, repeats: float) -> None:
    items = rating_items(_pairs(count), raters, repeats, seed)
    found = unblind(key_text(items, MERZ), [_ratings(items, rater + 1) for rater in range(raters)])
    assert len(found) == len(items)
    assert {(rating.before, rating.after, rating.better) for rating in found} == {(3, 1, "after")}
    for item in items:
        shown = {"before": item.left, "after": item.right} if item.left_is == "before" else None
        shown = shown or {"before": item.right, "after": item.left}
        assert shown["before"].parent.name == "before"
        assert shown["after"].parent.name == "after"


def test_order_and_sides_differ_between_raters_and_repeats_exchange_the_sides() -> None:
    items = rating_items(_pairs(40), 3, 0.25, 7)
    own = [[i for i in items if i.rater == rater] for rater in (1, 2, 3)]
    assert len({tuple(i.pair for i in one) for one in own}) == 3
    for one in own:
        assert 10 < sum(i.left_is == "before" for i in one if not i.repeat) < 30  # 40 throws of a coin
        assert sum(i.repeat for i in one) == 10
        first = {i.pair: i.left_is for i in one if not i.repeat}
        assert all(first[i.pair] != i.left_is for i in one if i.repeat)
    assert items == rating_items(_pairs(40), 3, 0.25, 7)
    assert items != rating_items(_pairs(40), 3, 0.25, 8)


def test_wrong_files_are_refused() -> None:
    items = rating_items(_pairs(2), 2, 0.0)
    key, one = key_text(items, MERZ), _ratings(items, 1)
    for ratings, message in (
        ([], "no ratings"),
        ([one, one], "rated twice"),
        (["rater,item\n1,1\n"], "no column 'left'"),
        ([one.replace("1,2,", "1,99,")], "not in the key"),
        ([one.rsplit("\n", 2)[0] + "\n"], "left out item 2"),
        ([one.replace(",left", ",up").replace(",right", ",up")], "no column|expected one of"),
    ):
        with pytest.raises(InputError, match=message):
            unblind(key, ratings)
    with pytest.raises(RangeError, match="0 to 4"):
        unblind(key, [one.replace("3", "7")])
    with pytest.raises(InputError, match="the key"):
        unblind("a,b\n1,2\n", [one])
    assert ratings_text(unblind(key, [one])).splitlines()[0] == "rater,pair,before,after,better,repeat"


@pytest.mark.parametrize(("raters", "repeats"), [(0, 0.2), (3, 1.5), (3, -0.1)])
def test_numbers_that_cannot_be(raters: int, repeats: float) -> None:
    with pytest.raises(RangeError, match="expected"):
        rating_items(_pairs(2), raters, repeats)
    with pytest.raises(InputError, match="no pairs"):
        rating_items({})


def test_pairs_are_found_by_name(tmp_path: Path) -> None:
    for place in ("before", "after"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "Jörg.png").touch()
        (tmp_path / place / "notes.txt").touch()
    pairs = pairs_of(tmp_path / "before", tmp_path / "after")
    assert list(pairs) == ["Jörg"]
    assert pairs_of(*pairs["Jörg"]) == pairs
    (tmp_path / "after" / "alone.jpg").touch()
    for before, after, message in (
        (tmp_path / "before", tmp_path / "after", "'alone' is in one"),
        (tmp_path / "before", tmp_path / "none", "no such file"),
        (tmp_path / "before", pairs["Jörg"][1], "two folders or two files"),
    ):
        with pytest.raises(InputError, match=message):
            pairs_of(before, after)


def test_scales_say_where_they_come_from() -> None:
    for scale in rating_scales():
        assert scale.low < scale.high
        assert scale.better in ("low", "high")
        assert scale.source
        assert scale.status in ("read", "unverified")
        assert scale.grade(str(scale.high)) == scale.high
        with pytest.raises(RangeError, match="whole number"):
            scale.grade("1.5")
    assert RatingScale.load("fine_lines").meaningful == 1
    with pytest.raises(UnknownNameError, match="merz"):
        RatingScale.load("mertz")
