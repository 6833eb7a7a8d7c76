"""What a relief looks like in each of several lights."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.outcome.darkening import masked_mean
from zygoma.outcome.light_field import LightField
from zygoma.outcome.render.shading import horizon, mirrored, normals, sky

Array = NDArray[Any]

_AZIMUTHS = 16  # horizons between which that towards a turning light is found


@dataclass(frozen=True, eq=False)
class StereoScene:
    """Skin in lamps, over the slow part of each picture.

    Attributes
    ----------
    field : LightField
    pitch : float
        [m] a pixel.
    skin : (rows, columns) bool array
    window : float
        Standard deviation of the mean that is the slow part [px].
    reflectance : float or None
        Of the skin in luminance, for the gloss; None for none.
    """

    field: LightField
    pitch: float
    skin: Array
    window: float
    reflectance: float | None

    @cached_property
    def sides(self) -> Array:
        """(k, 2, rows, columns) as `LightField.sides`."""
        return self.field.sides

    @property
    def glossiness(self) -> float:
        """Rise of the gloss with the slope towards a light, over that of the diffuse light."""
        if self.reflectance is None:
            return 0.0
        slope, ratios = 0.02, []
        shape = self.field.weight.shape[1:]
        for number, side in enumerate(self.sides):
            length = np.hypot(*side)
            towards = slope * side / np.maximum(length, 1e-12)
            shine = [
                self._gloss(number, np.stack([sign * towards[0], sign * towards[1], np.ones(shape)], axis=-1))
                for sign in (1, -1)
            ]
            rise = (shine[0] - shine[1]) / (2 * slope)
            ratio = rise / np.maximum((1 - self.field.ambient[number]) * length, 1e-3)
            lit = (self.field.weight[number] > 0) & (self.skin if shape == self.skin.shape else True)
            ratios.append(float(np.quantile(ratio[lit], 0.95)) if lit.any() else 0.0)
        return max(0.0, *ratios)

    def facing(self, height: Array) -> Array:
        """(k, rows, columns) light on the relief over that on flat skin, no shadow taken into account."""
        slope_y, slope_x = np.gradient(height, self.pitch)
        facing = 1 - self.sides[:, 0] * slope_x - self.sides[:, 1] * slope_y
        return np.asarray(np.clip(facing, 1e-3, None) / np.sqrt(1 + slope_x**2 + slope_y**2))

    def shadows(self, height: Array) -> tuple[Array, Array]:
        """Light of the sky (rows, columns), and the share of each light that is seen (k, rows, columns)."""
        from scipy.special import ndtr

        x, y, z = np.moveaxis(self.field.direction, 1, 0)
        azimuths, elevations = np.arctan2(-y, x), np.arcsin(np.clip(z, -1.0, 1.0))
        seen = []
        horizons = None
        for azimuth, elevation, softness in zip(azimuths, elevations, self.field.softness, strict=True):
            soft = max(float(softness), 1e-3)
            if azimuth.size == 1:
                rise = horizon(height, self.pitch, float(azimuth[0, 0]))
            else:
                if horizons is None:
                    horizons = [
                        horizon(height, self.pitch, 2 * math.pi * k / _AZIMUTHS).astype(np.float32)
                        for k in range(_AZIMUTHS)
                    ]
                rise = _between(horizons, azimuth)
            seen.append(ndtr((elevation - rise) / soft) / np.maximum(ndtr(elevation / soft), 1e-3))
        return sky(height, self.pitch), np.clip(np.stack(seen), 0.1, 1.5)

    def direct(self, observed: Array, height: Array, rho: Array, around: Array, seen: Array) -> Array:
        """What the lamps alone give: ``rho (1 - p c_x - q c_y) / sqrt(1 + p^2 + q^2)`` of each."""
        ambient = self.field.ambient
        shine = np.zeros_like(observed)
        if self.reflectance is not None:
            out = normals(height, self.pitch)
            shine = np.stack([self._gloss(k, out) for k in range(len(observed))])
        # a picture was divided by its slow part: its model has to be so too
        model = (1 - ambient) * seen * self.facing(height) + ambient * around + shine
        level = np.stack([np.exp(masked_mean(np.log(part), self.skin, self.window)) for part in model])
        left = observed * level - rho * ambient * around - shine
        return np.asarray(left / ((1 - ambient) * seen))

    def _gloss(self, number: int, out: Array) -> Array:
        """Gloss of a lamp over the light of flat skin, for normals (rows, columns, 3)."""
        field = self.field
        direction, view = np.moveaxis(field.direction[number], 0, -1), np.moveaxis(field.view, 0, -1)
        shine = mirrored(out, direction, view, float(field.softness[number]), field.ambient[number])
        lit = field.weight[number] > 0
        return np.asarray(np.where(lit, shine, 0.0) / (self.reflectance or math.inf))


def _between(horizons: list[Array], azimuth: Array) -> Array:
    """Horizon (rows, columns) towards an azimuth that differs from place to place."""
    place = np.mod(azimuth, 2 * math.pi) * len(horizons) / (2 * math.pi)
    low = np.floor(place).astype(int) % len(horizons)
    share = place - np.floor(place)
    found = np.zeros(horizons[0].shape)
    for k, one in enumerate(horizons):
        weight = np.where(low == k, 1 - share, 0.0)
        weight = weight + np.where((low + 1) % len(horizons) == k, share, 0.0)
        found += weight * one
    return found
