"""Depth of a wrinkle and of the wrinkles of a region, with intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

WIDE = 1.96  # standard deviations to each side of an interval that holds 95 %


@dataclass(frozen=True)
class LineDepth:
    """Depth of one wrinkle.

    Attributes
    ----------
    id, region : str
    length : float
        [m]
    depth : float
        Mean along it [m]; NaN where it is not lit by three lamps.
    sd : float
        Standard deviation [m] by what is told in `FaceDepth`.
    """

    id: str
    region: str
    length: float
    depth: float
    sd: float

    def json(self) -> dict[str, Any]:
        """Plain values; null for what is not known."""
        known = not math.isnan(self.depth)
        low, high = (self.depth + sign * WIDE * self.sd for sign in (-1, 1))
        return {
            "id": self.id,
            "region": self.region,
            "length_mm": round(1e3 * self.length, 2),
            "depth_um": round(1e6 * self.depth, 1) if known else None,
            "interval_95_um": [round(1e6 * low, 1), round(1e6 * high, 1)] if known else None,
        }


@dataclass(frozen=True)
class RegionDepth:
    """Depth of the wrinkles of a region.

    Attributes
    ----------
    name : str
    wrinkles : int
        That were measured.
    depth, sd : float
        Mean of them by length, and its standard deviation [m]; NaN without one.
    lamps : float
        Median over its skin of the lamps that count.
    solved : float
        Share of its skin that three lamps or more light.
    """

    name: str
    wrinkles: int
    depth: float
    sd: float
    lamps: float
    solved: float

    @property
    def note(self) -> str:
        """Why there is no depth; empty where there is."""
        if self.solved < 0.5:
            return f"fewer than three lamps light {1 - self.solved:.0%} of it"
        return "" if self.wrinkles else "no wrinkle was measured"

    def json(self) -> dict[str, Any]:
        """Plain values; null for what is not known."""
        known = self.wrinkles > 0
        ends = [round(1e6 * (self.depth + sign * WIDE * self.sd), 1) for sign in (-1, 1)] if known else None
        return {
            "name": self.name,
            "wrinkles": self.wrinkles,
            "depth_um": round(1e6 * self.depth, 1) if known else None,
            "interval_95_um": ends,
            "lamps": round(self.lamps, 1),
            "lit_by_three_pct": round(100 * self.solved, 1),
            "note": self.note,
        }
