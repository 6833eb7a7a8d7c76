"""Folders of scans to an answer and a page, as a user goes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from zygoma.cli.main import app
from zygoma.face import Surface
from zygoma.outcome.scan import Scan
from zygoma.outcome.scan_truth import forehead, groove, head, laid, scanned

trimesh = pytest.importorskip("trimesh")
RUN = CliRunner()
REGION = {"name", "index", "change_pct", "low", "high", "sdc_pct", "verdict"}


def run(*words: str | Path) -> Any:
    result = RUN.invoke(app, ["outcome", *map(str, words), "--json"])
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def refused(*words: str | Path) -> str:
    result = RUN.invoke(app, ["outcome", *map(str, words)])
    assert result.exit_code == 2, result.stdout
    return str(result.stderr)


def saved(scans: Sequence[Scan], folder: Path, factor: float = 1e3) -> Path:
    folder.mkdir(parents=True)
    for number, scan in enumerate(scans, 1):
        mesh = trimesh.Trimesh(factor * scan.points, scan.triangles, process=False)
        mesh.export(folder / f"{number}.ply")
    return folder


def skin(depth: float, seed: int, count: int = 3) -> list[Scan]:
    """Scans of a piece of skin, 60 mm wide, with one wrinkle."""
    surface, rng = forehead(spacing=1e-3), np.random.default_rng(seed)
    line = laid(surface, [[-0.018, 0.002, 0], [0.0, 0.0, 0], [0.018, 0.003, 0]])
    relief = [groove(line, depth)]
    return [
        scanned(surface, 5e-4, 3e-5, rng, turn=0.0, shift=0.0, relief=relief, unit="m") for _ in range(count)
    ]


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("Stück Haut")
    saved(skin(2.0e-4, 1), place / "before")
    saved(skin(1.4e-4, 2), place / "after")
    return place


def test_wrinkles_of_a_piece_of_skin_are_found_and_judged(pieces: Path, tmp_path: Path) -> None:
    """30 % shallower, in the words that photographs have, and on one page."""
    found = run("compare", pieces / "before", pieces / "after", "--unit", "mm", "--out", tmp_path / "out")
    assert found["verdict"] == "improved"
    assert found["wrinkles"] == 1
    whole = found["regions"][0]
    assert set(whole) >= REGION
    assert whole["name"] == "all"
    assert whole["low"] < -30 < whole["high"] < 0
    assert whole["change_pct"] == pytest.approx(-30, abs=3)
    assert whole["depth_before_mm"] == pytest.approx(0.2, rel=0.05)
    page = Path(found["report"])
    text = page.read_text(encoding="utf-8")
    assert page.name == "outcome.html"
    assert "The wrinkles are shallower than before" in text
    assert "data:image/png;base64," in text
    assert "http" not in text
    assert json.loads((page.parent / "result.json").read_text()) == found


def test_a_wrinkle_that_has_gone_counts(tmp_path: Path) -> None:
    places = [saved(skin(depth, seed), tmp_path / str(seed)) for depth, seed in ((1.0e-4, 3), (0.0, 4))]
    found = run("compare", *places, "--unit", "mm", "--out", tmp_path / "out")
    assert found["verdict"] == "improved"
    assert found["regions"][0]["change_pct"] == pytest.approx(-100, abs=15)


def test_wrinkles_of_a_scan_are_measured(pieces: Path) -> None:
    found = run("measure", pieces / "before", "--unit", "mm")
    assert found["regions"][0]["wrinkles"] == 1
    assert found["regions"][0]["depth_mm"] == pytest.approx(0.2, rel=0.05)
    assert found["regions"][0]["cv_pct"] < 5
    one = run("measure", pieces / "before" / "1.ply", "--unit", "mm")
    assert one["regions"][0]["cv_pct"] is None, "one scan repeats nothing"


def test_wrong_use_is_refused_clearly(pieces: Path, tmp_path: Path) -> None:
    before, after = pieces / "before", pieces / "after"
    assert "unit" in refused("compare", before, after, "--out", tmp_path / "out")
    assert "inch" in refused("compare", before, after, "--unit", "inch", "--out", tmp_path / "out")
    assert "same scan" in refused("compare", before, before, "--unit", "mm", "--out", tmp_path / "out")
    photo = Path(__file__).parent / "photos" / "astronaut.jpg"
    assert "--unit is for scans" in refused("measure", photo, "--unit", "mm")
    assert "for photographs" in refused("measure", before, "--scale", "8")
    assert "give photographs" in refused("wrinkles", before, "--out", tmp_path / "wrinkles.html")
    assert not list(tmp_path.iterdir())


def test_a_folder_of_scans_and_photographs_is_refused(pieces: Path, tmp_path: Path) -> None:
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    shutil.copy(pieces / "before" / "1.ply", mixed / "room.ply")
    for number in (1, 2, 3):
        shutil.copy(Path(__file__).parent / "photos" / "astronaut.jpg", mixed / f"{number}.jpg")
    for words in (("measure", mixed), ("compare", mixed, pieces / "after", "--out", tmp_path / "out")):
        told = refused(*words)
        assert "holds scans (room.ply) and photographs (1.jpg, 2.jpg and 1 more)" in " ".join(told.split())
    for picture in mixed.glob("[23].jpg"):
        picture.unlink()
    (mixed / "1.jpg").rename(mixed / "room.jpg")  # the colours of the scan
    assert run("measure", mixed, "--unit", "mm")["regions"]


@pytest.mark.slow
def test_wrinkles_of_a_face_are_told_by_region(tmp_path: Path) -> None:
    surface: Surface = head()
    top = surface.points[np.argmax(surface.points[:, 2])]  # the tip of the nose
    line = laid(surface, [[x, top[1] + 0.085, 0.0] for x in (-0.02, 0.0, 0.02)])
    for place, depth, seed in (("before", 5e-4, 1), ("after", 3e-4, 2)):
        rng, relief = np.random.default_rng(seed), [groove(line, depth, 8e-4)]
        scans = [scanned(surface, 1e-3, 3e-5, rng, radius=0.08, relief=relief) for _ in range(3)]
        saved(scans, tmp_path / place)
    found = run("compare", tmp_path / "before", tmp_path / "after", "--out", tmp_path / "out")
    regions = {region["name"]: region for region in found["regions"]}
    assert found["verdict"] == "improved"
    assert found["regions"][0]["name"] == "all"
    assert regions["forehead"]["low"] < -40 < regions["forehead"]["high"] < 0
    assert regions["forehead"]["verdict"] == "improved"
    assert all(set(region) >= REGION for region in found["regions"])
    assert set(regions) >= {"forehead", "chin"}
    assert found["wrinkles"] == 1, "the form of the lips is no wrinkle"
    assert regions["chin"]["change_pct"] is None
    assert abs(regions["chin"]["displacement_mm"]["value"]) < 0.1
    assert {lift["verdict"] for lift in found["lift_mm"].values()} == {"not distinguishable"}
    assert set(found["lift_mm"]["chin"]) == {"up", "low", "high", "sdc", "verdict"}
