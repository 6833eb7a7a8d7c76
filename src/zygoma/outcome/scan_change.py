"""What changed between two visits at which a face was scanned, and whether it can be told from nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.face.surface import Surface
from zygoma.outcome.scan_alignment import ScanAlignment
from zygoma.outcome.visit_difference import VisitDifference

VERDICTS = ("improved", "worse", "not distinguishable", "not comparable")
"""What can be said of a change."""


@dataclass(frozen=True)
class RegionChange:
    """A region of skin.

    Attributes
    ----------
    name : str
    area : float
        Skin that all scans show [m2].
    displacement : float
        Mean along the normals, outward positive [m].
    volume : float
        Outward positive [m3].
    lift : float or None
        Mean shift upward, from the shape and if the skin only slid; None where the shape does not tell [m].
    displacement_difference, volume_difference, lift_difference : VisitDifference or None
        The same with their intervals; None where there are too few scans.
    verdict : str
        Of `VERDICTS`, from the lift: up is better.
    """

    name: str
    area: float
    displacement: float
    volume: float
    lift: float | None
    displacement_difference: VisitDifference | None
    volume_difference: VisitDifference | None
    lift_difference: VisitDifference | None
    verdict: str

    def json(self) -> dict[str, Any]:
        """Values for files, in mm, ml and cm2."""
        return {
            "name": self.name,
            "area_cm2": self.area * 1e4,
            "displacement_mm": _entry(self.displacement, self.displacement_difference, 1e3),
            "volume_ml": _entry(self.volume, self.volume_difference, 1e6),
            "lift_mm": _entry(self.lift, self.lift_difference, 1e3),
            "verdict": self.verdict,
        }


@dataclass(frozen=True)
class WrinkleChange:
    """A wrinkle, in all scans along the same line.

    Attributes
    ----------
    name : str
    before, after : float
        Mean depth [m].
    error : float
        Standard error of one scan's depth, for white noise [m].
    difference : VisitDifference or None
        After less before; None where there are too few scans.
    verdict : str
        Of `VERDICTS`: shallower is better.
    """

    name: str
    before: float
    after: float
    error: float
    difference: VisitDifference | None
    verdict: str

    def json(self) -> dict[str, Any]:
        """Values for files, in um and per cent."""
        share = 1e2 / self.before if self.before > 0 else None
        found = self.difference
        values = None if found is None or share is None else {k: v * share for k, v in found.json().items()}
        return {
            "name": self.name,
            "depth_before_um": self.before * 1e6,
            "depth_after_um": self.after * 1e6,
            "depth_um": _entry(self.after - self.before, found, 1e6),
            "change_pct": values and values["value"],
            "low": values and values["low"],
            "high": values and values["high"],
            "sdc_pct": values and values["sdc"],
            "verdict": self.verdict,
        }


@dataclass(frozen=True, eq=False)
class ScanChange:
    """Change between two visits; print it, or take `json`.

    Attributes
    ----------
    verdict : str
        Of `VERDICTS`.
    reasons : tuple of str
        Why, and what to do about it.
    regions : tuple of RegionChange
    wrinkles : tuple of WrinkleChange
    alignments : tuple of ScanAlignment
        Of every scan but the first, on the first.
    scans : tuple of (str, float, float)
        Name, spacing and noise of each scan [m].
    notes : tuple of str
        What was guessed and assumed.
    surface : Surface
        The first scan, smoothed [m].
    displacement : (n,) array
        Mean of after less mean of before at its vertices, outward along its normals; NaN where not known [m].
    up : (3,) array or None
        Unit vector upward in its frame.
    """

    verdict: str
    reasons: tuple[str, ...]
    regions: tuple[RegionChange, ...]
    wrinkles: tuple[WrinkleChange, ...]
    alignments: tuple[ScanAlignment, ...]
    scans: tuple[tuple[str, float, float], ...]
    notes: tuple[str, ...]
    surface: Surface
    displacement: NDArray[np.float64]
    up: NDArray[np.float64] | None

    def json(self) -> dict[str, Any]:
        """The whole answer as plain values."""
        return {
            "verdict": self.verdict,
            "reasons": list(self.reasons),
            "regions": [region.json() for region in self.regions],
            "wrinkles": [wrinkle.json() for wrinkle in self.wrinkles],
            "lift_mm": {region.name: region.json()["lift_mm"] for region in self.regions},
            "alignments": [alignment.json() for alignment in self.alignments],
            "scans": [
                {"name": name, "spacing_mm": spacing * 1e3, "noise_um": noise * 1e6}
                for name, spacing, noise in self.scans
            ],
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        lines = [f"Scans: {self.verdict}" + (f" ({self.reasons[0]})" if self.reasons else "")]
        if self.wrinkles:
            lines.append(
                "  wrinkles: " + "; ".join(map(_wrinkle_words, self.wrinkles[:3])) + _more(self.wrinkles, 3)
            )
        told = [region for region in self.regions if region.verdict in VERDICTS[:2]]
        if told:
            lines.append("  lift: " + "; ".join(map(_lift_words, told[:3])) + _more(told, 3))
        grown = [r for r in self.regions if r.volume_difference and r.volume_difference.is_distinguishable]
        if grown:
            lines.append("  volume: " + "; ".join(map(_volume_words, grown[:3])) + _more(grown, 3))
        known = [r.lift_difference.half for r in self.regions if r.lift_difference]
        if known:
            lines.append(f"  a shift upward must exceed {np.median(known) * 1e3:.2g} mm to be told from none")
        return "\n".join(lines)


def overall(
    regions: Sequence[RegionChange], wrinkles: Sequence[WrinkleChange], level: float
) -> tuple[str, tuple[str, ...]]:
    """Verdict over regions and wrinkles, each at a level that leaves `level` for all (Bonferroni); why."""
    found = [(one.name, one.lift_difference, 1) for one in regions if one.lift_difference is not None]
    found += [(one.name, one.difference, -1) for one in wrinkles if one.difference]
    if not found:
        return "not comparable", ("nothing could be measured: neither regions nor wrinkles lie on all scans",)
    strict = {name: one.at(1 - (1 - level) / len(found)).verdict(better) for name, one, better in found}
    good, bad = ([name for name, verdict in strict.items() if verdict == one] for one in VERDICTS[:2])
    if good and bad:
        return "not distinguishable", (f"{', '.join(good)} improved, {', '.join(bad)} became worse",)
    if good or bad:
        return VERDICTS[0 if good else 1], (
            f"{', '.join(good or bad)}; over all {len(found)} that were measured",
        )
    return "not distinguishable", ("no change is larger than its interval, over all that were measured",)


def _entry(
    value: float | None, difference: VisitDifference | None, factor: float
) -> dict[str, float | None] | None:
    if value is None:
        return None
    if difference is None:
        return {"value": value * factor, "low": None, "high": None, "sdc": None, "repeat_sd": None}
    return {**difference.json(factor)}


def _more(items: Sequence[Any], shown: int) -> str:
    return f"; and {len(items) - shown} more" if len(items) > shown else ""


def _interval(difference: VisitDifference | None, factor: float, digits: int, unit: str) -> str:
    if difference is None:
        return ""
    return f" ({difference.low * factor:+.{digits}f} to {difference.high * factor:+.{digits}f} {unit})"


def _wrinkle_words(one: WrinkleChange) -> str:
    return (
        f"{one.name} {one.before * 1e6:.0f} to {one.after * 1e6:.0f} um"
        f"{_interval(one.difference, 1e6, 0, 'um')} {one.verdict}"
    )


def _lift_words(one: RegionChange) -> str:
    return f"{one.name} {(one.lift or 0.0) * 1e3:+.2f} mm{_interval(one.lift_difference, 1e3, 2, 'mm')}"


def _volume_words(one: RegionChange) -> str:
    return f"{one.name} {one.volume * 1e6:+.2f} ml{_interval(one.volume_difference, 1e6, 2, 'ml')}"
