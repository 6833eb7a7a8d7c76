"""Wrinkles found on skin: ridges of the line filter, traced from their strongest points."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.outcome.darkening import darkening
from zygoma.outcome.linefilter import Lines, lines
from zygoma.outcome.texture import Texture
from zygoma.outcome.wrinkle import Wrinkle
from zygoma.provenance import load_data

Array = NDArray[Any]


def detected(texture: Texture) -> tuple[Wrinkle, ...]:
    """Wrinkles of a texture, the most striking first.

    A line starts where the answer of the filter stands out most from that of the skin around the wrinkles
    and is followed both ways as long as it does. Limits stand in ``data/wrinkle_index.toml``. Hair, brows,
    lashes and the edges of the lids are lines too: keep them out of `texture.skin`. Where the texture has
    regions, lines outside all of them are left to a person to draw: on cheeks and temples most are none.

    Raises
    ------
    InputError
        The texture shows no skin or is too coarse.
    """
    import cv2

    limits = {key: entry["value"] for key, entry in load_data("wrinkle_index.toml")["detection"].items()}
    dark = darkening(texture)
    found = lines(dark, texture.pitch)
    # at the edge of the skin a kernel sees half a line
    margin = max(1, round(limits["margin_m"] / texture.pitch))
    mask: Any = np.pad(texture.skin.astype(np.uint8), 1)
    near = cv2.distanceTransform(mask, cv2.DIST_L2, 3)[1:-1, 1:-1]
    inside = near > margin
    if not inside.any():
        return ()
    answers = found.response[inside]
    middle = float(np.median(answers))
    spread = (
        float(np.quantile(answers, 0.75)) - middle
    ) / 0.6745  # wrinkles are less than a quarter of the skin
    high = max(middle + limits["start"] * spread, limits["least"])
    low = max(middle + limits["end"] * spread, 0.5 * limits["least"])
    tracer = _Tracer(found, inside, texture.pitch, low, limits)
    paths = []
    for row, column in _seeds(found, inside, high):
        path = tracer.trace(column, row)
        if path is None:
            continue
        columns, rows = np.round(path).astype(int).T
        # beside the lit wall of a wrinkle the filter answers too, but the skin there is not dark
        if dark[rows, columns].mean() > limits["dark"] * found.response[rows, columns].mean():
            paths.append(path)
    counts: dict[str, int] = {}
    wrinkles = []
    for path in paths:
        region = _region(path, texture.regions)
        if texture.regions and not region:
            continue
        counts[region] = counts.get(region, 0) + 1
        name = f"{region or 'skin'}-{counts[region]}"
        wrinkles.append(Wrinkle(name, region, path * texture.pitch))
    return tuple(wrinkles)


def _seeds(found: Lines, inside: Array, high: float) -> Array:
    """Pixels (row, column) whose answer is above `high` and largest of their neighbours, strongest first."""
    from scipy.ndimage import maximum_filter

    response = np.where(inside, found.response, -np.inf)
    top = (response == maximum_filter(response, 5)) & (response > high)
    rows, columns = np.nonzero(top)
    order = np.argsort(-response[rows, columns], kind="stable")
    return np.column_stack([rows, columns])[order]


def _region(path: Array, regions: Mapping[str, Array]) -> str:
    """Region in which most of the line lies."""
    columns, rows = np.round(path).astype(int).T
    share = {name: float(mask[rows, columns].mean()) for name, mask in regions.items()}
    best = max(share, key=lambda name: share[name], default="")
    return best if best and share[best] > 0.5 else ""


@dataclass(eq=False)
class _Tracer:
    """Follows ridges; what was followed is not followed again."""

    found: Lines
    inside: Array
    pitch: float
    low: float
    limits: dict[str, float]

    def __post_init__(self) -> None:
        self.taken = np.zeros(self.inside.shape, dtype=bool)
        self.step = self.limits["step_m"] / self.pitch
        side = self.limits["side_m"] / self.pitch
        self.across = np.arange(-math.ceil(side), math.ceil(side) + 1) * min(1.0, side)

    def trace(self, x: float, y: float) -> Array | None:
        """Points (n, 2) of the ridge through a pixel, or none if it is too short or was followed before."""
        import cv2

        if self.taken[round(y), round(x)]:
            return None
        turn = float(self.found.angle[round(y), round(x)])
        ahead = self._follow(x, y, turn)
        behind = self._follow(x, y, turn + math.pi)
        path = np.array([*behind[::-1], (x, y), *ahead])
        canvas: Any = self.taken.astype(np.uint8)
        thick = max(1, round(2 * self.limits["apart_m"] / self.pitch))
        cv2.polylines(canvas, [np.round(path).astype(np.int32)], False, 1, thick)
        self.taken = canvas.astype(bool)
        length = np.hypot(*np.diff(path, axis=0).T).sum() * self.pitch if len(path) > 1 else 0.0
        return path if length >= self.limits["shortest_m"] else None

    def _follow(self, x: float, y: float, turn: float) -> list[tuple[float, float]]:
        """Points after (x, y) in one direction, as far as the last one that stands out."""
        path: list[tuple[float, float]] = []
        last, gap = 0, 0.0
        rows, columns = self.inside.shape
        while gap <= self.limits["gap_m"]:
            cos, sin = math.cos(turn), math.sin(turn)
            xs = x + self.step * cos - self.across * sin
            ys = y + self.step * sin + self.across * cos
            i, j = np.round(ys).astype(int), np.round(xs).astype(int)
            within = (i >= 0) & (i < rows) & (j >= 0) & (j < columns)
            if not within.all():
                break
            answer = self.found.response[i, j]
            best = int(np.argmax(answer - 1e-3 * self.low * np.abs(self.across)))
            if not self.inside[i[best], j[best]] or self.taken[i[best], j[best]]:
                break
            strong = answer[best] > self.low
            if strong:
                own = float(self.found.angle[i[best], j[best]])
                bend = (own - turn + math.pi / 2) % math.pi - math.pi / 2
                if abs(bend) > self.limits["bend_rad"]:
                    break
                x, y = float(xs[best]), float(ys[best])
                turn += 0.5 * bend
                gap = 0.0
            else:  # over a gap the line goes straight on
                x, y = x + self.step * cos, y + self.step * sin
                gap += self.limits["step_m"]
            path.append((x, y))
            if strong:
                last = len(path)
            if len(path) > 10 * (rows + columns):  # a closed ring
                break
        return path[:last]
