"""A photograph as numbers: pixels, exposure and a hash, and no other trace of where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from zygoma.outcome.exposure import Exposure

Light = NDArray[np.float32]
Pixels = NDArray[np.uint8] | NDArray[np.uint16]

# luminance of the primaries of sRGB, ITU-R BT.709
LUMINANCE = (0.2126, 0.7152, 0.0722)


@dataclass(frozen=True, eq=False)
class Photo:
    """A photograph, upright, in the colours of sRGB.

    Parameters
    ----------
    pixels : (rows, columns, 3) uint8 or uint16 array
        Red, green and blue with the tone curve of sRGB, as displays want them.
    exposure : Exposure
        What the camera did.
    sha256 : str
        Of the file that was read: the same photograph twice is no repeat.
    grey : bool
        Whether the file held no colour.
    """

    pixels: Pixels
    exposure: Exposure
    sha256: str
    grey: bool = False

    @property
    def rows(self) -> int:
        """Height [px]."""
        return int(self.pixels.shape[0])

    @property
    def columns(self) -> int:
        """Width [px]."""
        return int(self.pixels.shape[1])

    @property
    def display(self) -> NDArray[np.uint8]:
        """(rows, columns, 3) pixels with eight bits, for networks and screens."""
        if self.pixels.dtype == np.uint8:
            return np.asarray(self.pixels, dtype=np.uint8)
        return (self.pixels >> 8).astype(np.uint8)

    def light(self, rows: slice = slice(None), columns: slice = slice(None)) -> Light:
        """Linear light of a part, each of the three colours from 0 to 1 at the sensor's limit.

        Linear only as far as the camera kept to the tone curve of sRGB; telephones do not.

        Parameters
        ----------
        rows, columns : slice
            The part; all by default, which for 12 million pixels is 144 MB.

        Returns
        -------
        (rows, columns, 3) float32 array
        """
        return srgb_to_linear(self.pixels[rows, columns])

    def __str__(self) -> str:
        return f"photograph of {self.columns} x {self.rows} pixels, {self.sha256[:12]}"


def srgb_to_linear(pixels: Pixels) -> Light:
    """Linear light, 0 to 1, of pixels with the tone curve of sRGB (IEC 61966-2-1)."""
    import cv2

    table = _linear(np.iinfo(pixels.dtype).max + 1)
    if pixels.dtype == np.uint8:
        return np.asarray(cv2.LUT(np.ascontiguousarray(pixels), table), dtype=np.float32)
    return table[pixels]


def linear_to_srgb(light: Light) -> NDArray[np.uint8]:
    """Pixels of eight bits with the tone curve of sRGB, of linear light from 0 to 1."""
    return np.asarray(np.rint(srgb_curve(light) * 255.0), dtype=np.uint8)


def srgb_curve(light: Light) -> Light:
    """Tone curve of sRGB, 0 to 1, of linear light; what is below 0 or above 1 is cut off."""
    clipped = np.clip(light, 0.0, 1.0)
    return np.where(clipped <= 0.0031308, 12.92 * clipped, 1.055 * clipped ** (1 / 2.4) - 0.055)


@cache
def _linear(levels: int) -> Light:
    """Linear light of each level of sRGB."""
    value = np.arange(levels) / (levels - 1)
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return linear.astype(np.float32)
