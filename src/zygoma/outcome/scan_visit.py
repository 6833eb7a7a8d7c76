"""Scans of one face or piece of skin taken in one sitting, as one folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from zygoma.errors import InputError
from zygoma.outcome.scan import Scan
from zygoma.outcome.scan_file import SUFFIXES

_PICTURES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".heic", ".heif")
_MATERIAL = ".mtl"  # of an OBJ file: names the pictures that are its colours


def scan_files(place: Path) -> tuple[Path, ...]:
    """Files of the scans at a place: one file, or all of a folder; none where it holds photographs.

    Raises
    ------
    InputError
        A folder holds scans and photographs, or cannot be read.
    """
    if not place.is_dir():
        return (place,) if place.suffix.lower() in SUFFIXES else ()
    try:
        within = sorted(path for path in place.iterdir() if path.is_file() and not path.name.startswith("."))
    except OSError as error:
        raise InputError(f"cannot read the folder {place}: {error.strerror}") from error
    scans = tuple(path for path in within if path.suffix.lower() in SUFFIXES)
    if not scans:
        return ()
    photographs = [
        path for path in within if path.suffix.lower() in _PICTURES and not _is_colour(path, within)
    ]
    if photographs:
        raise InputError(
            f"the folder {place} holds scans ({_named(scans)}) and photographs ({_named(photographs)}); give "
            "each kind a folder of its own"
        )
    return scans


def check_apart(before: Sequence[Scan], after: Sequence[Scan] = ()) -> None:
    """Refuse a scan that is given twice: it would pass for a perfect repeat, or for no change.

    Raises
    ------
    InputError
        Two scans are the same.
    """
    seen: dict[str, str] = {}
    for visit, scans in (("first", before), ("second", after)):
        for scan in scans:
            name = f"{scan.name} of the {visit} visit"
            if scan.hash in seen:
                raise InputError(
                    f"{seen[scan.hash]} and {name} are the same scan; each must be taken anew: remove one"
                )
            seen[scan.hash] = name


def _is_colour(picture: Path, within: Sequence[Path]) -> bool:
    """Whether a picture belongs to a scan: it bears its name, or a file of materials names it."""
    if any(picture.stem == path.stem and path.suffix.lower() in SUFFIXES for path in within):
        return True
    materials = (path for path in within if path.suffix.lower() == _MATERIAL)
    return any(picture.name in path.read_text(encoding="utf-8", errors="replace") for path in materials)


def _named(paths: Sequence[Path], most: int = 2) -> str:
    names = ", ".join(path.name for path in paths[:most])
    return names if len(paths) <= most else f"{names} and {len(paths) - most} more"
