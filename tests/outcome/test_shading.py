"""The light on a face, against known lights."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from zygoma.errors import InputError
from zygoma.outcome.canonical_mesh import canonical_mesh, vertex_normals
from zygoma.outcome.face_regions import face_features
from zygoma.outcome.pose import Pose
from zygoma.outcome.shading import FaceLight, Shading, face_light, light_change, shading
from zygoma.outcome.skin_mask import facing
from zygoma.outcome.texture import Texture
from zygoma.outcome.texture_grid import TextureGrid
from zygoma.outcome.visit_comparison import light_gates

GRID = TextureGrid(2.0e-3)


@dataclass(frozen=True)
class Setting:
    """Directed light from a soft source, and even light from around, more of it from above."""

    elevation: float  # [deg]
    azimuth: float = 5.0  # [deg]
    ambient: float = 0.25
    gamma: float = 1.0


@dataclass(frozen=True, eq=False)
class MadeFace:
    """A face of its own shape (normals some 11 degrees off the canonical ones), colour and shine."""

    seed: int
    normals: np.ndarray = field(init=False)
    colour: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        mesh = canonical_mesh()
        moved = mesh.vertices.copy()
        for _ in range(8):
            wave = rng.normal(size=3) * 2 * np.pi / 0.10
            moved += np.cos(mesh.vertices @ wave + rng.uniform(0, 6))[:, None] * rng.normal(size=3) * 1.5e-3
        colour = np.zeros(GRID.shape)
        for size, amount in ((25, 0.12), (8, 0.05), (2, 0.05)):
            noise = cv2.GaussianBlur(rng.normal(size=GRID.shape), (0, 0), size * 1e-3 / GRID.pitch)
            colour += amount * noise / noise.std()
        object.__setattr__(self, "normals", vertex_normals(moved, mesh.triangles))
        object.__setattr__(self, "colour", colour)

    def seen(self, setting: Setting, rng: np.random.Generator) -> Shading:
        """Shading of one photograph: head 1 deg astray, found within 0.25 deg, skin within 0.7 mm."""
        true = Rotation.from_rotvec(np.radians(rng.normal(0, 1.0, 3)))
        normals = GRID.interpolated(self.normals @ true.as_matrix().T)
        normals /= np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-9)
        e, a = np.radians([setting.elevation, setting.azimuth])
        toward = np.array([np.cos(e) * np.sin(a), np.sin(e), np.cos(e) * np.cos(a)])
        directed = np.zeros(GRID.shape)
        spread = np.random.default_rng(9).normal(0, 0.17, (8, 3))  # a source 10 degrees wide
        for part in toward + spread:
            directed += np.maximum(normals @ (part / np.linalg.norm(part)), 0.0) / len(spread)
        half = toward + np.array([0.0, 0.0, 1.0])
        shine = np.maximum(normals @ (half / np.linalg.norm(half)), 0.0) ** 20
        even = setting.ambient * (0.75 + 0.25 * normals[:, :, 1])
        light = np.exp(self.colour) * (even + (1 - setting.ambient) * directed)
        light = (light + 0.12 * (1 - setting.ambient) * shine) * np.exp(rng.normal(0, 0.02))
        light = light**setting.gamma
        light = light + rng.normal(0, 0.01, light.shape) * np.sqrt(np.maximum(light, 1e-3))
        rows, columns = np.indices(GRID.shape, dtype=np.float32)
        shift = [5.2 * cv2.GaussianBlur(rng.normal(size=GRID.shape), (0, 0), 7.5) for _ in range(2)]
        x, y = (columns + shift[0]).astype(np.float32), (rows + shift[1]).astype(np.float32)
        light = cv2.remap(light.astype(np.float32), x, y, cv2.INTER_LINEAR)
        found = Rotation.from_rotvec(np.radians(rng.normal(0, 0.25, 3))) * true
        pose = Pose(found.as_matrix(), 1.0, np.zeros(3))
        skin = (facing(pose, GRID) > 0.4) & ~face_features(GRID) & (light > 0.01)
        return shading(Texture(light, skin, GRID.pitch, {}), pose, GRID)

    def visit(self, setting: Setting, rng: np.random.Generator, photos: int = 3) -> list[Shading]:
        return [self.seen(setting, rng) for _ in range(photos)]


def lambert(light: FaceLight, turn: float = 0.0, colour: np.ndarray | None = None) -> Shading:
    """The canonical face in a light, exactly as the model has it."""
    rotation = Rotation.from_euler("x", turn, degrees=True).as_matrix()
    plain = GRID.interpolated(canonical_mesh().normals)
    length = np.linalg.norm(plain, axis=2)
    plain /= np.maximum(length, 1e-9)[:, :, None]
    normals = plain @ rotation.T
    log = np.where((length > 0) & (normals[:, :, 2] > 0.4), light.log_on(normals), np.nan)
    return Shading(log + (0.0 if colour is None else colour), plain, rotation)


@pytest.mark.parametrize(("elevation", "azimuth", "strength"), [(45, 0, 3), (20, -30, 1.5), (70, 10, 5)])
def test_a_light_on_even_skin_is_found(elevation: float, azimuth: float, strength: float) -> None:
    e, a = np.radians([elevation, azimuth])
    vector = strength * np.array([np.cos(e) * np.sin(a), np.sin(e), np.cos(e) * np.cos(a)])
    found = face_light(lambert(FaceLight(vector)))
    assert found.elevation == pytest.approx(elevation, abs=0.2)
    assert found.azimuth == pytest.approx(azimuth, abs=0.2)
    assert found.strength == pytest.approx(strength, rel=0.02)


def test_the_change_of_light_does_not_depend_on_the_colour_of_the_skin() -> None:
    rng = np.random.default_rng(2)
    colour = 0.3 * rng.normal(size=GRID.shape)
    first, second = FaceLight(np.array([0.0, 2.0, 2.0])), FaceLight(np.array([0.3, 2.4, 1.6]))
    _, found = light_change(lambert(first, 0, colour), lambert(second, 2.0, colour), first)
    assert found.turned_from(second) < 0.1
    assert found.contrast == pytest.approx(second.contrast, abs=0.01)


def test_angles_between_lights() -> None:
    ahead = FaceLight(np.array([0.0, 0.0, 3.0]))
    raised = FaceLight(3.0 * np.array([0.0, np.sin(0.1), np.cos(0.1)]))
    assert raised.turned_from(ahead) == pytest.approx(np.degrees(0.1), rel=0.01)
    assert raised.elevation == pytest.approx(np.degrees(0.1))
    stronger = FaceLight(2 * raised.vector)
    assert stronger.turned_from(raised) < 1e-6
    # a tenth of the even light: where it comes from matters little
    weak, aside = FaceLight(np.array([0.0, 0.0, 0.1])), FaceLight(np.array([0.1, 0.0, 0.0]))
    assert weak.turned_from(aside) < 10.0
    assert FaceLight(np.zeros(3)).turned_from(ahead) < 90.0


def test_too_little_skin_is_told() -> None:
    empty = Shading(np.full(GRID.shape, np.nan), np.zeros((*GRID.shape, 3)), np.eye(3))
    with pytest.raises(InputError, match="0 cm2 of skin"):
        face_light(empty)
    gates = light_gates([empty], [empty])
    assert not any(gate.passed for gate in gates)
    assert "cannot be told" in gates[0].reason


def test_a_light_that_moves_with_the_head_or_stays_with_the_camera_has_not_moved() -> None:
    light = FaceLight(np.array([0.0, 2.0, 2.0]))
    straight, turned = lambert(light), lambert(light, 4.0)  # the light stays with the camera
    assert all(gate.passed for gate in light_gates([straight], [turned]))
    carried = replace(turned, log_light=straight.log_light)  # the light has turned with the head
    assert light_change(straight, carried)[1].turned_from(face_light(straight)) == pytest.approx(4.0, abs=0.3)
    assert all(gate.passed for gate in light_gates([straight], [carried]))


def verdicts(seeds: range, photos: int) -> dict[str, float]:
    """Share of visits refused for their light, by what was changed between them."""
    refused: dict[str, list[bool]] = {}
    for seed in seeds:
        rng = np.random.default_rng(1000 + seed)
        face = MadeFace(seed)
        setting = Setting(rng.uniform(15, 65), rng.uniform(-15, 15), rng.uniform(0.15, 0.4))
        before = face.visit(setting, rng, photos)
        changed = {
            "nothing": setting,
            "raised": replace(setting, elevation=setting.elevation + 5),
            "lowered": replace(setting, elevation=setting.elevation - 5),
            "aside": replace(setting, azimuth=setting.azimuth + 8),
            "ambient": replace(setting, ambient=setting.ambient + 0.15),
            "flatter": replace(setting, gamma=1 / 1.15),
        }
        for name, other in changed.items():
            gates = light_gates(before, face.visit(other, rng, photos))
            refused.setdefault(name, []).append(not all(gate.passed for gate in gates))
    return {name: float(np.mean(found)) for name, found in refused.items()}


def test_moved_lights_are_refused_and_repeats_are_not() -> None:
    share = verdicts(range(500, 502), 3)
    assert share["nothing"] == 0.0
    assert share["ambient"] == 1.0
    assert share["raised"] + share["lowered"] > 1.0


@pytest.mark.slow
def test_how_often_moved_lights_are_refused() -> None:
    """By the slow shading alone, 3 v. 3; the spectrum of the skin refuses the most of the rest."""
    share = verdicts(range(600, 640), 3)
    assert share["nothing"] <= 0.05
    assert min(share["ambient"], share["flatter"]) >= 0.95
    assert min(share["raised"], share["lowered"], share["aside"]) >= 0.9
