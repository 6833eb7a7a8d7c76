"""The dose in every element, for ParaView."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.plan import Treatment
from zygoma.provenance import atomic_path

_TETRAHEDRON = 10
"""Number of the cell type in VTK."""


def write(treatment: Treatment, path: Path) -> None:
    """Write tissue code, dose, peak |J|, rms |J| and residence time of each element as .vtu.

    The arrays follow the XML as they lie in memory (VTK's appended raw data): a head has a million elements.

    Raises
    ------
    InputError
        The file cannot be written.

    References
    ----------
    VTK file formats, "XML file formats", https://docs.vtk.org/en/latest/design_documents/VTKFileFormats.html.
    """
    dose, face = treatment.dose, treatment.face
    count = len(face.tets)
    parts: dict[str, dict[str, NDArray[Any]]] = {
        "Points": {"Points": face.nodes.astype("<f4")},
        "Cells": {
            "connectivity": face.tets.astype("<i4").ravel(),
            "offsets": np.arange(4, 4 * count + 1, 4, dtype="<i4"),
            "types": np.full(count, _TETRAHEDRON, dtype="u1"),
        },
        "CellData": {
            "tissue": face.tissue.astype("u1"),
            "charge_density_C_m2": dose.charge.astype("<f4"),
            "J_peak_A_m2": dose.peak.astype("<f4"),
            "J_rms_A_m2": dose.rms.astype("<f4"),
            "residence_s": dose.residence.astype("<f4"),
        },
    }
    lines, place = [], 0
    for part, arrays in parts.items():
        lines.append(f"<{part}>")
        for name, array in arrays.items():
            lines.append(_described(name, array, place))
            place += 8 + array.nbytes
        lines.append(f"</{part}>")
    head = (
        '<?xml version="1.0"?>\n'
        '<VTKFile type="UnstructuredGrid" version="1.0" byte_order="LittleEndian" header_type="UInt64">\n'
        f'<UnstructuredGrid>\n<Piece NumberOfPoints="{len(face.nodes)}" NumberOfCells="{count}">\n'
        + "\n".join(lines)
        + '\n</Piece>\n</UnstructuredGrid>\n<AppendedData encoding="raw">\n_'
    )
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        file.write(head.encode())
        for arrays in parts.values():
            for array in arrays.values():
                file.write(array.nbytes.to_bytes(8, "little"))
                file.write(np.ascontiguousarray(array).data)
        file.write(b"\n</AppendedData>\n</VTKFile>\n")


_TYPES = {"<f4": "Float32", "<i4": "Int32", "|u1": "UInt8"}


def _described(name: str, array: NDArray[Any], place: int) -> str:
    components = f' NumberOfComponents="{array.shape[1]}"' if array.ndim > 1 else ""
    kind = _TYPES[array.dtype.str]
    return f'<DataArray type="{kind}" Name="{name}"{components} format="appended" offset="{place}"/>'
