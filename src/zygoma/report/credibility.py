"""A verification as a credibility report: terminal sheet, page, and the files that hold both."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zygoma.provenance import load_data, write_text
from zygoma.report import folder
from zygoma.report.page import template
from zygoma.report.words import number
from zygoma.standards.sheet import Section, Sheet
from zygoma.verification import CASES, Record, Verification
from zygoma.verification.cases import select
from zygoma.verification.verification import CaseRun

FILE = "credibility.toml"
PAGE, NUMBERS = "verify.html", "verify.json"
TOP = 12
"""Records of a case that are shown at once; the others unfold."""

NO_EVIDENCE = "no evidence"


@dataclass(frozen=True)
class Line:
    """A record as text: what, where, the number, its goal, the verdict, and what it rests on."""

    quantity: str
    problem: str
    measured: str
    goal: str
    verdict: str
    note: str

    @classmethod
    def of(cls, record: Record) -> Line:
        """A record in words; an error or a missing package stands in the note."""
        finite = record.measured is None or math.isfinite(record.measured)
        sign = "≥" if record.at_least else "≤"
        return cls(
            record.quantity,
            record.problem,
            number(record.measured) if finite else "not a number",
            "–" if record.goal is None else f"{sign} {number(record.goal, 2)}",
            {True: "met", False: "missed", None: NO_EVIDENCE}[record.passed],
            record.reason or f"against: {record.source}",
        )


@dataclass(frozen=True)
class CaseLines:
    """A case: heading, context of use, time [s], its first lines, and those that unfold."""

    run: CaseRun
    lines: tuple[Line, ...]
    folded: tuple[Line, ...]


@dataclass(frozen=True)
class CategoryEvidence:
    """One of the eight categories: its words, its cases, and what they come to.

    Attributes
    ----------
    words : mapping
        Entry of the data file: number, title, text, fill, gap.
    cases : tuple of CaseLines
        What was run.
    left_out : tuple of str
        Cases of this category that were not run.
    verdict : str
        "met", "missed" or "no evidence".
    summary : str
        The same in a few words.
    """

    words: Mapping[str, Any]
    cases: tuple[CaseLines, ...]
    left_out: tuple[str, ...]
    verdict: str
    summary: str


def categories(verification: Verification) -> list[CategoryEvidence]:
    """The eight categories of the FDA guidance in their order."""
    return [_category(words, verification) for words in load_data(FILE)["category"]]


def adequacy(use: Mapping[str, Any], verification: Verification) -> tuple[str, str]:
    """Whether the evidence is enough for a context of use, and why; never more than this run shows."""
    if use["adequacy"] == "not adequate":
        return use["adequacy"], use["adequacy_text"]
    if verification.failed:
        return "not shown", f"Not shown by this run: {_count(len(verification.failed), 'goal')} missed."
    if missing := set(select()) - {run.case.name for run in verification.runs}:
        return (
            "not shown",
            f"Not shown by this run: {_count(len(missing), 'case')} of the default were not run.",
        )
    return use["adequacy"], use["adequacy_text"]


def sentences(verification: Verification) -> list[str]:
    """What the run comes to."""
    found = categories(verification)
    empty = [str(one.words["number"]) for one in found if one.verdict == NO_EVIDENCE]
    judged = verification.met + len(verification.failed)
    told = [
        f"All {judged} measured quantities meet their goals."
        if verification.passed
        else f"{_count(len(verification.failed), 'goal')} of {judged} missed: "
        + ", ".join(record.id for record in verification.failed)
        + "."
    ]
    if empty:
        here = " in this run" if any(one.left_out and not one.cases for one in found) else ""
        told.append(
            f"{len(empty)} of the 8 categories of evidence hold none{here} ({', '.join(empty)}): "
            "that the equations are solved right does not say that they are the right equations."
        )
    return told


def sheet(verification: Verification) -> Sheet:
    """The same for a terminal."""
    sections = []
    for one in categories(verification):
        lines = [(case.run.case.name, line) for case in one.cases for line in (*case.lines, *case.folded)]
        rows = [
            (name, f"{line.problem}: {line.quantity}", line.measured, line.goal, line.verdict)
            for name, line in lines
        ] or [("–", f"to fill it: {one.words['fill']}", "–", "–", NO_EVIDENCE)]
        marks = [{"missed": "exceeded", NO_EVIDENCE: "unknown"}.get(row[-1], "") for row in rows]
        notes = tuple(f"{line.problem}: {line.note}" for _, line in lines if line.verdict != "met")
        heading = f"{one.words['number']} {one.words['title']}: {one.summary}"
        columns = ("case", "quantity", "measured", "goal", "")
        sections.append(Section(heading, columns, tuple(rows), tuple(marks), notes))
    return Sheet("Credibility of zygoma", (load_data(FILE)["question"]["text"],), tuple(sections))


def render(verification: Verification) -> str:
    """Self-contained HTML of a verification."""
    data = load_data(FILE)
    return template("credibility.html.j2").render(
        v=verification,
        data=data,
        sentences=sentences(verification),
        categories=categories(verification),
        uses=[(use, *adequacy(use, verification)) for use in data["use"]],
        cases=len(CASES),
    )


def save(verification: Verification, place: str | Path) -> Path:
    """Write verify.html and verify.json into a folder, made if need be.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    target = folder.check(place) / PAGE
    write_text(target, render(verification))
    text = json.dumps(verification.to_dict(), indent=2, allow_nan=False, ensure_ascii=False)
    write_text(target.with_name(NUMBERS), text + "\n")
    return target


def _category(words: Mapping[str, Any], verification: Verification) -> CategoryEvidence:
    runs = verification.of_category(words["number"])
    records = [record for run in runs for record in run.records if record.passed is not None]
    done = {run.case.name for run in runs}
    left_out = [c.name for c in CASES.values() if c.category == words["number"] and c.name not in done]
    met = sum(record.passed is True for record in records)
    verdict = NO_EVIDENCE if not records else "met" if met == len(records) else "missed"
    summary = f"{met} of {_count(len(records), 'goal')} met"
    if not records:
        summary = f"{NO_EVIDENCE}, not run" if left_out and not runs else NO_EVIDENCE
    return CategoryEvidence(words, tuple(map(_case, runs)), tuple(left_out), verdict, summary)


def _case(run: CaseRun) -> CaseLines:
    """Lines of a case; of a long one those that failed and those nearest to their goal come first."""
    records = list(run.records)
    if len(records) > TOP:
        records.sort(key=_room)
    lines = [Line.of(record) for record in records]
    return CaseLines(run, tuple(lines[:TOP]), tuple(lines[TOP:]))


def _room(record: Record) -> float:
    """How far from its goal a record is, as a factor; what failed comes first."""
    if not record.passed or record.measured is None or record.goal is None:
        return -1.0
    near, far = sorted((abs(record.measured), abs(record.goal)))
    return far / near if near > 0 else math.inf


def _count(amount: int, word: str) -> str:
    return f"{amount} {word}" if amount == 1 else f"{amount} {word}s"
