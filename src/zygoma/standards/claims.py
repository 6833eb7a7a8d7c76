"""Words in a text that leave the cosmetic indication of a facial stimulator."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Literal

from zygoma.errors import InputError
from zygoma.provenance import load_data
from zygoma.standards.denial import denied
from zygoma.standards.measured import measured
from zygoma.standards.prose import Prose

_FILE = "claims.toml"
_REACH = 200
"""Characters between an act and its object; more than the words between them take."""


@dataclass(frozen=True)
class Finding:
    """A place in a text where a listed word stands.

    Parameters
    ----------
    word : str
        Id of the entry in the data file.
    text : str
        What stands there, as a reader sees it.
    line, column : int
        Where it begins in the file, counted from 1.
    verdict : {"flag", "measured", "denied"}
        ``measured``: allowed, its clause gives a measured value with its interval. ``denied``: allowed, the
        sentence denies it or warns against a use.
    reason, source, status : str
        Why it is listed, after whom, and whether the source names it (read) or it is our reading (product).
    instead : str
        Proposed wording.
    """

    word: str
    text: str
    line: int
    column: int
    verdict: Literal["flag", "measured", "denied"]
    reason: str
    source: str
    status: str
    instead: str

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class _Word:
    """An entry of the data file with its rules ready to search."""

    entry: dict[str, Any]
    pattern: re.Pattern[str] | None
    act: re.Pattern[str] | None
    object: re.Pattern[str] | None
    between_not: re.Pattern[str] | None
    other_meaning: re.Pattern[str] | None
    within: int


@dataclass(frozen=True)
class _Hit:
    """Where a word stands in a sentence, and the part of it that a denial has to govern."""

    start: int
    end: int
    key: int
    key_end: int


def check_claims(text: str, *, markup: bool | None = None) -> list[Finding]:
    """Listed words of a text, in their order.

    The check compares a text with a list of words. It cites and proposes; it rewrites nothing, and no finding
    does not mean that a text is lawful.

    Parameters
    ----------
    text : str
        Plain text, Markdown or HTML.
    markup : bool, optional
        Whether the text is HTML; without it, HTML is known by its tags.

    Returns
    -------
    list of Finding

    Raises
    ------
    InputError
        What was given is not a text.
    """
    if not isinstance(text, str):
        raise InputError(
            f"check_claims was given {type(text).__name__}; expected the text itself; read the file first"
        )
    prose = Prose.read(text, markup)
    findings = [
        _finding(prose, begin, sentence, word, hit)
        for begin, sentence in prose.sentences()
        for word in _words()
        for hit in _hits(word, sentence)
    ]
    return sorted(findings, key=lambda finding: (finding.line, finding.column))


def _finding(prose: Prose, begin: int, sentence: str, word: _Word, hit: _Hit) -> Finding:
    line, column = prose.position(begin + hit.start)
    entry = word.entry
    return Finding(
        entry["id"],
        " ".join(sentence[hit.start : hit.end].split()),
        line,
        column,
        _verdict(entry, sentence, hit),
        entry["reason"],
        load_data(_FILE)["source"][entry["source"]]["ref"],
        entry["status"],
        entry["instead"],
    )


def _verdict(entry: dict[str, Any], sentence: str, hit: _Hit) -> Literal["flag", "measured", "denied"]:
    noun = entry.get("noun", False)
    if any(
        denied(sentence, start, sentence[start:end], noun)
        for start, end in {(hit.start, hit.end), (hit.key, hit.key_end)}
    ):
        return "denied"
    return "measured" if entry.get("measured") and measured(sentence, hit.key) else "flag"


def _hits(word: _Word, sentence: str) -> Iterator[_Hit]:
    """Places of a word; one that lies inside another and is judged by the same part counts once."""
    spared = [match.span() for match in word.other_meaning.finditer(sentence)] if word.other_meaning else []
    found = [
        hit
        for hit in [*_alone(word, sentence), *_together(word, sentence)]
        if not any(start <= hit.key and hit.key_end <= end for start, end in spared)
    ]
    reached = 0
    for hit in sorted(found, key=lambda hit: (hit.key, hit.start)):
        if hit.key >= reached:
            reached = hit.key_end
            yield hit


def _alone(word: _Word, sentence: str) -> Iterator[_Hit]:
    if word.pattern:
        for match in word.pattern.finditer(sentence):
            yield _Hit(match.start(), match.end(), match.start(), match.end())


def _together(word: _Word, sentence: str) -> Iterator[_Hit]:
    """An act and the nearest of its objects, before or behind."""
    if not (word.act and word.object):
        return
    objects = [match.span() for match in word.object.finditer(sentence)]
    starts, ends = [start for start, _ in objects], [end for _, end in objects]
    for act in word.act.finditer(sentence):
        before, behind = bisect_right(ends, act.start()), bisect_left(starts, act.end())
        near = []
        for start, end in objects[max(before - 1, 0) : before] + objects[behind : behind + 1]:
            between = sentence[act.end() : start] if start >= act.end() else sentence[end : act.start()]
            count = len(re.findall(r"\w+", between[:_REACH]))
            apart = ";" in between or (word.between_not and word.between_not.search(between[:_REACH]))
            if len(between) < _REACH and count <= word.within and not apart:
                near.append((count, start, end))
        if near:
            _, start, end = min(near)
            yield _Hit(min(start, act.start()), max(end, act.end()), act.start(), act.end())


@cache
def _words() -> tuple[_Word, ...]:
    data = load_data(_FILE)
    return tuple(
        _Word(
            entry,
            _any(entry.get("pattern")),
            _any(entry.get("act")),
            _any(data["object"][entry["object"]]) if "object" in entry else None,
            _any(entry.get("between_not")),
            _any(entry.get("except")),
            entry.get("within", data["near"]["words"]),
        )
        for entry in data["word"]
    )


def _any(rules: list[str] | None) -> re.Pattern[str] | None:
    """One pattern for whole words; a space stands for white space, a hyphen, or nothing."""
    if not rules:
        return None
    joined = "|".join(rules).replace(" ", r"[\s\-]{0,12}")
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE)
