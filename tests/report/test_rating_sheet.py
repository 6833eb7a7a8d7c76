"""The page of a rater in a real browser: rated, closed, opened again, saved, and the key opened."""

from __future__ import annotations

import base64
import io
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zygoma.errors import FaceError, InputError
from zygoma.outcome.face_engine import FaceEngine
from zygoma.outcome.ingest import read_photo
from zygoma.outcome.rating import pairs_of, rating_study
from zygoma.outcome.rating_key import unblind
from zygoma.outcome.rating_scale import RatingScale
from zygoma.outcome.rating_summary import summarize
from zygoma.report.rating_sheet import KEY, write_rating_sheets

MERZ = RatingScale.load("merz")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Bright photographs before, dark ones after, so that a rater of pixels can tell them apart."""
    for name, value in (("before", 200), ("after", 60)):
        (tmp_path / name).mkdir()
        for person in ("A", "Ö B"):
            Image.fromarray(np.full((200, 160, 3), value, np.uint8)).save(tmp_path / name / f"{person}.png")
    return tmp_path / "before", tmp_path / "after"


def test_pages_do_not_tell_which_came_first(folders: tuple[Path, Path], tmp_path: Path) -> None:
    study = rating_study(pairs_of(*folders), MERZ, raters=2, region="forehead")
    *pages, key = write_rating_sheets(study, tmp_path / "für Rater", show_eyes=True)
    assert [page.name for page in pages] == ["rater-1.html", "rater-2.html"]
    assert key.name == KEY
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "http" not in text
        assert "for the forehead" in text
        assert "agreed to be shown to raters, to nobody else" in text
        for told in ("before/", "after/", "Ö B", ".png"):
            assert told not in text


def test_a_picture_that_cannot_be_read_writes_nothing(folders: tuple[Path, Path], tmp_path: Path) -> None:
    (folders[0] / "A.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"A\.png"):
        write_rating_sheets(rating_study(pairs_of(*folders), MERZ), tmp_path / "out", show_eyes=True)
    assert not (tmp_path / "out").exists()


def test_eyes_are_masked(tmp_path: Path) -> None:
    from matplotlib import get_data_path

    hopper = Path(get_data_path()) / "sample_data" / "grace_hopper.jpg"
    study = rating_study({"one": (hopper, hopper)}, MERZ, raters=1, repeats=0.0)
    page, _ = write_rating_sheets(study, tmp_path)
    stored = re.findall(r"data:image/jpeg;base64,([^\"]+)", page.read_text(encoding="utf-8"))[0]
    photo = read_photo(hopper)
    eye = FaceEngine().landmarks(photo).points[468, :2].round().astype(int)
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(stored))))
    assert shown.shape == photo.pixels.shape
    assert np.abs(shown[eye[1], eye[0]].astype(int) - 128).max() < 12  # JPEG
    assert np.abs(photo.pixels[eye[1], eye[0]].astype(int) - 128).max() > 40


def test_a_face_that_is_not_found_is_named(folders: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(FaceError, match=r"\.png: its eyes cannot be masked.*--show-eyes"):
        write_rating_sheets(rating_study(pairs_of(*folders), MERZ), tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_rater_rates(folders: tuple[Path, Path], tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    study = rating_study(pairs_of(*folders), MERZ, raters=1, repeats=0.5)
    page_file, key = write_rating_sheets(study, tmp_path / "out", show_eyes=True)
    brightness = "image => { const c = document.createElement('canvas'); c.width = c.height = 1; const x = c.getContext('2d'); x.drawImage(image, 0, 0, 1, 1); return x.getImageData(0, 0, 1, 1).data[0]; }"  # noqa: E501
    with playwright.sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            str(tmp_path / "profile"), executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = context.new_page()
        page.goto(page_file.as_uri())
        for number in range(len(study.items)):
            if number == 1:  # closed by mistake
                page.close()
                page = context.new_page()
                page.goto(page_file.as_uri())
            section = page.locator("section:visible")
            light = {
                side: section.locator("img").nth(k).evaluate(brightness)
                for k, side in enumerate(("left", "right"))
            }
            item = section.get_attribute("data-item")
            for side, value in light.items():
                section.locator(f"input[name='{item}-{side}'][value='{3 if value > 130 else 1}']").check(
                    force=True
                )
            darker = min(light, key=lambda side: light[side])
            section.locator(f"input[name='{item}-better'][value='{darker}']").check(force=True)
            if number + 1 < len(study.items):
                page.locator("#next").click()
        with page.expect_download() as download:
            page.locator("#save").click()
        download.value.save_as(tmp_path / "ratings.csv")
        context.close()
    found = unblind(key.read_text(), [(tmp_path / "ratings.csv").read_text()])
    assert len(found.rows) == len(study.items) == 3
    assert {(rating.before, rating.after, rating.better) for rating in found.rows} == {(3, 1, "after")}
    summary = summarize(found)
    assert (summary.pairs, summary.change, summary.votes["after"]) == (2, -2.0, 2)
    assert summary.within.photographs == 2
    assert summary.within.kappa == 1.0
