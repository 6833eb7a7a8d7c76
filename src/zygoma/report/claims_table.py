"""The article claim by claim, and the one study behind it, beside what this run computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zygoma.evidence import Article, Claim, Study, grades
from zygoma.report.responses import told
from zygoma.response.chain import Chain

_RESPONSES = {"motor": "twitch"}
_ELSEWHERE = {"freeways": ("See “Freeways to every cell” below", "computed")}


@dataclass(frozen=True)
class ClaimRow:
    """One claim: what its grade means, and what was computed here with its kind."""

    claim: Claim
    meaning: str
    computed: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class StudyRow:
    """Improvement of one part of the face as a study prints it, and as both readings take it [%]."""

    name: str
    first_step: str
    second_step: str
    reading_a: str
    reading_b: str


@dataclass(frozen=True)
class ClaimsTable:
    """Article and study.

    Attributes
    ----------
    article : Article
    rows : tuple of ClaimRow
    study : tuple of StudyRow
    facts : mapping
        What the study states; None where it does not.
    """

    article: Article
    rows: tuple[ClaimRow, ...]
    study: tuple[StudyRow, ...]
    facts: Mapping[str, Any]

    @classmethod
    def of(cls, chain: Chain) -> ClaimsTable:
        """The claims beside the numbers of a chain."""
        article, study = Article.load(), Study.load()
        rows = tuple(
            ClaimRow(claim, grades().get(claim.grade or "", ""), tuple(_computed(chain, claim)))
            for claim in article.values()
        )
        steps = tuple(
            StudyRow(
                region.name.capitalize(),
                _percent(region.first_step, "g"),
                _percent(region.second_step, "g"),
                _percent(region.reading_a, ".2g"),
                _percent(region.reading_b, ".2g"),
            )
            for region in study.regions
        )
        return cls(article, rows, steps, study.facts)


def _percent(value: float | None, digits: str) -> str:
    return "not printed" if value is None else f"{value:{digits}} %"


def _computed(chain: Chain, claim: Claim) -> list[tuple[str, str]]:
    return [_ELSEWHERE.get(id) or told(chain, _RESPONSES.get(id, id)) for id in claim.responses]
