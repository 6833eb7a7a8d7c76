"""The comparison as a page and as text: every device a column, the unknown named, nothing added up."""

from __future__ import annotations

import re
from typing import Any

import pytest

from zygoma.report import comparison as page
from zygoma.report import side_by_side


@pytest.fixture(scope="module")
def three(make_comparison: Any) -> Any:
    return make_comparison("myolift-mini", "nuface-mini", "pantheon")


def test_page_is_self_contained_and_complete(three: Any) -> None:
    text = page.render(three)
    for part in ("answer", "used", "choosing", "dose", "output", "limits", "unknown", "assumptions"):
        assert f'id="{part}"' in text
    assert 'src="http' not in text
    assert 'href="http' not in text
    assert "<script" not in text
    for words in ("7E MyoLift Mini", "Has the FDA looked at it?", "K133823", "lent by the plan", "K191672"):
        assert words in text
    assert "Something is assumed." in text


def test_every_grid_has_a_cell_for_every_device(three: Any) -> None:
    for make in (
        side_by_side.used,
        side_by_side.choosing,
        side_by_side.outputs,
        side_by_side.doses,
        side_by_side.limits,
    ):
        grid = make(three)
        assert grid.lines
        assert all(len(line.cells) == len(grid.devices) == 3 for line in grid.lines)


def test_what_is_not_published_is_an_unknown_cell(three: Any) -> None:
    rows = {line.heading: line for line in side_by_side.outputs(three).lines}
    mini, nuface, pantheon = rows["Maximum phase charge"].cells
    assert (mini.text, mini.mark) == ("unknown", "unknown")
    assert nuface.mark == "unknown"
    assert pantheon.mark == "assumed"
    assert rows["Maximum output current"].cells[0].text == "0.4 mA (load not stated)"


def test_dose_is_marked_assumed_where_something_is_lent(three: Any) -> None:
    grid = side_by_side.doses(three)
    assert grid.marks == ("assumed",) * 3
    assert [cell.text for cell in grid.lines[0].cells] == ["400 C/m²", "400 C/m²", "300 C/m²"]
    assert [cell.share for cell in grid.lines[0].cells] == pytest.approx([100.0, 100.0, 75.0])


def test_limits_show_stops_and_exceeded_notices(three: Any) -> None:
    lines = {line.heading: line for line in side_by_side.limits(three).lines}
    direct = lines["Direct current, worst 30 s ≤ 10 µA"]
    assert [cell.mark for cell in direct.cells] == ["met", "met", "exceeded"]
    assert direct.cells[0].note == "assumed"
    assert lines["Peak current"].cells[1].mark == "does not apply"
    assert lines["Peak voltage at the load ≤ 10 V"].cells[2].mark == "notice"


def test_answer_counts_and_names_no_best(three: Any) -> None:
    text = " ".join(side_by_side.lead(three))
    assert "No device is named the best." in text
    assert "7E MyoLift Mini: of 15 questions it meets 1" in text


def test_delivered_current_is_shown_where_it_is_less(make_comparison: Any) -> None:
    from dataclasses import replace

    both = make_comparison("myolift-mini", "myolift-md")
    less = replace(both, devices=(replace(both.devices[0], delivered_current=200e-6), both.devices[1]))
    current = side_by_side.used(less).lines[0]
    assert [cell.note for cell in current.cells] == ["delivered 200 µA", ""]


def test_sheet_for_the_terminal(three: Any) -> None:
    sheet = side_by_side.sheet(three)
    headings = [section.heading for section in sheet.sections]
    assert headings[1] == "Choosing"
    assert any("leaves unknown" in heading for heading in headings)
    for section in sheet.sections:
        assert all(len(row) == len(section.columns) for row in section.rows)
        assert len(section.marks) == len(section.rows)


def test_what_rests_on_a_lent_current_is_grey(three: Any) -> None:
    cell = side_by_side.doses(three).lines[0].cells[1]
    assert cell.grey
    under = "not known; of the plan's 400 µA"
    assert side_by_side.doses(three).under == side_by_side.limits(three).under == ("", under, "")
    assert not side_by_side.doses(three).lines[0].cells[0].grey
    lines = {line.heading: line for line in side_by_side.limits(three).lines}
    assert lines["Direct current, worst 30 s ≤ 10 µA"].cells[1].grey
    assert not lines["Length of a session ≤ 30 min"].cells[1].grey  # no current in it


def test_the_counts_of_the_questions_add_up(three: Any) -> None:
    sentences = [text for text in side_by_side.lead(three) if "questions it meets" in text]
    assert len(sentences) == 3
    for text in sentences:
        counts = re.search(
            r"of (\d+) questions it meets (\d+), does not meet (\d+); (\d+) ha.* known, (\d+) ", text
        )
        assert counts is not None
        whole, *parts = map(int, counts.groups())
        assert whole == sum(parts)
