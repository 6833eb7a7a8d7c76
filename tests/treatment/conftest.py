"""Small layered bodies with the names of a face, for the tests of the treatment."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zygoma.device import Waveform
from zygoma.field import LeadField, VolumeConductor
from zygoma.treatment import Timetable

SIGMA = {"skin": 0.3, "fat": 0.05, "muscle": 0.3, "bone": 0.008, "inside": 0.25}
THICK = np.array([2e-3, 4e-3, 4e-3, 4e-3, 8e-3])


@dataclass
class Slab:
    """A bumpy slab, its skin on top (z = bump), mirror-symmetric in x, nodes of the skin first."""

    nodes: Any
    tets: Any
    tissue: Any
    depth_rank: Any
    fibre: Any
    skin: Any
    contact_ok: Any
    ends: dict[str, Any]
    marks: dict[str, Any]
    areas: dict[str, Any]
    tissues: tuple[str, ...] = tuple(SIGMA)
    hash: str = "slab"
    muscles: tuple[str, ...] = ()
    landmarks: Any = field(default_factory=dict)
    regions: tuple[str, ...] = ()
    is_symmetric: bool = False

    def landmark(self, name: str) -> Any:
        return self.marks[name]

    def muscle_ends(self, name: str) -> Any:
        return self.ends[name]

    def region_triangles(self, name: str) -> Any:
        return self.areas[name]

    def muscle_elements(self, name: str) -> Any:
        a, b = self.ends[name]
        middle = self.nodes[self.tets].mean(axis=1)
        t = np.clip((middle[:, :2] - a[:2]) @ (b - a)[:2] / ((b - a)[:2] @ (b - a)[:2]), 0, 1)
        away = np.linalg.norm(middle[:, :2] - a[:2] - t[:, None] * (b - a)[:2], axis=1)
        return np.flatnonzero((self.tissue == 2) & (away < 6e-3))

    def region_elements(self, name: str) -> Any:
        inside = np.isin(np.arange(len(self.skin.triangles)), self.areas[name])
        xy = self.skin.points[self.skin.triangles[inside]].mean(axis=1)[:, :2]
        middle = self.nodes[self.tets].mean(axis=1)[:, :2]
        return np.flatnonzero(((middle > xy.min(0)) & (middle < xy.max(0))).all(axis=1))

    def conductivity(self) -> Any:
        value = np.array(list(SIGMA.values()))[self.tissue]
        tensor = np.zeros((len(value), 6))
        tensor[:, :3] = value[:, None]
        along = self.fibre.any(axis=1)
        f = self.fibre[along]
        tensor[along, :3] = 0.12
        outer = f[:, [0, 1, 2, 0, 0, 1]] * f[:, [0, 1, 2, 1, 2, 2]]
        tensor[along] += (0.4 - 0.12) * outer
        return tensor


def bump(x: Any, y: Any) -> Any:
    return 4e-3 * np.cos(40 * x) * np.cos(30 * y)


def slab(edge: float = 4e-3, half: float = 48e-3, layers: int = 2) -> Slab:
    """A slab of 2 x 96 mm with muscles m_r (x < 0) and m_l, a short one, and regions left and right."""
    n = round(2 * half / edge) + 1
    x = np.linspace(-half, half, n)
    depth = np.concatenate([[0.0], np.cumsum(np.repeat(THICK / layers, layers))])
    gx, gy = np.meshgrid(x, x, indexing="ij")
    top = np.column_stack([gx.ravel(), gy.ravel(), bump(gx, gy).ravel()])
    nodes = np.concatenate([top - [0, 0, d] for d in depth])
    i = np.arange(n * n).reshape(n, n)
    quads = np.stack([i[:-1, :-1], i[1:, :-1], i[1:, 1:], i[:-1, 1:]], axis=-1).reshape(-1, 4)
    left = top[quads].mean(axis=1)[:, 0] > 0  # diagonals mirrored, so that the mesh is
    quads[left] = np.roll(quads[left], 1, axis=1)
    upper = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int32)
    ids = np.arange(n * n)
    mirrored = np.where(
        top[:, 0] > 1e-9, (n - 1 - ids // n) * n + ids % n, ids
    )  # wedges cut alike on both sides
    tets, layer = [], []
    for k in range(len(depth) - 1):
        low = upper.astype(np.int64) + (k + 1) * n * n
        high = upper.astype(np.int64) + k * n * n
        order = np.argsort(mirrored[upper], axis=1)
        a, b, c = (np.take_along_axis(low, order[:, [j]], 1)[:, 0] for j in range(3))
        d, e, f = (np.take_along_axis(high, order[:, [j]], 1)[:, 0] for j in range(3))
        tets += [np.stack([a, b, c, f], 1), np.stack([a, b, f, e], 1), np.stack([a, e, f, d], 1)]
        layer += [k // layers] * (3 * len(upper))
    tets = np.concatenate(tets)
    edges = nodes[tets[:, 1:]] - nodes[tets[:, :1]]
    turned = np.linalg.det(edges) < 0
    tets[turned] = tets[turned][:, [0, 2, 1, 3]]
    tissue = np.array(layer, dtype=np.uint8)
    fibre = np.zeros((len(tets), 3), dtype=np.float32)
    fibre[tissue == 2] = [0, 1, 0]
    p = lambda px, py: np.array([px, py, bump(px, py)])  # noqa: E731
    middle = top[upper].mean(axis=1)
    ends = {}
    for side, s in (("r", -1), ("l", 1)):
        ends[f"m_{side}"] = (p(s * 22e-3, 20e-3), p(s * 22e-3, -20e-3))
        ends[f"short_{side}"] = (p(s * 10e-3, 6e-3), p(s * 10e-3, -7e-3))
        ends[f"tiny_{side}"] = (p(s * 10e-3, 3e-3), p(s * 10e-3, -2e-3))
    ends["middle"] = (p(0.0, 20e-3), p(0.0, -18e-3))
    areas = {
        "cheek_r": np.flatnonzero(middle[:, 0] < -5e-3),
        "cheek_l": np.flatnonzero(middle[:, 0] > 5e-3),
        "neck_front": np.flatnonzero(middle[:, 1] < -36e-3),
    }
    return Slab(
        nodes, tets.astype(np.int32), tissue, tissue.copy(), fibre,
        SimpleNamespace(points=top, triangles=upper), np.ones(len(upper), bool), ends, {}, areas,
        muscles=tuple(ends), regions=tuple(areas),
    )  # fmt: skip


@pytest.fixture(scope="session")
def make_slab() -> Any:
    return slab


@pytest.fixture(scope="session")
def body() -> Slab:
    return slab()


@pytest.fixture(scope="session")
def lead(body: Slab) -> LeadField:
    return LeadField(VolumeConductor.from_face(body), cache=False)


@pytest.fixture(scope="session")
def square() -> Waveform:
    return Waveform.square(400e-6, 8.0)


@pytest.fixture(scope="session")
def visits(body: Slab) -> Any:
    """A timetable from pairs of places (x, y) [m] and the position at every tick."""

    def make(pairs: Any, index: Any, dt: float = 0.05) -> Timetable:
        place = np.array([[[x, y, bump(x, y)] for x, y in pair] for pair in pairs], dtype=float)
        steps = np.zeros(len(index), np.int32)
        return Timetable(place[:, 0], place[:, 1], np.array(index, np.int32), steps, ("test hold",), dt, 5e-3)

    return make
