"""Colours of an embedded ICC profile become those of sRGB, with eight bits or sixteen."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError
from zygoma.outcome.photo import Pixels, srgb_curve
from zygoma.provenance import load_data

if TYPE_CHECKING:
    from PIL.Image import Image

Array = NDArray[np.float64]

_ROWS = 256  # converted at once: a large photograph in floating point would not fit into memory
ASK = "export it in sRGB, or with a profile of a matrix and curves"


@dataclass(frozen=True, eq=False)
class ColourProfile:
    """What a profile of a matrix and curves does.

    Parameters
    ----------
    curves : tuple of callable
        From the values of a channel, 0 to 1, to linear light; one for grey, three for red, green and blue.
    primaries : (3, n) array
        Columns: XYZ of the full channels, against D50.
    """

    curves: tuple[Callable[[Array], Array], ...]
    primaries: Array

    @staticmethod
    def of(content: bytes) -> ColourProfile:
        """From the bytes of an ICC profile.

        Raises
        ------
        ValueError
            It is damaged, or has no matrix and curves.

        References
        ----------
        ICC.1:2022, sections 7.2, 8.3, 8.4, 10.6, 10.18, 10.31.
        """
        try:
            tags = _tags(content)
            if content[16:20] == b"GRAY":
                white = _xyz(_profile_of_srgb()).sum(axis=1, keepdims=True)
                return ColourProfile((_curve(tags[b"kTRC"]),), white)
            if content[16:20] != b"RGB " or content[20:24] != b"XYZ " or b"A2B0" in tags:
                raise ValueError("it has tables instead of a matrix and curves")
            return ColourProfile(
                tuple(_curve(tags[name]) for name in (b"rTRC", b"gTRC", b"bTRC")), _xyz(content)
            )
        except (struct.error, KeyError, IndexError) as error:
            raise ValueError("it is damaged, or lacks its matrix and curves") from error

    def to_srgb(self, pixels: Pixels) -> Pixels:
        """Pixels (rows, columns, 3) in sRGB, of the same type; what sRGB cannot show is cut off."""
        full = np.iinfo(pixels.dtype).max
        level = np.arange(full + 1) / full
        tables = [np.clip(curve(level), 0.0, 1.0).astype(np.float32) for curve in self.curves]
        matrix = (np.linalg.inv(_xyz(_profile_of_srgb())) @ self.primaries).astype(np.float32)
        found = np.empty_like(pixels)
        for start in range(0, len(pixels), _ROWS):
            rows = slice(start, start + _ROWS)
            light = np.stack([table[pixels[rows, :, k]] for k, table in enumerate(tables)], axis=2)
            found[rows] = np.rint(srgb_curve(light @ matrix.T) * full)
        return found


def _is_srgb(profile: bytes, name: str) -> bool:
    """Whether a profile for colours does what sRGB does; what it is called does not count."""
    from PIL import Image

    levels = np.arange(0, 256, 17, dtype=np.uint8)
    ramp = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(len(levels), -1, 3)
    converted = np.asarray(_by_tables(Image.fromarray(ramp), profile, name), dtype=int)
    return bool(np.abs(converted - ramp).max() <= load_data("photo.toml")["profile"]["levels"])


def picture_to_srgb(picture: Image, profile: bytes, name: str) -> Image:
    """A picture of eight bits a colour, in the colours of sRGB; its name is for messages.

    Raises
    ------
    InputError
        The profile cannot be read, or is not one for colours.
    """
    return picture if _is_srgb(profile, name) else _by_tables(picture, profile, name)


def pixels_to_srgb(pixels: Pixels, profile: bytes, name: str) -> Pixels:
    """Pixels (rows, columns, 3) in the colours of sRGB: grey ones, or of sixteen bits.

    The library that ships with Pillow does neither.

    Raises
    ------
    InputError
        The profile cannot be read or has no matrix and curves.
    """
    if profile[16:20] != b"GRAY" and _is_srgb(profile, name):
        return pixels
    try:
        return ColourProfile.of(profile).to_srgb(pixels)
    except ValueError as error:
        raise InputError(f"{name}: its colour profile cannot be used: {error}; {ASK}") from error


def _by_tables(picture: Image, profile: bytes, name: str) -> Image:
    from PIL import ImageCms

    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        # measured colours are wanted, not pleasing ones
        intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
        srgb = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(picture, own, srgb, intent, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError) as error:
        raise InputError(f"{name}: its colour profile cannot be used: {error}; {ASK}") from error
    return picture if converted is None else converted


@cache
def _profile_of_srgb() -> bytes:
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _tags(content: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">I", content, 128)
    found = {}
    for number in range(min(count, 100)):
        name, start, size = struct.unpack_from(">4sII", content, 132 + 12 * number)
        found[name] = content[start : start + size]
    return found


def _xyz(content: bytes) -> Array:
    tags = _tags(content)
    columns = [struct.unpack_from(">3i", tags[name], 8) for name in (b"rXYZ", b"gXYZ", b"bXYZ")]
    return np.array(columns, dtype=np.float64).T / 2**16


def _curve(tag: bytes) -> Callable[[Array], Array]:
    """Curve of a channel: a power, a table or one of the formulas."""
    if tag[:4] == b"para":
        return _formula(tag)
    if tag[:4] != b"curv":
        raise ValueError(f"its curve is of the unknown kind {tag[:4]!r}")
    (count,) = struct.unpack_from(">I", tag, 8)
    values = np.array(struct.unpack_from(f">{count}H", tag, 12), dtype=np.float64)
    if count == 0:
        return lambda x: x
    if count == 1:
        return lambda x: x ** (values[0] / 256)
    at, table = np.linspace(0.0, 1.0, count), values / 65535
    return lambda x: np.interp(x, at, table)


def _formula(tag: bytes) -> Callable[[Array], Array]:
    """(a x + b)^g + e from x = d on, c x + f below it."""
    (kind,) = struct.unpack_from(">H", tag, 8)
    if kind > 4:
        raise ValueError(f"its curve has the unknown formula {kind}")
    g, *rest = map(float, np.array(struct.unpack_from(f">{(1, 3, 4, 5, 7)[kind]}i", tag, 12)) / 2**16)
    if g <= 0:
        raise ValueError(f"its curve has the power {g:g}")
    a, b, c, d, e, f = 1.0, 0.0, 0.0, 0.0, 0.0, 0.0
    if kind in (1, 2):
        a, b = rest[:2]
        if a == 0:
            raise ValueError("its curve is flat")
        d = -b / a
        e = f = rest[2] if kind == 2 else 0.0
    elif kind in (3, 4):
        a, b, c, d = rest[:4]
        e, f = rest[4:] if kind == 4 else (0.0, 0.0)

    def formula(x: Array) -> Array:
        upper = np.maximum(a * x + b, 0.0) ** g + e
        return np.asarray(np.where(x >= d, upper, c * x + f))

    return formula
