"""Calibrated filter for dark lines: a bank of elongated second derivatives of Gaussians."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError
from zygoma.provenance import load_data

Array = NDArray[Any]

_FWHM = 2 * math.sqrt(2 * math.log(2))  # of a Gaussian, in standard deviations


@dataclass(frozen=True, eq=False)
class Lines:
    """Answer of the filter at each pixel, of the width and angle that answer most.

    Attributes
    ----------
    response : (rows, columns) float32 array
        A long dark line of Gaussian profile, a width of the bank and depth x answers x; below 0 at none.
    angle : (rows, columns) float32 array
        Of the line [rad], 0 to pi, from the x axis towards the y axis.
    width : (rows, columns) float32 array
        Full width of the line at half its depth [m].
    """

    response: Array
    angle: Array
    width: Array


def lines(dark: Array, pitch: float) -> Lines:
    """Dark lines in a map of darkening.

    Each kernel is the second derivative of a Gaussian across the line and a Gaussian along it, applied as a
    product in the frequency plane; wide kernels on a coarser grid, which holds all they pass.

    Parameters
    ----------
    dark : (rows, columns) array
        `darkening`, 0 where nothing is known.
    pitch : float
        [m] a pixel.

    Raises
    ------
    InputError
        The pitch is too coarse for the narrowest line of the bank.
    """
    import cv2

    bank = load_data("wrinkle_index.toml")["line_filter"]
    widths, count = bank["widths_m"]["value"], int(bank["angles"]["value"])
    length = bank["length_m"]["value"] / 4  # from two standard deviations before to two behind
    if pitch > min(widths) / 2:
        raise InputError(
            f"a texture of {1e3 * pitch:.2g} mm a pixel cannot show lines of {1e3 * min(widths):g} mm: at"
            f" most {5e2 * min(widths):g} mm a pixel is needed; take the photographs from nearer or larger"
        )
    shape = dark.shape
    best = np.full(shape, -np.inf, dtype=np.float32)
    response = np.zeros(shape, dtype=np.float32)
    angle, width = np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.float32)
    for value in widths:
        sigma = value / _FWHM
        coarse = _coarse(sigma, pitch)
        grid = _Grid.of(dark, pitch, coarse, 3 * length)
        top, turn = grid.strongest(sigma, length, count)
        full: Any = (shape[1], shape[0])
        # pixel centres of a cropped spectrum stand at multiples of `coarse`, from pixel 0
        move: Any = np.array([[1 / coarse, 0, 0], [0, 1 / coarse, 0]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        large = cv2.warpAffine(top, move, full, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        near = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        turned = cv2.warpAffine(turn, move, full, flags=near, borderMode=cv2.BORDER_REPLICATE)
        # wider kernels answer a line with up to 8 % more; over sqrt(width) the matching one answers most
        score = large / np.float32(math.sqrt(value))
        more = score > best
        best[more], response[more], angle[more], width[more] = score[more], large[more], turned[more], value
    return Lines(response, angle, width)


def _coarse(sigma: float, pitch: float) -> int:
    """Largest factor of 1, 2 or 4 on the pitch at which a kernel of this width loses nothing."""
    # exp(-2 pi^2 sigma^2 f^2) is below 1e-3 beyond this frequency
    cut = math.sqrt(math.log(1e3) / 2) / (math.pi * sigma)
    return max((k for k in (1, 2, 4) if 1 / (2 * k * pitch) >= cut), default=1)


@dataclass(frozen=True, eq=False)
class _Grid:
    """Spectrum of a map, cropped to a coarser grid."""

    spectrum: Array
    shape: tuple[int, int]  # of the coarse grid with its margin
    keep: tuple[int, int]  # of it without
    fx: Array
    fy: Array

    @classmethod
    def of(cls, dark: Array, pitch: float, coarse: int, margin: float) -> _Grid:
        from scipy import fft

        pad = math.ceil(margin / pitch)
        large = [coarse * fft.next_fast_len(math.ceil((n + pad) / coarse), real=True) for n in dark.shape]
        large = [n if n // coarse % 2 == 0 else coarse * _even_fast(n // coarse) for n in large]
        rows, columns = (n // coarse for n in large)
        whole = fft.rfft2(dark.astype(np.float32), s=large)
        half = rows // 2
        part = np.concatenate([whole[:half, : columns // 2 + 1], whole[-half:, : columns // 2 + 1]])
        fx = np.fft.rfftfreq(columns, coarse * pitch).astype(np.float32)
        fy = np.fft.fftfreq(rows, coarse * pitch).astype(np.float32)[:, None]
        keep = (math.ceil(dark.shape[0] / coarse), math.ceil(dark.shape[1] / coarse))
        return cls(part / np.float32(coarse**2), (rows, columns), keep, fx, fy)

    def strongest(self, sigma: float, length: float, count: int) -> tuple[Array, Array]:
        """Largest answer over the angles, and its angle."""
        from scipy import fft

        # N (2 pi f)^2 exp(-2 pi^2 sigma^2 f^2) answers 1 to exp(-s^2 / 2 sigma^2) with N = 2^1.5 sigma^2
        scale = 2**1.5 * sigma**2

        def answer(k: int) -> Array:
            theta = math.pi * k / count
            across = (2 * math.pi * (self.fy * math.cos(theta) - self.fx * math.sin(theta))) ** 2
            along = (2 * math.pi * (self.fx * math.cos(theta) + self.fy * math.sin(theta))) ** 2
            kernel = scale * across * np.exp(-0.5 * (sigma**2 * across + length**2 * along))
            found = fft.irfft2(self.spectrum * kernel.astype(np.float32), s=self.shape)
            return np.asarray(found[: self.keep[0], : self.keep[1]])

        first = answer(0)
        before, now = answer(count - 1), first
        best = np.full(self.keep, -np.inf, dtype=np.float32)
        turn = np.zeros(self.keep, dtype=np.float32)
        step = math.pi / count
        for k in range(count):
            after = answer(k + 1) if k + 1 < count else first
            # a line between two angles of the bank: top of the parabola through three answers
            bend = 2 * now - before - after
            top = (now >= before) & (now >= after) & (bend > 0)
            lean = np.where(top, 0.5 * (after - before) / np.where(top, bend, 1.0), 0.0)
            peak = now + 0.25 * lean * (after - before)
            more = peak > best
            best[more] = peak[more]
            turn[more] = (step * (k + lean[more])) % math.pi
            before, now = now, after
        return best, turn


def _even_fast(count: int) -> int:
    """Smallest even length not below `count` that transforms fast."""
    from scipy import fft

    return 2 * int(fft.next_fast_len(math.ceil(count / 2), real=True))
