"""Currents, waveforms and ways of holding the probes side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from zygoma.plan import Treatment
from zygoma.plan.alternatives import SAMPLES, Alternative, alternatives
from zygoma.response.amount import LEAST, interval, number
from zygoma.units import show

_NOT_COMPUTED = "not computed"


@dataclass(frozen=True)
class Cell:
    """A number, and its interval or a remark below it."""

    text: str
    note: str = ""


@dataclass(frozen=True)
class AlternativesTable:
    """Rows are quantities, columns cases.

    Attributes
    ----------
    groups : tuple of (str, int)
        Heading and number of columns.
    cases : tuple of Alternative
        The columns.
    rows : tuple of (str, str, tuple of Cell)
        Quantity, its unit, and a cell for each case.
    samples : int
        Draws of the cases beside the plan.
    """

    groups: tuple[tuple[str, int], ...]
    cases: tuple[Alternative, ...]
    rows: tuple[tuple[str, str, tuple[Cell, ...]], ...]
    samples: int

    @classmethod
    def of(cls, treatment: Treatment) -> AlternativesTable:
        """The table of a treatment."""
        cases = alternatives(treatment)
        groups = tuple((name, len(list(own))) for name, own in groupby(case.group for case in cases))
        rows = tuple((what, unit, tuple(cell(case) for case in cases)) for what, unit, cell in _ROWS)
        return cls(groups, cases, rows, min(SAMPLES, treatment.chain.samples))


def _response(id: str, times: float = 1.0) -> Callable[[Alternative], Cell]:
    def cell(case: Alternative) -> Cell:
        found = case.chain.response(id)
        low, median, high = (times * value for value in (found.p05, found.median, found.p95))
        if max(abs(low), abs(high)) < LEAST:
            return Cell(_short(number(median)))
        return Cell(_short(number(median)), _short(interval(low, high)))

    return cell


def _short(text: str) -> str:
    return text.replace("less than", "<")


def _models(case: Alternative) -> Cell:
    if case.model_ratios is None:
        return Cell("–", _NOT_COMPUTED)
    low, high = case.model_ratios
    return Cell(_short(interval(low, high)))


def _charge(case: Alternative) -> Cell:
    return Cell("0" if case.net_charge < 1e-12 else show(case.net_charge, "C", 2))


_ROWS: tuple[tuple[str, str, Callable[[Alternative], Cell]], ...] = (
    ("Feel it", "% of people", _response("perception", 100)),
    ("Current over the threshold of a twitch, human anchor", "ratio", _response("motor_anchor_ratio")),
    ("The same, fibre models, most excited muscle", "lowest to highest ratio", _models),
    ("Field in the skin over that of a wound", "ratio", _response("natural_current")),
    ("Net charge at one place", "a session", _charge),
    ("Blood flow at its peak", "times the baseline", _response("flow")),
    ("Cells along the field", "directedness, 1 is straight", _response("fibroblast")),
    ("Collagen of the dermis", "% over the course", _response("collagen")),
    ("Shift of the skin at a muscle’s insertion", "mm", _response("lift_insertion")),
    ("Wrinkles against sham", "% better, a judgement", _response("wrinkle")),
)
