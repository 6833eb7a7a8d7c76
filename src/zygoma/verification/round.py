"""Cases of the three-shell sphere with cap electrodes on its surface."""

from __future__ import annotations

import numpy as np

from zygoma.field.conductor import VolumeConductor
from zygoma.field.contact import Contact
from zygoma.field.leadfield import LeadField
from zygoma.verification.meshes import ball
from zygoma.verification.record import Record
from zygoma.verification.sphere import mag, rdm, shells

RADII = (80e-3, 86e-3, 92e-3)
SIGMA = (0.33, 0.33 / 80, 0.33)  # brain, skull, scalp: the classical contrast (Rush and Driscoll 1969)

ENDS = np.array([[0.31, 0.22, 0.92], [0.80, -0.55, -0.24]])
ENDS /= np.linalg.norm(ENDS, axis=1, keepdims=True)


def sphere_body(inner: int = 24, shell: int = 2) -> VolumeConductor:
    """Three-shell sphere of 92 mm with `inner` layers in the brain and `shell` in each shell above."""
    radii = np.concatenate(
        [
            np.linspace(0, RADII[0], inner + 1)[1:],
            np.linspace(RADII[0], RADII[1], shell + 1)[1:],
            np.linspace(RADII[1], RADII[2], shell + 1)[1:],
        ]
    )
    nodes, tets = ball(radii)
    bounds = [*RADII[:-1], np.inf]
    # an element spans one layer, so the mean radius of its nodes tells its shell
    mean = np.linalg.norm(nodes, axis=1)[tets].mean(axis=1)
    tissue = np.searchsorted(bounds, mean)
    return VolumeConductor(
        nodes, tets, np.array(SIGMA)[tissue], tissue=tissue, tissues=("brain", "skull", "scalp")
    )


def sphere_errors(body: VolumeConductor, radius: float = 12e-3) -> dict[str, tuple[float, float]]:
    """RDM and magnitude error of the potential by region for two cap electrodes 95 degrees apart."""
    outer = RADII[-1]
    lead = LeadField(body, cache=False)
    field = lead.field(*[Contact(outer * end, radius) for end in ENDS], current=1e-3)
    lead.close()
    half_angle = float(np.arcsin(radius / outer))
    exact = shells(body.nodes, RADII, SIGMA, ENDS, [1e-3, -1e-3], half_angle)
    depth = np.linalg.norm(body.nodes, axis=1)
    regions = {"depth (brain)": depth <= RADII[0] * (1 + 1e-9), "scalp": depth > RADII[1] * (1 + 1e-9)}
    found = {}
    for name, inside in regions.items():
        a, b = field.potential[inside], exact[inside]
        found[name] = (rdm(a - a.mean(), b - b.mean()), mag(a - a.mean(), b - b.mean()))
    return found


def three_shells(inner: int = 24, shell: int = 2) -> list[Record]:
    """Three-shell sphere, radius 92 mm, edges about 4 mm: RDM and MAG at depth and in the scalp."""
    body = sphere_body(inner, shell)
    records = []
    for region, (topography, magnitude) in sphere_errors(body).items():
        where = f"three-shell sphere, {len(body.nodes)} nodes, {region}"
        key, source = f"sphere-{region.split()[0]}", "Rush and Driscoll 1969"
        records.append(Record(f"{key}-rdm", where, "RDM of potential", topography, 0.01, source))
        records.append(Record(f"{key}-mag", where, "|MAG| of potential", magnitude, 0.01, source))
    return records
