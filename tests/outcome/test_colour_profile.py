"""Pixels come out as what their embedded profile makes of them, with eight bits or sixteen."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from zygoma.errors import InputError
from zygoma.outcome.ingest import read_photo

ROWS, COLUMNS = 160, 200
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def picture() -> np.ndarray:
    """A picture without any symmetry."""
    y, x = np.mgrid[:ROWS, :COLUMNS]
    return np.stack([x, y, (x * y) // 200], axis=2).astype(np.uint8)


def save(path: Path, pixels: np.ndarray, profile: bytes) -> Path:
    Image.fromarray(pixels).save(path, icc_profile=profile)
    return path


def linear_profile() -> bytes:
    """The profile of sRGB, which keeps its name, with curves that are straight."""
    start = SRGB.index(b"para")
    straight = b"para" + bytes(4) + struct.pack(">HHi", 0, 0, 2**16)
    return SRGB.replace(SRGB[start : start + 12 + 20], straight.ljust(32, b"\0"))


def grey_profile(power: float) -> bytes:
    """A profile for grey, of one power."""
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(power * 256)) + bytes(2)
    white = b"XYZ " + bytes(4) + struct.pack(">3i", 63190, 65536, 54061)
    table = struct.pack(">I4sII4sII", 2, b"kTRC", 156, 16, b"wtpt", 172, 20)
    body = bytearray(SRGB[:128] + table + curve + white)
    body[:4], body[16:20] = struct.pack(">I", len(body)), b"GRAY"
    return bytes(body)


def save_deep(path: Path, pixels: np.ndarray, profile: bytes) -> Path:
    """A PNG of sixteen bits with a profile."""
    order = pixels if pixels.ndim == 2 else pixels[:, :, ::-1]
    content = cv2.imencode(".png", np.ascontiguousarray(order))[1].tobytes()
    chunk = b"iCCP" + b"own\0\0" + zlib.compress(profile)
    embedded = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    path.write_bytes(content[:33] + embedded + content[33:])  # behind the header
    return path


def test_a_profile_counts_by_what_it_does_and_alike_for_eight_bits_and_sixteen(tmp_path: Path) -> None:
    """Pixels that are linear light come out as that light, although the profile is called sRGB."""
    shallow = read_photo(save(tmp_path / "a.png", picture(), linear_profile()))
    deep = read_photo(save_deep(tmp_path / "b.png", picture().astype(np.uint16) * 257, linear_profile()))
    assert deep.pixels.dtype == np.uint16
    np.testing.assert_allclose(deep.light(), picture() / 255, atol=1e-4)
    np.testing.assert_allclose(shallow.light(), picture() / 255, atol=0.006)  # eight bits and their rounding


def test_sixteen_bits_in_srgb_are_left_as_they_are(tmp_path: Path) -> None:
    deep = np.random.default_rng(1).integers(0, 2**16, (ROWS, COLUMNS, 3)).astype(np.uint16)
    np.testing.assert_array_equal(read_photo(save_deep(tmp_path / "a.png", deep, SRGB)).pixels, deep)


def test_wide_colours_of_sixteen_bits_are_those_of_eight(tmp_path: Path) -> None:
    """Primaries of Adobe RGB (1998) against D50, a table for a curve."""
    table = np.rint(np.linspace(0, 1, 64) ** 2.2 * 65535).astype(int)
    curve = b"curv" + bytes(4) + struct.pack(">I64H", 64, *table)
    columns = [(0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)]
    tags, body = [], b""
    for colour, column in zip(b"rgb", columns, strict=True):
        xyz = b"XYZ " + bytes(4) + struct.pack(">3i", *(round(v * 2**16) for v in column))
        for name, part in ((b"XYZ", xyz), (b"TRC", curve)):
            tags.append(struct.pack(">4sII", bytes([colour]) + name, 132 + 72 + len(body), len(part)))
            body += part
    content = bytearray(SRGB[:128] + struct.pack(">I", 6) + b"".join(tags) + body)
    content[:4] = struct.pack(">I", len(content))
    muted = (64 + picture() // 4).astype(np.uint8)
    shallow = read_photo(save(tmp_path / "a.png", muted, bytes(content)))
    deep = read_photo(save_deep(tmp_path / "b.png", muted.astype(np.uint16) * 257, bytes(content)))
    assert np.abs(shallow.pixels.astype(int) - muted).max() > 5
    np.testing.assert_allclose(deep.pixels / 257, shallow.pixels, atol=1.5)


@pytest.mark.parametrize("deep", [False, True])
def test_the_profile_of_a_grey_file_is_used(deep: bool, tmp_path: Path) -> None:
    grey = picture()[:, :, 0]
    if deep:
        path = save_deep(tmp_path / "a.png", grey.astype(np.uint16) * 257, grey_profile(1.0))
    else:
        path = save(tmp_path / "a.png", grey, grey_profile(1.0))
    photo = read_photo(path)
    assert photo.grey
    np.testing.assert_allclose(photo.light(), np.repeat(grey[:, :, None], 3, axis=2) / 255, atol=0.006)


def test_a_profile_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    deep = picture().astype(np.uint16) * 257
    tables = linear_profile().replace(b"bTRC", b"A2B9")  # its blue has no curve
    for profile in (tables, b"nothing of a profile" * 10):
        with pytest.raises(InputError, match=r"a\.png: its colour profile.*sRGB"):
            read_photo(save_deep(tmp_path / "a.png", deep, profile))
    with pytest.raises(InputError, match=r"b\.png: its colour profile.*sRGB"):
        read_photo(save(tmp_path / "b.png", picture(), b"nothing of a profile" * 10))
