"""Limits stand in the page with their value, margin, source and action; what is exceeded is said first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zygoma.device import Device, Electrode
from zygoma.plan import Treatment
from zygoma.report import page
from zygoma.report.limits import LimitSection
from zygoma.standards import check


@pytest.fixture(scope="module")
def exceeding(treatment: Treatment) -> Treatment:
    device, probe = Device.load("myolift-md"), Electrode.load("generic-probe-light")
    found = check(device, device.waveform("lifting"), 800e-6, probe, treatment.session)
    return replace(treatment, device=device, electrode=probe, limits=found)


def test_kept_limits_are_summed_up(treatment: Treatment) -> None:
    section = LimitSection.of(treatment)
    assert section.stops == ()
    assert section.sentences[0] == "Of 10 limits that could forbid this session 9 are kept, none is exceeded."
    assert "open-circuit voltage" in section.sentences[1]
    gates, others = (lines for _, lines in section.groups)
    assert (len(gates), len(gates) + len(others)) == (10, len(treatment.limits.rows))
    assert len(section.questions) == 20
    assert [line.verdict for line in (*gates, *others)].count("undecided") == 6


def test_exceeded_limits_come_first_and_say_what_would_keep_them(exceeding: Treatment) -> None:
    section = LimitSection.of(exceeding)
    gates, others = (lines for _, lines in section.groups)
    assert (gates[0].verdict, gates[0].value) == ("exceeded", "2.83 mA/cm²")
    assert "met from a contact area of 0.4 cm²" in section.stops[0]
    assert [line.verdict for line in others].count("notice") == len(exceeding.limits.notices) > 0


def test_page_shows_limits_conflicts_and_questions(exceeding: Treatment) -> None:
    text = page.template("limits.html.j2").render(limits=LimitSection.of(exceeding))
    assert "this session is not allowed" in text
    assert "2.83 mA/cm²" in text
    assert "K191672" in text
    assert "Do you have epilepsy" in text
    assert "zygoma device check" in text


def test_conflicts_are_not_said_twice(treatment: Treatment) -> None:
    conflict = treatment.limits.conflicts[0]["text"]
    section = LimitSection.of(replace(treatment, notices=(conflict, "Something else.")))
    assert section.other_notices == ("Something else.",)


def test_limits_stand_in_the_result(exceeding: Treatment) -> None:
    found = exceeding.json()
    assert found["limits_exceeded"] == ["product-j-rms-max"]
    row = next(row for row in found["limits"] if row["id"] == "product-j-rms-max")
    assert row["margin"] == pytest.approx(0.7069, rel=1e-3)
    assert (row["action"], row["status"], row["verdict"]) == ("refuse", "product", "exceeded")


def test_a_reported_figure_has_no_margin(treatment: Treatment) -> None:
    (_, others) = (lines for _, lines in LimitSection.of(treatment).groups)
    line = next(line for line in others if line.quantity == "Shannon k")
    assert (line.verdict, line.margin, line.action) == ("reported", "–", "reported, never a gate")
