"""How strong the detail of skin is, by its size: what blur, tone curve and light change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.special import expit

from zygoma.outcome.texture import Texture
from zygoma.provenance import load_data

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

FILE = "photo_quality.toml"


@dataclass(frozen=True, eq=False)
class SkinContrast:
    """Contrast of the skin, tile by tile over a face.

    Parameters
    ----------
    fine : (rows, columns) array
        Logarithm of the root mean square of log light between `wavelengths`; NaN where there is too
        little skin.
    middle : (rows, columns) array
        The same for detail of 2 to 5 mm, which no usual blur changes.
    wavelengths : (float, float)
        Of the fine band [m]: 0.5 to 1 mm, or longer where the pixels are large.
    tile : float
        Side of a tile [m].
    """

    fine: Array
    middle: Array
    wavelengths: tuple[float, float]
    tile: float


def skin_contrast(texture: Texture) -> SkinContrast:
    """Contrast of a texture in a fine and a middle band of wavelengths.

    Parameters
    ----------
    texture : Texture
    """
    entry = load_data(FILE)["contrast"]
    detail = _detail(texture, entry["background"])
    shortest = max(entry["fine"][0], entry["fine_pixels"] * texture.pitch)
    fine = (shortest, shortest * entry["fine"][1] / entry["fine"][0])
    size = max(1, round(entry["tile"] / texture.pitch))
    share = _tile_mean(texture.skin.astype(float), size)
    maps = []
    for band in (fine, tuple(entry["middle"])):
        power = _band_passed(detail, texture.pitch, band) ** 2
        mean = _tile_mean(np.where(texture.skin, power, 0.0), size) / np.maximum(share, 1e-9)
        maps.append(np.where(share >= entry["filled"], 0.5 * np.log(np.maximum(mean, 1e-18)), np.nan))
    return SkinContrast(maps[0], maps[1], fine, size * texture.pitch)


def _detail(texture: Texture, sigma: float) -> Array:
    """(rows, columns) log light less its own mean about each pixel; 0 where there is no skin."""
    import cv2

    log = np.zeros(texture.light.shape, np.float32)
    log[texture.skin] = np.log(texture.light[texture.skin])
    middle = float(np.median(log[texture.skin])) if texture.skin.any() else 0.0
    weight = texture.skin.astype(np.float32)
    log = (log - middle) * weight
    reach = sigma / texture.pitch
    mean = cv2.GaussianBlur(log, (0, 0), reach) / np.maximum(cv2.GaussianBlur(weight, (0, 0), reach), 1e-3)
    return np.asarray((log - mean) * weight, dtype=float)


def _band_passed(values: Array, pitch: float, wavelengths: tuple[float, float]) -> Array:
    """Values with only the waves of a band, whose edges fall off over a fifth of an octave."""
    rows, columns = (fft.next_fast_len(n, real=True) for n in values.shape)
    y = fft.fftfreq(rows, pitch)[:, None]
    x = fft.rfftfreq(columns, pitch)[None, :]
    octave = np.log2(np.maximum(np.hypot(x, y), 1e-9))
    low, high = -np.log2(wavelengths[1]), -np.log2(wavelengths[0])
    soft = 0.05
    window = expit((octave - low) / soft) * expit((high - octave) / soft)
    spectrum = fft.rfft2(values, (rows, columns)) * window
    return np.asarray(fft.irfft2(spectrum, (rows, columns))[: values.shape[0], : values.shape[1]])


def _tile_mean(values: Array, size: int) -> Array:
    """Means over squares of so many pixels; what is left over at the far edges is dropped."""
    rows, columns = values.shape[0] // size, values.shape[1] // size
    cut = values[: rows * size, : columns * size]
    return np.asarray(cut.reshape(rows, size, columns, size).mean(axis=(1, 3)))
