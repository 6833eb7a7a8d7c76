"""From the shading of wrinkles to their depth, in a light that is known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import UnknownNameError
from zygoma.outcome.follow import Followed
from zygoma.outcome.light import Light
from zygoma.provenance import load_data

Array = NDArray[Any]

_FACTORS = np.concatenate([np.linspace(0.0, 1.0, 21), np.linspace(1.1, 3.0, 20)])  # on the fitted depth


def expected(
    offsets: Array, depth: Array, sigma: Array, normal: Array, light: Light, reflectance: float
) -> Array:
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
    reflectance : float
        Of the skin below its gloss, 0 to 1.

    Returns
    -------
    (..., k) array
    """
    diffuse, gloss = _reflected(np.asarray(offsets), np.asarray(depth), np.asarray(sigma), normal, light)
    return _darkening(diffuse + gloss / reflectance)


def _darkening(light: Array) -> Array:
    return np.asarray(-np.log(np.maximum(light, 1e-3)))


def _reflected(
    offsets: Array, depth: Array, sigma: Array, normal: Array, light: Light
) -> tuple[Array, Array]:
    """Diffuse and mirrored light (..., k); the latter still to be divided by the reflectance."""
    from scipy.special import ndtr

    sun = light.direction
    towards = normal @ sun[:2]  # component of the direction to the source along s
    depth, sigma = depth[..., None], sigma[..., None]

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
    return np.asarray(diffuse), _gloss(slope, normal, light)


def _gloss(slope: Array, normal: Array, light: Light) -> Array:
    """Light mirrored towards a camera above the skin, in units of a white diffuser on flat skin."""
    gloss = {key: entry["value"] for key, entry in load_data("wrinkle_index.toml")["gloss"].items()}
    half = light.direction + np.array([0.0, 0.0, 1.0])
    half /= np.linalg.norm(half)
    steep = np.sqrt(1 + slope**2)
    cosine = np.clip((half[2] - slope * (normal @ half[:2])[..., None]) / steep, 1e-3, 1.0)
    rough = gloss["roughness"] ** 2 + (0.5 * light.softness) ** 2
    lobe = np.exp((1 - cosine**-2) / rough) / (np.pi * rough * cosine**4)
    strength = (1 - light.ambient) * np.pi * gloss["fresnel"] / (4 * math.sin(light.elevation))
    return np.asarray(strength * lobe * steep)


@dataclass(frozen=True, eq=False)
class Depths:
    """Grooves that shade as the wrinkles that were followed do.

    Attributes
    ----------
    followed : Followed
    lights : tuple of Light
        On each wrinkle.
    reflectance : float
        Of the skin, as its gloss shows it.
    depth, sigma : (w,) arrays
        Of each wrinkle over all photographs [m]; a measure for change, not a depth in millimetres to rely
        on: light scattered within the skin is left out.
    centre : (t,) array
        Where the groove lies beside the line, along the normal of each tile [m].
    """

    followed: Followed
    lights: tuple[Light, ...]
    reflectance: float
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
        template = self.followed.template[tiles]
        weight = self.followed.tiles.length[tiles]
        curve = (
            np.array(
                [np.sum(weight[:, None] * self._profiles[k, tiles] * template) for k in range(len(_FACTORS))]
            )
            / template.shape[1]
        )
        rising = np.maximum.accumulate(curve) + 1e-12 * np.arange(len(curve))
        return np.concatenate([-_FACTORS[:0:-1], _FACTORS]), np.concatenate([-rising[:0:-1], rising])

    @cached_property
    def _profiles(self) -> Array:
        """Darkening (f, t, k) for each factor on the depth."""
        tiles = self.followed.tiles
        own = tiles.owner
        found = [
            expected(
                tiles.offsets - self.centre[t],
                _FACTORS * self.depth[own[t]],
                np.full(len(_FACTORS), self.sigma[own[t]]),
                np.broadcast_to(tiles.normal[t], (len(_FACTORS), 2)),
                self.lights[own[t]],
                self.reflectance,
            )
            for t in range(len(own))
        ]
        return _levelled(np.stack(found, axis=1), tiles.offsets)


def depths(
    followed: Followed, light: Light | Mapping[str, Light], reflectance: float | None = None
) -> Depths:
    """Fit a groove to each wrinkle: one depth and half width, and a place beside the line for each tile.

    All share one reflectance, which decides how much gloss adds to the shading: dark skin shows more of it.

    Parameters
    ----------
    followed : Followed
    light : Light or mapping of str to Light
        In which the photographs were taken, the same everywhere or for each region: on a face the skin of
        each turns another way.
    reflectance : float, optional
        Of the skin in luminance, if it is known; that which fits best if not.

    Raises
    ------
    UnknownNameError
        A wrinkle lies in a region without a light.
    """
    lights = tuple(
        light if isinstance(light, Light) else _of_region(light, wrinkle.region)
        for wrinkle in followed.tiles.wrinkles
    )
    tiles = followed.tiles
    choice = {key: entry["value"] for key, entry in load_data("wrinkle_index.toml")["groove_depth"].items()}
    reflectances = choice["reflectances"] if reflectance is None else [reflectance]
    depth, sigma = (
        part.ravel() for part in np.meshgrid(choice["depths_m"], choice["sigmas_m"], indexing="ij")
    )
    centres = np.linspace(-1, 1, 41) * choice["centre_m"]
    line = np.linspace(2 * tiles.offsets[0], 2 * tiles.offsets[-1], 4 * (len(tiles.offsets) - 1) + 1)
    count = len(tiles.length)
    # what each groove and reflectance leaves of each template, and where the groove then lies
    least = np.zeros((count, len(reflectances), len(depth)))
    place = np.zeros((count, len(reflectances), len(depth)))
    turn = np.arctan2(tiles.normal[:, 1], tiles.normal[:, 0])
    step = choice["direction_rad"]
    known = np.isfinite(followed.template).all(axis=1)
    kinds = sorted(set(lights), key=lights.index)
    kind = np.array([kinds.index(own) for own in lights])[tiles.owner]
    for number, angle in np.unique(np.column_stack([kind, np.round(turn / step)])[known], axis=0):
        normal = np.broadcast_to([math.cos(angle * step), math.sin(angle * step)], (len(depth), 2))
        diffuse, gloss = _reflected(line, depth, sigma, normal, kinds[int(number)])
        own = np.flatnonzero(known & (kind == number) & (np.round(turn / step) == angle))
        for k, share in enumerate(reflectances):
            dark = _darkening(diffuse + gloss / share)
            moved = np.stack([_shifted(line, dark, tiles.offsets - shift) for shift in centres], axis=1)
            moved = _levelled(moved, tiles.offsets)
            size = (moved**2).sum(axis=-1)
            for tile in own:
                miss = size - 2 * moved @ followed.template[tile]
                least[tile, k], place[tile, k] = miss.min(axis=1), centres[miss.argmin(axis=1)]
    wrinkles = np.stack([least[tiles.owner == w].sum(axis=0) for w in range(len(tiles.wrinkles))])
    best = int(wrinkles.min(axis=2).sum(axis=0).argmin())  # one skin has one reflectance
    groove = wrinkles[:, best].argmin(axis=1)
    centre = place[np.arange(count), best, groove[tiles.owner]]
    return Depths(followed, lights, reflectances[best], depth[groove], sigma[groove], centre)


def _of_region(lights: Mapping[str, Light], region: str) -> Light:
    if region not in lights:
        raise UnknownNameError("region with a light", region, lights)
    return lights[region]


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
