"""Where results come from: content hashes, versions, shipped data, atomic files, the cache folder."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import numpy as np

from zygoma.errors import InputError

_PACKAGES = (
    "numpy",
    "scipy",
    "numba",
    "scikit-fem",
    "pymetis",
    "pyamg",
    "zarr",
    "viser",
    "potpourri3d",
)
_SEAL = "hash"  # of a record, beside its values


def content_hash(*parts: Any) -> str:
    """Hash of arrays, numbers, text and nested lists or mappings of these.

    Parameters
    ----------
    *parts
        numpy arrays (shape, type and bytes count) or anything that JSON can write.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            digest.update(f"{part.dtype.str}{part.shape}".encode())
            digest.update(np.ascontiguousarray(part).data)
        else:
            digest.update(json.dumps(part, sort_keys=True, default=str).encode())
        digest.update(b"|")
    return digest.hexdigest()[:16]


def versions() -> dict[str, str]:
    """Versions of zygoma, Python and the packages that make its numbers."""
    found = {"zygoma": metadata.version("zygoma"), "python": sys.version.split()[0]}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def data_file(name: str) -> Path:
    """Path of a file that ships with the package."""
    return Path(str(resources.files("zygoma") / "data" / name))


@cache
def load_data(name: str) -> dict[str, Any]:
    """Content of a shipped TOML file, read once; treat it as read-only."""
    return tomllib.loads(data_file(name).read_text(encoding="utf-8"))


def cache_dir() -> Path:
    """Folder of everything that can be computed again: ``ZYGOMA_CACHE`` or the user's cache folder."""
    if given := os.environ.get("ZYGOMA_CACHE"):
        return Path(given).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return base / "zygoma"


@contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary path beside `path` that replaces it when the block ends well.

    The one place in zygoma through which files are written: a reader sees the old file or the
    whole new one, and an error or Ctrl-C leaves nothing behind.

    Raises
    ------
    InputError
        The folder cannot be made or written, or the disk is full.
    """
    target = Path(path)
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".", suffix=target.suffix, dir=target.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            umask = os.umask(0)
            os.umask(umask)
            temporary.chmod(0o666 & ~umask)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Turn what the system says while a file or folder is written into one clear error.

    Raises
    ------
    InputError
        It cannot be written, with the reason and what to do.
    """
    try:
        yield
    except OSError as error:
        place = "give a folder with space that can be written"
        if target.absolute().is_relative_to(cache_dir().absolute()):
            place = f"it belongs to the cache: set ZYGOMA_CACHE to {place.removeprefix('give ')}"
        raise InputError(f"cannot write {target}: {error.strerror or error}; {place}") from error


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a text file atomically, in UTF-8."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_record(path: str | os.PathLike[str], record: Mapping[str, Any]) -> None:
    """Write plain values as JSON with their own hash, so that `read_record` knows damage."""
    write_text(path, json.dumps({**record, _SEAL: content_hash(record)}))


def read_record(path: str | os.PathLike[str]) -> dict[str, Any] | None:
    """What `write_record` wrote; None where the file is absent, cut, altered or of another kind."""
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    seal = found.pop(_SEAL, None)
    return found if seal == content_hash(found) else None
