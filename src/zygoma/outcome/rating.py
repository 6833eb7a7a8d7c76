"""Blinded rating: who sees which pair in which order."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zygoma.errors import InputError, RangeError
from zygoma.outcome.rating_scale import RatingScale

ANSWERS = ("left", "right", "same")
"""Which of two photographs looks better."""


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
class RatingStudy:
    """What all raters see.

    Attributes
    ----------
    items : tuple of RatingItem
    scale : RatingScale
    region : str
        What is graded.
    seed : int
        Of the orders and the sides.
    """

    items: tuple[RatingItem, ...]
    scale: RatingScale
    region: str
    seed: int


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


def rating_study(
    pairs: Mapping[str, tuple[Path, Path]],
    scale: RatingScale,
    raters: int = 3,
    repeats: float = 0.2,
    seed: int | None = None,
    region: str | None = None,
) -> RatingStudy:
    """Items of every rater, each in an order and with sides of their own.

    For every rater, before is on the left in half of the pairs.

    Parameters
    ----------
    pairs : mapping of str to (Path, Path)
        Before and after, by person.
    scale : RatingScale
    raters : int
        At least 1; three are usual.
    repeats : float
        Share of the pairs that a rater sees twice, the sides exchanged; at least one pair unless it is 0.
    seed : int, optional
        Of the order and the sides, at least 0; drawn anew without it, so that no two studies are alike.
    region : str, optional
        What is to be graded; what the scale is of otherwise.

    Raises
    ------
    RangeError
        No raters, a share outside 0 to 1, or a seed below 0.
    InputError
        No pairs.
    """
    if raters < 1:
        raise RangeError(f"{raters} raters; expected at least 1")
    if not 0 <= repeats <= 1:
        raise RangeError(f"a share of {repeats:g} repeated pairs; expected 0 to 1")
    if seed is not None and seed < 0:
        raise RangeError(f"seed {seed}; expected 0 or more")
    if not pairs:
        raise InputError("no pairs to rate; give at least one")
    if seed is None:
        seed = secrets.randbits(31)
    names = list(pairs)
    again = min(len(names), max(1, round(repeats * len(names)))) if repeats > 0 else 0
    found = []
    for rater in range(1, raters + 1):
        random = np.random.default_rng([seed, rater])
        on_left_first = (np.arange(len(names)) + random.integers(2)) % 2 == 0
        before_left = dict(zip(names, random.permutation(on_left_first), strict=True))
        order = [(names[k], False) for k in random.permutation(len(names))]
        order += [(names[k], True) for k in random.permutation(len(names))[:again]]
        for item, (name, repeat) in enumerate(order, 1):
            on_left = before_left[name] != repeat
            before, after = pairs[name]
            left, right = (before, after) if on_left else (after, before)
            found.append(RatingItem(rater, item, name, left, right, "before" if on_left else "after", repeat))
    return RatingStudy(tuple(found), scale, region or scale.of, seed)


def _is_picture(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() in {".png", ".jpg", ".jpeg", ".tif", ".tiff"}
