"""The surface is read back from its binary glTF by another program."""

from __future__ import annotations

import io

import numpy as np

from zygoma.plan import Treatment
from zygoma.report.glb import glb
from zygoma.report.palette import Scale
from zygoma.report.surfaces import layers_below


def test_surface_and_strip_are_read_back(treatment: Treatment) -> None:
    import trimesh

    face, scale = treatment.face, Scale(1.0, 1000.0, "C/m²")
    skin = layers_below(face.nodes, face.tets, face.depth_rank, len(face.skin.points))[0]
    place = np.linspace(0.0, 1.0, len(skin.points))
    data = glb(skin.points, skin.normals, skin.triangles, place, scale.table)
    found = trimesh.load(io.BytesIO(data), file_type="glb", process=False, force="mesh")
    assert np.array_equal(found.faces, skin.triangles)
    assert np.allclose(found.vertices, skin.points, atol=1e-7)
    assert skin.normals.astype("<f4").tobytes() in data  # trimesh makes its own
    assert np.allclose(found.visual.uv, np.c_[place, np.full(len(place), 0.5)], atol=1e-6)
    strip = np.asarray(found.visual.material.baseColorTexture.convert("RGB"))
    assert np.array_equal(strip[0], np.rint(scale.table * 255))
    assert np.einsum("ij,ij->i", skin.normals, skin.points).mean() > 0.05  # outward
