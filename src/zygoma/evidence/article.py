"""The vendor's article, claim by claim: what it says beside what was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from zygoma.errors import UnknownNameError
from zygoma.evidence.search import search
from zygoma.provenance import load_data

FILE = "article.toml"


@dataclass(frozen=True)
class Claim:
    """One claim and what was found about it.

    Attributes
    ----------
    id : str
        ``"A01"`` and so on.
    origin : str
        ``"article"``, or ``"commercial pages"`` for a figure that the article does not print.
    said : str
        Its words in quotation marks; what is told stands without.
    found, verdict : str
    link : str
        Link of the chain it belongs to.
    evidence : tuple of str
        Rows of the ledger on which `found` rests.
    responses : tuple of str
        Which computed answers it concerns.
    grade : str or None
        ``A`` to ``D``; None where the claim is about a text, not about an effect.
    grade_note : str
        Where another grade holds.
    """

    id: str
    origin: str
    said: str
    found: str
    verdict: str
    link: str
    evidence: tuple[str, ...]
    responses: tuple[str, ...]
    grade: str | None = None
    grade_note: str = ""

    def json(self) -> dict[str, Any]:
        """In plain values."""
        return asdict(self) | {"evidence": list(self.evidence), "responses": list(self.responses)}


@dataclass(frozen=True)
class Article(Mapping[str, Claim]):
    """All claims by id, in the order of the text.

    Attributes
    ----------
    title, publisher, date : str
        Date as year-month-day.
    verdict : str
        What was found about the whole.
    claims : mapping of str to Claim
    """

    title: str
    publisher: str
    date: str
    verdict: str
    claims: Mapping[str, Claim]

    @classmethod
    def load(cls) -> Article:
        """The shipped article."""
        return _shipped()

    def __getitem__(self, id: str) -> Claim:
        if id not in self.claims:
            raise UnknownNameError("claim", id, self.claims)
        return self.claims[id]

    def __contains__(self, id: object) -> bool:
        return id in self.claims

    def __iter__(self) -> Iterator[str]:
        return iter(self.claims)

    def __len__(self) -> int:
        return len(self.claims)

    def about(self, response: str) -> tuple[Claim, ...]:
        """Claims that a computed answer concerns.

        Raises
        ------
        UnknownNameError
            No claim concerns such an answer.
        """
        known = {name for claim in self.values() for name in claim.responses}
        if response not in known:
            raise UnknownNameError("response of the article", response, known)
        return tuple(claim for claim in self.values() if response in claim.responses)

    def search(self, text: str) -> list[Claim]:
        """Claims that hold every word of a text or rest on a row or link that it names, the best first."""
        return search(
            text,
            (
                (claim, (claim.id, claim.link, *claim.evidence), (claim.said, claim.found, claim.verdict))
                for claim in self.values()
            ),
        )

    def json(self) -> dict[str, Any]:
        """In plain values."""
        head = {key: getattr(self, key) for key in ("title", "publisher", "date", "verdict")}
        return head | {"claims": [claim.json() for claim in self.values()]}


@cache
def _shipped() -> Article:
    data = load_data(FILE)
    claims = [
        Claim(**entry | {"evidence": tuple(entry["evidence"]), "responses": tuple(entry["responses"])})
        for entry in data["claim"]
    ]
    head = data["article"] | {"date": data["article"]["date"].isoformat()}
    return Article(**head, claims={claim.id: claim for claim in claims})
