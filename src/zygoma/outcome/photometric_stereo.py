"""Depth of wrinkles from photographs in several known lights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError
from zygoma.outcome.darkening import masked_mean
from zygoma.outcome.light import Light
from zygoma.outcome.profile import Tiles
from zygoma.outcome.render.shading import gloss, irradiance, sky
from zygoma.outcome.sampling import sampled
from zygoma.outcome.texture import Texture
from zygoma.outcome.wrinkle import Wrinkle
from zygoma.provenance import load_data

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Relief:
    """The surface of skin.

    Attributes
    ----------
    height : (rows, columns) array
        Above the surroundings of some millimetres [m]; below 0 in a wrinkle, 0 off skin.
    skin : (rows, columns) bool array
    pitch : float
        [m] a pixel.
    """

    height: Array
    skin: Array
    pitch: float

    def depths(self, wrinkles: Sequence[Wrinkle]) -> Array:
        """Depth (w,) of wrinkles [m]: of the groove of Gaussian profile that fits the mean across each.

        Lines may lie up to a millimetre beside the bottom; the mean over tiles takes each at its own place.
        """
        tiles = Tiles.of(wrinkles)
        sigmas = load_data("wrinkle_index.toml")["groove_depth"]["sigmas_m"]["value"]
        centres = np.linspace(-1e-3, 1e-3, 21)
        found = np.zeros((len(tiles.length), 2))
        for tile, (points, normals) in enumerate(zip(tiles.points, tiles.normals, strict=True)):
            place = points[:, None, :] + tiles.offsets[None, :, None] * normals[:, None, :]
            values = sampled(self.height, place.reshape(-1, 2) / self.pitch, cubic=True)
            profile = values.reshape(place.shape[:2]).mean(axis=0)
            found[tile] = min(
                (_groove(tiles.offsets - centre, profile, sigma) for sigma in sigmas for centre in centres),
                key=lambda pair: pair[1],
            )
        weight = tiles.length
        return np.array(
            [
                np.average(found[tiles.owner == w, 0], weights=weight[tiles.owner == w])
                for w in range(len(wrinkles))
            ]
        )


def photometric_stereo(
    textures: Sequence[Texture], lights: Sequence[Light], reflectance: float | None = None
) -> Relief:
    """Relief of skin seen from the same place in three or more lights.

    Each picture over its own slow part is ``rho [(1 - a) (1 - p c_x - q c_y) v / sqrt(1 + p^2 + q^2) + a s]``
    plus gloss, with slopes p and q, the light's horizontal over vertical parts c, its visible share v and
    the share s of an even sky. Slopes are solved for by least squares and made into a height (Frankot and
    Chellappa); then v, s and gloss are taken from that height, and the slopes solved for anew.

    Parameters
    ----------
    textures : sequence of Texture
        Registered to each other; the exposure of each is free.
    lights : sequence of Light
        From sides that differ: soft, with their ambient share.
    reflectance : float, optional
        Of the skin in luminance, for the gloss; without it there is none, as behind crossed polarisers.

    Raises
    ------
    InputError
        Fewer than three pictures, another number of lights, other shapes, or lights from one side only.

    References
    ----------
    Woodham RJ. Photometric method for determining surface orientation from multiple images. Opt Eng 1980.
    Frankot RT, Chellappa R. A method for enforcing integrability. IEEE Trans Pattern Anal Mach Intell 1988.
    """
    if len(textures) < 3 or len(lights) != len(textures):
        raise InputError(
            f"{len(textures)} photographs and {len(lights)} lights: at least three photographs are needed,"
            " best four, each with its light"
        )
    first = textures[0]
    if any(texture.light.shape != first.light.shape for texture in textures):
        raise InputError("photographs for photometric stereo differ in size: take them from one place")
    sides = np.array([light.direction[:2] / light.direction[2] for light in lights])
    system = np.column_stack([np.ones(len(lights)), -sides])
    if np.linalg.cond(system) > 20:
        raise InputError("the lights stand in one line: put them on different sides, best 90 degrees apart")
    choice = load_data("wrinkle_index.toml")["photometric_stereo"]
    skin = np.logical_and.reduce([texture.skin for texture in textures])
    window = choice["window_m"]["value"] / first.pitch
    pictures = []
    for texture in textures:
        log = np.log(np.where(skin, texture.light, 1.0))
        pictures.append(np.exp(np.where(skin, log - masked_mean(log, skin, window), 0.0)))
    observed = np.stack(pictures)
    scene = _Scene(tuple(lights), sides, first.pitch, skin, window, reflectance)
    # where gloss rises more with the slope than the rest, a full step would overshoot
    step = 1 / (1 + scene.glossiness)
    solve = np.linalg.pinv(system)
    height, rho = np.zeros(first.light.shape), np.ones(first.light.shape)
    for _ in range(int(choice["rounds"]["value"])):
        around, seen = scene.shadows(height)
        for _ in range(math.ceil(choice["steps"]["value"] / step)):
            direct = scene.direct(observed, height, rho, around, seen)
            r, rp, rq = np.einsum("ik,kxy->ixy", solve, direct)
            p, q = rp / np.maximum(r, 0.05), rq / np.maximum(r, 0.05)
            rho += step * (np.clip(r * np.sqrt(1 + p**2 + q**2), 0.2, 5.0) - rho)
            found = _integrated(np.where(skin, p, 0.0), np.where(skin, q, 0.0), first.pitch)
            found = np.where(skin, found - masked_mean(found, skin, window), 0.0)
            height = height + step * (found - height)
    return Relief(height, skin, first.pitch)


@dataclass(frozen=True, eq=False)
class _Scene:
    """What a relief looks like in each light, over the slow part of the picture."""

    lights: tuple[Light, ...]
    sides: Array
    pitch: float
    skin: Array
    window: float
    reflectance: float | None

    @property
    def ambient(self) -> Array:
        return np.array([light.ambient for light in self.lights])[:, None, None]

    @property
    def glossiness(self) -> float:
        """Rise of the gloss with the slope towards a light, over that of the diffuse light."""
        if self.reflectance is None:
            return 0.0
        slope, ratios = 0.02, []
        for light, side in zip(self.lights, self.sides, strict=True):
            length = math.hypot(*side)
            x, y = np.meshgrid(np.arange(3.0), np.arange(3.0))
            towards = -slope * (x * side[0] + y * side[1]) / max(length, 1e-12)
            shine = [gloss(sign * towards, 1.0, light)[1, 1] / self.reflectance for sign in (1, -1)]
            ratios.append((shine[0] - shine[1]) / (2 * slope) / max((1 - light.ambient) * length, 1e-3))
        return float(max(0.0, *ratios))

    def _facing(self, height: Array) -> Array:
        slope_y, slope_x = np.gradient(height, self.pitch)
        facing = 1 - self.sides[:, :1, None] * slope_x - self.sides[:, 1:, None] * slope_y
        return np.asarray(np.clip(facing, 1e-3, None) / np.sqrt(1 + slope_x**2 + slope_y**2))

    def shadows(self, height: Array) -> tuple[Array, Array]:
        """Light of the sky (rows, columns), and the share of each light that is seen (k, rows, columns)."""
        around = sky(height, self.pitch)
        falls = [irradiance(height, self.pitch, replace(light, ambient=0.0), around) for light in self.lights]
        return around, np.clip(np.stack(falls) / self._facing(height), 0.1, 1.5)

    def direct(self, observed: Array, height: Array, rho: Array, around: Array, seen: Array) -> Array:
        """What the lights alone give: ``rho (1 - p c_x - q c_y) / sqrt(1 + p^2 + q^2)`` of each."""
        shine = np.zeros_like(observed)
        if self.reflectance is not None:
            shine = np.stack([gloss(height, self.pitch, light) for light in self.lights]) / self.reflectance
        # a picture was divided by its slow part: its model has to be so too
        model = (1 - self.ambient) * seen * self._facing(height) + self.ambient * around + shine
        level = np.stack([np.exp(masked_mean(np.log(part), self.skin, self.window)) for part in model])
        left = observed * level - rho * self.ambient * around - shine
        return np.asarray(left / ((1 - self.ambient) * seen))


def _integrated(p: Array, q: Array, pitch: float) -> Array:
    """Height whose slopes are nearest to p (along x) and q (along y), mirrored at the edges."""
    from scipy import fft

    rows, columns = p.shape
    p = np.concatenate([p, -p[:, ::-1]], axis=1)
    p = np.concatenate([p, p[::-1]], axis=0)
    q = np.concatenate([q, q[:, ::-1]], axis=1)
    q = np.concatenate([q, -q[::-1]], axis=0)
    fx = 2 * np.pi * np.fft.rfftfreq(2 * columns, pitch)
    fy = 2 * np.pi * np.fft.fftfreq(2 * rows, pitch)[:, None]
    # slopes of central differences, as the renderer and the loop above take them
    kx, ky = np.sin(fx * pitch) / pitch, np.sin(fy * pitch) / pitch
    size = kx**2 + ky**2
    bottom = np.where(size > 1e-3 * size.max(), size, np.maximum(fx**2 + fy**2, 1e-30))
    spectrum = -1j * (kx * fft.rfft2(p) + ky * fft.rfft2(q)) / bottom
    spectrum[0, 0] = 0
    return np.asarray(fft.irfft2(spectrum, s=(2 * rows, 2 * columns))[:rows, :columns])


def _groove(offsets: Array, profile: Array, sigma: float) -> tuple[float, float]:
    """Depth of the groove that fits a profile on a straight line, and what is left."""
    shape = np.column_stack(
        [-np.exp(-0.5 * (offsets / sigma) ** 2), np.ones(len(offsets)), offsets / np.abs(offsets).max()]
    )
    found, *_ = np.linalg.lstsq(shape, profile, rcond=None)
    return float(found[0]), float(((profile - shape @ found) ** 2).sum())
