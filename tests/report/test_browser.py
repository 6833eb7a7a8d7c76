"""The page in a real browser: from disk, without the network, with and without WebGL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zygoma.plan import Treatment
from zygoma.report import credibility, report
from zygoma.verification import CASES, Record, Verification
from zygoma.verification.verification import CaseRun

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]

ARGUMENTS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
]
PATIENCE = 120_000  # software rendering on a busy machine [ms]
READY = "document.getElementById('stage').dataset.scene === 'ready'"


@pytest.fixture(scope="module")
def page_file(treatment: Treatment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report(treatment, tmp_path_factory.mktemp("page"))


@pytest.fixture(
    scope="module",
    params=[ARGUMENTS, ["--no-sandbox", "--disable-gpu", "--disable-3d-apis"]],
    ids=["webgl", "flat"],
)
def browser(request: pytest.FixtureRequest) -> Iterator[tuple[Any, bool]]:
    with playwright.sync_playwright() as driver:
        program = driver.chromium.launch(executable_path=CHROMIUM, args=request.param)
        yield program, request.param is ARGUMENTS
        program.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_page_opens_from_disk(browser: tuple[Any, bool], page_file: Path, width: int) -> None:
    program, webgl = browser
    page = program.new_page(viewport={"width": width, "height": 844})
    requests: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(page_file.as_uri())
    page.locator("#face").scroll_into_view_if_needed()
    if webgl:
        page.wait_for_function(READY, timeout=PATIENCE)
        canvas = page.frame_locator("#stage iframe").locator("canvas").first
        canvas.wait_for(state="visible", timeout=PATIENCE)
        assert not page.locator("#still").is_visible()
    else:
        assert page.locator("#still").is_visible()
        assert page.locator("#stage iframe").count() == 0
    assert page.evaluate("document.querySelector('#still').naturalWidth") > 400
    assert page.evaluate("document.documentElement.scrollWidth") <= width  # nothing sticks out sideways
    outside = [url for url in requests if not url.startswith(("file:", "data:", "blob:", "about:"))]
    assert outside == []
    assert problems == []
    page.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_chain_is_seen_whole_and_its_breaks_too(
    browser: tuple[Any, bool], page_file: Path, width: int
) -> None:
    program, _ = browser
    page = program.new_page(viewport={"width": width, "height": 844})
    page.goto(page_file.as_uri())
    boxes = page.locator(".chain li")
    assert boxes.count() == 14
    outside = page.evaluate(
        """[...document.querySelectorAll('.chain li')].flatMap(box => {
          const edge = box.getBoundingClientRect();
          return [...box.querySelectorAll('h4, .amount, .of, .grade, .tag')].filter(part => {
            const own = part.getBoundingClientRect();
            return own.left < edge.left || own.right > edge.right || own.bottom > edge.bottom;
          }).map(part => part.textContent);
        })"""
    )
    assert outside == []
    assert page.locator(".chain .break").first.is_visible()
    link = page.locator(".links details").nth(3)
    link.locator("summary").click()
    assert link.locator("code", has_text="E074").is_visible()
    page.close()


def test_verdicts_stay_within_their_card_on_a_telephone(browser: tuple[Any, bool]) -> None:
    program, _ = browser
    absent = Record.no_evidence("y", "sphere", "RDM of potential", "OpenMEEG", "openmeeg is not installed")
    found = Verification((CaseRun(CASES["openmeeg"], (absent,), 1.0),))
    page = program.new_page(viewport={"width": 390, "height": 844})
    page.set_content(credibility.render(found))
    gap = page.evaluate(
        """() => { const tag = document.querySelector(".evidence .tag.no-evidence");
        return tag.closest(".sheet").getBoundingClientRect().right - tag.getBoundingClientRect().right }"""
    )
    assert gap > 8  # the padding of a cell is 10 px
    page.close()


def test_scene_shows_pale_and_dark_skin(browser: tuple[Any, bool], page_file: Path) -> None:
    import io

    import numpy as np
    from PIL import Image

    program, webgl = browser
    if not webgl:
        pytest.skip("needs WebGL")
    page = program.new_page(viewport={"width": 1000, "height": 800})
    page.goto(page_file.as_uri())
    page.locator("#face").scroll_into_view_if_needed()
    page.wait_for_function(READY, timeout=PATIENCE)

    def darkest() -> float:
        picture = Image.open(io.BytesIO(page.locator("#stage iframe").screenshot())).convert("L")
        width, height = picture.size  # the middle of the picture holds the face, the corners hold controls
        return float(
            np.asarray(picture.crop((width // 3, height // 4, 2 * width // 3, 3 * height // 4))).min()
        )

    shades = [255.0]
    while shades[-1] > 60 and len(shades) < 60:  # each screenshot waits for a frame
        shades.append(darkest())
    assert shades[-1] <= 60
    page.close()


def test_print_shows_what_is_folded(browser: tuple[Any, bool], page_file: Path) -> None:
    program, _ = browser
    page = program.new_page()
    page.goto(page_file.as_uri())
    folded = page.locator("details > :not(summary)")
    assert not any(part.is_visible() for part in folded.all())
    page.emulate_media(media="print")
    seen = page.evaluate(
        "[...document.querySelectorAll('details dd, details li, details td')]"
        ".map(part => part.checkVisibility() && part.getBoundingClientRect().height > 0)"
    )
    assert len(seen) > 40
    assert all(seen)
    page.close()
