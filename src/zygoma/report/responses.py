"""What the report says of the responses: the verdict, the chain link by link, and what to measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zygoma.evidence import grades, links
from zygoma.plan import Treatment
from zygoma.response.amount import LEAST, band, interval, number
from zygoma.response.chain import Chain
from zygoma.response.measure import Measurement
from zygoma.response.response import Response
from zygoma.response.verdict import ChainLink

BROKEN = "D"


@dataclass(frozen=True)
class LinkBox:
    """One link of the chain as the page shows it.

    Attributes
    ----------
    id, name, sentence, kind : str
        As in `ChainLink`.
    grade, meaning, note : str
        Of the claim, what it means, and what it rests on or hides.
    amount, between, of : str
        Number and 90 % interval with their unit, and what they are of; empty without a number.
    terms : tuple of (str, str)
        What else is to be known of the number: heading and text.
    evidence : tuple of str
        Rows of the ledger.
    breaks : bool
        Whether the chain breaks here.
    """

    id: str
    name: str
    sentence: str
    kind: str
    grade: str
    meaning: str
    note: str
    amount: str
    between: str
    of: str
    terms: tuple[tuple[str, str], ...]
    evidence: tuple[str, ...]
    breaks: bool


@dataclass(frozen=True)
class ResponseSection:
    """Verdict, chain and what to measure.

    Attributes
    ----------
    verdict, warnings : tuple of str
    links : tuple of LinkBox
    broken : tuple of str
        Names of the links at which the chain breaks.
    grades : mapping of str to str
        What each grade means.
    measure : tuple of (str, str)
        What to measure, and what it would narrow by how much.
    samples : int
    """

    verdict: tuple[str, ...]
    warnings: tuple[str, ...]
    links: tuple[LinkBox, ...]
    broken: tuple[str, ...]
    grades: Mapping[str, str]
    measure: tuple[tuple[str, str], ...]
    samples: int

    @classmethod
    def of(cls, treatment: Treatment) -> ResponseSection:
        """The section of a treatment."""
        chain = treatment.chain
        boxes = tuple(_box(link) for link in chain.links)
        return cls(
            verdict=chain.verdict,
            warnings=chain.warnings,
            links=boxes,
            broken=tuple(box.name for box in boxes if box.breaks),
            grades=grades(),
            measure=tuple(_measurement(chain, one) for one in chain.measure_first),
            samples=chain.samples,
        )


def told(chain: Chain, id: str) -> tuple[str, str]:
    """A response of the whole face in the words of its link, with its interval, and its kind."""
    link = next(link for link in chain.links if link.response is not None and link.response.id == id)
    assert link.response is not None
    found, times = link.response, link.times
    text = band(times * found.median, times * found.p05, times * found.p95, link.unit)
    return f"{text} {link.of}", link.kind


def spread(found: Response) -> str:
    """A pure number with its interval, such as a ratio to a threshold."""
    return band(found.median, found.p05, found.p95)


def _box(link: ChainLink) -> LinkBox:
    found, times, unit = link.response, link.times, f" {link.unit}" if link.unit else ""
    amount = between = ""
    terms: list[tuple[str, str]] = []
    if found is not None:
        low, median, high = (times * value for value in (found.p05, found.median, found.p95))
        amount = f"{number(median)}{unit}"
        tiny = max(abs(low), abs(median), abs(high)) < LEAST
        between = "" if tiny else f"{interval(low, high)}{unit}"
        share = f", {100 * found.dominant_share:.0f} % of its spread" if found.dominant_share else ""
        terms = [
            ("The number", f"{found.what}: grade {found.grade}, {grades()[found.grade]}."),
            ("Most uncertain", f"{_capital(found.dominant_uncertainty)}{share}."),
            ("Valid", found.validity),
            *(("Beware", text) for text in found.warnings),
        ]
    return LinkBox(
        link.id,
        _capital(link.name),
        link.sentence,
        link.kind,
        link.grade,
        grades()[link.grade],
        _capital(links()[link.id].note),
        amount,
        between,
        link.of,
        tuple(terms),
        () if found is None else found.evidence,
        link.grade == BROKEN,
    )


def _measurement(chain: Chain, one: Measurement) -> tuple[str, str]:
    link = next(
        link for link in chain.links if link.response is not None and link.response.id == one.response
    )
    unit = f" {link.unit}" if link.unit else ""
    now, then = (
        f"{number(link.times * width)}{unit}" for width in (one.width, one.width * (1 - one.reduction))
    )
    what = f"{_capital(link.name)}: the 90 % interval would shrink from {now} to {then}, end to end"
    return _capital(one.text), what


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
