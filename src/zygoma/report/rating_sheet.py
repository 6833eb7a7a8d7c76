"""Sheets for raters: one page each that works offline, and the key that is kept from them."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from zygoma.errors import InputError
from zygoma.outcome.rating import ANSWERS, RatingItem, key_text
from zygoma.outcome.rating_scale import RatingScale
from zygoma.provenance import content_hash, write_text
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
    items: Sequence[RatingItem], scale: RatingScale, folder: Path, region: str | None = None
) -> tuple[Path, ...]:
    """Write a page for every rater and the key.

    Parameters
    ----------
    items : sequence of RatingItem
        Of all raters.
    scale : RatingScale
    folder : Path
        Made if it is not there.
    region : str, optional
        What is to be graded; what the scale is of otherwise.

    Returns
    -------
    tuple of Path
        The pages, and the key last.

    Raises
    ------
    InputError
        A photograph cannot be read.
    """
    embedded = {path: _embedded(path) for item in items for path in (item.left, item.right)}
    pages = {}
    for rater, own in groupby(items, key=lambda item: item.rater):
        shown = [_Shown(item.item, embedded[item.left], embedded[item.right]) for item in own]
        pages[folder / f"rater-{rater}.html"] = template("rating_sheet.html.j2").render(
            rater=rater,
            scale=scale,
            region=region or scale.of,
            items=shown,
            answers=ANSWERS,
            file=f"ratings-{rater}.csv",
            sheet=content_hash(scale.id, rater, [[one.left, one.right] for one in shown]),
        )
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in pages.items():
        write_text(path, text)
    write_text(folder / KEY, key_text(items, scale))
    return (*pages, folder / KEY)


def _embedded(path: Path) -> str:
    """A photograph as a data address: upright, pixels only, no larger than a screen shows."""
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except OSError as error:
        raise InputError(f"photograph {path} cannot be read: {error}; give PNG, JPEG or TIFF") from error
    upright.thumbnail((_SIDE, _SIDE))
    clean, stored = Image.frombytes("RGB", upright.size, upright.tobytes()), io.BytesIO()
    clean.save(stored, format="JPEG", quality=92)
    return "data:image/jpeg;base64," + base64.b64encode(stored.getvalue()).decode()
