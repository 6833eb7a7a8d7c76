"""The change of wrinkles between two visits, with an interval and a verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.outcome.comparability import Comparability
from zygoma.outcome.follow import Followed
from zygoma.outcome.groove_depth import Depths
from zygoma.outcome.light import Light
from zygoma.outcome.nuisance import Nuisance
from zygoma.provenance import load_data

Array = NDArray[Any]


@dataclass(frozen=True)
class Change:
    """Change of the wrinkles of a region.

    Attributes
    ----------
    name : str
        Of the region; ``"all"`` for all wrinkles together.
    index : str
        What changed: ``"depth"`` (contrast over what the light makes of a depth) or ``"contrast"``.
    log_ratio, low, high : float
        Logarithm of the index after over that before, and its 95 % interval; NaN where it is not known.
    smallest : float
        Fall of the logarithm that these photographs could tell from none: its interval just leaves out 0.
    verdict : str
        ``"improved"``, ``"worse"``, ``"not distinguishable"`` or ``"not comparable"``.
    reasons : tuple of str
        Why it is not comparable, and what to do.
    """

    name: str
    index: str
    log_ratio: float
    low: float
    high: float
    smallest: float
    verdict: str
    reasons: tuple[str, ...] = ()

    @property
    def change_pct(self) -> float:
        """Change in per cent; below 0 where wrinkles are shallower."""
        return 100 * math.expm1(self.log_ratio)

    @property
    def interval_pct(self) -> tuple[float, float]:
        """95 % interval of it."""
        return 100 * math.expm1(self.low), 100 * math.expm1(self.high)

    @property
    def sdc_pct(self) -> float:
        """Smallest detectable fade in per cent."""
        return -100 * math.expm1(-self.smallest)

    def json(self) -> dict[str, Any]:
        """Plain values in per cent; null for what is not known, and for all that cannot be compared."""
        comparable = self.verdict != "not comparable"

        def known(value: float) -> float | None:
            return round(value, 3) if comparable and not math.isnan(value) else None

        low, high = self.interval_pct
        return {
            "name": self.name,
            "index": self.index,
            "change_pct": known(self.change_pct),
            "low": known(low),
            "high": known(high),
            "sdc_pct": known(self.sdc_pct),
            "verdict": self.verdict,
            "reasons": list(self.reasons),
        }

    def __str__(self) -> str:
        if self.verdict == "not comparable":
            return f"{self.name}: not comparable ({'; '.join(self.reasons)})"
        low, high = self.interval_pct
        return (
            f"{self.name}: {self.verdict}; {self.index} {self.change_pct:+.1f} % ({low:+.1f} to {high:+.1f}),"
            f" smallest detectable fade {self.sdc_pct:.1f} %"
        )


def change(
    followed: Followed,
    region: str | None = None,
    *,
    grooves: Depths | None = None,
    nuisance: Nuisance | None = None,
    comparability: Comparability | None = None,
) -> Change:
    """Change of the wrinkles of a region from the first visit to the second.

    Parameters
    ----------
    followed : Followed
        The wrinkles in the photographs of two visits.
    region : str, optional
        All wrinkles together without it, under the name ``"all"``: the one verdict on the whole.
    grooves : Depths, optional
        Of the same wrinkles; with them the index is the depth, without them the contrast.
    nuisance : Nuisance, optional
        What may differ between the visits; that of the same rig if not given.
    comparability : Comparability, optional
        Why the visits cannot be compared, or what is left between them, which widens the interval.
    """
    data = load_data("wrinkle_index.toml")["change"]
    name, index = region or "all", "contrast" if grooves is None else "depth"
    visits = np.unique(followed.visit)
    counts = [int((followed.visit == visit).sum()) for visit in visits]
    reasons = () if comparability is None else comparability.reasons
    if len(counts) != 2 or min(counts) < data["photographs"]["value"]:
        reasons += (
            f"{' and '.join(map(str, counts))} photographs; {data['photographs']['value']} of each of two"
            " visits are needed, each with the person seated anew",
        )
    tiles = followed.group(region=region)
    if not tiles.any():
        return _unknown(name, index, (*reasons, "none of its wrinkles was seen in every photograph"))
    if (seen := int(tiles.sum())) < (least := int(data["least_tiles"]["value"])):
        # the scatter over the skin would be a guess, and the interval with it
        size = 1e3 * load_data("wrinkle_index.toml")["profile"]["tile_m"]["value"]
        why = (
            f"{size * seen:.0f} mm of its wrinkles were seen in every photograph,"
            f" {size * least:.0f} mm are needed"
        )
        return _unknown(name, index, (*reasons, why))
    contrast = followed.contrast(tiles)
    values = contrast if grooves is None else grooves.relative(tiles)
    if min(contrast.min(), values.min()) <= data["faintest"]["value"]:
        why = "its wrinkles hardly stand out from the skin: light them more from the side"
        return _unknown(name, index, (*reasons, why))
    if len(visits) != 2:
        return _unknown(name, index, reasons)
    logs = np.log(values)
    before, after = (followed.visit == visit for visit in visits)
    ratio = float(logs[after].mean() - logs[before].mean())
    if min(counts) < 2:
        return Change(name, index, ratio, math.nan, math.nan, math.nan, "not comparable", reasons)
    # slope of the index on the contrast, for what is known of the contrast only
    span = math.log(contrast[after].mean() / contrast[before].mean())
    slope = ratio / span if abs(span) > 0.05 else 1.0
    photo, degrees = _between_photographs(logs, before, after)
    skin = slope**2 * _over_the_skin(followed, tiles, before, after)
    budget = Nuisance.same_rig() if nuisance is None else nuisance
    usual = Light(math.radians(data["usual_elevation_deg"]["value"]))
    light = usual if grooves is None else grooves.lights[followed.tiles.owner[tiles][0]]
    left = 0.0 if comparability is None else comparability.left
    visit = budget.log_index(light, followed.width(tiles), data["usual_blur_m"]["value"]) ** 2 + left**2
    calibration = load_data("wrinkle_index.toml")["nuisance"][f"calibration_{index}"]["value"]
    free = [degrees, int(tiles.sum()) - 1, math.inf]
    half = _reach([photo, skin, visit + (calibration * ratio) ** 2], free)
    smallest = 0.0
    for _ in range(4):  # the error of the calibration goes with the fade itself
        smallest = _reach([photo, skin, visit + (calibration * smallest) ** 2], free)
    if half > data["widest"]["value"]:
        why = "its wrinkles are too faint or too few: the interval is wider than from half to double"
        return _unknown(name, index, (*reasons, why))
    low, high = ratio - half, ratio + half
    verdict = "improved" if high < 0 else "worse" if low > 0 else "not distinguishable"
    return Change(name, index, ratio, low, high, smallest, "not comparable" if reasons else verdict, reasons)


def _unknown(name: str, index: str, reasons: tuple[str, ...]) -> Change:
    """A change of which nothing is known."""
    none = math.nan
    return Change(name, index, none, none, none, none, "not comparable", reasons)


def _between_photographs(logs: Array, before: Array, after: Array) -> tuple[float, int]:
    """Variance of the log-ratio from the scatter of the photographs within their visits; its degrees."""
    parts = [logs[own] - logs[own].mean() for own in (before, after)]
    degrees = len(logs) - 2
    variance = sum(float((part**2).sum()) for part in parts) / degrees
    return variance * sum(1 / len(part) for part in parts), degrees


def _over_the_skin(followed: Followed, tiles: NDArray[np.bool_], before: Array, after: Array) -> float:
    """Variance of the log-ratio of contrasts from its scatter over tiles, less what photographs explain.

    A bootstrap over tiles of some millimetres, each with its share of the wrinkles' power. Every wrinkle
    is drawn on the skin's own texture, which does not fade with it: no repeat shows that, but tiles do.
    """
    power = followed.power[:, tiles] * followed.tiles.length[tiles]
    count = power.shape[1]
    share = power / power.sum(axis=1, keepdims=True)
    draws = int(load_data("wrinkle_index.toml")["change"]["draws"]["value"])
    rng = np.random.default_rng(count)  # the same photographs give the same interval
    weight = rng.multinomial(count, np.full(count, 1 / count), size=draws)
    sums = np.maximum(weight @ np.stack([share[own].mean(axis=0) for own in (before, after)]).T, 1e-3)
    between = float(np.log(sums[:, 1] / sums[:, 0]).var()) * count / (count - 1)
    noise = sum(float(share[own].var(axis=0, ddof=1).sum()) / int(own.sum()) for own in (before, after))
    return float(max(0.0, between - noise * count / (count - 1)))


def _reach(variances: Sequence[float], degrees: Sequence[float]) -> float:
    """Half a 95 % interval: Student's t with the degrees of Welch and Satterthwaite."""
    from scipy.stats import t

    total = sum(variances)
    if total <= 0:
        return 0.0
    spent = sum(variance**2 / free for variance, free in zip(variances, degrees, strict=True))
    effective = total**2 / spent if spent > 0 else 1e6
    return float(t.ppf(0.975, min(effective, 1e6)) * math.sqrt(total))
