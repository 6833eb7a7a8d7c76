"""The credibility report: eight categories, nothing blank, no more trust than a run has shown."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from zygoma.provenance import load_data
from zygoma.report import credibility
from zygoma.verification import CASES, Record, Verification
from zygoma.verification.cases import select
from zygoma.verification.verification import CaseRun

NO = credibility.NO_EVIDENCE


def record(measured: float | None = 0.002, id: str = "x", goal: float = 0.01) -> Record:
    return Record(id, "a sphere <of 3 shells>", "RDM of potential", measured, goal, "Rush and Driscoll 1969")


def of(**records: list[Record]) -> Verification:
    """A run of cases; underscores stand for hyphens."""
    runs = [CaseRun(CASES[name.replace("_", "-")], tuple(found), 1.5) for name, found in records.items()]
    return Verification(tuple(runs))


def whole(measured: float = 0.002) -> Verification:
    return Verification(tuple(CaseRun(CASES[name], (record(measured, name),), 1.0) for name in select()))


def uses(found: Verification) -> list[str]:
    return [credibility.adequacy(use, found)[0] for use in load_data(credibility.FILE)["use"]]


def test_the_data_have_eight_categories_and_all_factors_with_sources():
    data = load_data(credibility.FILE)
    assert [one["number"] for one in data["category"]] == list(range(1, 9))
    assert all(one[key] for one in data["category"] for key in ("title", "text", "fill", "gap"))
    assert len({factor["name"] for factor in data["factor"]}) == 13
    assert all(source["ref"] and source["status"] for source in data["source"].values())
    assert "FDA-2021-D-0980" in data["source"]["fda2023"]["ref"]
    assert "V&V 40-2018" in data["source"]["vv40"]["ref"]


def test_page_has_all_categories_and_says_where_there_is_no_evidence():
    page = credibility.render(whole())
    for one in load_data(credibility.FILE)["category"]:
        assert f'id="category-{one["number"]}"' in page
        assert one["title"] in page
    assert page.count("<b>No evidence.</b>") == 5
    assert "RDM of potential" in page
    assert "&lt;of 3 shells&gt;" in page
    assert "<of 3 shells>" not in page
    assert not re.search(r'(src|href)="(?!#|data:)', page), "nothing is fetched"
    for name in select():
        assert f"zygoma verify {name}," in page


def test_categories_count_what_was_judged():
    found = credibility.categories(of(sphere=[record(), record(0.02), record(None)], mirror=[record()]))
    assert (found[0].verdict, found[0].summary) == ("missed", "1 of 3 goals met")
    assert (found[6].verdict, found[6].summary) == ("met", "1 of 1 goal met")
    assert {one.verdict for one in found[1:6]} == {NO}
    assert (found[7].verdict, found[7].summary) == (NO, "no evidence, not run")
    assert "discs" in found[0].left_out
    absent = Record.no_evidence("y", "sphere", "RDM", "OpenMEEG", "openmeeg is not installed")
    assert credibility.categories(of(openmeeg=[absent]))[0].verdict == NO


def test_no_use_is_called_adequate_beyond_what_the_run_shows():
    assert uses(whole()) == ["adequate", "partly", "not adequate"]
    assert uses(whole(0.02)) == ["not shown", "not shown", "not adequate"]
    assert uses(of(sphere=[record()])) == ["not shown", "not shown", "not adequate"]
    assert "in this run (2, 3, 4, 5, 6, 7, 8)" in credibility.sentences(of(sphere=[record()]))[1]
    assert "hold none (2, 3, 4, 5, 6)" in credibility.sentences(whole())[1]
    assert credibility.sentences(of(sphere=[record(), record(0.02, "sphere-rdm")]))[0] == (
        "1 goal of 2 missed: sphere-rdm."
    )


def test_an_error_stands_on_the_page_and_in_the_sheet():
    broken = Record.raised("sphere-error", "Three-shell sphere", RuntimeError("out of memory"))
    found = of(sphere=[broken])
    assert "RuntimeError: out of memory" in credibility.render(found)
    assert "1 of 1 goals missed" in credibility.render(found)
    sheet = credibility.sheet(found)
    assert len(sheet.sections) == 8
    assert sheet.sections[0].marks == ("exceeded",)
    assert "out of memory" in sheet.sections[0].notes[0]
    assert sheet.sections[3].rows[0][-1] == NO


def test_of_a_long_case_what_failed_and_what_is_near_its_goal_comes_first():
    many = [record(0.0001 * k, f"convergence-{k}") for k in range(1, 100)] + [record(0.02, "bad")]
    (case,) = credibility.categories(of(convergence=many))[7].cases
    assert (len(case.lines), len(case.folded)) == (credibility.TOP, 100 - credibility.TOP)
    assert [line.verdict for line in case.lines[:2]] == ["missed", "met"]
    assert case.lines[1].measured == "0.0099"
    short = [record(0.009, "a"), record(0.001, "b"), record(0.02, "c")]
    (case,) = credibility.categories(of(convergence=short))[7].cases
    assert [line.measured for line in case.lines] == ["0.009", "0.001", "0.02"]


@pytest.mark.parametrize(
    ("measured", "text"), [(None, "–"), (float("nan"), "not a number"), (3e-16, "3.0·10⁻¹⁶")]
)
def test_numbers_as_text(measured, text):
    assert credibility.Line.of(record(measured)).measured == text
    assert credibility.Line.of(record(measured, goal=1e-12)).goal == "≤ 1·10⁻¹²"


def test_files_are_written_whole(tmp_path):
    page = credibility.save(of(sphere=[record(), record(float("nan"))]), tmp_path / "new" / "verify")
    assert sorted(path.name for path in page.parent.iterdir()) == ["verify.html", "verify.json"]
    assert page.read_text(encoding="utf-8").lstrip().startswith("<!doctype html>")
    text = (page.parent / "verify.json").read_text(encoding="utf-8")
    assert "NaN" not in text
    assert [entry["measured"] for entry in json.loads(text)["cases"]] == [0.002, None]


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390])
def test_page_opens_in_a_browser_and_fits(width, tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    saved = credibility.save(whole(), tmp_path)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": width, "height": 900})
        asked, wrong = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: wrong.append(message.text))
        page.goto(saved.as_uri())
        assert page.locator("section.category").count() == 8
        assert page.locator(".shelf a").count() == 8
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        verdicts = page.locator("#category-1 .evidence td:last-child .tag")
        box = verdicts.first.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width, "the verdict is seen without scrolling"
        browser.close()
    assert asked == [saved.as_uri()]
    assert not wrong
