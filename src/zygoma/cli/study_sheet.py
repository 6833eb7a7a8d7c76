"""A study as it is laid out on a terminal."""

from __future__ import annotations

from typing import Any

from zygoma.cli.evidence_sheet import card, section
from zygoma.evidence import Study
from zygoma.standards.sheet import Section, Sheet

_NONE = "not available"
_UNITS = ("min", "uA", "Hz", "y")


def study_sheet(study: Study) -> Sheet:
    """What a study states, both readings, and what is not known."""
    facts = study.facts
    about, third = facts["study"], facts["third_party"]
    lead = (
        f"{about['citation']}. Read: {about['read_level']}. What the source does not state is {_NONE} and is"
        " never filled in.",
        f'Title: "{about["title_says"]}"; abstract: "{about["abstract_says"]}"; control group:'
        f" {about['control']}.",
        f"Third party ({third['source']}, {third['status']}): {third['completed']} of"
        f" {facts['participants']['enrolled']} finished, {third['spacing']}; {third['note']}.",
    )
    stated = {
        f"{table}: {_label(name)}": _text(value)
        for table in ("participants", "treatment", "rating")
        for name, value in facts[table].items()
    }
    return Sheet(
        f"Study {about['id']}",
        lead,
        (card("Stated", stated), _readings(study), _sizes(study), _satisfaction(study)),
    )


def _readings(study: Study) -> Section:
    rows = [
        (
            region.name,
            _percent(region.first_step),
            _percent(region.second_step),
            _percent(region.reading_a),
            _percent(region.reading_b),
            region.note,
        )
        for region in study.regions
    ]
    columns = ("region", "first step", "second step", "one month after: A", "one month after: B", "note")
    drawn = section("Improvement, and both readings of the second step", columns, rows)
    notes = tuple(
        f"Reading {name}: {reading['text']}. {reading['consequence']}"
        for name, reading in study.facts["reading"].items()
    )
    return Section(drawn.heading, drawn.columns, drawn.rows, drawn.marks, notes)


def _sizes(study: Study) -> Section:
    size = study.facts["size"]
    rows = [
        (region.name, _percent(step), _span(study.grades(step)))
        for region in study.regions
        for step in (region.first_step, region.second_step)
        if step is not None
    ]
    heading = (
        f"Size in grades of a scale from {size['scale']}, for a baseline of {size['baseline_low']:g} to"
        f" {size['baseline_high']:g} ({size['baseline_status']})"
    )
    drawn = section(heading, ("region", "improvement", "grades"), rows)
    least = size["least_important_difference"]
    notes = (f"Least important difference {least:g} grade ({', '.join(size['evidence'])}): {size['note']}.",)
    return Section(drawn.heading, drawn.columns, drawn.rows, drawn.marks, notes)


def _satisfaction(study: Study) -> Section:
    rows = [
        (f"{case.satisfied} of {case.asked}", _span(case.interval, 3), case.what)
        for case in study.satisfaction
    ]
    stated = study.facts["satisfaction"]["above_percent"]
    heading = f"Satisfied: stated as over {stated} %, 95 % interval (Wilson)"
    return section(heading, ("taken as", "interval of the proportion", "meaning"), rows)


def _label(name: str) -> str:
    """Name of a fact with its unit in brackets."""
    words, _, last = name.rpartition("_")
    return f"{words} [{last}]".replace("_", " ") if last in _UNITS else name.replace("_", " ")


def _text(value: Any) -> str:
    if value is None:
        return _NONE
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _percent(value: float | None) -> str:
    return _NONE if value is None else f"{value:.2f} %"


def _span(ends: tuple[float, float], digits: int = 2) -> str:
    return f"{ends[0]:.{digits}f} to {ends[1]:.{digits}f}"
