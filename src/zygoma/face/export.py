"""Write a face for other programs: ParaView, Gmsh, mesh viewers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from zygoma.errors import InputError
from zygoma.provenance import atomic_path

if TYPE_CHECKING:
    from zygoma.face.face import Face

FORMATS = {".vtu": "vtu", ".msh": "gmsh", ".ply": "ply"}


def write(face: Face, path: str | os.PathLike[str], fields: Mapping[str, np.ndarray] | None = None) -> None:
    """Write the elements (``.vtu``, ``.msh``) or the skin (``.ply``) of a face.

    Parameters
    ----------
    face : Face
    path : path
        The ending decides the format.
    fields : mapping of str to array, optional
        Further values for each element (``.vtu`` and ``.msh``).

    Raises
    ------
    InputError
        The ending is not known or the file cannot be written.
    """
    import meshio

    ending = Path(path).suffix.lower()
    if ending not in FORMATS:
        raise InputError(f"cannot write {Path(path).name!r}; give a name that ends with {', '.join(FORMATS)}")
    if ending == ".ply":
        mesh = meshio.Mesh(face.skin.points, [("triangle", face.skin.triangles)])
    else:
        muscle = np.full(len(face.tets), -1, dtype=np.int32)
        for number, name in enumerate(face.muscles):
            muscle[face.muscle_elements(name)] = number
        cells = {
            "tissue": face.tissue.astype(np.int32),
            "depth_rank": face.depth_rank.astype(np.int32),
            "muscle": muscle,
        }
        cells |= {name: np.asarray(values) for name, values in (fields or {}).items()}
        if ending == ".vtu":
            cells["fibre"] = face.fibre.astype(np.float64)
        else:
            cells = {"gmsh:physical": cells["tissue"] + 1, "gmsh:geometrical": cells["tissue"] + 1, **cells}
        mesh = meshio.Mesh(
            face.nodes, [("tetra", face.tets)], cell_data={name: [value] for name, value in cells.items()}
        )
    with atomic_path(path) as temporary:
        meshio.write(temporary, mesh, file_format=FORMATS[ending])
