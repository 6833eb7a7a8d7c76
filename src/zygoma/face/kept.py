"""Faces that were made before, kept in the cache: what takes seconds to compute takes a moment to read."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from zygoma.face.face import Face
from zygoma.face.morph import Person
from zygoma.face.template import HeadTemplate
from zygoma.provenance import atomic_path, cache_dir, content_hash, data_file

_ARRAYS = ("nodes", "fibre", "thickness", "target_thickness", "source_vertices", "fine_points")


def kept_face(person: Person, resolution: str) -> Face:
    """The face of a person, from the cache if it is there; see `Face.of`.

    What is kept belongs to the very code and data that made it: a change of either makes it anew.

    Raises
    ------
    UnknownNameError, RangeError, MeshError
        As `Face.of`.
    InputError
        The cache cannot be written.
    """
    who = [person.sex, person.age, person.bmi, dict(person.morphs), resolution, _origin()]
    path = cache_dir() / "face" / f"{content_hash(who)}.npz"
    found = _read(path, person, resolution)
    if found is None:
        found = Face.of(person, resolution)
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            np.savez(file, **{name: getattr(found, name) for name in _ARRAYS})
    return found


def _read(path: Path, person: Person, resolution: str) -> Face | None:
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as data:
            arrays = {name: data[name] for name in _ARRAYS}
    except (OSError, KeyError, ValueError, EOFError, BadZipFile):  # damaged: made again and replaced
        return None
    template = HeadTemplate.load(resolution)
    tissue, rank = template.tags
    return Face(
        person=person, template=template, tets=template.tets, tissue=tissue, depth_rank=rank, **arrays
    )


@cache
def _origin() -> str:
    """Hash of the code and the data that make a face."""
    files = [*Path(__file__).parent.glob("*.py"), *data_file("").glob("*.toml"), *data_file("").glob("*.npz")]
    return content_hash(*(np.frombuffer(path.read_bytes(), dtype=np.uint8) for path in sorted(files)))
