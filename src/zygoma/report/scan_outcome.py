"""The page of scans of two visits compared: verdict, displacement, wrinkles, lift, volume."""

from __future__ import annotations

import base64
from pathlib import Path

from zygoma.outcome.scan_change import RegionChange, ScanChange, WrinkleChange
from zygoma.outcome.scan_picture import save_picture
from zygoma.outcome.visit_difference import VisitDifference
from zygoma.provenance import versions, write_text
from zygoma.report.outcome import PAGE
from zygoma.report.outcome_rows import Row, band_row, difference_row, percent, place_name, signed, unknown_row
from zygoma.report.page import template

PICTURE = "displacement.png"
"""Name of the picture in the folder of the report; the page holds it, too."""

_LIFT = {"improved": "lifted", "worse": "lower"}


def write_scan_outcome(change: ScanChange, folder: Path) -> Path:
    """Write the page and the picture of the displacement; the page's path is returned.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    save_picture(change, folder / PICTURE)
    write_text(folder / PAGE, render(change, (folder / PICTURE).read_bytes()))
    return folder / PAGE


def render(change: ScanChange, picture: bytes) -> str:
    """Self-contained HTML; the picture is a PNG."""
    told = change.verdict != "not comparable"
    lifts = [one for one in change.regions if told and one.lift is not None]
    return template("scan_outcome.html.j2").render(
        c=change,
        headline=_headline(change),
        sentences=_sentences(change),
        picture="data:image/png;base64," + base64.b64encode(picture).decode(),
        wrinkles=[_wrinkle_row(one) for one in change.depths if told],
        lifts=[
            difference_row(
                place_name(one.name), one.lift_difference, _LIFT.get(one.verdict, one.verdict), 1e3, "mm"
            )
            for one in lifts
        ],
        shapes=[row for one in change.regions if told for row in _shape_rows(one)],
        notes=list(dict.fromkeys(change.notes)),
        scans=[f"{name}: {1e3 * step:.2g} mm, {1e6 * noise:.0f} µm" for name, step, noise in change.scans],
        version=versions()["zygoma"],
    )


def _headline(change: ScanChange) -> str:
    wrinkles = change.depths[0].verdict if change.depths else ""
    return {
        "improved": "The wrinkles are shallower than before"
        if wrinkles == "improved"
        else "The skin stands higher than before",
        "worse": "The wrinkles are deeper than before"
        if wrinkles == "worse"
        else "The skin stands lower than before",
        "not distinguishable": "No change can be told from none",
        "not comparable": "Nothing can be told from these scans",
    }[change.verdict]


def _sentences(change: ScanChange) -> list[str]:
    if change.verdict == "not comparable":
        return ["Nothing is said of a change: a number would be one of the scanner, the pose or chance."]
    found = []
    whole = change.depths[0] if change.depths else None
    if whole is not None and whole.interval_pct is not None and whole.change_pct is not None:
        low, high, smallest = whole.interval_pct
        found.append(
            f"All wrinkles together, {1e3 * whole.before:.3f} mm deep before and {1e3 * whole.after:.3f} mm "
            f"after, changed by {percent(whole.change_pct)} ({percent(low)} to {percent(high)}); a change "
            f"of {smallest:.1f} % could have been told from none."
        )
    elif whole is None:
        found.append("No wrinkles were found that the scans before show.")
    told = [one for one in change.regions if one.verdict in _LIFT and one.lift is not None]
    if told:
        most = max(told, key=lambda one: abs(one.lift or 0.0))
        found.append(
            f"The skin moved most at the {place_name(most.name).lower()}:"
            f" {signed(1e3 * (most.lift or 0.0))} mm upward, if it slid."
        )
    elif change.regions:
        found.append("No lift of the skin can be told from none.")
    return found


def _wrinkle_row(one: WrinkleChange) -> Row:
    name = "All wrinkles" if one.name == "all" else place_name(one.name)
    depth = (
        f"{one.count} of {1e3 * one.length:.0f} mm, {1e3 * one.before:.3f} to {1e3 * one.after:.3f} mm deep"
    )
    if one.interval_pct is None or one.change_pct is None:
        return unknown_row(name, one.verdict, (depth,))
    low, high, smallest = one.interval_pct
    return band_row(name, one.change_pct, (low, high), smallest, one.verdict, (depth,))


def _shape_rows(one: RegionChange) -> list[Row]:
    """Displacement and volume of a region."""
    out, grown = one.displacement_difference, one.volume_difference
    place = place_name(one.name)
    return [
        difference_row(f"{place}: outward by", out, _told(out, "outward", "inward"), 1e3, "mm"),
        difference_row(f"{place}: volume", grown, _told(grown, "more", "less"), 1e6, "ml"),
    ]


def _told(found: VisitDifference | None, above: str, below: str) -> str:
    return "not comparable" if found is None else found.told(above, below)
