"""Export of a person's records, for which a consent must stand."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from zygoma.errors import InputError
from zygoma.outcome import scan_file
from zygoma.outcome.recorded_photo import found_in, is_scan
from zygoma.outcome.records import Records
from zygoma.provenance import atomic_path, write_text, writing

RECORD = "record.json"
"""Name of the file with everything that is not a picture."""


def export(records: Records, person: str, to: str | Path, photographs: bool = False) -> tuple[Path, ...]:
    """Write a person's visits and results into a folder of their own; notes only with a consent to these.

    Parameters
    ----------
    records : Records
    person : str
    to : path
        Folder, which appears once all is written; it must not hold anything.
    photographs : bool
        With the photographs, without anything but their pixels (no place, time or camera), the scans,
        nothing but points and triangles, and the wrinkles that were marked on them.

    Returns
    -------
    tuple of Path
        The files that were written.

    Raises
    ------
    UnknownNameError
        There is no such person.
    InputError
        No consent stands for what is to be exported; a photograph is missing or was changed; the folder
        holds files or cannot be written.
    """
    _consented(records, person, "results")
    if photographs:
        _consented(records, person, "photographs")
    folder, visits = Path(to), records.visits(person)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"export to {folder}: it is a file or holds files already; give a new folder")
    content: dict[str, Any] = {
        "schema": 1,
        "person": person,
        "visits": [visit.json() for visit in visits],
        "results": records.results(person),
    }
    if "notes" not in records.consents(person):  # free text may tell who it is
        for entry in content["visits"]:
            del entry["note"]
    if photographs:
        content["wrinkles"] = records.wrinkles(person)
    with writing(folder), _new(folder) as partial:
        sources = _sources(records, person) if photographs else {}
        for visit, entry in zip(visits, content["visits"], strict=True):
            entry["photos"] = len(visit.photos)
            if photographs:
                entry["photos"] = [
                    _bare(sources[path], partial / f"visit-{visit.id}-{number}")  # a name may tell who it is
                    for number, path in enumerate(visit.photos, 1)
                ]
        write_text(partial / RECORD, json.dumps(content, indent=1))
        names = sorted(path.name for path in partial.iterdir() if path.name != RECORD)
    return tuple(folder / name for name in (*names, RECORD))


@contextmanager
def _new(folder: Path) -> Iterator[Path]:
    """A folder beside the one that is to be, which it becomes when all of it is written."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = folder.parent / f".{folder.name}-{secrets.token_hex(4)}"
    partial.mkdir()
    try:
        yield partial
        if folder.exists():
            folder.rmdir()
        partial.replace(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _sources(records: Records, person: str) -> dict[Path, Path]:
    """Where each recorded photograph lies now."""
    found = found_in(records.folder, records.photos(person))
    if missing := [path.as_posix() for path, files in found.items() if not files]:
        raise InputError(
            f"export of the photographs of {person}: not in {records.folder} as recorded: "
            f"{', '.join(missing)} (removed, moved out or edited); put them back"
        )
    return {path: files[0] for path, files in found.items()}


def _consented(records: Records, person: str, scope: str) -> None:
    standing = records.consents(person)
    if scope not in standing:
        given = " and ".join(standing) or "nothing"
        raise InputError(
            f"export of the {scope} of {person}: consent stands for {given}; "
            f"write down the person's consent to export the {scope} first"
        )


def _bare(source: Path, target: Path) -> str:
    """Write a photograph upright, or a scan, without metadata; the name of the file."""
    if is_scan(source):
        import trimesh

        points, triangles = scan_file.read(source)
        bare: Any = (
            trimesh.PointCloud(points)  # type: ignore[no-untyped-call]
            if triangles is None
            else trimesh.Trimesh(points, triangles, process=False)
        )
        path = target.with_suffix(".ply")
        with atomic_path(path) as partial:
            bare.export(partial)
        return path.name
    from PIL import Image, ImageOps

    with Image.open(source) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    clean = Image.frombytes("RGB", upright.size, upright.tobytes())
    path = target.with_suffix(".png")
    with atomic_path(path) as partial:
        clean.save(partial, format="PNG")
    return path.name
