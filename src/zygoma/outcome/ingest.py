"""From a file to a photograph, or a clear word why not."""

from __future__ import annotations

import hashlib
import io
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zygoma.errors import InputError
from zygoma.outcome.colour_profile import picture_to_srgb, pixels_to_srgb
from zygoma.outcome.exposure import read_exposure
from zygoma.outcome.photo import Photo, Pixels
from zygoma.provenance import load_data

if TYPE_CHECKING:
    from PIL.Image import Image

FILE = "photo.toml"
ASK = "give a PNG, JPEG or TIFF as the camera wrote it"
HEIC = (
    "its free decoder has a licence that this toolkit cannot ship; in the telephone choose "
    "Settings > Camera > Formats > Most Compatible, or export it as JPEG of the highest quality or as TIFF"
)
RAW = "develop it first as a 16-bit TIFF in sRGB, with the same settings for every visit and no sharpening"

_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"heif", b"avif")
_FORMATS = ("PNG", "JPEG", "TIFF")
_ORIENTATION, _DNG, _BITS, _EXIF = 0x0112, 0xC612, 0x0102, 0x8769


def read_photo(path: str | os.PathLike[str]) -> Photo:
    """Read a photograph: upright, in sRGB, stripped of all that is not picture or exposure.

    Parameters
    ----------
    path : path
        A PNG, JPEG or TIFF file, 8 or 16 bits a colour, colour or grey.

    Raises
    ------
    InputError
        The file cannot be read, is no such picture, is damaged, too small or too large, is in CMYK,
        is partly transparent, has a colour profile that cannot be used, or is of a kind (HEIC, raw) that
        must be converted first.
    """
    from PIL import Image, UnidentifiedImageError

    place = Path(path)
    content = _content(place)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow finds odd in tags; sizes are checked below
            picture = Image.open(io.BytesIO(content), formats=_FORMATS)
            _check_kind(place, picture)
            exif = picture.getexif()
            pixels, grey = _decode(place, picture, content)
            orientation, exposure = exif.get(_ORIENTATION, 1), read_exposure(exif.get_ifd(_EXIF))
    except UnidentifiedImageError as error:
        raise InputError(f"{place} is no picture that can be read, or is damaged; {ASK}") from error
    except Image.DecompressionBombError as error:
        raise InputError(
            f"{place} has more pixels than the {_limit() / 1e6:.0f} million allowed; cut it to the face"
        ) from error
    except (OSError, SyntaxError, ValueError, EOFError, TypeError, KeyError) as error:
        raise InputError(
            f"{place} is damaged or cut short ({error}); copy it again from the camera"
        ) from error
    return Photo(_turned(pixels, orientation), exposure, hashlib.sha256(content).hexdigest(), grey)


def _content(place: Path) -> bytes:
    """Bytes of a file that may be a photograph."""
    if place.is_dir():
        raise InputError(f"{place} is a folder, expected one photograph; {ASK}")
    try:
        content = place.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {place}: {error.strerror}; {ASK}") from error
    if not content:
        raise InputError(f"{place} is empty; copy it again from the camera")
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        raise InputError(f"{place} is a HEIC or AVIF picture: {HEIC}")
    if place.suffix.lower().lstrip(".") in load_data(FILE)["raw"]["suffixes"] or content[4:11] == b"ftypcrx":
        raise InputError(f"{place} is a raw photograph: {RAW}")
    return content


def _limit() -> float:
    return float(load_data(FILE)["size"]["most"])


def _check_kind(place: Path, picture: Image) -> None:
    """Refuse what would be read wrongly or has no use, before it is decoded."""
    size = load_data(FILE)["size"]
    columns, rows = picture.size
    if min(columns, rows) < size["least"]:
        raise InputError(
            f"{place} has {columns} x {rows} pixels, expected at least {size['least']} each way; "
            "give the photograph as the camera wrote it, not a preview"
        )
    if columns * rows > _limit():
        raise InputError(
            f"{place} has {columns * rows / 1e6:.0f} million pixels, at most {_limit() / 1e6:.0f} million "
            "are allowed; cut it to the face"
        )
    if picture.mode in ("CMYK", "YCCK"):
        raise InputError(
            f"{place} is in CMYK, the colours of print, from which light cannot be told; {ASK}, in RGB"
        )
    if picture.mode in ("LAB", "HSV", "F", "I", "1"):
        raise InputError(f"{place} has pixels of kind {picture.mode}, expected RGB or grey; {ASK}")
    if picture.format == "TIFF" and _DNG in _tags(picture):
        raise InputError(f"{place} is a raw photograph (DNG): {RAW}")


def _tags(picture: Image) -> Any:
    return getattr(picture, "tag_v2", {})


def _decode(place: Path, picture: Image, content: bytes) -> tuple[Pixels, bool]:
    """Pixels in the colours of sRGB, not yet turned upright, and whether the file is grey."""
    profile = picture.info.get("icc_profile") or b""
    if _bits(picture, content) == 16:
        picture.load()  # tells where the file is cut short; its pixels have eight bits only
        deep, grey = _decode_16(place, content)
        return (pixels_to_srgb(deep, profile, str(place)) if profile else deep), grey
    if picture.mode in ("P", "PA"):
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    grey = picture.mode in ("L", "LA")
    picture.load()
    if "A" in picture.getbands() or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        _check_opaque(place, np.asarray(picture.getchannel("A")), 255)
    picture = picture.convert("RGB")
    if profile and not grey:
        picture = picture_to_srgb(picture, profile, str(place))
    pixels = np.asarray(picture)
    return (pixels_to_srgb(pixels, profile, str(place)) if profile and grey else pixels), grey


def _bits(picture: Image, content: bytes) -> int:
    """Bits of one colour of one pixel: Pillow would drop half of sixteen without a word."""
    if picture.format == "PNG":
        return content[24]
    if picture.format == "TIFF":
        return int(max(_tags(picture).get(_BITS, (8,))))
    return 8


def _decode_16(place: Path, content: bytes) -> tuple[Pixels, bool]:
    """Pixels of sixteen bits."""
    import cv2

    flags = cv2.IMREAD_UNCHANGED | cv2.IMREAD_IGNORE_ORIENTATION
    found = cv2.imdecode(np.frombuffer(content, np.uint8), flags)
    if found is None or found.dtype != np.uint16:
        raise OSError("its 16-bit pixels cannot be decoded")
    deep = np.asarray(found, dtype=np.uint16)
    if deep.ndim == 2:
        return np.repeat(deep[:, :, None], 3, axis=2), True
    if deep.shape[2] == 4:
        _check_opaque(place, deep[:, :, 3], np.iinfo(np.uint16).max)
    return np.ascontiguousarray(deep[:, :, 2::-1]), False


def _check_opaque(place: Path, alpha: Any, full: int) -> None:
    """Refuse a cut-out: where it is clear there is no skin, and its edge looks like a crease."""
    clear = float((alpha < full).mean())
    if clear > 0.0:
        raise InputError(f"{place} is transparent in {clear:.1%} of its area, as edited pictures are; {ASK}")


def _turned(pixels: Any, orientation: Any) -> Any:
    """Pixels as the camera was held, by the orientation of EXIF (1 to 8; anything else is upright)."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)
