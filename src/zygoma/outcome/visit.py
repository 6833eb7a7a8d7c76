"""A visit: the photographs of one face taken in one sitting, as one folder."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from zygoma.errors import InputError
from zygoma.outcome.ingest import ASK, FILE, read_photo
from zygoma.outcome.photo import Photo
from zygoma.provenance import load_data

# side files that cameras and systems leave in folders of photographs
_BESIDE = (".txt", ".json", ".toml", ".csv", ".md", ".xmp", ".aae", ".ini", ".db", ".html", ".mov", ".mp4")


@dataclass(frozen=True)
class Visit:
    """Photographs that are repeats of each other; decoded one at a time, because each is large.

    Parameters
    ----------
    paths : tuple of Path
        Files, in the order of their names.
    ignored : tuple of Path
        What else lay in the folder.
    """

    paths: tuple[Path, ...]
    ignored: tuple[Path, ...] = ()

    def photo(self, number: int) -> Photo:
        """One photograph of the visit.

        Raises
        ------
        InputError
            It cannot be used; see `read_photo`.
        """
        return read_photo(self.paths[number])

    @property
    def first(self) -> Visit:
        """Its first photograph alone: the wrinkles lie on it."""
        return Visit(self.paths[:1], self.ignored)

    def __len__(self) -> int:
        return len(self.paths)

    def __str__(self) -> str:
        return f"visit of {len(self)} photograph{'s' if len(self) != 1 else ''}"


def read_visit(path: str | os.PathLike[str]) -> Visit:
    """The photographs of a folder, or one photograph.

    Parameters
    ----------
    path : path
        A folder with the photographs of one visit and nothing else, or one file.

    Raises
    ------
    InputError
        There is nothing at the path, no photograph or too many in the folder, or one of them twice.
    """
    place = Path(path)
    if not place.exists():
        raise InputError(f"there is no {place}; give a photograph or the folder of a visit")
    if not place.is_dir():
        return Visit((place,))
    try:
        within = sorted((p for p in place.iterdir() if not p.name.startswith(".")), key=_natural)
    except OSError as error:
        raise InputError(f"cannot read the folder {place}: {error.strerror}") from error
    ignored = tuple(p for p in within if p.is_dir() or p.suffix.lower() in _BESIDE)
    paths = tuple(p for p in within if p not in ignored)
    most = load_data(FILE)["visit"]["most"]
    if not paths:
        raise InputError(f"the folder {place} holds no photograph; put those of one visit into it, or {ASK}")
    if len(paths) > most:
        raise InputError(
            f"the folder {place} holds {len(paths)} files, at most {most} are taken for one visit; "
            "give each visit a folder of its own"
        )
    _check_distinct(paths)
    return Visit(paths, ignored)


def check_apart(before: Visit, after: Visit) -> None:
    """Refuse a photograph that stands in both visits: it would pass for a face that did not change.

    Raises
    ------
    InputError
        Two files hold the same photograph, or one cannot be read.
    """
    known = {_digest(path): path for path in before.paths}
    for path in after.paths:
        if (same := known.get(_digest(path))) is not None:
            raise InputError(
                f"{same} of the first visit and {path} of the second are the same photograph; give each "
                "visit its own photographs"
            )


def _check_distinct(paths: tuple[Path, ...]) -> None:
    """Refuse a copy among the photographs: it would pass for a perfect repeat."""
    seen: dict[str, Path] = {}
    for path in paths:
        digest = _digest(path)
        if digest in seen:
            raise InputError(
                f"{path.name} is a copy of {seen[digest].name}; repeats must be photographs taken anew: "
                "remove one"
            )
        seen[digest] = path


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; {ASK}") from error


def _natural(path: Path) -> list[tuple[int, str]]:
    """Key that puts photo 9 before photo 10."""
    parts = re.split(r"(\d+)", path.name.lower())
    return [(int(part) if part.isdigit() else -1, part) for part in parts]
