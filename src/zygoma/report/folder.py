"""The folder of a report, checked before anything is computed."""

from __future__ import annotations

from pathlib import Path

from zygoma.errors import InputError
from zygoma.provenance import atomic_path


def check(path: str | Path) -> Path:
    """Make the folder if need be and try to write into it.

    Raises
    ------
    InputError
        The path is a file, or the folder cannot be made or written.
    """
    folder = Path(path)
    if folder.is_file():
        raise InputError(f"cannot write the report to {folder}: it is a file; give a folder")
    trial = folder / ".writable"
    with atomic_path(trial):
        pass
    trial.unlink()
    return folder
