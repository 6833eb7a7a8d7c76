"""Is this face a valid body, and does it look like a face? A table of checks with their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zygoma.face import atlas
from zygoma.face.binding import SkinBinding
from zygoma.face.shell import LAYERS, LOWEST_JACOBIAN, wedge_jacobian
from zygoma.face.source import HeadSource
from zygoma.face.surface import Array, Surface, nearest
from zygoma.face.tissue import TISSUES
from zygoma.provenance import load_data

if TYPE_CHECKING:
    from zygoma.face.face import Face

MM = 1e-3


@dataclass(frozen=True)
class Check:
    """One check: what was found, what is asked (``None``: only reported), whether it holds."""

    name: str
    value: str
    goal: str | None
    ok: bool


@dataclass(frozen=True)
class Validity:
    """All checks of a face; true when each of them holds."""

    checks: tuple[Check, ...]

    def __bool__(self) -> bool:
        return all(c.ok for c in self.checks)

    def rows(self) -> list[tuple[str, str, str, bool]]:
        """Name, value, goal and whether it holds, for a table."""
        return [(c.name, c.value, c.goal or "reported", c.ok) for c in self.checks]

    def __repr__(self) -> str:
        failed = [c for c in self.checks if not c.ok]
        head = f"Validity: {len(self.checks) - len(failed)} of {len(self.checks)} checks hold"
        return "\n".join([head, *(f"  {c.name}: {c.value}, asked {c.goal}" for c in failed[:4])])


def check(face: Face) -> Validity:
    """Check the elements, the layers and the anatomy of a face."""
    found: list[Check] = []

    def add(name: str, value: str, goal: str | None = None, ok: bool = True) -> None:
        found.append(Check(name, value, goal, bool(ok)))

    jacobian = wedge_jacobian(face.levels, face.skin.triangles)
    inverted = int((face.volumes <= 0).sum())
    add("inverted elements", str(inverted), "0", inverted == 0)
    add(
        "smallest scaled Jacobian of a wedge",
        f"{jacobian.min():.3f}",
        f">= {LOWEST_JACOBIAN}",
        jacobian.min() >= LOWEST_JACOBIAN,
    )
    quality = radius_ratio(face.nodes[face.tets])
    add(
        "element quality (radius ratio), least / 1 % / median",
        "{:.4f} / {:.3f} / {:.2f}".format(*np.percentile(quality, [0, 1, 50])),
    )
    add("skin watertight", str(face.skin.is_watertight).lower(), "true", face.skin.is_watertight)
    add("Euler number of the skin", str(face.skin.euler_number), "2", face.skin.euler_number == 2)
    gap = abs(face.volumes.sum() / face.skin.volume - 1)
    add("volume of the elements against the skin", f"{gap:.1e}", "<= 1e-9", gap <= 1e-9)
    _layers(face, add)
    _anatomy(face, add)
    return Validity(tuple(found))


def _layers(face: Face, add: object) -> None:
    """Thickness of the layers where they were asked for, and their volumes."""
    assert callable(add)
    real = np.ones(len(face.skin.points), dtype=bool)
    real[face.skin.triangles[face.template.skin.cut]] = False
    ratio = face.thickness[real] / face.target_thickness[real]
    for k, layer in enumerate(LAYERS):
        thin = face.thickness[real, k].min() / MM
        add(f"{layer}: thinnest", f"{thin:.2f} mm")
        add(f"{layer}: skin area with the anatomical thickness", f"{(ratio[:, k] > 0.95).mean():.0%}")
    for code, name in enumerate(TISSUES):
        add(f"volume of {name}", f"{face.volumes[face.tissue == code].sum() * 1e6:.1f} cm3")
    thickness = load_data("muscles.toml")["muscle"]
    thin_muscles = []
    for name in face.muscles:
        wanted = thickness[atlas.stem(name)]["thickness"]
        found = face.muscle_thickness(name) / MM
        if found < 0.8 * wanted:
            thin_muscles.append(f"{name} {found:.1f} of {wanted:g} mm")
    add("muscles thinner than 80 % of the data", ", ".join(thin_muscles) or "none")
    empty = [m for m in face.muscles if not len(face.muscle_elements(m))]
    add("muscles without elements", ", ".join(empty) or "none", "none", not empty)


def _anatomy(face: Face, add: object) -> None:
    """Distance to the source skin; lips, closed lids and nose."""
    assert callable(add)
    source = HeadSource.load()
    outer = Surface(face.source_vertices, source.skin_triangles.astype(np.int32))
    masked = masked_vertices(face)
    _, _, distance = nearest(outer, face.skin.points[~masked])
    median, high = np.percentile(distance, [50, 99]) / MM
    add(
        "distance to the source skin, median",
        f"{median:.2f} mm",
        "<= 0.25 mm",
        median <= 0.25,
    )
    add("distance to the source skin, 99 %", f"{high:.2f} mm", "<= 1.5 mm", high <= 1.5)
    mark = {name: face.landmark(name) for name in face.landmarks}
    wanted = {
        name: atlas.positions(
            source, face.source_vertices, [atlas.entry("landmark", name)["id"]], atlas.side_of(name)
        )[0]
        for name in face.landmarks
    }
    for name in (
        "labrale_superius",
        "labrale_inferius",
        "pronasale",
        "subnasale",
        "endocanthion_r",
        "exocanthion_l",
    ):
        off = float(np.linalg.norm(mark[name] - wanted[name])) / MM
        add(f"{name} from its place on the source", f"{off:.2f} mm", "<= 2 mm", off <= 2)
    lips = (mark["labrale_superius"] + mark["labrale_inferius"]) / 2
    places = {"lips closed": [lips + np.array([x * MM, 0, 0]) for x in (-12, -6, 0, 6, 12)]}
    for side in ("r", "l"):
        lid = (mark[f"endocanthion_{side}"] + mark[f"exocanthion_{side}"]) / 2
        places[f"lids closed, {side}"] = [lid]
    for name, rays in places.items():
        off = max(abs(first_hit(face.skin, ray) - first_hit(outer, ray)) for ray in rays) / MM
        add(f"{name}: skin from its place on the source", f"{off:.2f} mm", "<= 2.5 mm", off <= 2.5)
    corner = (mark["cheilion_r"] + mark["cheilion_l"]) / 2
    front = (first_hit(face.skin, lips) - corner[2]) / MM
    add("lips before the mouth corners", f"{front:.1f} mm", "> 3 mm", front > 3)


def masked_vertices(face: Face) -> np.ndarray:
    """Skin vertices without a counterpart on the source: simplified ears and nostrils, cut planes."""
    template = face.template.skin
    mask = np.zeros(len(template.points), dtype=bool)
    mask[template.triangles[template.cut]] = True
    binding = SkinBinding.load()
    return mask | (binding.sample(face.resolution, binding.distance) > 0.8 * MM)


def first_hit(skin: Surface, start: Array) -> float:
    """Largest z [m] at which a ray along z through `start` meets the skin; -inf where it does not."""
    corners = skin.points[skin.triangles]
    a, b, c = corners[:, 0, :2], corners[:, 1, :2], corners[:, 2, :2]

    def turn(p: Array, q: Array) -> Array:
        return np.asarray(
            (q[:, 0] - p[:, 0]) * (start[1] - p[:, 1]) - (q[:, 1] - p[:, 1]) * (start[0] - p[:, 0])
        )

    w = np.stack([turn(b, c), turn(c, a), turn(a, b)], axis=1)
    hit = (w >= 0).all(axis=1) | (w <= 0).all(axis=1)
    share = w[hit] / w[hit].sum(axis=1, keepdims=True)
    return float(np.max(np.einsum("ij,ij->i", share, corners[hit][:, :, 2]), initial=-np.inf))


def radius_ratio(corners: Array) -> Array:
    """(m,) three times inscribed over circumscribed radius of tetrahedra (m, 4, 3): 1 when regular."""
    a, b, c = (corners[:, k] - corners[:, 0] for k in (1, 2, 3))
    bc, ca, ab = np.cross(b, c), np.cross(c, a), np.cross(a, b)
    six = np.einsum("ij,ij->i", a, bc)
    faces = sum(np.linalg.norm(x, axis=1) for x in (bc, ca, ab, bc + ca + ab))
    centre = sum((v * v).sum(axis=1)[:, None] * n for v, n in ((a, bc), (b, ca), (c, ab)))
    return np.asarray(6 * six**2 / (faces * np.linalg.norm(centre, axis=1)))
