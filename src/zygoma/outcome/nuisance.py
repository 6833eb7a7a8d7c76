"""What may differ between two visits without being seen in either: light, focus, scale."""

from __future__ import annotations

import math
from dataclasses import dataclass

from zygoma.errors import RangeError
from zygoma.outcome.light import Light
from zygoma.provenance import load_data


@dataclass(frozen=True)
class Nuisance:
    """Standard deviations of what one visit has in common and another has not.

    Attributes
    ----------
    elevation : float
        Of the light [rad].
    ambient : float
        Of the share of the ambient light.
    blur : float
        Of the standard deviation of the blur on the skin [m].
    scale : float
        Of the size of the skin in the picture, relative.
    """

    elevation: float
    ambient: float
    blur: float
    scale: float

    def __post_init__(self) -> None:
        if not all(value >= 0 for value in (self.elevation, self.ambient, self.blur, self.scale)):
            raise RangeError(f"standard deviations are not below 0; given {self}")

    @classmethod
    def same_rig(cls) -> Nuisance:
        """Of photographs taken with the same rig, from ``data/wrinkle_index.toml``."""
        data = load_data("wrinkle_index.toml")["nuisance"]
        return cls(*(data[key]["value"] for key in ("elevation_rad", "ambient", "blur_m", "scale")))

    def log_index(self, light: Light, width: float, blur: float) -> float:
        """Standard deviation of the log-ratio of an index between two visits that they make.

        The shading of a groove goes with ``(1 - ambient) cot(elevation)``, of which gloss and the sky leave
        a part, but does not vanish at a light from straight above; a blur s takes the share
        ``0.75 s^2 / sigma^2`` from the shading of a groove of half width sigma; a depth goes with the scale.

        Parameters
        ----------
        light : Light
        width : float
            Of the wrinkles [m]: 2.45 sigma.
        blur : float
            Standard deviation of the pictures' blur on the skin [m].
        """
        sigma = max(width / 2.45, 0.2e-3)
        data = load_data("wrinkle_index.toml")["nuisance"]
        share = data["of_cotangent"]["value"] * 2 / max(math.sin(2 * light.elevation), 1e-3)
        share = min(share, data["steepest"]["value"])
        parts = (
            share * self.elevation,
            self.ambient / max(1 - light.ambient, 0.1),
            1.5 * blur / sigma**2 * self.blur,
            self.scale,
        )
        return math.sqrt(2 * sum(part**2 for part in parts))
