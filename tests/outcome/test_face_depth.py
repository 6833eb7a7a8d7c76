"""Lights file, geometry of lamps on turned skin, and depth through the whole chain."""

from __future__ import annotations

import json
import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from zygoma.cli.main import app
from zygoma.errors import InputError, UnknownNameError
from zygoma.outcome.lamps import EXAMPLE, read_lamps, usual_lamps
from zygoma.outcome.light import Light
from zygoma.outcome.light_field import LightField
from zygoma.outcome.skin_normals import lit_normals

NAMES = ["1.jpg", "2.jpg", "3.jpg"]


def test_example_file(tmp_path: Path) -> None:
    documented = (Path(__file__).parents[2] / "docs" / "outcome.md").read_text(encoding="utf-8")
    assert all(line in documented for line in EXAMPLE.splitlines())
    path = tmp_path / "lights.toml"
    path.write_text(EXAMPLE)
    lamps = read_lamps(path, NAMES)
    assert [lamp.name for lamp in lamps.lamps] == ["right", "above", "left"]
    half = math.sqrt(0.5)
    for lamp, way in zip(lamps.lamps, ((half, 0, half), (0, half, half), (-half, 0, half)), strict=True):
        assert lamp.vectors(np.zeros(3)) == pytest.approx(way, abs=1e-12)
    # a metre nearer in direction, and stronger by the square of the distance
    near = lamps.lamps[1].vectors(np.array([0.0, 0.3, 0.3]))
    assert near == pytest.approx([0, 4 * half, 4 * half])
    assert lamps.reflectance == 0.34
    assert lamps.uncertainty == pytest.approx(math.radians(2))


@pytest.mark.parametrize(
    ("old", "new", "error", "told"),
    [
        ('"right"\n"2', '"rigth"\n"2', UnknownNameError, "did you mean 'right'"),
        ('"3.jpg"', '"4.jpg"', UnknownNameError, "4.jpg"),
        ('"3.jpg" = "left"', "", InputError, "which lamp lit 3.jpg"),
        ("ambient", "ambiant", UnknownNameError, "did you mean 'ambient'"),
        ("azimuth_deg = 180", "azimuth_deg = 2", InputError, "one line"),
        ("[0.0, 0.6, 0.6]", "[0.0, 0.6, -0.6]", InputError, "before the face"),
        ('"III"', '"VII"', UnknownNameError, "phototype"),
        ('"2.jpg" = "above"', '"2.jpg" = "left"', InputError, "same lamp"),
        ("[lamp.right]", "lamp.right", InputError, "not TOML"),
    ],
)
def test_what_is_wrong_with_a_file(
    tmp_path: Path, old: str, new: str, error: type[Exception], told: str
) -> None:
    path = tmp_path / "lights.toml"
    assert old in EXAMPLE
    path.write_text(EXAMPLE.replace(old, new))
    with pytest.raises(error, match=told):
        read_lamps(path, NAMES)


def test_too_few_and_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at least three"):
        usual_lamps(2)
    with pytest.raises(InputError, match="--lights"):
        usual_lamps(3)
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in (1, 2):
        Image.new("RGB", (400, 400), (90 + number, 80, 70)).save(photos / f"{number}.png")
    out = tmp_path / "out"
    result = CliRunner().invoke(app, ["outcome", "depth", str(photos), "--out", str(out)])
    assert result.exit_code == 2
    assert "at least three" in result.stderr
    assert not out.exists()


def test_photographs_that_differ_in_size(tmp_path: Path) -> None:
    from matplotlib import get_data_path

    source = Image.open(Path(get_data_path()) / "sample_data" / "grace_hopper.jpg")
    for number in range(4):
        source.crop((0, 0, source.width - 10 * number, source.height)).save(tmp_path / f"{number}.png")
    out = tmp_path / "out"
    result = CliRunner().invoke(app, ["outcome", "depth", str(tmp_path), "--out", str(out)])
    assert result.exit_code == 2
    assert "one camera on a stand" in result.stderr
    assert not out.exists()


def test_field_solves_slopes_and_leaves_out_what_is_behind() -> None:
    lights = [Light(math.radians(45), math.radians(turn), ambient=0.0) for turn in (0, 90, 180, 270)]
    field = LightField.even(lights)
    slope = np.array([0.2, -0.1])
    given = 1 - field.sides[:, :, 0, 0] @ slope
    assert field.solver[:, :, 0, 0] @ given == pytest.approx([1.0, *slope])
    three = field.without(2)
    assert three.solvable.all()
    assert three.solver[:, :, 0, 0] @ np.where([1, 1, 0, 1], given, 9.0) == pytest.approx([1.0, *slope])
    assert not three.without(0).solvable.any()
    assert not three.without(0).solver.any()


def test_normals_follow_the_light() -> None:
    lamps = usual_lamps(4)
    shape = (6, 8)
    turned = np.radians(np.linspace(-12, 12, 8))
    true = np.broadcast_to(np.stack([np.sin(turned), 0 * turned, np.cos(turned)], axis=-1), (*shape, 3))
    ways = np.stack([np.broadcast_to(lamp.place / lamp.place[2], (*shape, 3)) for lamp in lamps.lamps])
    matt = replace(lamps, reflectance=None)
    light = 0.9 * np.clip(np.einsum("kxyc,xyc->kxy", ways, true), 0, None) + 0.1
    gains = np.array([0.1, -0.2, 0.05, 0.05])[:, None, None]
    first = np.zeros((*shape, 3))
    first[..., 2] = 1.0
    found, clear = lit_normals(np.log(light) + gains, ways, first, np.ones(shape, bool), matt)
    away = np.degrees(np.arccos(np.clip((found * true).sum(axis=-1), -1, 1)))
    # the prior of 10 degrees pulls, and the free exposure of each photograph takes a mean turn
    assert away.mean() < 2.5
    assert clear.all()


@pytest.mark.slow
def test_whole_chain(tmp_path: Path) -> None:
    """JPEG files of a rendered head to micrometres, as benchmarks/depth.py does it for its table."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
    try:
        import depth as benchmark
    finally:
        sys.path.pop(0)
    found, true = benchmark.one_face(5, "II", 0.2e-3, 0.25e-3)
    got = np.array([one.depth for one in found.depths])
    forehead = np.array([one.region == "forehead" for one in found.depths])
    assert forehead.any()
    assert got[forehead].mean() == pytest.approx(true[forehead].mean(), rel=0.12)
    assert found.shifts.max() < 0.2e-3

    from zygoma.report.depth_map import write_depth

    content = write_depth(found, tmp_path)
    assert json.loads((tmp_path / "depth.json").read_text()) == content
    image = Image.open(tmp_path / "depth.tif")
    assert image.mode == "F"
    assert 10.0 / float(image.tag_v2[282]) == pytest.approx(content["map"]["pixel_mm"], rel=1e-4)
    depth = np.asarray(image)
    assert (-1e6 * found.relief.height)[found.relief.skin] == pytest.approx(
        depth[found.relief.skin], rel=1e-4
    )
    assert np.isnan(depth[~found.relief.skin]).all()
    assert (tmp_path / "depth.png").stat().st_size > 50_000
