"""Blinded rating: who sees which pair in which order, and what the ratings say once the key is opened."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zygoma.errors import InputError, RangeError
from zygoma.outcome.rating_scale import RatingScale

ANSWERS = ("left", "right", "same")
"""Which of two photographs looks better."""

_KEY = ("scale", "rater", "item", "pair", "left", "repeat")
_RATINGS = ("rater", "item", "left", "right", "better")


@dataclass(frozen=True)
class RatingItem:
    """Two photographs of one person side by side, as one rater sees them.

    Attributes
    ----------
    rater, item : int
        From 1 on.
    pair : str
        Which pair it is; the rater is not told.
    left, right : Path
    left_is : str
        ``"before"`` or ``"after"``; the rater is not told.
    repeat : bool
        Whether this rater saw the pair before: it tells how well a rater agrees with themselves.
    """

    rater: int
    item: int
    pair: str
    left: Path
    right: Path
    left_is: str
    repeat: bool


@dataclass(frozen=True)
class Rating:
    """What one rater said of one pair, unblinded.

    Attributes
    ----------
    rater : int
    pair : str
    before, after : int
        Grades.
    better : str
        ``"before"``, ``"after"`` or ``"same"``.
    repeat : bool
    """

    rater: int
    pair: str
    before: int
    after: int
    better: str
    repeat: bool


def pairs_of(before: Path, after: Path) -> dict[str, tuple[Path, Path]]:
    """Photographs of two folders that belong together, by name without ending; or two files, one pair.

    Raises
    ------
    InputError
        A file or folder is missing, or one folder lacks what the other has.
    """
    for path in (before, after):
        if not path.exists():
            raise InputError(f"{path}: no such file or folder; give photographs from before and after")
    if before.is_file() and after.is_file():
        return {before.stem: (before, after)}
    if not (before.is_dir() and after.is_dir()):
        raise InputError(f"{before} and {after}; expected two folders or two files")
    first, second = (
        {path.stem: path for path in sorted(p.iterdir()) if _is_picture(path)} for p in (before, after)
    )
    alone = sorted(set(first) ^ set(second))
    if alone or not first:
        what = f"{alone[0]!r} is in one of them only" if alone else "there is no photograph in them"
        raise InputError(f"{before} and {after}: {what}; name both photographs of a person alike")
    return {name: (first[name], second[name]) for name in first}


def rating_items(
    pairs: Mapping[str, tuple[Path, Path]], raters: int = 3, repeats: float = 0.2, seed: int = 1
) -> tuple[RatingItem, ...]:
    """Items of every rater, each in an order and with sides of their own.

    Parameters
    ----------
    pairs : mapping of str to (Path, Path)
        Before and after, by person.
    raters : int
        At least 1; three are usual.
    repeats : float
        Share of the pairs that a rater sees twice, the sides exchanged; at least one pair unless it is 0.
    seed : int
        Of the order.

    Raises
    ------
    RangeError
        No raters, or a share outside 0 to 1.
    InputError
        No pairs.
    """
    if raters < 1:
        raise RangeError(f"{raters} raters; expected at least 1")
    if not 0 <= repeats <= 1:
        raise RangeError(f"a share of {repeats:g} repeated pairs; expected 0 to 1")
    if not pairs:
        raise InputError("no pairs to rate; give at least one")
    names = list(pairs)
    again = min(len(names), max(1, round(repeats * len(names)))) if repeats > 0 else 0
    found = []
    for rater in range(1, raters + 1):
        random = np.random.default_rng([seed, rater])
        before_left = dict(zip(names, random.random(len(names)) < 0.5, strict=True))
        order = [(names[k], False) for k in random.permutation(len(names))]
        order += [(names[k], True) for k in random.permutation(len(names))[:again]]
        for item, (name, repeat) in enumerate(order, 1):
            on_left = before_left[name] != repeat
            before, after = pairs[name]
            left, right = (before, after) if on_left else (after, before)
            found.append(RatingItem(rater, item, name, left, right, "before" if on_left else "after", repeat))
    return tuple(found)


def key_text(items: Iterable[RatingItem], scale: RatingScale) -> str:
    """The key as CSV, to be kept from the raters."""
    rows = ((scale.id, i.rater, i.item, i.pair, i.left_is, int(i.repeat)) for i in items)
    return _written(_KEY, rows)


def unblind(key: str, ratings: Sequence[str]) -> tuple[Rating, ...]:
    """Ratings with the key opened.

    Parameters
    ----------
    key : str
        As `key_text` wrote it.
    ratings : sequence of str
        The CSV of every rater.

    Raises
    ------
    InputError
        Columns are missing, an item is unknown or rated twice, or a rater left items out.
    RangeError
        A grade that the scale does not have.
    """
    known = {(row["rater"], row["item"]): row for row in _read(key, _KEY, "the key")}
    found: dict[tuple[str, str], Rating] = {}
    for text in ratings:
        rows = _read(text, _RATINGS, "ratings")
        for row in rows:
            place = (row["rater"], row["item"])
            if place not in known or place in found:
                why = "was rated twice" if place in found else "is not in the key"
                raise InputError(
                    f"item {place[1]} of rater {place[0]} {why}; give the files of this key, each once"
                )
            found[place] = _rating(row, known[place], RatingScale.load(known[place]["scale"]))
        missing = sorted(
            {p for p in known if p[0] in {r["rater"] for r in rows}} - set(found), key=lambda p: int(p[1])
        )
        if missing:
            raise InputError(f"rater {missing[0][0]} left out item {missing[0][1]}; ask for all of them")
    if not found:
        raise InputError("no ratings; give at least one file that a rater saved")
    return tuple(found.values())


def ratings_text(ratings: Iterable[Rating]) -> str:
    """Unblinded ratings as CSV, a row for each rater and pair."""
    columns = ("rater", "pair", "before", "after", "better", "repeat")
    return _written(columns, ((r.rater, r.pair, r.before, r.after, r.better, int(r.repeat)) for r in ratings))


def _rating(row: Mapping[str, str], key: Mapping[str, str], scale: RatingScale) -> Rating:
    sides = {"left": scale.grade(row["left"]), "right": scale.grade(row["right"])}
    if row["better"] not in ANSWERS:
        raise InputError(f"{row['better']!r} looks better; expected one of {', '.join(ANSWERS)}")
    is_at = {"left": key["left"], "right": "after" if key["left"] == "before" else "before", "same": "same"}
    before = "left" if key["left"] == "before" else "right"
    after = "right" if before == "left" else "left"
    return Rating(
        int(row["rater"]),
        key["pair"],
        sides[before],
        sides[after],
        is_at[row["better"]],
        key["repeat"] == "1",
    )


def _read(text: str, columns: Sequence[str], what: str) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text.lstrip("﻿")))
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        raise InputError(f"{what}: no column {missing[0]!r}; expected a CSV with {', '.join(columns)}")
    return list(reader)


def _written(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def _is_picture(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() in {".png", ".jpg", ".jpeg", ".tif", ".tiff"}
