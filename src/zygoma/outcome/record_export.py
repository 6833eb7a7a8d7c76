"""Export of a person's records, for which a consent must stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from zygoma.errors import InputError
from zygoma.outcome.records import Records
from zygoma.provenance import atomic_path, write_text

RECORD = "record.json"
"""Name of the file with everything that is not a picture."""


def export(records: Records, person: str, to: str | Path, photographs: bool = False) -> tuple[Path, ...]:
    """Write a person's visits and results into a folder of their own.

    Parameters
    ----------
    records : Records
    person : str
    to : path
        Folder, made if it is not there.
    photographs : bool
        With the photographs, without anything but their pixels (no place, time or camera), and with the
        wrinkles that were marked on them.

    Returns
    -------
    tuple of Path
        The files that were written.

    Raises
    ------
    UnknownNameError
        There is no such person.
    InputError
        No consent stands for what is to be exported; a photograph is missing.
    """
    _consented(records, person, "results")
    if photographs:
        _consented(records, person, "photographs")
    folder, visits = Path(to), records.visits(person)
    content: dict[str, Any] = {
        "schema": 1,
        "person": person,
        "visits": [visit.json() for visit in visits],
        "results": records.results(person),
    }
    if not photographs:
        for visit in content["visits"]:
            visit["photos"] = len(visit["photos"])
    else:
        content["wrinkles"] = records.wrinkles(person)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    if photographs:
        for visit, entry in zip(visits, content["visits"], strict=True):
            entry["photos"] = []
            for number, path in enumerate(visit.photos, 1):
                name = f"visit-{visit.id}-{number}.png"  # the name of a file may tell who it is
                _pixels_only(records.folder / path, folder / name)
                entry["photos"].append(name)
                written.append(folder / name)
    write_text(folder / RECORD, json.dumps(content, indent=1))
    return (*written, folder / RECORD)


def _consented(records: Records, person: str, scope: str) -> None:
    standing = records.consents(person)
    if scope not in standing:
        given = " and ".join(standing) or "nothing"
        raise InputError(
            f"export of the {scope} of {person}: consent stands for {given}; "
            f"write down the person's consent to export the {scope} first"
        )


def _pixels_only(source: Path, target: Path) -> None:
    """Write a photograph upright and without metadata."""
    from PIL import Image, ImageOps

    try:
        with Image.open(source) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except OSError as error:
        raise InputError(
            f"photograph {source} cannot be read: {error}; put it back, or delete the person's records"
        ) from error
    clean = Image.frombytes("RGB", upright.size, upright.tobytes())
    with atomic_path(target) as partial:
        clean.save(partial, format="PNG")
