"""The page on which wrinkles are edited: what it holds, a person at work in a real browser, wrong use."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from zygoma.cli.main import app
from zygoma.errors import InputError
from zygoma.outcome import wrinkle
from zygoma.outcome.face_measure import FaceMeasure, measure_face
from zygoma.outcome.face_regions import face_regions
from zygoma.outcome.visit import read_visit
from zygoma.outcome.wrinkle import Wrinkle
from zygoma.outcome.wrinkle_place import check_places
from zygoma.report.wrinkle_editor import render, write_wrinkle_editor

PHOTOS = Path(__file__).parents[1] / "outcome" / "photos"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
RUN = CliRunner()


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("Besuch") / "große Frau.png"
    with Image.open(PHOTOS / "astronaut.jpg") as small:
        small.resize((8 * small.width, 8 * small.height)).save(path, compress_level=1)
    return path


@pytest.fixture(scope="module")
def measured(photo: Path) -> FaceMeasure:
    return measure_face(read_visit(photo))


def _held(page: str) -> str:
    return re.findall(r'<script type="application/json" id="wrinkles">(.*?)</script>', page)[0]


def test_the_page_holds_what_load_reads(measured: FaceMeasure, tmp_path: Path) -> None:
    odd = Wrinkle("a </script><b>\"'", "neck", measured.wrinkles[0].points)
    given = (*measured.wrinkles, odd)
    text = render(measured.face, given)
    assert "://" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert "<b>" not in text.split("</style>")[1].split('id="wrinkles">')[1]
    (tmp_path / "held.json").write_text(_held(text), encoding="utf-8")
    wrinkle.save(tmp_path / "saved.json", given)
    found = wrinkle.load(tmp_path / "held.json")
    assert [(line.id, line.region) for line in found] == [(line.id, line.region) for line in given]
    for one, two in zip(found, wrinkle.load(tmp_path / "saved.json"), strict=True):
        np.testing.assert_array_equal(one.points, two.points)
    offered = re.findall(r'<option value="([^"]*)"', text)
    assert offered == [*face_regions(measured.face.grid), "neck", ""]


def test_lines_that_are_not_on_the_face(measured: FaceMeasure) -> None:
    (line, *_), face = measured.wrinkles, measured.face
    check_places(measured.wrinkles, face)
    for points in (1e3 * line.points, 1e-3 * line.points, line.points - 0.3, [[0.0, 0.0], [3e-3, 0.0]]):
        with pytest.raises(InputError, match="'w' does not lie on the face"):
            check_places([Wrinkle("w", "", np.array(points))], face)


def test_command(photo: Path, measured: FaceMeasure, tmp_path: Path) -> None:
    kept = wrinkle.save(tmp_path / "kept.json", measured.wrinkles[:3])
    page = tmp_path / "neu" / "w.html"
    words = ["outcome", "wrinkles", str(photo), "--wrinkles", str(kept), "--out", str(page), "--json"]
    result = RUN.invoke(app, words)
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["page"] == str(page)
    assert json.loads(result.stdout)["wrinkles"] == 3
    assert json.loads(_held(page.read_text(encoding="utf-8"))) == json.loads(kept.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("photos", "file", "says"),
    [
        ("absent.jpg", None, "there is no"),
        (PHOTOS / "cat.jpg", None, "cat.jpg: "),
        (PHOTOS / "astronaut.jpg", "absent.json", "no such file"),
        (PHOTOS / "astronaut.jpg", '{"schema": 1, "wrinkles": [3]}', "row 1"),
        (
            PHOTOS / "astronaut.jpg",
            '{"schema": 1, "wrinkles": [{"id": "a", "region": "", "points_mm": [[0, 0], [1, 1]]}]}',
            "not lie on the face",
        ),
    ],
)
def test_wrong_use_writes_nothing(
    photos: str | Path, file: str | None, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    given = [] if file is None else ["--wrinkles", file if "{" not in file else str(tmp_path / "w.json")]
    if file and "{" in file:
        (tmp_path / "w.json").write_text(file, encoding="utf-8")
    result = RUN.invoke(app, ["outcome", "wrinkles", str(photos), *given])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert says in result.stderr
    assert not list((tmp_path / "here").iterdir())


def test_wrinkles_are_not_written_over(measured: FaceMeasure, photo: Path, tmp_path: Path) -> None:
    kept = wrinkle.save(tmp_path / "kept.json", measured.wrinkles)
    before = kept.read_bytes()
    words = ["outcome", "wrinkles", str(photo), "--wrinkles", str(kept), "--out", str(kept)]
    result = RUN.invoke(app, words)
    assert result.exit_code == 2
    assert ".html" in result.stderr
    assert kept.read_bytes() == before


@pytest.fixture
def page(measured: FaceMeasure, tmp_path: Path) -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api")
    file = write_wrinkle_editor(measured.face, measured.wrinkles, tmp_path / "w.html")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1200, "height": 900}, has_touch=True)
        outside: list[str] = []
        problems: list[str] = []
        page.on("request", lambda request: outside.append(request.url))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        page.goto(file.as_uri())
        page.wait_for_function("document.getElementById('face').hasAttribute('viewBox')")
        yield page
        assert [url for url in outside if not url.startswith(("file:", "data:", "blob:"))] == []
        assert problems == []
        browser.close()


def _saved(page: Any, path: Path) -> tuple[Wrinkle, ...]:
    with page.expect_download() as download:
        page.locator("#save").click()
    assert download.value.suggested_filename == "wrinkles.json"
    download.value.save_as(path)
    return wrinkle.load(path)


def _screen(page: Any, points: np.ndarray, measured: FaceMeasure) -> list[tuple[float, float]]:
    """Where points (n, 2) of the texture [m] lie on the screen, from the place of the picture alone."""
    box = page.locator("#picture").bounding_box()
    rows, columns = measured.face.texture.light.shape
    share = (points / measured.face.texture.pitch + 0.5) / [columns, rows]
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in share]


@pytest.mark.slow
def test_a_person_edits(page: Any, measured: FaceMeasure, tmp_path: Path) -> None:
    texture, first = measured.face.texture, measured.wrinkles[0]
    rows, columns = np.nonzero(texture.regions["forehead"])
    middle = texture.pitch * np.array([columns.mean(), rows.mean()])
    drawn = middle + 1e-3 * np.array([[-9.0, 0.0], [0.0, 1.5], [8.0, -0.5]])

    page.locator("#draw").click()
    for x, y in _screen(page, drawn, measured):
        page.mouse.click(x, y)
    page.keyboard.press("Enter")
    page.locator(f"#list button[data-id='{first.id}']").click()
    page.keyboard.press("Delete")
    found = {line.id: line for line in _saved(page, tmp_path / "wrinkles.json")}

    (new,) = found.keys() - {line.id for line in measured.wrinkles}
    assert found[new].region == "forehead"
    np.testing.assert_allclose(found[new].points, drawn, atol=texture.pitch)
    assert first.id not in found
    for line in measured.wrinkles[1:]:
        np.testing.assert_allclose(found[line.id].points, line.points, atol=0.6e-7)


@pytest.mark.slow
def test_dragging_regions_and_undo(page: Any, measured: FaceMeasure, tmp_path: Path) -> None:
    pitch, line = measured.face.texture.pitch, measured.wrinkles[1]
    end = line.points[-1]
    page.locator("#whole").click()
    ((x, y),) = _screen(page, end[None], measured)
    page.mouse.move(x, y)
    page.mouse.wheel(0, -360)  # the place under the pointer stays where it is
    ((x, y),) = _screen(page, end[None], measured)
    page.mouse.click(x, y)
    target = end + np.array([2e-3, 1e-3])
    ((to_x, to_y),) = _screen(page, target[None], measured)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(to_x, to_y, steps=4)
    page.mouse.up()
    page.locator("#region").select_option("chin")
    moved = {one.id: one for one in _saved(page, tmp_path / "moved.json")}[line.id]
    assert moved.region == "chin"
    np.testing.assert_allclose(moved.points[-1], target, atol=pitch)
    np.testing.assert_allclose(moved.points[0], line.points[0], atol=0.6e-7)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    again = _saved(page, tmp_path / "again.json")
    for one, two in zip(again, measured.wrinkles, strict=True):
        assert one.region == two.region
        np.testing.assert_allclose(one.points, two.points, atol=0.6e-7)


@pytest.mark.slow
def test_fingers_draw_and_escape_gives_up(page: Any, measured: FaceMeasure, tmp_path: Path) -> None:
    texture = measured.face.texture
    rows, columns = np.nonzero(texture.regions["chin"])
    drawn = texture.pitch * np.array([columns.mean(), rows.mean()]) + [[-5e-3, 0.0], [5e-3, 0.0]]
    page.locator("#draw").tap()
    for x, y in _screen(page, drawn, measured):
        page.touchscreen.tap(x, y)
    page.locator("#finish").tap()
    page.locator("#draw").tap()
    for x, y in _screen(page, drawn + np.array([0.0, 4e-3]), measured):
        page.touchscreen.tap(x, y)
    page.keyboard.press("Escape")
    *kept, new = _saved(page, tmp_path / "wrinkles.json")
    assert len(kept) == len(measured.wrinkles)
    np.testing.assert_allclose(new.points, drawn, atol=texture.pitch)
    # a double click ends a line, and one off the face is refused
    page.locator("#draw").click()
    for x, y in _screen(page, np.array([[1e-3, 1e-3], [4e-3, 2e-3]]), measured):
        page.mouse.click(x, y)
    page.mouse.dblclick(*_screen(page, np.array([[6e-3, 4e-3]]), measured)[0])
    assert "not on the face" in page.locator("#says").inner_text()
    page.locator("#cancel").click()
    assert len(_saved(page, tmp_path / "same.json")) == len(measured.wrinkles) + 1
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
