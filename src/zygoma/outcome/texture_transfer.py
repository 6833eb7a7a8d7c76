"""How the skin's own texture comes out in two visits: tone curve, blur and light from its spectrum."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError
from zygoma.outcome.darkening import darkening
from zygoma.outcome.registration import Registration
from zygoma.outcome.sampling import sampled
from zygoma.outcome.texture import Texture
from zygoma.outcome.wrinkle import Wrinkle
from zygoma.provenance import load_data

Array = NDArray[Any]


@dataclass(frozen=True)
class Transfer:
    """The second visit's texture over the first one's.

    Attributes
    ----------
    tone : float
        Logarithm of the factor on all contrasts: of the exponent of the tone curve.
    blur : float
        Increase of the blur's variance [m2]; below 0 where the second visit is sharper.
    shading : float
        Logarithm of the factor on what the light makes of the skin's relief.
    tone_error, blur_error, shading_error : float
        Their standard errors.
    contrast_error : float
        That of `contrast`, smaller than those of its parts, which are told apart worse than their sum.
    """

    tone: float
    blur: float
    shading: float
    tone_error: float
    blur_error: float
    shading_error: float
    contrast_error: float = 0.0

    @property
    def contrast(self) -> float:
        """Logarithm of the factor on the contrast of relief: tone and shading together."""
        return self.tone + self.shading


def flattened(
    textures: Sequence[Texture], ways: Sequence[Registration | None], wrinkles: Sequence[Wrinkle] = ()
) -> Array:
    """Darkening (n, rows, columns) of skin without wrinkles, all laid on the first texture; 0 elsewhere.

    Parameters
    ----------
    textures : sequence of Texture
    ways : sequence of Registration or None
        From the first texture to each; None for itself.
    wrinkles : sequence of Wrinkle
        What is left out with its surroundings: it is what may change.
    """
    import cv2

    first = textures[0]
    rows, columns = first.light.shape
    grid = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1).reshape(-1, 2)
    keep = first.skin.copy()
    maps = []
    for texture, way in zip(textures, ways, strict=True):
        dark = darkening(texture)
        if way is not None:
            place = grid + way.flow.reshape(-1, 2) / first.pitch
            dark = sampled(dark, place, cubic=True, outside=0.0).reshape(rows, columns)
            keep &= way.trusted
            keep &= sampled(texture.skin, place, outside=0.0).reshape(rows, columns) > 0.99
        maps.append(dark)
    clear = load_data("wrinkle_index.toml")["comparability"]["clear_m"]["value"] / first.pitch
    canvas: Any = keep.astype(np.uint8)
    for wrinkle in wrinkles:
        line = np.round(wrinkle.points / first.pitch).astype(np.int32)
        cv2.polylines(canvas, [line], False, 0, 2 * round(clear) + 1)
    # a soft edge, so that the mask adds nothing at short waves
    soft = np.clip(cv2.distanceTransform(np.pad(canvas, 1), cv2.DIST_L2, 3)[1:-1, 1:-1] / clear, 0.0, 1.0)
    return np.asarray(np.stack(maps) * (soft**2 * (3 - 2 * soft)))


def transfer(before: Array, after: Array, pitch: float) -> Transfer:
    """Compare the textures of two visits.

    The spectrum of the darkening is that of the skin's colour, the same in all directions, and that of its
    relief, which a light from one side shades as the square of the cosine between wave and light
    (Kube and Pentland). A tone curve scales both, a light scales the relief, a blur takes short waves.
    Spectra across different photographs are free of noise.

    Parameters
    ----------
    before, after : (n, rows, columns) arrays
        `flattened` darkening of each photograph of the visits, laid on the same texture.
    pitch : float
        [m] a pixel.

    Raises
    ------
    InputError
        Too little skin without wrinkles is seen.

    References
    ----------
    Kube P, Pentland A. On the imaging of fractal surfaces. IEEE Trans Pattern Anal Mach Intell 1988;10:704.
    """
    from scipy.optimize import least_squares

    choice = load_data("wrinkle_index.toml")["comparability"]
    if np.count_nonzero(before[0]) * pitch**2 < choice["least_skin_m2"]["value"]:
        raise InputError(
            f"{1e4 * np.count_nonzero(before[0]) * pitch**2:.1f} cm2 of skin beside the wrinkles is too"
            f" little to compare light and focus; {1e4 * choice['least_skin_m2']['value']:g} cm2 are needed"
        )
    bins = _Bins.of(
        before.shape[1:], pitch, choice["waves_per_m"]["value"], int(choice["directions"]["value"])
    )
    spectra = [[bins.spectrum(picture) for picture in visit] for visit in (before, after)]
    own = [bins.power(visit) for visit in spectra]
    both = bins.mean((sum(spectra[1]) * np.conj(sum(spectra[0]))).real) / (len(before) * len(after))
    colour, relief = bins.parts(own[0])
    good = (own[0] > 0) & (own[1] > 0) & (both > 0)
    coherence = np.clip(both**2 / np.where(good, own[0] * own[1], 1.0), 0.0, 1.0) * good
    ratio = np.log(np.where(good, own[1] / np.where(good, own[0], 1.0), 1.0)) / 2
    weight = np.sqrt(bins.count) * coherence

    def miss(values: Array) -> Array:
        tone, blur, shading = values
        share = (colour + np.exp(2 * shading) * relief) / (colour + relief)
        return np.asarray(
            (
                weight * (tone - 2 * np.pi**2 * blur * 1e-6 * bins.wave**2 + 0.5 * np.log(share) - ratio)
            ).ravel()
        )

    found = least_squares(miss, np.zeros(3), x_scale=[0.1, 0.01, 0.1], bounds=(-2, 2), loss="soft_l1")
    scale = 2 * found.cost / max((weight > 0).sum() - 3, 1)
    covariance = scale * np.linalg.pinv(found.jac.T @ found.jac)
    tone_error, blur_error, shading_error = np.sqrt(np.clip(np.diag(covariance), 0.0, None))
    both_error = math.sqrt(max(0.0, covariance[0, 0] + 2 * covariance[0, 2] + covariance[2, 2]))
    tone, blur, shading = (float(value) for value in found.x)
    return Transfer(
        tone,
        1e-6 * blur,
        shading,
        float(tone_error),
        1e-6 * float(blur_error),
        float(shading_error),
        both_error,
    )


@dataclass(frozen=True, eq=False)
class _Bins:
    """Rings and sectors of the frequency plane."""

    number: NDArray[np.int64]  # of each frequency; the last is none
    count: Array  # (rings, sectors) frequencies in each
    wave: Array  # (rings, sectors) root mean square of the wave number [1/m]
    angle: Array  # (sectors,) [rad]

    @classmethod
    def of(cls, shape: tuple[int, ...], pitch: float, rings: Sequence[float], sectors: int) -> _Bins:
        fy, fx = np.fft.fftfreq(shape[0], pitch)[:, None], np.fft.rfftfreq(shape[1], pitch)
        size, angle = np.hypot(fx, fy), np.arctan2(fy, fx) % np.pi
        ring = np.searchsorted(rings, size) - 1
        sector = np.minimum((angle / np.pi * sectors).astype(int), sectors - 1)
        total = (len(rings) - 1) * sectors
        number = np.where((ring >= 0) & (ring < len(rings) - 1), ring * sectors + sector, total)
        grid = (len(rings) - 1, sectors)
        count = np.bincount(number.ravel(), minlength=total + 1)[:total].reshape(grid)
        square = np.bincount(number.ravel(), (size**2).ravel(), total + 1)[:total].reshape(grid)
        wave = np.sqrt(square / np.maximum(count, 1))
        return cls(number, count, wave, (np.arange(sectors) + 0.5) * np.pi / sectors)

    def spectrum(self, picture: Array) -> Array:
        from scipy import fft

        return np.asarray(fft.rfft2(picture.astype(np.float32)))

    def mean(self, values: Array) -> Array:
        """Mean (rings, sectors) over the frequencies."""
        total = self.count.size
        sums = np.bincount(self.number.ravel(), values.ravel(), total + 1)[:total]
        return np.asarray(sums.reshape(self.count.shape) / np.maximum(self.count, 1))

    def power(self, spectra: Sequence[Array]) -> Array:
        """Power (rings, sectors), without the noise where there is more than one photograph."""
        alone = sum(np.abs(spectrum) ** 2 for spectrum in spectra)
        if len(spectra) == 1:
            return self.mean(np.asarray(alone))
        every = np.abs(sum(spectra)) ** 2 - alone
        return self.mean(np.asarray(every)) / (len(spectra) * (len(spectra) - 1))

    def parts(self, power: Array) -> tuple[Array, Array]:
        """Power (rings, sectors) of colour and relief: ``A + R cos^2(angle - light)``, one light for all."""
        turns = np.column_stack([np.ones(len(self.angle)), np.cos(2 * self.angle), np.sin(2 * self.angle)])
        mean, cos, sin = np.linalg.lstsq(turns, power.T, rcond=None)[0]
        weight = self.count.sum(axis=1) / np.maximum(mean, 1e-30)
        light = np.arctan2((weight * sin).sum(), (weight * cos).sum())
        swing = np.clip(cos * np.cos(light) + sin * np.sin(light), 0.0, mean)
        relief = 2 * swing[:, None] * np.cos(self.angle - light / 2) ** 2
        colour = np.maximum(mean - swing, 1e-3 * np.abs(mean))[:, None] * np.ones_like(relief)
        return colour, np.asarray(relief)
