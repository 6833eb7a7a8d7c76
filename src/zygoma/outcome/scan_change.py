"""What changed between two visits at which a face was scanned, and whether it can be told from nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.face.surface import Surface
from zygoma.outcome.scan_alignment import ScanAlignment
from zygoma.outcome.scan_wrinkle import WrinkleLine
from zygoma.outcome.visit_difference import VisitDifference, difference_json

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
        """Values for files, in mm, ml and cm2; the lift is told apart, see `lift_json`."""
        return {
            "area_cm2": self.area * 1e4,
            "displacement_mm": _entry(self.displacement_difference, 1e3),
            "volume_ml": _entry(self.volume_difference, 1e6),
        }

    def lift_json(self) -> dict[str, Any]:
        """Lift for files, in mm, with the words that photographs have; null for what is not known."""
        words = {"improved": "lifted", "worse": "lower"}
        return {
            **difference_json("up", self.lift_difference, 1e3),
            "verdict": words.get(self.verdict, self.verdict),
        }


@dataclass(frozen=True)
class WrinkleChange:
    """One wrinkle, or several together by their lengths, in all scans along the same lines.

    Attributes
    ----------
    name : str
        Of the wrinkle, of the region, or ``"all"`` for all wrinkles.
    count : int
        How many wrinkles.
    length : float
        Of all [m].
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
    count: int
    length: float
    before: float
    after: float
    error: float
    difference: VisitDifference | None
    verdict: str

    @property
    def change_pct(self) -> float | None:
        """Change of the depth in per cent; None where there was none before."""
        return 1e2 * (self.after / self.before - 1) if self.before > 0 else None

    @property
    def interval_pct(self) -> tuple[float, float, float] | None:
        """Its interval and the smallest detectable change in per cent; None where they are not known."""
        found = self.difference
        if found is None or self.before <= 0:
            return None
        share = 1e2 / self.before
        return share * found.low, share * found.high, share * found.smallest

    def json(self) -> dict[str, Any]:
        """Values for files, in mm and per cent."""
        low, high, smallest = self.interval_pct or (None, None, None)
        return {
            "name": self.name,
            "index": "depth",
            "change_pct": None if self.difference is None else self.change_pct,
            "low": low,
            "high": high,
            "sdc_pct": smallest,
            "verdict": self.verdict,
            "wrinkles": self.count,
            "length_mm": self.length * 1e3,
            "depth_before_mm": self.before * 1e3,
            "depth_after_mm": self.after * 1e3,
            "depth_change_mm": _entry(self.difference, 1e3),
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
    depths : tuple of WrinkleChange
        All wrinkles together first, then those of each region; empty where there are none.
    wrinkles : tuple of WrinkleChange
        Each alone.
    lines : tuple of WrinkleLine
        Where each lies on the first scan.
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
    depths: tuple[WrinkleChange, ...]
    wrinkles: tuple[WrinkleChange, ...]
    lines: tuple[WrinkleLine, ...]
    alignments: tuple[ScanAlignment, ...]
    scans: tuple[tuple[str, float, float], ...]
    notes: tuple[str, ...]
    surface: Surface
    displacement: NDArray[np.float64]
    up: NDArray[np.float64] | None

    def json(self) -> dict[str, Any]:
        """The whole answer as plain values, named as those of photographs; null for what is not known."""
        return {
            "verdict": self.verdict,
            "reasons": list(self.reasons),
            "regions": self._regions_json(),
            "lift_mm": {region.name: region.lift_json() for region in self.regions},
            "wrinkles": len(self.wrinkles),
            "depths": [wrinkle.json() for wrinkle in self.wrinkles],
            "alignments": [alignment.json() for alignment in self.alignments],
            "scans": [
                {"name": name, "spacing_mm": spacing * 1e3, "noise_um": noise * 1e6}
                for name, spacing, noise in self.scans
            ],
            "notes": list(self.notes),
        }

    def _regions_json(self) -> list[dict[str, Any]]:
        """Of every region; its verdict is that on its wrinkles, or on its lift where it has none."""
        wrinkles = {one.name: one.json() for one in self.depths}
        shapes = {one.name: one for one in self.regions}
        nothing = dict.fromkeys(WrinkleChange("", 0, 0.0, 0.0, 0.0, 0.0, None, "").json())
        unknown = dict.fromkeys(("area_cm2", "displacement_mm", "volume_ml"))
        found = []
        for name in dict.fromkeys((*wrinkles, *shapes)):
            own, shape = wrinkles.get(name), shapes.get(name)
            if own is None and shape is not None:
                own = {**nothing, "name": name, "index": "depth", "verdict": shape.verdict, "wrinkles": 0}
            found.append({**(own or {}), **(shape.json() if shape else unknown)})
        return found

    def __str__(self) -> str:
        lines = [f"Scans: {self.verdict}" + (f" ({self.reasons[0]})" if self.reasons else "")]
        if self.depths:
            lines.append(
                "  wrinkles: " + "; ".join(map(_wrinkle_words, self.depths[:3])) + _more(self.depths, 3)
            )
        told = [region for region in self.regions if region.verdict in VERDICTS[:2]]
        if told:
            lines.append("  lift: " + "; ".join(map(_lift_words, told[:3])) + _more(told, 3))
        grown = [r for r in self.regions if r.volume_difference and r.volume_difference.is_distinguishable]
        if grown:
            lines.append("  volume: " + "; ".join(map(_volume_words, grown[:3])) + _more(grown, 3))
        known = [r.lift_difference.smallest for r in self.regions if r.lift_difference]
        if known:
            lines.append(f"  a shift upward must exceed {np.median(known) * 1e3:.2g} mm to be told from none")
        return "\n".join(lines)


def overall(
    regions: Sequence[RegionChange], wrinkles: WrinkleChange | None, level: float
) -> tuple[str, tuple[str, ...]]:
    """Verdict over regions and all wrinkles, at levels that leave `level` for all (Bonferroni); why."""
    found = [(one.name, one.lift_difference, 1) for one in regions if one.lift_difference is not None]
    if wrinkles is not None and wrinkles.difference is not None:
        found.append(("wrinkles", wrinkles.difference, -1))
    if not found:
        return "not comparable", (
            "nothing could be measured: no wrinkles were found and no regions lie on all scans",
        )
    strict = {name: one.at(1 - (1 - level) / len(found)).verdict(better) for name, one, better in found}
    good, bad = ([name for name, verdict in strict.items() if verdict == one] for one in VERDICTS[:2])
    if good and bad:
        return "not distinguishable", (f"{', '.join(good)} improved, {', '.join(bad)} became worse",)
    if good or bad:
        return VERDICTS[0 if good else 1], (
            f"{', '.join(good or bad)}: beyond chance among all {len(found)} that were measured",
        )
    return "not distinguishable", ("no change is larger than its interval, over all that were measured",)


def _entry(difference: VisitDifference | None, factor: float) -> dict[str, float | None]:
    repeat = None if difference is None else factor * difference.repeat
    return {**difference_json("value", difference, factor), "repeat_sd": repeat}


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
