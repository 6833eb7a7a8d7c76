"""The model files are the known ones, and the canonical mesh in them is read rightly."""

from __future__ import annotations

import re

import numpy as np
import pytest

from zygoma.errors import ZygomaError
from zygoma.outcome import face_model
from zygoma.outcome.canonical_mesh import canonical_mesh
from zygoma.outcome.face_landmarks import EYE_OUTER_L, EYE_OUTER_R
from zygoma.provenance import data_file, load_data


def test_files_are_shipped_with_their_licence_and_stand_in_the_provenance() -> None:
    provenance = data_file("PROVENANCE.md").read_text(encoding="utf-8")
    for part, entry in load_data("face_engine.toml")["model"].items():
        assert face_model.model_bytes(part)
        assert entry["file"] in provenance
        assert entry["sha256"] in provenance
    assert "Apache License" in data_file("face_model/LICENSE-Apache-2.0.txt").read_text(encoding="utf-8")


def test_a_changed_file_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = {"model": {"mesh": {"file": "face_detector.tflite", "sha256": "00"}}}
    monkeypatch.setattr(face_model, "load_data", lambda name: changed)
    face_model.model_bytes.cache_clear()
    with pytest.raises(ZygomaError, match=r"SHA-256 .*build_face_model"):
        face_model.model_bytes("mesh")


def test_a_missing_file_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = {"model": {"mesh": {"file": "absent.tflite", "sha256": "00"}}}
    monkeypatch.setattr(face_model, "load_data", lambda name: absent)
    face_model.model_bytes.cache_clear()
    with pytest.raises(ZygomaError, match=re.escape("absent.tflite cannot be read")):
        face_model.model_bytes("mesh")


def test_mesh_is_a_disc_with_outward_normals_in_metres() -> None:
    mesh = canonical_mesh()
    edges = np.sort(np.concatenate([mesh.triangles[:, pair] for pair in ((0, 1), (1, 2), (2, 0))]), axis=1)
    distinct, times = np.unique(edges, axis=0, return_counts=True)
    assert len(mesh.vertices) - len(distinct) + len(mesh.triangles) == 1  # Euler number of a disc
    assert set(times) == {1, 2}
    assert (mesh.normals[:, 2] > 0).mean() > 0.9  # it looks forward
    assert mesh.weights.sum() == pytest.approx(1.0)
    # the outer eye corners of adults are 80 to 100 mm apart (Farkas 1994, biocular width)
    across = mesh.vertices[EYE_OUTER_L] - mesh.vertices[EYE_OUTER_R]
    assert 0.080 < across[0] < 0.100


def test_mesh_is_its_own_mirror_image() -> None:
    vertices = canonical_mesh().vertices
    mirrored = vertices * np.array([-1.0, 1.0, 1.0])
    nearest = np.linalg.norm(vertices[:, None] - mirrored[None], axis=2).min(axis=1)
    assert nearest.max() < 1e-6
