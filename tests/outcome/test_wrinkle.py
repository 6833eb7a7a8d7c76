"""Wrinkles as lines: geometry, files, detection."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.spatial import cKDTree

from zygoma.errors import InputError
from zygoma.outcome.detection import detected
from zygoma.outcome.light import Light
from zygoma.outcome.render import Patch
from zygoma.outcome.texture import Texture
from zygoma.outcome.wrinkle import Wrinkle, load, save


def test_stations_of_an_arc():
    radius, angle = 20e-3, np.linspace(0, 1.5, 200)
    arc = Wrinkle("a", "", radius * np.column_stack([np.cos(angle), np.sin(angle)]))
    points, normals = arc.stations(0.5e-3)
    assert arc.length == pytest.approx(1.5 * radius, rel=1e-4)
    # forwards is from x towards y, and a quarter further is inwards
    np.testing.assert_allclose(normals[1:-1], -points[1:-1] / radius, atol=2e-3)
    np.testing.assert_allclose(np.linalg.norm(np.diff(points, axis=0), axis=1), 0.5e-3, rtol=0.02)


def test_file_there_and_back(tmp_path):
    rng = np.random.default_rng(408)
    given = [Wrinkle(f"w{k}", "forehead", rng.uniform(0, 0.1, (k + 2, 2))) for k in range(3)]
    found = load(save(tmp_path / "wrinkles.json", given))
    assert [w.id for w in found] == ["w0", "w1", "w2"]
    for one, two in zip(given, found, strict=True):
        np.testing.assert_allclose(one.points, two.points, atol=0.6e-7)  # written to 0.1 um
        assert two.region == "forehead"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "not a file of wrinkles"),
        ('{"schema": 9, "wrinkles": []}', "schema 9"),
        ('{"schema": 1, "wrinkles": [{"id": "a", "region": "", "points_mm": [[1, 2]]}]}', "two or more"),
        (
            '{"schema": 1, "wrinkles": [{"id": "a", "region": "", "points_mm": [[1, 2], [3, 4]]},'
            ' {"id": "a", "region": "", "points_mm": [[1, 2], [3, 4]]}]}',
            "stands twice",
        ),
        ('{"schema": 1, "wrinkles": 5}', "not a file of wrinkles"),
        ('{"schema": 1, "wrinkles": [[]]}', "row 1"),
        ('{"schema": 1, "wrinkles": [{"id": "a", "points_mm": [[1, 2], [3, 4]]}]}', "row 1"),
        ("[" * 100_000, "not a file of wrinkles"),
    ],
)
def test_files_that_are_none(tmp_path, text, words):
    path = tmp_path / "w.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words) as found:
        load(path)
    assert str(found.value).startswith(f"{path}: ")
    with pytest.raises(InputError, match="no such file"):
        load(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ("[[1, 2], [NaN, 4]]", "two numbers in millimetres"),
        ("[[1, 2], [3, Infinity]]", "two numbers in millimetres"),
        ("[[1, 2], [3, 1e999]]", "two numbers in millimetres"),
        (f"[[1, 2], [3, 1{400 * '0'}]]", "two numbers in millimetres"),
        ('[["1", "2"], ["3", "4"]]', "two numbers in millimetres"),
        ("[[1, 2], [true, 4]]", "two numbers in millimetres"),
        ("[[1, 2, 3], [4, 5, 6]]", "two numbers in millimetres"),
        ("[[1, 2], [3]]", "two numbers in millimetres"),
        ("null", "two numbers in millimetres"),
        ("[]", "two or more"),
        ("[[1, 2], [1, 2]]", "no length"),
    ],
)
def test_lines_that_are_none(tmp_path, points, words):
    path = tmp_path / "w.json"
    path.write_text(
        f'{{"schema": 1, "wrinkles": [{{"id": "a", "region": "", "points_mm": {points}}}]}}', encoding="utf-8"
    )
    with pytest.raises(InputError, match=f"wrinkle 'a' has .*{words}") as found:
        load(path)
    assert str(found.value).startswith(f"{path}: ")


@pytest.mark.parametrize(("name", "region"), [("null", '""'), ("3", '""'), ('" "', '""'), ('"a"', "null")])
def test_names_that_are_none(tmp_path, name, region):
    path = tmp_path / "w.json"
    path.write_text(
        f'{{"schema": 1, "wrinkles": [{{"id": {name}, "region": {region}, "points_mm": [[1, 2], [3, 4]]}}]}}',
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="row 1 of the wrinkles has the id"):
        load(path)


def test_a_file_with_a_mark_before_its_text(tmp_path):
    given = [Wrinkle("Über", "", np.array([[0.0, 0.0], [1e-3, 0.0]]))]
    path = save(tmp_path / "w.json", given)
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert load(path)[0].id == "Über"


def dense(points):
    arc = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    place = np.arange(0, arc[-1], 0.1e-3)
    return np.column_stack([np.interp(place, arc, points[:, k]) for k in (0, 1)])


def test_carved_wrinkles_are_found():
    rng = np.random.default_rng(409)
    patch = Patch.random(rng, depth=(0.15e-3, 0.4e-3), heading=None, count=2, size=(40e-3, 40e-3))
    # light across the lines: along them a groove hardly shades
    turn = np.arctan2(*(patch.grooves[0].points[-1] - patch.grooves[0].points[0])[::-1])
    light = Light(math.radians(45), -turn + math.pi / 2)
    found = detected(patch.photograph(rng, light).texture())
    truth = np.vstack([dense(groove.points) for groove in patch.grooves])
    lines = np.vstack([dense(wrinkle.points) for wrinkle in found])
    # a line follows the dark wall, up to 0.8 mm beside the bottom; the last 3 mm of each end run out
    hit = (cKDTree(lines).query(truth)[0] < 1.3e-3).sum()
    false = (cKDTree(truth).query(lines)[0] >= 1.3e-3).sum()
    assert hit / (len(truth) + false) >= 0.75
    assert all(wrinkle.region == "patch" for wrinkle in found)
    assert len({wrinkle.id for wrinkle in found}) == len(found)


def test_smooth_skin_has_hardly_a_line():
    rng = np.random.default_rng(410)
    patch = Patch.random(rng, depth=0.0, count=1, size=(40e-3, 40e-3))
    found = detected(patch.photograph(rng, Light(math.radians(45))).texture())
    assert sum(wrinkle.length for wrinkle in found) < 15e-3  # of 16 cm2 of skin


def test_no_line_at_the_edge_of_the_skin():
    light = np.ones((160, 160), dtype=np.float32)
    light[:, 80:] = 0.2  # hair
    skin = np.zeros(light.shape, dtype=bool)
    skin[:, :78] = True
    assert detected(Texture(light, skin, 0.125e-3, {})) == ()
