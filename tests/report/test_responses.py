"""What the report says of the responses, from a made-up chain."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import numpy as np
import pytest

from zygoma.evidence import Article, Ledger
from zygoma.plan import Treatment
from zygoma.plan.alternatives import alternatives
from zygoma.report import page, response_charts, tables
from zygoma.report.claims_table import ClaimsTable
from zygoma.report.lift_picture import LiftSection
from zygoma.report.nerve_table import NerveTable
from zygoma.report.responses import ResponseSection
from zygoma.response.chain import propagate


@pytest.fixture(scope="module")
def text(treatment: Treatment) -> str:
    return page.render(treatment)


def test_page_tells_the_verdict_and_no_longer_refuses_to(text: str, treatment: Treatment) -> None:
    for sentence in treatment.chain.verdict:
        assert sentence in text
    assert "another question" not in text
    assert text.index('id="face"') < text.index('id="responses"') < text.index('id="depth"')
    assert "about 0 %" not in text
    assert not re.search(r"[ >](nan|None|inf)[ <]", text)


def test_every_link_stands_in_order_and_breaks_where_its_grade_is_d(treatment: Treatment) -> None:
    section = ResponseSection.of(treatment)
    assert [box.id for box in section.links] == [
        *(f"L{k}" for k in range(1, 11)),
        "lift",
        "L11",
        "L12",
        "L13",
    ]
    assert all(box.breaks == (box.grade == "D") for box in section.links)
    assert len(section.broken) == 9
    assert {box.kind for box in section.links} == {"computed", "assumed", "published"}
    known = Ledger.load()
    for box in section.links[:-1]:
        assert box.amount
        assert box.evidence
        assert set(box.evidence) <= set(known)
        assert {"The number", "Most uncertain", "Valid"} <= {heading for heading, _ in box.terms}
    assert section.links[-1].amount == ""


def test_breaks_are_drawn_and_not_told_by_colour_alone(text: str, treatment: Treatment) -> None:
    assert text.count('<p class="break">breaks here</p>') == 9
    assert text.count('class="gD breaks"') == 9
    assert text.count("contradicted or unsupported") >= 16  # box and details of each broken link


def test_number_of_a_link_is_that_of_its_response(treatment: Treatment) -> None:
    feeling = next(box for box in ResponseSection.of(treatment).links if box.id == "L3")
    found = treatment.chain.response("perception")
    printed = [float(number) for number in re.findall(r"[\d.]+", f"{feeling.amount} {feeling.between}")]
    # two digits are printed
    assert printed == pytest.approx([100 * found.median, 100 * found.p05, 100 * found.p95], rel=0.05)


@pytest.mark.slow
def test_another_class_of_current_is_said_first(treatment: Treatment) -> None:
    strong = replace(treatment.chain, warnings=("The current of 4 mA is another class.",))
    page_text = page.render(replace(treatment, chain=strong))
    assert page_text.index("another class.") < page_text.index(treatment.chain.verdict[0])


def test_sides_that_agree_are_one_row_and_the_most_excited_comes_first(treatment: Treatment) -> None:
    table = NerveTable.of(treatment)
    assert [row.heading for row in table.rows] == [
        "Zygomaticus major", "Depressor anguli oris, right", "Masseter, right",
    ]  # fmt: skip
    assert table.rows[0].ratios["MRG 10 um"] == pytest.approx(2.5)
    assert table.rows[-1].text("SENN 10 um") == "none found"
    assert table.skin is not None
    assert table.skin.ratios["MRG 10 um"] == pytest.approx(8.0)
    assert table.gap == pytest.approx(900 / 160)  # of the two muscles that every model excites


@pytest.mark.slow
def test_a_case_without_fibres_says_so(treatment: Treatment) -> None:
    bare = propagate(treatment.chain.exposure, samples=256)
    told = page.render(replace(treatment, chain=bare, fibres=()))
    assert "No thresholds of nerve fibres were computed" in told


def test_charts_are_drawn_for_any_chain(treatment: Treatment) -> None:
    drawn = response_charts.nerve_chart(NerveTable.of(treatment))
    for name in ("Zygomaticus major", "MRG 10 µm", "people: a twitch", "Skin"):
        assert name in drawn
    wrinkles = response_charts.wrinkle_chart(treatment.chain.response("wrinkle"))
    assert "B, forehead" in wrinkles
    assert "A, nose and mouth" in wrinkles


def test_alternatives_answer_as_the_evidence_says(treatment: Treatment) -> None:
    cases = {(case.group.split(",")[0], case.name): case for case in alternatives(treatment)}
    own = next(case for case in cases.values() if case.is_plan)
    assert own.name == "400 µA"
    assert own.chain is treatment.chain
    low, high = cases["Current", "100 µA"], cases["Current", "800 µA"]
    assert low.chain.response("perception").median < own.chain.response("perception").median
    # the field is linear in the current; 256 equal draws in every case
    ratio = high.chain.response("natural_current").median / own.chain.response("natural_current").median
    assert ratio == pytest.approx(2.0, rel=1e-9)
    assert high.model_ratios == pytest.approx(tuple(2 * ratio for ratio in own.model_ratios or ()))
    direct, held = cases["Waveform", "direct"], cases["Held still", "direct"]
    assert direct.model_ratios is None
    assert direct.chain.response("flow").median > 2 > own.chain.response("flow").median
    assert (own.net_charge, held.net_charge) == (0.0, pytest.approx(400e-6 * 1200))
    assert held.chain.response("fibroblast").median > 0.1
    assert {name for group, name in cases if group == "Waveform"} == {"lifting", "stretching", "direct"}


def test_a_current_between_the_levels_has_its_own_column(treatment: Treatment) -> None:
    exposure = treatment.chain.exposure.driven_by(treatment.waveform.scaled(300e-6))
    other = replace(treatment, chain=propagate(exposure, samples=256))
    names = [case.name for case in alternatives(other) if case.group == "Current"]
    assert names == ["100 µA", "200 µA", "300 µA", "400 µA", "600 µA", "800 µA"]


def test_lift_is_painted_beside_what_photographs_show(treatment: Treatment) -> None:
    section = LiftSection.of(treatment, -np.inf)
    assert [heading for heading, *_ in section.pictures] == ["Median", "95 % end of the interval"]
    assert all(image.startswith("data:image/webp;base64,") for *_, image in section.pictures)
    assert section.scale.high >= 1.0
    assert section.seen == "0.50 to 1.0"
    assert {name for name, *_ in section.rows} == {"Malar cheek", "Chin"}


def test_every_claim_stands_beside_what_was_found_and_computed(text: str, treatment: Treatment) -> None:
    table = ClaimsTable.of(treatment.chain)
    assert [row.claim.id for row in table.rows] == list(Article.load())
    twitch = next(row for row in table.rows if row.claim.id == "A08")
    assert twitch.computed[0][0].endswith("probability of a twitch")
    forehead = table.study[0]
    assert (forehead.first_step, forehead.second_step) == ("18.37 %", "21.18 %")  # as the study prints them
    assert (forehead.reading_a, forehead.reading_b) == ("21 %", "36 %")
    assert table.study[-1].first_step == "not printed"
    assert "never adopted" in text


def test_responses_are_written_as_a_table(treatment: Treatment) -> None:
    rows = list(csv.DictReader(io.StringIO(tables.responses_csv(treatment.responses))))
    assert len(rows) == len(treatment.responses)
    assert float(rows[0]["median"]) == treatment.responses[0].median
    assert rows[0]["evidence"] == "; ".join(treatment.responses[0].evidence)
