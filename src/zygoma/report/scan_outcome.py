"""The page of scans of two visits compared: verdict, displacement, wrinkles, lift, volume."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np

from zygoma.face.atlas import side_of, stem
from zygoma.outcome.scan_change import RegionChange, ScanChange, WrinkleChange
from zygoma.outcome.scan_picture import save_picture
from zygoma.outcome.visit_difference import VisitDifference
from zygoma.provenance import versions, write_text
from zygoma.report.outcome import PAGE, Row
from zygoma.report.page import template
from zygoma.report.words import sided

PICTURE = "displacement.png"
"""Name of the picture in the folder of the report; the page holds it, too."""

_REACH = 40.0  # per cent that the bands show to either side
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
    lifts = [one for one in change.regions if one.lift is not None]
    return template("scan_outcome.html.j2").render(
        c=change,
        headline=_headline(change),
        sentences=_sentences(change),
        picture="data:image/png;base64," + base64.b64encode(picture).decode(),
        wrinkles=[_wrinkle_row(one) for one in change.depths],
        lifts=[
            _row(_place(one.name), one.lift or 0.0, one.lift_difference, 1e3, "mm", _lift_verdict(one))
            for one in lifts
        ],
        shapes=[row for one in change.regions for row in _shape_rows(one)],
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
        return ["No verdict on a change is given; the numbers below are what the scans show, without one."]
    found = []
    if change.depths and (known := change.depths[0].interval_pct) is not None:
        whole, (low, high, smallest) = change.depths[0], known
        found.append(
            f"All wrinkles together, {1e3 * whole.before:.3f} mm deep before and {1e3 * whole.after:.3f} mm "
            f"after, changed by {_percent(whole.change_pct)} ({_percent(low)} to {_percent(high)}); a change "
            f"of {smallest:.1f} % could have been told from none."
        )
    elif not change.depths:
        found.append("No wrinkles were found that all scans show.")
    told = [one for one in change.regions if one.verdict in _LIFT and one.lift is not None]
    if told:
        most = max(told, key=lambda one: abs(one.lift or 0.0))
        found.append(
            f"The skin moved most at the {_place(most.name).lower()}: {_signed(1e3 * (most.lift or 0.0))} mm "
            "upward, if it slid."
        )
    elif change.regions:
        found.append("No lift of the skin can be told from none.")
    return found


def _wrinkle_row(one: WrinkleChange) -> Row:
    name = "All wrinkles" if one.name == "all" else _place(one.name)
    depth = (
        f"{one.count} of {1e3 * one.length:.0f} mm, {1e3 * one.before:.3f} to {1e3 * one.after:.3f} mm deep"
    )
    known = one.interval_pct
    if known is None or one.change_pct is None:
        return Row(name, _percent(one.change_pct), "–", "–", one.verdict, (depth,))
    low, high, smallest = known

    def place(value: float) -> float:
        return float(np.clip(50 + 50 * value / _REACH, 0, 100))

    return Row(
        name,
        _percent(one.change_pct),
        f"{_percent(low)} to {_percent(high)}",
        f"{smallest:.1f} %",
        one.verdict,
        (depth,),
        place(low),
        max(place(high) - place(low), 0.5),
        place(one.change_pct),
    )


def _shape_rows(one: RegionChange) -> list[Row]:
    """Displacement and volume of a region."""
    out, grown = one.displacement_difference, one.volume_difference
    place = _place(one.name)
    return [
        _row(
            f"{place}: outward by", one.displacement, out, 1e3, "mm", _shape_verdict(out, "outward", "inward")
        ),
        _row(f"{place}: volume", one.volume, grown, 1e6, "ml", _shape_verdict(grown, "more", "less")),
    ]


def _row(
    name: str, value: float, found: VisitDifference | None, factor: float, unit: str, verdict: str
) -> Row:
    if found is None:
        return Row(name, f"{_signed(factor * value)} {unit}", "–", "–", verdict)
    between = f"{_signed(factor * found.low)} to {_signed(factor * found.high)} {unit}"
    return Row(
        name, f"{_signed(factor * value)} {unit}", between, f"{factor * found.half:.2f} {unit}", verdict
    )


def _lift_verdict(one: RegionChange) -> str:
    return _LIFT.get(one.verdict, one.verdict)


def _shape_verdict(found: VisitDifference | None, above: str, below: str) -> str:
    if found is None:
        return "not comparable"
    if not found.is_distinguishable:
        return "not distinguishable"
    return above if found.value > 0 else below


def _place(name: str) -> str:
    return sided(stem(name), side_of(name))


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:+.1f} %".replace("-", "−")


def _signed(value: float) -> str:
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "−")
