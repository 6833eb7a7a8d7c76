"""The ledger, the article and the priors as they are laid out on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zygoma.evidence import Article, Claim, Evidence, Link, Prior, grades
from zygoma.standards.sheet import Section, Sheet

_GRADES = "Grades: " + "; ".join(f"{grade} {text}" for grade, text in grades().items()) + "."
_CERTAINTY = "Certainty: GRADE. Level: Oxford CEBM 2011, 1 best. Read: how far the source was read."


def section(heading: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Section:
    """A table without marks."""
    return Section(heading, columns, tuple(rows), ("",) * len(rows))


def card(heading: str, fields: Mapping[str, str | None]) -> Section:
    """A table of one entry; what is not known says so."""
    rows = [(name, text or "not stated") for name, text in fields.items()]
    return section(heading, ("what", "as known"), rows)


def overview_sheet(answer: Mapping[str, Any]) -> Sheet:
    """All links with their grade and how much stands behind each."""
    rows = [
        (
            link["id"],
            link["name"],
            link["grade"],
            str(len(link["rows"])),
            ", ".join(f"{count} {name}" for name, count in link["certainty"].items()) or "none",
            str(len(link["priors"])),
            link["note"],
        )
        for link in answer["links"]
    ]
    columns = ("link", "what is claimed", "grade", "rows", "certainty of the rows", "priors", "note")
    topics = ", ".join(f"{topic} {count}" for topic, count in answer["topics"].items())
    lead = (
        f"{answer['rows']} rows, {len(answer['without_link'])} of them of no single link. Topics: {topics}.",
        _GRADES,
        "Go on: zygoma evidence L6, zygoma evidence collagen fibroblast, zygoma evidence E069,"
        " zygoma evidence --article, zygoma evidence --study saniee-2012",
    )
    return Sheet("Evidence, link by link", lead, (section("From the current to the wrinkle", columns, rows),))


def hits_sheet(
    words: str,
    link: Link | None,
    rows: Sequence[Evidence],
    claims: Sequence[Claim],
    priors: Sequence[Prior],
    near: Sequence[str],
) -> Sheet:
    """What holds the words of a text, or belongs to a link."""
    if not (rows or claims or priors):
        hint = f"similar words: {', '.join(near)}" if near else "try fewer words; all of them must be found"
        return Sheet(f"Nothing holds {words!r}", (f"{hint}. Topics and links: zygoma evidence.",), ())
    title = f"{link.id}: {link.name}, grade {link.grade} ({link.note})" if link else f"Evidence on {words!r}"
    sections = []
    if rows:
        sections.append(rows_section(rows))
    if claims:
        sections.append(claims_section(claims))
    if priors:
        sections.append(priors_section(priors))
    return Sheet(title, (_CERTAINTY, _GRADES), tuple(sections))


def rows_section(rows: Sequence[Evidence]) -> Section:
    """Rows of the ledger."""
    lines = [
        (
            row.id,
            row.link or "-",
            row.claim,
            row.stated,
            row.certainty or "-",
            row.level or "-",
            row.read_level,
        )
        for row in rows
    ]
    columns = ("id", "link", "claim", "value", "certainty", "level", "read")
    return section(f"{len(rows)} rows of the ledger", columns, lines)


def claims_section(claims: Sequence[Claim], heading: str = "What is claimed, and what was found") -> Section:
    """Claims of the vendor beside what was found."""
    lines = [
        (
            claim.id,
            claim.said,
            claim.found,
            claim.verdict,
            f"{claim.grade or '-'}{f' ({claim.grade_note})' if claim.grade_note else ''}",
            " ".join(claim.evidence),
        )
        for claim in claims
    ]
    columns = ("id", "said", "found", "verdict", "grade", "evidence")
    return section(heading, columns, lines)


def priors_section(priors: Sequence[Prior]) -> Section:
    """Distributions of the quantities of a link."""
    lines = [(prior.id, prior.description, str(prior), prior.grade, prior.basis) for prior in priors]
    return section("Priors", ("id", "quantity", "distribution", "grade", "basis"), lines)


def article_sheet(article: Article) -> Sheet:
    """The article, then figures that stand elsewhere."""
    lead = (article.verdict, _GRADES, "- : the claim is about a text, not about an effect.")
    origins = dict.fromkeys(claim.origin for claim in article.values())
    sections = [
        claims_section([claim for claim in article.values() if claim.origin == origin], f"Said in: {origin}")
        for origin in origins
    ]
    return Sheet(f"{article.publisher}, {article.title}, {article.date}", lead, tuple(sections))


def row_sheet(row: Evidence, priors: Sequence[Prior], claims: Sequence[Claim]) -> Sheet:
    """The whole of a row, and what rests on it."""
    fields = {
        "link": row.link or "of no single link",
        "topic": row.topic,
        "quantity": row.quantity,
        "value": row.stated,
        "spread or interval": row.uncertainty,
        "subjects": row.sample,
        "design": row.design,
        "tissue": row.tissue,
        "current": row.current,
        "source": row.citation,
        "identifier": row.identifier,
        "read": row.read_level,
        "level (Oxford)": row.level,
        "certainty (GRADE)": row.certainty,
        "remark": row.remark or "none",
    }
    sections = [card(row.id, fields)]
    if claims:
        sections.append(claims_section(claims))
    if priors:
        sections.append(priors_section(priors))
    return Sheet(row.claim, (), tuple(sections))


def claim_sheet(claim: Claim, rows: Sequence[Evidence]) -> Sheet:
    """The whole of a claim with the rows that it is compared with."""
    fields = {
        "where": claim.origin,
        "said": claim.said,
        "found": claim.found,
        "verdict": claim.verdict,
        "grade": f"{claim.grade or 'none, the claim is about a text'} {claim.grade_note}".strip(),
        "link": claim.link,
        "computed answers": ", ".join(claim.responses) or "none",
    }
    return Sheet(claim.id, (_GRADES,), (card(claim.id, fields), rows_section(rows)))


def prior_sheet(prior: Prior, rows: Sequence[Evidence]) -> Sheet:
    """The whole of a prior with the rows behind it."""
    entry = prior.json()
    band = [entry[key] for key in ("p05", "median", "p95")]
    unit = prior.unit if prior.unit not in ("1", "-") else ""
    ends = "none" if None in band else f"{', '.join(f'{end:.3g}' for end in band)} {unit}".strip()
    fields = {
        "quantity": f"{prior.description} ({prior.symbol})",
        "link": prior.link,
        "distribution": str(prior),
        "5, 50, 95 %": ends,
        "source": prior.source,
        "grade": prior.grade,
        "basis": prior.basis,
        "note": prior.note or "none",
    }
    lead = (f"Change it in the [priors] table of a plan, under {prior.id}.", _GRADES)
    return Sheet(prior.id, lead, (card(prior.id, fields), *([rows_section(rows)] if rows else [])))
