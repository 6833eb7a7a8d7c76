"""Sheets for raters: one page each that works offline, and the key that is kept from them."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from zygoma.errors import FaceError
from zygoma.outcome.eye_mask import eyes_masked
from zygoma.outcome.face_engine import FaceEngine
from zygoma.outcome.ingest import read_photo
from zygoma.outcome.rating import ANSWERS, RatingStudy
from zygoma.outcome.rating_key import key_text, sheet_of
from zygoma.provenance import write_text
from zygoma.report.page import template

KEY = "key.csv"
"""Name of the file that tells which photograph is which."""

_SIDE = 1400  # of an embedded photograph, at most [px]


@dataclass(frozen=True)
class _Shown:
    """An item with its pictures embedded."""

    item: int
    left: str
    right: str


def write_rating_sheets(
    study: RatingStudy,
    folder: Path,
    show_eyes: bool = False,
) -> tuple[Path, ...]:
    """Write a page for every rater and the key.

    Parameters
    ----------
    study : RatingStudy
    folder : Path
        Made if it is not there.
    show_eyes : bool
        Leave the eyes open to see, for photographs in which no face can be found.

    Returns
    -------
    tuple of Path
        The pages, and the key last.

    Raises
    ------
    InputError
        A photograph cannot be read.
    FaceError
        No face is found whose eyes could be masked.
    """
    items, scale = study.items, study.scale
    paths = list(dict.fromkeys(path for item in items for path in (item.left, item.right)))
    engine = None if show_eyes else FaceEngine()
    embedded = {path: _embedded(path, engine) for path in paths}
    pages, sheet = {}, sheet_of(study)
    for rater, own in groupby(items, key=lambda item: item.rater):
        shown = [_Shown(item.item, embedded[item.left], embedded[item.right]) for item in own]
        pages[folder / f"rater-{rater}.html"] = template("rating_sheet.html.j2").render(
            rater=rater,
            scale=scale,
            region=study.region,
            items=shown,
            answers=ANSWERS,
            file=f"ratings-{rater}.csv",
            sheet=sheet,
        )
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in pages.items():
        write_text(path, text)
    write_text(folder / KEY, key_text(study))
    return (*pages, folder / KEY)


def _embedded(path: Path, engine: FaceEngine | None) -> str:
    """A photograph as a data address: pixels only, eyes masked, no larger than a screen shows."""
    from PIL import Image

    photo = read_photo(path)
    if engine is None:
        shown = photo.display
    else:
        try:
            shown = eyes_masked(photo, engine.landmarks(photo))
        except FaceError as error:
            raise FaceError(
                f"{path.name}: its eyes cannot be masked, {error}; or show them with --show-eyes"
            ) from error
    picture, stored = Image.fromarray(shown), io.BytesIO()
    picture.thumbnail((_SIDE, _SIDE))
    picture.save(stored, format="JPEG", quality=92)
    return "data:image/jpeg;base64," + base64.b64encode(stored.getvalue()).decode()
