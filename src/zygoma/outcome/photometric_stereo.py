"""Depth of wrinkles from photographs in several known lights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError
from zygoma.outcome.darkening import masked_mean
from zygoma.outcome.light import Light
from zygoma.outcome.light_field import LightField
from zygoma.outcome.profile import Tiles
from zygoma.outcome.sampling import sampled
from zygoma.outcome.stereo_scene import StereoScene
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
    window : float
        Standard deviation of the mean over the surroundings that was taken from the height [m].
    others : tuple of (rows, columns) arrays
        The height without each of the pictures in turn, in the same shadows.
    """

    height: Array
    skin: Array
    pitch: float
    window: float = math.inf
    others: tuple[Array, ...] = ()

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
                (
                    _groove(tiles.offsets - centre, profile, sigma, self.window)
                    for sigma in sigmas
                    for centre in centres
                ),
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
    field = LightField.even(lights)
    if not field.solvable.all():
        raise InputError("the lights stand in one line: put them on different sides, best 90 degrees apart")
    window = load_data("wrinkle_index.toml")["photometric_stereo"]["window_m"]["value"]
    return stereo_relief(textures, field, reflectance, window)


def stereo_relief(
    textures: Sequence[Texture],
    field: LightField,
    reflectance: float | None,
    window: float,
    leave_out: bool = False,
) -> Relief:
    """Relief as `photometric_stereo`, of skin that turns.

    Parameters
    ----------
    textures : sequence of Texture
    field : LightField
        Of each texture's lamp; where it cannot be solved there is no skin in the relief.
    reflectance : float or None
    window : float
        Standard deviation of the mean over the surroundings that is taken for the shape of the body and its
        light [m].
    leave_out : bool
        Also the heights without each of the pictures in turn.

    Raises
    ------
    InputError
        The textures differ in size.
    """
    first = textures[0]
    if any(texture.light.shape != first.light.shape for texture in textures):
        raise InputError("photographs for photometric stereo differ in size: take them from one place")
    choice = load_data("wrinkle_index.toml")["photometric_stereo"]
    skin = np.logical_and.reduce([texture.skin for texture in textures]) & field.solvable
    window, steepest = window / first.pitch, choice["steepest"]["value"]
    pictures = []
    for texture in textures:
        log = np.log(np.where(skin, texture.light, 1.0))
        pictures.append(np.exp(np.where(skin, log - masked_mean(log, skin, window), 0.0)))
    observed = np.stack(pictures)
    scene = StereoScene(field, first.pitch, skin, window, reflectance)
    # where gloss rises more with the slope than the rest, a full step would overshoot
    step = 1 / (1 + scene.glossiness)
    height, rho = np.zeros(first.light.shape), np.ones(first.light.shape)

    def raised(solver: Array, direct: Array) -> tuple[Array, Array]:
        r, rp, rq = ((one * direct).sum(axis=0) for one in solver)
        p, q = (np.clip(one / np.maximum(r, 0.05), -steepest, steepest) for one in (rp, rq))
        found = _integrated(np.where(skin, p, 0.0), np.where(skin, q, 0.0), first.pitch)
        found = np.where(skin, found - masked_mean(found, skin, window), 0.0)
        return found, np.clip(r * np.sqrt(1 + p**2 + q**2), 0.2, 5.0)

    solver = field.solver
    for _ in range(int(choice["rounds"]["value"])):
        around, seen = scene.shadows(height)
        for _ in range(math.ceil(choice["steps"]["value"] / step)):
            direct = scene.direct(observed, height, rho, around, seen)
            found, level = raised(solver, direct)
            rho += step * (level - rho)
            height = height + step * (found - height)
    left = range(len(textures) if leave_out else 0)
    others = tuple(raised(field.without(k).solver, direct)[0] for k in left)
    return Relief(height, skin, first.pitch, window * first.pitch, others)


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
    spectrum = -1j * (kx * fft.rfft2(p, workers=-1) + ky * fft.rfft2(q, workers=-1)) / bottom
    # central differences do not see waves of two pixels: noise would grow in them from step to step
    for turn in (fx * pitch, fy * pitch):
        spectrum *= np.cos(np.clip(np.abs(turn) - np.pi / 2, 0.0, None)) ** 2
    spectrum[0, 0] = 0
    return np.asarray(fft.irfft2(spectrum, s=(2 * rows, 2 * columns), workers=-1)[:rows, :columns])


def _groove(offsets: Array, profile: Array, sigma: float, window: float) -> tuple[float, float]:
    """Depth of the groove that fits a profile on a parabola, the body that carries it, and what is left."""
    # a long groove lowers the mean over the window that was taken away
    wide = math.hypot(sigma, window)
    groove = sigma / wide * np.exp(-0.5 * (offsets / wide) ** 2) - np.exp(-0.5 * (offsets / sigma) ** 2)
    along = offsets / np.abs(offsets).max()
    shape = np.column_stack([groove, np.ones(len(offsets)), along, along**2])
    found, *_ = np.linalg.lstsq(shape, profile, rcond=None)
    return float(found[0]), float(((profile - shape @ found) ** 2).sum())
