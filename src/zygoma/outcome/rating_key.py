"""The key of a blinded rating, sealed so that a changed one is known, and ratings opened with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zygoma.errors import InputError
from zygoma.outcome.rating import ANSWERS, RatingItem, RatingStudy
from zygoma.outcome.rating_scale import RatingScale
from zygoma.outcome.recorded_photo import content_of
from zygoma.provenance import content_hash

_KEY = ("sheet", "scale", "region", "seed", "rater", "item", "pair", "left", "repeat", "photographs")
_RATINGS = ("sheet", "rater", "item", "left", "right", "better")


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


@dataclass(frozen=True)
class Ratings:
    """All ratings of a study, unblinded.

    Attributes
    ----------
    sheet : str
        Which study it is: the seal of its key, which stands in the file of every rater.
    scale : RatingScale
    region : str
    rows : tuple of Rating
    missing : tuple of int
        Raters for whom there was a page and from whom there is no file.
    """

    sheet: str
    scale: RatingScale
    region: str
    rows: tuple[Rating, ...]
    missing: tuple[int, ...]

    def csv(self) -> str:
        """A row for each rater and pair."""
        columns = ("rater", "pair", "before", "after", "better", "repeat")
        return _written(
            columns, ((r.rater, r.pair, r.before, r.after, r.better, int(r.repeat)) for r in self.rows)
        )


def sheet_of(study: RatingStudy) -> str:
    """Seal of the key of a study: a hash of all that it tells, of photographs by their content."""
    return _seal(_key_rows(study))


def key_text(study: RatingStudy) -> str:
    """The key as CSV, to be kept from the raters."""
    rows = _key_rows(study)
    sheet = _seal(rows)
    return _written(_KEY, ((sheet, *row) for row in rows))


def unblind(key: str, ratings: Sequence[str]) -> Ratings:
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
        The key was changed or is of other pages, columns or values are missing, an item is unknown or
        rated twice, or a rater left items out.
    RangeError
        A grade that the scale does not have.
    """
    known, sheet = _opened(key)
    any_row = next(iter(known.values()))
    scale, region = RatingScale.load(any_row["scale"]), any_row["region"]
    found: dict[tuple[str, str], Rating] = {}
    for text in ratings:
        rows = _read(text, _RATINGS, "ratings")
        if not rows:
            raise InputError("a file of ratings without a row; give the file that the rater saved at the end")
        for row in rows:
            place = (row["rater"], row["item"])
            if row["sheet"] != sheet:
                raise InputError(
                    f"ratings of the sheet {row['sheet']!r}, but the key is of {sheet!r}; "
                    "give the key that was written with these pages"
                )
            if place not in known or place in found:
                why = "was rated twice" if place in found else "is not in the key"
                raise InputError(
                    f"item {place[1]} of rater {place[0]} {why}; give the files of this key, each once"
                )
            found[place] = _rating(row, known[place], scale)
    if not found:
        raise InputError("no ratings; give at least one file that a rater saved")
    given = {rater for rater, _ in found}
    left_out = sorted((place for place in set(known) - set(found) if place[0] in given), key=_number)
    if left_out:
        raise InputError(f"rater {left_out[0][0]} left out item {left_out[0][1]}; ask for all of them")
    missing = sorted({int(rater) for rater, _ in known if rater not in given})
    return Ratings(sheet, scale, region, tuple(found.values()), tuple(missing))


def _key_rows(study: RatingStudy) -> list[list[str]]:
    contents = {path: content_of(path) for item in study.items for path in (item.left, item.right)}

    def row(item: RatingItem) -> list[str]:
        photographs = "-".join(contents[path][:12] for path in (item.left, item.right))
        values = (study.scale.id, study.region, study.seed, item.rater, item.item, item.pair, item.left_is)
        return [*map(str, values), str(int(item.repeat)), photographs]

    return [row(item) for item in study.items]


def _seal(rows: Sequence[Sequence[str]]) -> str:
    return f"s{content_hash(rows)}"  # a letter first, or a spreadsheet may take it for a number


def _opened(key: str) -> tuple[dict[tuple[str, str], dict[str, str]], str]:
    """Rows of a key by rater and item, and its seal."""
    rows = _read(key, _KEY, "the key")
    seal = _seal([[row[name] for name in _KEY[1:]] for row in rows])
    if not rows or any(row["sheet"] != seal for row in rows):
        raise InputError("the key is not as it was written: rows were changed, left out or moved; use a copy")
    return {(row["rater"], row["item"]): row for row in rows}, seal


def _number(place: tuple[str, str]) -> tuple[int, int]:
    return int(place[0]), int(place[1])


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
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    names = reader.fieldnames or ()
    missing = [name for name in columns if name not in names]
    if missing:
        raise InputError(f"{what}: no column {missing[0]!r}; expected a CSV with {', '.join(columns)}")
    found = []
    for row in reader:
        if None in row or None in row.values():
            raise InputError(
                f"{what}: line {reader.line_num} has too few or too many values; expected {', '.join(names)}"
            )
        found.append(row)
    return found


def _written(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
