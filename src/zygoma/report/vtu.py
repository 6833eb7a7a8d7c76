"""The dose in every element, for ParaView."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from zygoma.plan import Treatment
from zygoma.provenance import atomic_path


def write(treatment: Treatment, path: Path) -> None:
    """Write tissue code, dose, peak |J|, rms |J| and residence time of each element as .vtu.

    Raises
    ------
    InputError
        The file cannot be written.
    """
    import meshio

    dose, face = treatment.dose, treatment.face
    fields = {
        "tissue": face.tissue,
        "charge_density_C_m2": dose.charge,
        "J_peak_A_m2": dose.peak,
        "J_rms_A_m2": dose.rms,
        "residence_s": dose.residence,
    }
    cells = {
        name: [np.asarray(values).astype(np.uint8 if name == "tissue" else np.float32)]
        for name, values in fields.items()
    }
    mesh = meshio.Mesh(face.nodes.astype(np.float32), [("tetra", face.tets)], cell_data=cells)
    with atomic_path(path) as temporary:
        meshio.write(temporary, mesh, file_format="vtu", compression=None)
