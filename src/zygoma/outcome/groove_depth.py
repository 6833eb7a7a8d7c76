"""From the shading of wrinkles to their depth, in a light that is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.outcome.follow import Followed
from zygoma.outcome.light import Light
from zygoma.provenance import load_data

Array = NDArray[Any]


def expected(offsets: Array, depth: Array, sigma: Array, normal: Array, light: Light) -> Array:
    """Darkening across grooves ``z = -depth exp(-s^2 / 2 sigma^2)``.

    The soft source with its attached and cast shadows; an even sky, whose share seen from an endless groove
    is ``(sin a + sin b) / 2``, a and b the angles from the normal to the two horizons; and the gloss of
    skin, a Beckmann lobe of the strength and roughness in ``data/wrinkle_index.toml``.

    Parameters
    ----------
    offsets : (k,) array
        s [m], evenly spaced.
    depth, sigma : (...) arrays
        [m]
    normal : (..., 2) array
        Unit vector (x, y) along which s is counted.
    light : Light

    Returns
    -------
    (..., k) array
    """
    from scipy.special import ndtr

    sun = light.direction
    towards = normal @ sun[:2]  # component of the direction to the source along s
    depth, sigma = np.asarray(depth)[..., None], np.asarray(sigma)[..., None]

    def height(s: Array) -> Array:
        return np.asarray(-depth[..., None] * np.exp(-0.5 * (s / sigma[..., None]) ** 2))

    slope = depth * offsets / sigma**2 * np.exp(-0.5 * (offsets / sigma) ** 2)
    steep = np.sqrt(1 + slope**2)
    facing = np.clip((sun[2] - slope * towards[..., None]) / steep, 0.0, None) / sun[2]
    here = height(offsets[:, None])
    away = np.array(load_data("wrinkle_index.toml")["groove_depth"]["horizon_m"]["value"])
    flat = math.hypot(sun[0], sun[1])
    share = towards[..., None, None] / max(flat, 1e-12)
    # the relief rises most where the path towards the source leaves the groove steepest
    rise = ((height(offsets[:, None] + share * away) - here) / away).max(axis=-1)
    above = light.elevation - np.arctan(np.clip(rise, 0.0, None))
    soft = max(light.softness, 1e-3)
    seen = ndtr(above / soft) / ndtr(light.elevation / soft)
    tilt = np.arctan(slope)
    sky = np.zeros_like(slope)
    for side in (1.0, -1.0):
        rise = ((height(offsets[:, None] + side * away) - here) / away).max(axis=-1)
        horizon = np.arctan(np.clip(rise, 0.0, None))
        # the normal leans by the tilt towards the falling side
        sky += 0.5 * np.sin(np.pi / 2 - np.maximum(horizon, side * tilt) + side * tilt)
    diffuse = (1 - light.ambient) * facing * seen + light.ambient * sky
    return np.asarray(-np.log(np.maximum(diffuse + _gloss(slope, normal, light), 1e-3)))


def _gloss(slope: Array, normal: Array, light: Light) -> Array:
    """Light mirrored towards a camera above the skin, over the diffuse light of flat skin."""
    gloss = {key: entry["value"] for key, entry in load_data("wrinkle_index.toml")["gloss"].items()}
    half = light.direction + np.array([0.0, 0.0, 1.0])
    half /= np.linalg.norm(half)
    steep = np.sqrt(1 + slope**2)
    cosine = np.clip((half[2] - slope * (normal @ half[:2])[..., None]) / steep, 1e-3, 1.0)
    rough = gloss["roughness"] ** 2 + (0.5 * light.softness) ** 2
    lobe = np.exp((1 - cosine**-2) / rough) / (np.pi * rough * cosine**4)
    strength = (1 - light.ambient) * np.pi * gloss["fresnel"] / (4 * math.sin(light.elevation))
    return np.asarray(strength * lobe * steep / gloss["reflectance"])


@dataclass(frozen=True, eq=False)
class Depths:
    """Grooves that shade as the wrinkles that were followed do.

    Attributes
    ----------
    followed : Followed
    light : Light
    depth, sigma : (w,) arrays
        Of each wrinkle over all photographs [m]; of matt skin, so a measure for change, not a depth in
        millimetres to rely on: gloss and light scattered within the skin are unknown.
    centre : (t,) array
        Where the groove lies beside the line, along the normal of each tile [m].
    """

    followed: Followed
    light: Light
    depth: Array
    sigma: Array
    centre: Array

    def relative(self, tiles: NDArray[np.bool_]) -> Array:
        """Depth (p,) along tiles in each photograph, 1 for the mean over the visits.

        The factor on the depths of the grooves whose shading has the power that was measured.
        """
        weight = self.followed.tiles.length[tiles]
        power = (self.followed.power[:, tiles] * weight).sum(axis=1)
        factors, curve = self._curve(tiles)
        level = np.mean([power[self.followed.visit == v].mean() for v in np.unique(self.followed.visit)])
        # grooves fit the template up to a factor (gloss, scattering); it is the same in all photographs
        found = np.interp(power * (np.interp(1.0, factors, curve) / level), curve, factors)
        return np.asarray(found)

    def _curve(self, tiles: NDArray[np.bool_]) -> tuple[Array, Array]:
        """Factors on the depth, and the power that the template finds then; both rise."""
        factors = np.concatenate([np.linspace(0.0, 1.0, 21), np.linspace(1.05, 3.0, 40)])
        template = self.followed.template[tiles]
        weight = self.followed.tiles.length[tiles]
        curve = (
            np.array(
                [np.sum(weight[:, None] * self._profiles[k, tiles] * template) for k in range(len(factors))]
            )
            / template.shape[1]
        )
        rising = np.maximum.accumulate(curve) + 1e-12 * np.arange(len(curve))
        return np.concatenate([-factors[:0:-1], factors]), np.concatenate([-rising[:0:-1], rising])

    @cached_property
    def _profiles(self) -> Array:
        """Darkening (f, t, k) for each factor on the depth."""
        tiles = self.followed.tiles
        factors = np.concatenate([np.linspace(0.0, 1.0, 21), np.linspace(1.05, 3.0, 40)])
        own = tiles.owner
        found = np.stack(
            [
                _at(
                    tiles.offsets,
                    factor * self.depth[own],
                    self.sigma[own],
                    tiles.normal,
                    self.centre,
                    self.light,
                )
                for factor in factors
            ]
        )
        return _levelled(found, tiles.offsets)


def depths(followed: Followed, light: Light) -> Depths:
    """Fit a groove to each wrinkle: one depth and half width, and a place beside the line for each tile.

    Parameters
    ----------
    followed : Followed
    light : Light
        In which the photographs were taken.
    """
    tiles = followed.tiles
    choice = load_data("wrinkle_index.toml")["groove_depth"]
    deep, wide = np.array(choice["depths_m"]["value"]), np.array(choice["sigmas_m"]["value"])
    centres = np.linspace(-1, 1, 41) * choice["centre_m"]["value"]
    count = len(tiles.wrinkles)
    depth, sigma, centre = np.full(count, deep[0]), np.full(count, wide[0]), np.zeros(len(tiles.length))
    line = np.linspace(2 * tiles.offsets[0], 2 * tiles.offsets[-1], 4 * (len(tiles.offsets) - 1) + 1)
    grid_d, grid_s = (part.ravel() for part in np.meshgrid(deep, wide, indexing="ij"))
    for number in range(count):
        own = np.flatnonzero((tiles.owner == number) & np.isfinite(followed.template).all(axis=1))
        if not len(own):
            continue
        least, place = [], []
        for tile in own:
            normal = np.broadcast_to(tiles.normal[tile], (len(grid_d), 2))
            dark = expected(line, grid_d, grid_s, normal, light)
            moved = np.stack(
                [_shifted(line, dark, tiles.offsets - shift) for shift in centres], axis=1
            )  # (grid, centres, k)
            miss = ((_levelled(moved, tiles.offsets) - followed.template[tile]) ** 2).sum(axis=-1)
            least.append(miss.min(axis=1))
            place.append(centres[miss.argmin(axis=1)])
        best = int(np.argmin(np.sum(least, axis=0)))
        depth[number], sigma[number] = grid_d[best], grid_s[best]
        centre[own] = [row[best] for row in place]
    return Depths(followed, light, depth, sigma, centre)


def _at(offsets: Array, depth: Array, sigma: Array, normal: Array, centre: Array, light: Light) -> Array:
    """Darkening (t, k) of grooves that lie beside the line."""
    rows: Sequence[Array] = [
        expected(offsets - centre[t], depth[t : t + 1], sigma[t : t + 1], normal[t : t + 1], light)[0]
        for t in range(len(depth))
    ]
    return np.stack(rows)


def _shifted(line: Array, dark: Array, offsets: Array) -> Array:
    """Rows of `dark`, known along the even `line`, at other offsets, by linear interpolation."""
    place = (offsets - line[0]) / (line[1] - line[0])
    low = np.clip(place.astype(int), 0, len(line) - 2)
    part = place - low
    return np.asarray(dark[:, low] * (1 - part) + dark[:, low + 1] * part)


def _levelled(profiles: Array, offsets: Array) -> Array:
    """Profiles less their straight line of least squares, as measured ones are."""
    line = np.column_stack([np.ones(len(offsets)), offsets])
    return np.asarray(profiles - profiles @ np.linalg.pinv(line).T @ line.T)
