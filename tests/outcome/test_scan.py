"""Scans: what is read, what is refused, and which way is out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zygoma.errors import FaceError, InputError
from zygoma.outcome.scan import Scan
from zygoma.outcome.scan_mesh import clustered
from zygoma.outcome.scan_truth import forehead

trimesh = pytest.importorskip("trimesh")


@pytest.fixture(scope="module")
def bowl() -> Any:
    """A cap of a ball of 10 cm, 20 cm across: as large as a face."""
    surface = forehead(0.2, 0.16, 2.5e-3)
    return trimesh.Trimesh(surface.points, surface.triangles, process=False)


@pytest.mark.parametrize("suffix", ["ply", "obj", "stl", "glb"])
@pytest.mark.parametrize(("unit", "factor"), [("m", 1.0), ("mm", 1e3)])
def test_formats_and_units(bowl: Any, tmp_path: Path, suffix: str, unit: str, factor: float) -> None:
    """Every format gives the same points in metres, whatever their unit, and says what was guessed."""
    path = tmp_path / f"face.{suffix}"
    trimesh.Trimesh(bowl.vertices * factor, bowl.faces, process=False).export(path)
    scan = Scan.load(path)
    assert scan.unit == unit
    assert "unit not given" in scan.notes[0]
    assert len(scan.points) == len(bowl.vertices)  # STL repeats every vertex six times
    # formats store 32-bit floats
    assert np.allclose(np.sort(scan.points, axis=0), np.sort(bowl.vertices, axis=0), atol=1e-7)
    assert scan.spacing == pytest.approx(2.5e-3, rel=0.15)  # the grid is stretched where the bowl is steep
    assert Scan.load(path, unit).notes == ()


def test_inside_out_is_turned(bowl: Any) -> None:
    scan = Scan.of(bowl.vertices, bowl.faces[:, ::-1])
    assert scan.surface.normals[:, 2].min() > 0
    assert any("inside out" in note for note in scan.notes)
    assert not any("inside out" in note for note in Scan.of(bowl.vertices, bowl.faces).notes)


def test_cloud_is_joined(bowl: Any, tmp_path: Path) -> None:
    """A cloud gets the surface of its own points: area within the roughness of joining a grid."""
    trimesh.PointCloud(bowl.vertices).export(tmp_path / "cloud.ply")
    scan = Scan.load(tmp_path / "cloud.ply")
    assert any("cloud" in note for note in scan.notes)
    assert scan.surface.areas.sum() == pytest.approx(bowl.area, rel=0.02)
    assert scan.surface.normals[:, 2].min() > 0


def test_scattered_cloud_is_refused() -> None:
    with pytest.raises(InputError):
        Scan.of(np.random.default_rng(1).uniform(0, 0.2, (3000, 3)))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.ply", b"", "empty"),
        (
            "a.ply",
            b"ply\nformat binary_little_endian 1.0\nelement vertex 9\nproperty float x\nend_header\nab",
            "PLY",
        ),
        ("a.glb", b"no glb at all" * 9, "GLB"),
        ("a.obj", b"hello\n" * 9, "no surface"),
        ("a.stl", b"hello\n" * 99, "no surface"),
        ("a.jpg", b"x", "expected one of"),
    ],
)
def test_bad_files(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=words):
        Scan.load(tmp_path / name)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        Scan.load(tmp_path / "a.ply")


def test_bad_arrays(bowl: Any) -> None:
    points, triangles = np.asarray(bowl.vertices), np.asarray(bowl.faces)
    with pytest.raises(FaceError, match="size of a face"):
        Scan.of(points * 0.3, triangles)
    assert Scan.of(points * 0.3, triangles, "m").extent < 0.1  # a piece of skin, for its unit is given
    with pytest.raises(FaceError, match="check the unit"):
        Scan.of(points * 1e3, triangles, "m")
    with pytest.raises(InputError, match="unknown unit"):
        Scan.of(points, triangles, "inch")
    with pytest.raises(InputError, match="not finite"):
        Scan.of(np.where(points > 0.07, np.nan, points), triangles)
    with pytest.raises(InputError, match="not there"):
        Scan.of(points, triangles + 9)
    with pytest.raises(InputError, match="at least 200"):
        Scan.of(points[:50])
    coarse, corners = clustered(points, triangles.astype(np.int32), 0.012)
    with pytest.raises(InputError, match="mm apart"):
        Scan.of(coarse, corners)
