"""What the photographs of one visit show: wrinkles region by region, and how well they repeat."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zygoma.outcome.detection import detected
from zygoma.outcome.face_comparison import Progress, lay_flat
from zygoma.outcome.face_engine import FaceEngine
from zygoma.outcome.face_texture import FaceTexture
from zygoma.outcome.follow import Followed, followed
from zygoma.outcome.gate import Gate
from zygoma.outcome.scale import Scale
from zygoma.outcome.visit import Visit
from zygoma.outcome.wrinkle import Wrinkle
from zygoma.outcome.wrinkle_place import check_places


@dataclass(frozen=True)
class RegionMeasure:
    """Wrinkles of a region.

    Attributes
    ----------
    name : str
        ``"all"`` for all of the face.
    count : int
    length : float
        Of all together [m].
    contrast : float
        Root mean square darkening across them, mean over the photographs; it depends on the light and is no
        depth. NaN where they were not seen in every photograph.
    variation : float
        Its standard deviation over the photographs, relative; NaN with one photograph.
    """

    name: str
    count: int
    length: float
    contrast: float
    variation: float

    def json(self) -> dict[str, Any]:
        """Plain values; null for what is not known."""

        def known(value: float, digits: int) -> float | None:
            return None if math.isnan(value) else round(value, digits)

        return {
            "name": self.name,
            "wrinkles": self.count,
            "length_mm": known(1e3 * self.length, 2),
            "contrast_pct": known(100 * self.contrast, 3),
            "cv_pct": known(100 * self.variation, 3),
        }


@dataclass(frozen=True, eq=False)
class FaceMeasure:
    """One visit.

    Attributes
    ----------
    regions : tuple of RegionMeasure
        All of the face first.
    wrinkles : tuple of Wrinkle
        On the first photograph laid flat.
    gates : tuple of (Gate, ...)
        Of each photograph alone.
    face : FaceTexture
        Of the first photograph.
    """

    regions: tuple[RegionMeasure, ...]
    wrinkles: tuple[Wrinkle, ...]
    gates: tuple[tuple[Gate, ...], ...]
    face: FaceTexture

    def json(self) -> dict[str, Any]:
        """Plain values."""
        pose = self.face.pose
        return {
            "regions": [region.json() for region in self.regions],
            "photographs": [
                {gate.name: {"passed": gate.passed, "reason": gate.reason} for gate in gates}
                for gates in self.gates
            ],
            "pixels_per_mm": round(self.face.resolution / 1e3, 3),
            "scale": str(self.face.scale),
            "pose_deg": {name: round(getattr(pose, name), 2) for name in ("yaw", "pitch", "roll")},
        }

    def __str__(self) -> str:
        whole = self.regions[0]
        lines = [
            f"{whole.count} wrinkles of {1e3 * whole.length:.0f} mm; {self.face.pose}; {self.face.scale}"
        ]
        lines += [
            f"photograph {number}: {gate.reason}"
            for number, gates in enumerate(self.gates, 1)
            for gate in gates
            if not gate.passed
        ][:3]
        for region in self.regions:
            if math.isnan(region.contrast):
                continue
            lines.append(
                f"{region.name}: {region.count} wrinkles, {1e3 * region.length:.0f} mm, contrast"
                f" {region.contrast:.1%}"
                + ("" if math.isnan(region.variation) else f", repeats within {region.variation:.1%}")
            )
        return "\n".join(lines)


def measure_face(
    visit: Visit,
    *,
    wrinkles: Sequence[Wrinkle] | None = None,
    scale: Scale | None = None,
    progress: Progress | None = None,
) -> FaceMeasure:
    """Measure the photographs of one visit.

    Parameters
    ----------
    visit : Visit
    wrinkles : sequence of Wrinkle, optional
        Marked or kept from an earlier visit; found on the first photograph otherwise.
    scale : Scale, optional
        Of the first photograph; by default from the width of the irises.
    progress : callable, optional
        Called with (stage, done, total).

    Raises
    ------
    FaceError
        A photograph shows no face that can be measured; it is named.
    InputError
        A photograph cannot be read, they do not show the same skin, the scale is far from that of the irises,
        or a wrinkle is not on the face.
    """
    (faces,) = lay_flat((visit,), FaceEngine(), scale, progress or (lambda stage, done, total: None))
    textures = [face.texture for face, _ in faces]
    check_places(wrinkles or (), faces[0][0])
    lines = detected(textures[0]) if wrinkles is None else tuple(wrinkles)
    found = followed(lines, [textures]) if lines else None
    names = (None, *sorted({line.region for line in lines if line.region}))
    return FaceMeasure(
        tuple(_region(name, lines, found) for name in names),
        lines,
        tuple(quality.gates() for _, quality in faces),
        faces[0][0],
    )


def _region(name: str | None, wrinkles: Sequence[Wrinkle], found: Followed | None) -> RegionMeasure:
    own = [line for line in wrinkles if name is None or line.region == name]
    contrast = variation = math.nan
    if found is not None and (tiles := found.group(region=name)).any():
        values = found.contrast(tiles)
        contrast = float(values.mean())
        if len(values) > 1 and contrast > 0:
            variation = float(values.std(ddof=1) / contrast)
    return RegionMeasure(name or "all", len(own), sum(line.length for line in own), contrast, variation)
