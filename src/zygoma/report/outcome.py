"""The page of two visits compared: slider, wrinkles, lift, verdict."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from zygoma.face.atlas import title
from zygoma.outcome import wrinkle
from zygoma.outcome.change import Change
from zygoma.outcome.face_comparison import FaceComparison
from zygoma.outcome.lift_change import LiftChange
from zygoma.provenance import versions, write_text
from zygoma.report.flat_picture import embedded, flat_picture
from zygoma.report.outcome_rows import (
    Row,
    band_row,
    difference_row,
    percent,
    place_name,
    signed,
    unknown_row,
)
from zygoma.report.page import template

PAGE, WRINKLES = "outcome.html", "wrinkles.json"
"""Names of the files of the report."""

_WIDTH = 1100  # of the pictures [px]
_SPACING = 9e-3  # between arrows [m]
_LONGEST = 14e-3  # of an arrow on the skin as it is drawn [m]


def write_outcome(comparison: FaceComparison, folder: Path) -> Path:
    """Write the page, and the wrinkles to be edited and used again; the page's path is returned.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if comparison.wrinkles:
        wrinkle.save(folder / WRINKLES, comparison.wrinkles)
    write_text(folder / PAGE, render(comparison))
    return folder / PAGE


def render(comparison: FaceComparison) -> str:
    """Self-contained HTML."""
    before = flat_picture(comparison.before, _WIDTH)
    height, width = before.shape[:2]
    own = comparison.before.texture.pitch
    pitch = own * comparison.before.texture.light.shape[1] / width
    times, arrows = _arrows(comparison, pitch)
    whole = comparison.regions[0] if comparison.regions else None
    followed = any(one.verdict != "not comparable" for one in comparison.lift)
    return template("outcome.html.j2").render(
        c=comparison,
        headline=_headline(comparison),
        sentences=_sentences(comparison, whole),
        before=embedded(before),
        after=embedded(flat_picture(comparison.after, _WIDTH)),
        width=width,
        height=height,
        lines=_path([(line.points + 0.5 * own) / pitch for line in comparison.wrinkles]),
        arrows=arrows if followed else "",
        times=times,
        moved=any(lift.verdict in ("lifted", "lower") for lift in comparison.lift),
        index=whole.index if whole else "contrast",
        regions=[_region_row(region) for region in comparison.regions],
        compared=any(region.verdict != "not comparable" for region in comparison.regions),
        lifts=[
            difference_row(place_name(one.name), one.difference, one.verdict, 1e3, "mm")
            for one in comparison.lift
        ],
        followed=followed,
        shapes=_shape_rows(comparison.skin),
        version=versions()["zygoma"],
    )


def _headline(comparison: FaceComparison) -> str:
    return {
        "improved": "The wrinkles are shallower than before",
        "worse": "The wrinkles are deeper than before",
        "not distinguishable": "No change of the wrinkles can be told from none",
        "not comparable": "These photographs cannot be compared",
    }[comparison.verdict]


def _sentences(comparison: FaceComparison, whole: Change | None) -> list[str]:
    if comparison.verdict == "not comparable" or whole is None:
        return ["Nothing is said of a change of wrinkles: a number would be one of light, lens or chance."]
    low, high = whole.interval_pct
    text = (
        f"All wrinkles together changed by {percent(whole.change_pct)} ({percent(low)} to "
        f"{percent(high)}); a fade of {whole.sdc_pct:.1f} % could have been told from none."
    )
    moved = [lift for lift in comparison.lift if lift.verdict in ("lifted", "lower")]
    if not moved:
        return [text, "No lift of the skin can be told from none."] if comparison.lift else [text]
    most = max(moved, key=lambda lift: abs(lift.up))
    return [
        text,
        f"The skin moved most at the {place_name(most.name).lower()}: {signed(1e3 * most.up)} mm upward.",
    ]


def _region_row(change: Change) -> Row:
    name = "All wrinkles" if change.name == "all" else place_name(change.name)
    if change.verdict == "not comparable":
        return unknown_row(name, change.verdict, change.reasons)
    return band_row(name, change.change_pct, change.interval_pct, change.sdc_pct, change.verdict)


def _shape_rows(skin: LiftChange) -> list[Row]:
    """Jawline and symmetry."""
    rows = [
        difference_row(
            f"{place_name(one.name)}: steeper by", one.difference, one.verdict, math.degrees(1.0), "°"
        )
        for one in skin.jawlines
    ]
    for even in skin.symmetries:
        name = f"{title(even.name)}: left over right, {signed(1e3 * even.before)} mm before, by"
        rows.append(difference_row(name, even.difference, even.verdict, 1e3, "mm"))
    return rows


def _path(lines: list[Any]) -> str:
    """SVG path of polylines (n, 2) in pixels of the picture."""
    return " ".join("M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in line) for line in lines)


def _arrows(comparison: FaceComparison, pitch: float) -> tuple[int, str]:
    """How much too long the arrows are, and their path; empty without a shift that is worth one."""
    shift = comparison.skin.shift
    if shift is None or not len(shift.points):
        return 1, ""
    largest = float(np.quantile(np.linalg.norm(shift.shift, axis=1), 0.99))
    if largest <= 0:
        return 1, ""
    times = max(1, min(50, int(_LONGEST / largest)))
    step = comparison.before.texture.pitch
    cells = np.unique(np.floor(shift.points * step / _SPACING), axis=0, return_index=True)[1]
    start = (shift.points[cells] + 0.5) * step / pitch
    end = start + shift.shift[cells] * [1.0, -1.0] * times / pitch
    lines = []
    for a, b in zip(start, end, strict=True):
        along = b - a
        across = np.array([-along[1], along[0]])
        lines.append(np.array([a, b, b - 0.3 * along + 0.18 * across]))
        lines.append(np.array([b, b - 0.3 * along - 0.18 * across]))
    return times, _path(lines)
