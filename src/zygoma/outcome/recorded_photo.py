"""Photographs and scans as records know them: by their content, wherever in the folder they lie."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from zygoma.outcome import scan_file
from zygoma.outcome.ingest import read_photo


def is_scan(path: Path) -> bool:
    """Whether a file is a scan, by its ending."""
    return path.suffix.lower() in scan_file.SUFFIXES


def check_readable(path: Path) -> None:
    """See that a file is a photograph, or a scan.

    Raises
    ------
    InputError
        It cannot be read as one; see `read_photo` and `scan_file.read`.
    """
    if is_scan(path):
        scan_file.read(path)
    else:
        read_photo(path)


def content_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits; that of a link is that of what it leads to."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def found_in(folder: Path, recorded: Mapping[Path, str]) -> dict[Path, tuple[Path, ...]]:
    """Files of a folder that have the content of recorded ones, under whatever name.

    Parameters
    ----------
    folder : Path
        Searched with all that is in it; links are not followed, for to remove one removes nothing.
    recorded : mapping of Path to str
        Path within the folder, and SHA-256.

    Returns
    -------
    dict of Path to tuple of Path
        For every recorded path the files, that of this path first; none if it is missing or was changed.
    """
    by_name = {path: _digest(folder / path) == digest for path, digest in recorded.items()}
    others: Iterable[Path] = sorted(path for path in folder.rglob("*") if _is_plain(path))
    if all(by_name.values()):  # what is searched for are copies only, whose sizes are known
        sizes = {(folder / path).stat().st_size for path in recorded}
        others = (path for path in others if path.stat().st_size in sizes)
    contents: dict[str, list[Path]] = {}
    for path in others:
        if (digest := _digest(path)) is not None:
            contents.setdefault(digest, []).append(path)
    return {
        path: tuple(sorted(contents.get(digest, ()), key=lambda file, own=path: file != folder / own))
        for path, digest in recorded.items()
    }


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _digest(path: Path) -> str | None:
    """Content of a file; None if there is none that can be read."""
    try:
        return content_of(path) if _is_plain(path) else None
    except OSError:
        return None
