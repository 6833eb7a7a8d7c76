"""The folder of a report, checked before anything is computed."""

from __future__ import annotations

from pathlib import Path

from zygoma.errors import InputError
from zygoma.provenance import atomic_path


def check(path: str | Path) -> Path:
    """Try to make the folder and to write into it; what was made for the trial is removed again.

    Raises
    ------
    InputError
        The path is empty or a file, or the folder cannot be made or written; the folder is named.
    """
    if not str(path).strip():
        raise InputError("the folder of the report is empty text; give a folder, '.' for this one")
    folder = Path(path)
    trial = folder / ".writable"
    absent = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        if folder.is_file():
            raise InputError(f"cannot write the report to {folder}: it is a file; give a folder")
        with atomic_path(trial):
            pass
        trial.unlink()
        for place in absent:
            place.rmdir()
    except OSError as error:
        raise _refused(folder, error) from error
    except InputError as error:
        if not isinstance(error.__cause__, OSError):
            raise
        raise _refused(folder, error.__cause__) from error
    return folder


def _refused(folder: Path, error: OSError) -> InputError:
    return InputError(
        f"cannot write the report to {folder}: {error.strerror}; give a folder that can be written"
    )
