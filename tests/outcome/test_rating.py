"""Blinded rating: the key knows what the pages do not tell, and opens it right; nothing else opens it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zygoma.errors import InputError, RangeError, UnknownNameError
from zygoma.outcome.rating import RatingStudy, pairs_of, rating_study
from zygoma.outcome.rating_key import key_text, sheet_of, unblind
from zygoma.outcome.rating_scale import RatingScale, rating_scales

MERZ = RatingScale.load("merz")
Pairs = dict[str, tuple[Path, Path]]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Pairs:
    """Forty pairs; nothing here looks at the pictures."""
    place = tmp_path_factory.mktemp("rating")
    found = {}
    for k in range(40):
        found[f"person {k}"] = (place / "before" / f"{k}.png", place / "after" / f"{k}.png")
        for path in found[f"person {k}"]:
            path.parent.mkdir(exist_ok=True)
            path.write_text(str(path))
    return found


def _some(pairs: Pairs, count: int) -> Pairs:
    return dict(list(pairs.items())[:count])


def _ratings(study: RatingStudy, rater: int) -> str:
    """What a rater saves who sees 3 before and 1 after, and finds after better."""
    rows = ["sheet,rater,item,left,right,better"]
    for item in study.items:
        if item.rater == rater:
            grades = {"before": 3, "after": 1}
            right_is = "after" if item.left_is == "before" else "before"
            better = "left" if item.left_is == "after" else "right"
            rows.append(
                f"{sheet_of(study)},{rater},{item.item},{grades[item.left_is]},{grades[right_is]},{better}"
            )
    return "\n".join(rows) + "\n"


@settings(deadline=None)  # it reads files
@given(st.integers(1, 12), st.integers(1, 4), st.integers(0, 2**31), st.floats(0, 1))
def test_the_key_opens_what_the_raters_saw(
    pairs: Pairs, count: int, raters: int, seed: int, repeats: float
) -> None:
    study = rating_study(_some(pairs, count), MERZ, raters, repeats, seed)
    found = unblind(key_text(study), [_ratings(study, rater + 1) for rater in range(raters)])
    assert len(found.rows) == len(study.items)
    assert found.missing == ()
    assert {(rating.before, rating.after, rating.better) for rating in found.rows} == {(3, 1, "after")}
    for item in study.items:
        shown = {"before": item.left, "after": item.right} if item.left_is == "before" else None
        shown = shown or {"before": item.right, "after": item.left}
        assert shown["before"].parent.name == "before"
        assert shown["after"].parent.name == "after"
    for rater in range(1, raters + 1):
        sides = Counter(i.left_is for i in study.items if i.rater == rater and not i.repeat)
        assert abs(sides["before"] - sides["after"]) <= 1, "sides are balanced"


def test_order_and_sides_differ_between_raters_and_repeats_exchange_the_sides(pairs: Pairs) -> None:
    study = rating_study(pairs, MERZ, 3, 0.25, 7)
    own = [[i for i in study.items if i.rater == rater] for rater in (1, 2, 3)]
    assert len({tuple(i.pair for i in one) for one in own}) == 3
    assert len({frozenset(i.pair for i in one if i.left_is == "before") for one in own}) == 3
    for one in own:
        assert sum(i.repeat for i in one) == 10
        first = {i.pair: i.left_is for i in one if not i.repeat}
        assert all(first[i.pair] != i.left_is for i in one if i.repeat)
    assert study == rating_study(pairs, MERZ, 3, 0.25, 7)
    assert study.items != rating_study(pairs, MERZ, 3, 0.25, 8).items
    drawn = rating_study(pairs, MERZ)
    assert drawn.items != rating_study(pairs, MERZ).items, "no two studies are alike"
    assert f",{drawn.seed}," in key_text(drawn)


def test_ratings_of_other_pages_are_refused(pairs: Pairs) -> None:
    study = rating_study(_some(pairs, 2), MERZ, 1, seed=1)
    one = _ratings(study, 1)
    swapped = {name: both[::-1] for name, both in _some(pairs, 2).items()}
    for other in (
        rating_study(_some(pairs, 2), MERZ, 1, seed=2),
        rating_study(_some(pairs, 2), MERZ, 1, seed=1, region="forehead"),
        rating_study(_some(pairs, 2), RatingScale.load("fine_lines"), 1, seed=1),
        rating_study(swapped, MERZ, 1, seed=1),
    ):
        with pytest.raises(InputError, match=r"ratings of the sheet .* but the key is of"):
            unblind(key_text(other), [one])


def test_a_key_that_was_changed_is_refused(pairs: Pairs) -> None:
    study = rating_study(_some(pairs, 2), MERZ, 1)
    key, one = key_text(study), _ratings(study, 1)
    lines = key.splitlines()
    for changed in (
        key.replace("before", "Before"),
        key.replace("before", "B").replace("after", "before").replace("B", "after"),
        key.replace("person 0", "person 1"),
        "\n".join(lines[:-1]),
        lines[0],
    ):
        with pytest.raises(InputError, match="the key is not as it was written"):
            unblind(changed, [one])
    with pytest.raises(InputError, match="the key: line 2 has too few"):
        unblind(key.replace(lines[1], "1,2"), [one])
    with pytest.raises(InputError, match="the key: no column"):
        unblind("a,b\n1,2\n", [one])
    assert unblind("\ufeff" + key, ["\ufeff" + one]).rows


def test_wrong_ratings_are_refused(pairs: Pairs) -> None:
    study = rating_study(_some(pairs, 2), MERZ, 2, 0.0)
    key, one = key_text(study), _ratings(study, 1)
    head, first, last = one.splitlines()
    for ratings, message in (
        ([], "no ratings"),
        ([head], "without a row"),
        ([one, one], "rated twice"),
        (["sheet,rater,item\n1,1,1\n"], "no column 'left'"),
        ([one.replace(",1,2,", ",1,99,")], "not in the key"),
        ([f"{head}\n{first}\n"], "left out item 2"),
        ([f"{head}\n{first}\n{last.rsplit(',', 2)[0]}\n"], "line 3 has too few"),
        ([f"{head}\n{first}\n{last},1\n"], "line 3 has too few or too many"),
        ([f"{head}\n{first}\n{last.rsplit(',', 1)[0]},up\n"], "expected one of"),
    ):
        with pytest.raises(InputError, match=message):
            unblind(key, ratings)
    with pytest.raises(RangeError, match="0 to 4"):
        unblind(key, [one.replace(",3", ",7")])
    opened = unblind(key, [one])
    assert opened.missing == (2,)
    assert opened.csv().splitlines()[0] == "rater,pair,before,after,better,repeat"


@pytest.mark.parametrize(
    ("raters", "repeats", "seed"), [(0, 0.2, 1), (3, 1.5, 1), (3, -0.1, 1), (3, 0.2, -1)]
)
def test_numbers_that_cannot_be(pairs: Pairs, raters: int, repeats: float, seed: int) -> None:
    with pytest.raises(RangeError, match="expected"):
        rating_study(pairs, MERZ, raters, repeats, seed)
    with pytest.raises(InputError, match="no pairs"):
        rating_study({}, MERZ)


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
