"""Deletion of a person from the records: every photograph, then every row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zygoma.errors import ZygomaError
from zygoma.outcome.recorded_photo import found_in
from zygoma.outcome.records import Records

BEYOND = (
    "reports, files of wrinkles, pages for raters and exports that were written elsewhere are not in the "
    "records: delete them yourself"
)
"""What a deletion cannot reach."""


@dataclass(frozen=True)
class Deletion:
    """What was done.

    Attributes
    ----------
    removed : tuple of Path
        Files that are gone: the photographs and all copies of them in the folder.
    forgotten : tuple of Path
        Recorded photographs that were missing or changed, and were not removed.
    """

    removed: tuple[Path, ...]
    forgotten: tuple[Path, ...]


def delete(records: Records, person: str, forget_missing: bool = False) -> Deletion:
    """Delete a person: photographs, visits, consents, wrinkles and results.

    A photograph that was renamed within the folder is found by its content, and so are copies. The rows
    are overwritten with zeros and the file is written anew. Copies outside the folder, and what a disk
    keeps of removed files, are beyond it.

    Parameters
    ----------
    records : Records
    person : str
    forget_missing : bool
        Delete the rows although a photograph is missing or was changed.

    Raises
    ------
    UnknownNameError
        There is no such person.
    ZygomaError
        A photograph is missing or was changed, and nothing is deleted; or a file cannot be removed, and
        the rows are kept.
    """
    found = {
        path: tuple(file for file in files if not records.file.holds(file))
        for path, files in found_in(records.folder, records.photos(person)).items()
    }
    forgotten = tuple(path for path, files in found.items() if not files)
    if forgotten and not forget_missing:
        names = ", ".join(path.as_posix() for path in forgotten)
        raise ZygomaError(
            f"nothing of {person} was deleted: not in {records.folder} as recorded: {names} (removed, moved "
            "out or edited); put them back, or delete them yourself and then use --forget-missing"
        )
    of_others = {
        records.folder / path for one in records.persons() if one != person for path in records.photos(one)
    }
    removed = sorted({file for files in found.values() for file in files} - of_others)
    for file in removed:  # first: a row that names a photograph goes only once the photograph has gone
        try:
            file.unlink()
        except OSError as error:
            raise ZygomaError(
                f"{file} cannot be removed: {error.strerror}; what is recorded of {person} is kept: delete "
                "the file yourself, then the person with --forget-missing"
            ) from error
    records.forget(person)
    return Deletion(tuple(removed), forgotten)
