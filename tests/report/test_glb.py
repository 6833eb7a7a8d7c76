"""The surface is read back from its binary glTF by another program."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest

from zygoma.plan import Treatment
from zygoma.report.glb import glb
from zygoma.report.palette import Scale
from zygoma.report.surfaces import layers_below
from zygoma.report.tone import encoded, light_of, linear


def film_curve(light: np.ndarray) -> np.ndarray:
    """ACESFilmicToneMapping of three.js, written out as its shader has it."""
    first = np.array([[0.59719, 0.35458, 0.04823], [0.07600, 0.90834, 0.01566], [0.02840, 0.13383, 0.83777]])
    last = np.array(
        [[1.60475, -0.53108, -0.07367], [-0.10208, 1.10813, -0.00605], [-0.00327, -0.07276, 1.07602]]
    )
    v = light / 0.6 @ first.T
    v = (v * (v + 0.0245786) - 0.000090537) / (v * (0.983729 * v + 0.4329510) + 0.238081)
    return encoded(np.clip(v @ last.T, 0.0, 1.0))


def test_surface_and_strip_are_read_back(treatment: Treatment) -> None:
    import trimesh

    face, scale = treatment.face, Scale(1.0, 1000.0, "C/m²")
    skin = layers_below(face.nodes, face.tets, face.depth_rank, len(face.skin.points))[0]
    place = np.linspace(0.0, 1.0, len(skin.points))
    light = light_of(scale.table)
    data = glb(skin.points, skin.normals, skin.triangles, place, light, 0.8)
    found = trimesh.load(io.BytesIO(data), file_type="glb", process=False, force="mesh")
    assert np.array_equal(found.faces, skin.triangles)
    assert np.allclose(found.vertices, skin.points, atol=1e-7)
    assert skin.normals.astype("<f4").tobytes() in data  # trimesh makes its own
    assert np.allclose(found.visual.uv, np.c_[place, np.full(len(place), 0.5)], atol=1e-6)
    header = json.loads(data[20 : 20 + int.from_bytes(data[12:16], "little")])
    strength = header["materials"][0]["extensions"]["KHR_materials_emissive_strength"]["emissiveStrength"]
    assert header["samplers"][header["textures"][0]["sampler"]]["wrapS"] == 33071  # clamped to the edge
    assert strength == pytest.approx(0.8 * light.max())
    strip = np.asarray(found.visual.material.emissiveTexture.convert("RGB"))[0] / 255
    assert np.allclose(film_curve(linear(strip) * light.max()), scale.table, atol=1.5 / 255)
    assert np.einsum("ij,ij->i", skin.normals, skin.points).mean() > 0.05  # outward
