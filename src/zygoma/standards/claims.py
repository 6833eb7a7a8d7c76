"""Words in a text that leave the cosmetic indication of a facial stimulator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Literal

from zygoma.provenance import load_data

_FILE = "claims.toml"
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n\s*\n")


@dataclass(frozen=True)
class Finding:
    """A place in a text where a listed word stands.

    Parameters
    ----------
    word : str
        Id of the entry in the data file.
    text : str
        What stands there.
    line, column : int
        Where, counted from 1.
    verdict : {"flag", "measured", "denied"}
        ``measured``: allowed, the sentence gives a measured value with its interval. ``denied``: allowed, the
        sentence denies it.
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


def check_claims(text: str) -> list[Finding]:
    """Listed words of a text, in their order.

    The check cites and proposes; it rewrites nothing, and no finding does not mean that a text is lawful.
    """
    data = load_data(_FILE)
    findings = []
    for begin, sentence in _sentences(text):
        for entry, pattern in _patterns():
            for match in pattern.finditer(sentence):
                place = begin + match.start()
                line = text.count("\n", 0, place) + 1
                source = data["source"][entry["source"]]["ref"]
                findings.append(
                    Finding(
                        entry["id"],
                        " ".join(match.group().split()),
                        line,
                        place - text.rfind("\n", 0, place),
                        _verdict(entry, sentence, match.start()),
                        entry["reason"],
                        source,
                        entry["status"],
                        entry["instead"],
                    )
                )
    return sorted(findings, key=lambda finding: (finding.line, finding.column))


@cache
def _patterns() -> tuple[tuple[dict[str, Any], re.Pattern[str]], ...]:
    return tuple((entry, re.compile(entry["pattern"], re.IGNORECASE)) for entry in load_data(_FILE)["word"])


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    begin = 0
    for end in [match.end() for match in _SENTENCE_END.finditer(text)] + [len(text)]:
        if text[begin:end].strip():
            yield begin, text[begin:end]
        begin = end


def _verdict(entry: dict[str, Any], sentence: str, place: int) -> Literal["flag", "measured", "denied"]:
    data = load_data(_FILE)
    before = " ".join(re.findall(r"[\w']+", sentence[:place])[-data["denial"]["words"] :])
    if re.search(data["denial"]["pattern"], before, re.IGNORECASE):
        return "denied"
    has_number = re.search(r"\d", sentence) is not None
    if entry.get("measured") and has_number and re.search(data["interval"]["pattern"], sentence):
        return "measured"
    return "flag"
