"""Depth of the wrinkles of a face from photographs in known lamps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError
from zygoma.outcome.detection import detected
from zygoma.outcome.face_texture import FaceTexture
from zygoma.outcome.lamp_field import lamp_field
from zygoma.outcome.lamps import FILE, Lamps
from zygoma.outcome.light_field import LightField
from zygoma.outcome.lit_face import Progress, lay_lit
from zygoma.outcome.photometric_stereo import Relief, stereo_relief
from zygoma.outcome.region_depth import WIDE, LineDepth, RegionDepth
from zygoma.outcome.sampling import sampled
from zygoma.outcome.scale import Scale
from zygoma.outcome.texture import Texture
from zygoma.outcome.visit import Visit
from zygoma.outcome.wrinkle import Wrinkle
from zygoma.provenance import load_data

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class FaceDepth:
    """Relief of a face and the depth of its wrinkles.

    The standard deviations hold three things: how far the depth changes when each lamp is left out in turn
    (jackknife, where four or more light the place), the stated uncertainty of the lamps' directions with that
    of the skin's, and the scale. What the model of light itself gets wrong is not in them.

    Attributes
    ----------
    regions : tuple of RegionDepth
    depths : tuple of LineDepth
    wrinkles : tuple of Wrinkle
        Their lines on the face laid flat.
    relief : Relief
    face : FaceTexture
    lamps : Lamps
    shifts : (k,) array
        By which each photograph was moved onto the first [m].
    """

    regions: tuple[RegionDepth, ...]
    depths: tuple[LineDepth, ...]
    wrinkles: tuple[Wrinkle, ...]
    relief: Relief
    face: FaceTexture
    lamps: Lamps
    shifts: Array

    @property
    def warning(self) -> str:
        """What makes the depths doubtful; empty for nothing."""
        reflectance = self.lamps.reflectance
        if reflectance is not None and reflectance < load_data(FILE)["gloss"]["dark"]["value"]:
            return (
                f"skin of reflectance {reflectance:g} without polarisers: its gloss is as strong as the"
                " light that tells the depth, depths may be wrong by more than their intervals; use crossed "
                "polarisers"
            )
        return ""

    def json(self) -> dict[str, Any]:
        """Plain values; null for what is not known."""
        return {
            "warning": self.warning or None,
            "regions": [region.json() for region in self.regions],
            "wrinkles": [one.json() for one in self.depths],
            "lamps": [lamp.name for lamp in self.lamps.lamps],
            "assumed": list(self.lamps.assumed),
            "interval": "leaving out one lamp in turn, the lamps' stated uncertainty and the scale;"
            " not the model of light",
            "moved_mm": [round(1e3 * float(shift), 3) for shift in self.shifts],
            "pixel_mm": round(1e3 * self.relief.pitch, 5),
            "scale": str(self.face.scale),
        }

    def __str__(self) -> str:
        lines = []
        for one in self.regions:
            told = one.note or (
                f"{1e6 * one.depth:.0f} um ({1e6 * (one.depth - WIDE * one.sd):.0f} to"
                f" {1e6 * (one.depth + WIDE * one.sd):.0f}), wrinkles: {one.wrinkles}"
            )
            lines.append(f"{one.name}: {told}")
        if self.warning:
            lines.append(self.warning)
        if self.lamps.assumed:
            lines.append(f"assumed: {'; '.join(self.lamps.assumed)}")
        return "\n".join(lines)


def face_depth(
    visit: Visit,
    lamps: Lamps,
    *,
    wrinkles: Sequence[Wrinkle] | None = None,
    scale: Scale | None = None,
    progress: Progress | None = None,
) -> FaceDepth:
    """Measure depths on photographs of one face in one pose, each in another lamp.

    Parameters
    ----------
    visit : Visit
    lamps : Lamps
        In the order of the photographs.
    wrinkles : sequence of Wrinkle, optional
        From an earlier run; found in the relief otherwise.
    scale : Scale, optional
        Of the photographs; by default from the width of the irises.
    progress : callable, optional
        Called with (stage, done, total).

    Raises
    ------
    FaceError
        A photograph shows no face that can be measured; it is named.
    InputError
        The photographs differ in size, the head has moved, or no skin is lit by three lamps.
    """
    tell = progress or (lambda stage, done, total: None)
    if len(visit) != len(lamps.lamps):
        raise InputError(f"{len(visit)} photographs and {len(lamps.lamps)} lamps; give each its lamp")
    lit = lay_lit(visit, scale, tell)
    tell("relief", 0, 1)
    field, _ = lamp_field(lit.face, np.stack([texture.light for texture in lit.textures]), lamps)
    window = load_data(FILE)["relief"]["window_m"]["value"]
    relief = stereo_relief(lit.textures, field, lamps.reflectance, window, leave_out=True)
    if not relief.skin.any():
        raise InputError("no skin is lit by three lamps or more; put them on different sides, at 45 degrees")
    relief = replace(relief, skin=_within(relief))
    tell("relief", 1, 1)
    lines = tuple(wrinkles) if wrinkles is not None else _lines(relief, lit.face)
    depths = _depths(relief, field, lines, lamps, lit.face.scale)
    regions = tuple(
        _region(name, mask & lit.face.texture.skin, depths, field, relief)
        for name, mask in lit.face.texture.regions.items()
    )
    return FaceDepth(regions, depths, lines, relief, lit.face, lamps, lit.shifts)


def _within(relief: Relief) -> Array:
    """Skin without the strip beside its edge."""
    import cv2

    far = load_data(FILE)["relief"]["margin_m"]["value"] / relief.pitch
    padded: Any = np.pad(relief.skin.astype(np.uint8), 1)
    return np.asarray(cv2.distanceTransform(padded, cv2.DIST_L2, 3)[1:-1, 1:-1] > far)


def _lines(relief: Relief, face: FaceTexture) -> tuple[Wrinkle, ...]:
    """Wrinkles of the regions, found as dark lines of a picture that is darker the deeper."""
    depth = load_data(FILE)["relief"]["line_m"]["value"]
    light = np.exp(np.clip(relief.height / depth, -2.0, 2.0)).astype(np.float32)
    regions = np.logical_or.reduce(list(face.texture.regions.values()))
    found = detected(Texture(light, relief.skin & regions, relief.pitch, face.texture.regions))
    return tuple(line for line in found if line.region)


def _depths(
    relief: Relief, field: LightField, lines: Sequence[Wrinkle], lamps: Lamps, scale: Scale
) -> tuple[LineDepth, ...]:
    entry = load_data(FILE)["relief"]
    seen = []
    for line in lines:
        points, normals = line.stations(relief.pitch)
        across = np.linspace(-1, 1, 7)[:, None, None] * entry["strip_m"]["value"]
        strip = (points + across * normals).reshape(-1, 2)
        seen.append(sampled(relief.skin.astype(np.float32), strip / relief.pitch, outside=0.0).mean())
    kept = [line for line, share in zip(lines, seen, strict=True) if share >= entry["seen"]["value"]]
    values = dict[str, tuple[float, float]]()
    if kept:
        mean = relief.depths(kept)
        others = np.array([replace(relief, height=one).depths(kept) for one in relief.others])
        for k, line in enumerate(kept):
            away = _left_out(line, others[:, k], float(mean[k]), field, relief.pitch)
            known = math.hypot(_by_lamps(line, field, lamps, relief.pitch), scale.relative_sd)
            values[line.id] = (float(mean[k]), math.hypot(away, known * float(mean[k])))
    return tuple(
        LineDepth(line.id, line.region, line.length, *values.get(line.id, (math.nan, math.nan)))
        for line in lines
    )


def _left_out(line: Wrinkle, others: Array, depth: float, field: LightField, pitch: float) -> float:
    """Standard deviation [m] by leaving out one lamp in turn; 0 where only three light the line."""
    middle = tuple(np.round(line.points[len(line.points) // 2] / pitch).astype(int)[::-1])
    own = field.at(middle)
    lit = own.weight[:, 0, 0] > 0.5
    free = np.array([bool(own.without(k).solvable.all()) for k in range(len(lit))])
    usable = others[lit & free]
    if lit.sum() < 4 or len(usable) < 2:
        return 0.0
    return math.sqrt((len(usable) - 1) / len(usable) * float(((usable - depth) ** 2).sum()))


def _by_lamps(line: Wrinkle, field: LightField, lamps: Lamps, pitch: float) -> float:
    """Relative standard deviation by the directions of the lamps and of the skin, to the first order."""
    turn = math.radians(load_data(FILE)["normal"]["left_deg"]["value"])
    middle = tuple(np.round(line.points[len(line.points) // 2] / pitch).astype(int)[::-1])
    _, normals = line.stations(pitch)
    across = normals[len(normals) // 2]
    own = field.at(middle)
    gain = np.einsum("i,ik->k", across, own.solver[1:, :, 0, 0])
    base, moves = own.sides[:, :, 0, 0] @ across, []
    for axis in np.eye(3)[:2]:
        turned = own.direction[:, :, 0, 0] + 1e-3 * np.cross(axis, own.direction[:, :, 0, 0])
        side = turned[:, :2] / np.where(own.weight[:, 0, 0] > 0, turned[:, 2], 1.0)[:, None]
        moves.append((side @ across - base) / 1e-3 * (own.weight[:, 0, 0] > 0))
    free = sum(float((gain * move) @ (gain * move)) for move in moves)
    common = sum(float(gain @ move) ** 2 for move in moves)
    return math.sqrt(lamps.uncertainty**2 * free + turn**2 * common)


def _region(
    name: str, skin: Array, depths: Sequence[LineDepth], field: LightField, relief: Relief
) -> RegionDepth:
    own = [one for one in depths if one.region == name and not math.isnan(one.depth)]
    lamps = float(np.median((field.weight > 0.5).sum(axis=0)[skin])) if skin.any() else 0.0
    solved = float(relief.skin[skin].mean()) if skin.any() else 0.0
    if not own or solved < 0.5:
        return RegionDepth(name, 0, math.nan, math.nan, lamps, solved)
    length = np.array([one.length for one in own])
    # errors of lamps and scale are those of all its wrinkles
    depth, sd = (np.average([getattr(one, key) for one in own], weights=length) for key in ("depth", "sd"))
    return RegionDepth(name, len(own), float(depth), float(sd), lamps, solved)
