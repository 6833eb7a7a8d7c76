"""The face painted with the shift of its skin, and the shift of every region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zygoma.evidence import Priors
from zygoma.plan import Treatment
from zygoma.report import picture
from zygoma.report.palette import Scale
from zygoma.report.paths import ProbePath
from zygoma.report.surfaces import LayerSurface
from zygoma.report.words import sided
from zygoma.response.amount import interval, number
from zygoma.response.detectable import smallest_shift
from zygoma.response.lift_map import LiftMap
from zygoma.response.spot import FACE

Array = NDArray[np.float64]

_MM = 1e3
_ARROW = 0.022  # length of the longest arrow, before its factor is rounded [m]
_SPACING = 0.0125  # between arrows [m]
_LEAST = 0.03  # of the largest shift; smaller ones have no arrow
_ABOVE = 0.003  # arrows are drawn this far above the skin, so that they do not dive into it [m]
_COLOUR = "#0d7fb3"


@dataclass(frozen=True)
class LiftSection:
    """What the page shows of the lift.

    Attributes
    ----------
    pictures : tuple of (str, str, str)
        Heading, factor of the arrows, image.
    scale : Scale
        Of the pictures [mm].
    rows : tuple of (str, str, str)
        Region, median, and 90 % interval of its mean upward shift [mm].
    seen : str
        Smallest shift that photographs can show [mm].
    decay : str
        Decay length [mm].
    """

    pictures: tuple[tuple[str, str, str], ...]
    scale: Scale
    rows: tuple[tuple[str, str, str], ...]
    seen: str
    decay: str

    @classmethod
    def of(cls, treatment: Treatment, above: float) -> LiftSection:
        """Pictures and table of a treatment; only what lies above this y is shown [m]."""
        face = treatment.face
        found = LiftMap.of(face, treatment.chain, Priors.load(treatment.plan.priors))
        triangles = np.asarray(face.skin.triangles, dtype=np.int64)
        skin = LayerSurface(face.skin.points, triangles, np.arange(len(triangles)))
        low, high = (_MM * end for end in smallest_shift())
        scale = _scale(max(high, _MM * found.largest))
        pictures = []
        for heading, field in (("Median", found.median), ("95 % end of the interval", found.high)):
            size = _MM * np.linalg.norm(field, axis=1)
            values = size[skin.triangles].mean(axis=1)
            factor, arrows = _arrows(skin, field, above)
            image = picture.paint(
                skin, values, scale, (picture.FRONT, picture.RIGHT), (arrows,), above, _HEIGHT
            )
            largest = number(float(size.max()))
            pictures.append((heading, f"At most {largest} mm; arrows {factor:,.0f} times too long.", image))
        regions = {
            response.where: (response.p05, response.median, response.p95)
            for response in treatment.chain.responses
            if response.id == "lift" and response.where != FACE
        }
        rows = sorted(regions.items(), key=lambda row: -max(abs(row[1][0]), abs(row[1][2])))
        return cls(
            pictures=tuple(pictures),
            scale=scale,
            rows=tuple(_row(*row) for row in _merged(rows)),
            seen=interval(low, high),
            decay=number(_MM * found.decay),
        )


_HEIGHT = 520


def _scale(largest: float) -> Scale:
    """Three decades up to the next 1, 2 or 5 [mm]."""
    return Scale.of(np.array([largest]), "mm")


def _row(name: str, shifts: tuple[float, float, float]) -> tuple[str, str, str]:
    low, median, high = shifts
    return name, number(median), interval(low, high)


def _merged(
    rows: list[tuple[str, tuple[float, float, float]]],
) -> list[tuple[str, tuple[float, float, float]]]:
    """Headings of regions; a pair whose sides agree to 2 % stands once."""
    known, found = dict(rows), []
    for name, shifts in rows:
        base, side = (name[:-2], name[-1]) if name.endswith(("_r", "_l")) else (name, "mid")
        other = known.get(f"{base}_{'l' if side == 'r' else 'r'}") if side != "mid" else None
        alike = other is not None and np.allclose(shifts, other, rtol=0.02, atol=1e-6)
        if not alike:
            found.append((sided(name, side), shifts))
        elif side == "r":
            found.append((sided(base, "mid"), shifts))
    return found


def _arrows(skin: LayerSurface, field: Array, above: float) -> tuple[float, ProbePath]:
    """Arrows at evenly spaced points, with the factor by which they are too long."""
    size = np.linalg.norm(field, axis=1)
    largest = float(size.max())
    if largest == 0:
        return 1.0, ProbePath(np.empty((0, 2, 3)), np.empty((0, 3)), _COLOUR)
    power = 10.0 ** np.floor(np.log10(_ARROW / largest))
    factor = max(step * power for step in (1, 2, 5) if step * power <= _ARROW / largest)
    normals = skin.normals
    shown = np.flatnonzero((size > _LEAST * largest) & (skin.points[:, 1] > above))
    chosen = _spread(skin.points[shown], size[shown])
    own = shown[chosen]
    start = skin.points[own] + _ABOVE * normals[own]
    shaft = factor * field[own]
    end = start + shaft
    across = np.cross(normals[own], shaft)
    barbs = [end - 0.28 * shaft + sign * 0.16 * across for sign in (-1, 1)]
    lines = np.stack([np.stack([start, end], axis=1), *(np.stack([barb, end], axis=1) for barb in barbs)])
    return factor, ProbePath(lines.reshape(-1, 2, 3), np.empty((0, 3)), _COLOUR)


def _spread(points: Array, size: Array) -> NDArray[np.int64]:
    """Points at least `_SPACING` apart, those that move most first."""
    from scipy.spatial import cKDTree

    near = cKDTree(points).query_ball_point(points, _SPACING)
    free, chosen = np.ones(len(points), dtype=bool), []
    for place in np.argsort(-size, kind="stable"):
        if free[place]:
            chosen.append(place)
            free[near[place]] = False
    return np.array(chosen, dtype=np.int64)
