"""``zygoma evidence``: what is known, from where and how well."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zygoma.cli.sheet import show_sheet
from zygoma.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from zygoma.standards.sheet import Sheet

_CERTAINTIES = ("high", "moderate", "low", "very low", "none", "not graded")
_ROW, _CLAIM, _LINK = (re.compile(rf"{letter}\d+") for letter in "EAL")


def evidence(
    text: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TEXT|ID]", help="Words to search, or an id: E001, A05, L6, or a prior such as atp_gain."
        ),
    ] = None,
    article: Annotated[
        bool, typer.Option("--article", help="The vendor's article, claim by claim: said, found, grade.")
    ] = False,
    study: Annotated[
        str | None, typer.Option(help="A study with both readings of its numbers, such as saniee-2012.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """The ledger of evidence: each number with its source, how far it was read and how certain it is.

    Without arguments, an overview by link of the chain from the current to the wrinkle. A text shows the rows
    that hold all its words; an id shows the whole entry.
    """
    words = " ".join(text or ()).strip()
    if sum((bool(words), article, study is not None)) > 1:
        raise InputError("two questions at once; give one of TEXT, --article and --study")
    answer, sheet = (
        _article() if article else _study(study) if study is not None else _asked(words) if words else _all()
    )
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False))
    else:
        show_sheet(sheet)


def _asked(words: str) -> tuple[dict[str, Any], Sheet]:
    from zygoma.cli import evidence_sheet as sheets
    from zygoma.evidence import Article, Ledger, Priors, links

    ledger, claims, priors, id = Ledger.load(), Article.load(), Priors.load(), words.upper()
    if _ROW.fullmatch(id):
        row = ledger[id]
        used = [prior for prior in priors.values() if id in prior.evidence]
        cited = [claim for claim in claims.values() if id in claim.evidence]
        answer = row.json() | {"priors": [p.id for p in used], "article": [c.id for c in cited]}
        return answer, sheets.row_sheet(row, used, cited)
    if _CLAIM.fullmatch(id):
        claim = claims[id]
        rows = [ledger[name] for name in claim.evidence]
        return claim.json() | {"rows": [row.json() for row in rows]}, sheets.claim_sheet(claim, rows)
    if words in priors:
        prior = priors[words]
        rows = [ledger[name] for name in prior.evidence]
        return prior.json() | {"rows": [row.json() for row in rows]}, sheets.prior_sheet(prior, rows)
    if _LINK.fullmatch(id) and id not in links():
        raise UnknownNameError("link of the chain", words, links())
    link = next((link for link in links().values() if words.casefold() == link.id.casefold()), None)
    rows, said = ledger.search(words), claims.search(words)
    behind = [prior for prior in priors.values() if link and prior.link == link.id]
    near = [] if rows or said or behind else ledger.similar(words)
    answer = {
        "text": words,
        "link": link.json() if link else None,
        "rows": [row.json() for row in rows],
        "article": [claim.json() for claim in said],
        "priors": [prior.json() for prior in behind],
        "similar": near,
    }
    return answer, sheets.hits_sheet(words, link, rows, said, behind, near)


def _article() -> tuple[dict[str, Any], Sheet]:
    from zygoma.cli.evidence_sheet import article_sheet
    from zygoma.evidence import Article

    return Article.load().json(), article_sheet(Article.load())


def _study(name: str) -> tuple[dict[str, Any], Sheet]:
    from zygoma.cli.study_sheet import study_sheet
    from zygoma.evidence import Study

    found = Study.load(name)
    return found.json(), study_sheet(found)


def _all() -> tuple[dict[str, Any], Sheet]:
    from zygoma.cli.evidence_sheet import overview_sheet
    from zygoma.evidence import Article, Ledger, Priors, grades, links

    ledger, priors = Ledger.load(), Priors.load()
    rows = {id: [row for row in ledger.values() if row.link == id] for id in (*links(), None)}
    counts = [
        link.json()
        | {
            "rows": [row.id for row in rows[link.id]],
            "certainty": _counts([row.certainty for row in rows[link.id]]),
            "priors": [prior.id for prior in priors.values() if prior.link == link.id],
        }
        for link in links().values()
    ]
    answer = {
        "rows": len(ledger),
        "links": counts,
        "without_link": [row.id for row in rows[None]],
        "topics": {topic: sum(row.topic == topic for row in ledger.values()) for topic in ledger.topics},
        "grades": grades(),
        "article": list(Article.load()),
    }
    return answer, overview_sheet(answer)


def _counts(values: list[str | None]) -> dict[str, int]:
    known = [value or "not graded" for value in values]
    return {value: known.count(value) for value in _CERTAINTIES if value in known}
