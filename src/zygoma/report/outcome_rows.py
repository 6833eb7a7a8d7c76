"""Lines of the tables of changes, of photographs and of scans: a change, its interval, its verdict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zygoma.face.atlas import side_of, stem
from zygoma.outcome.visit_difference import VisitDifference
from zygoma.report.words import sided

_REACH = 40.0  # per cent that the bands show to either side
_NONE = "–"


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    name: str
    change: str
    between: str
    smallest: str
    verdict: str
    reasons: tuple[str, ...] = ()
    low: float | None = None
    wide: float = 0.0
    at: float = 0.0


def band_row(
    name: str,
    change: float,
    interval: tuple[float, float],
    smallest: float,
    verdict: str,
    beside: tuple[str, ...] = (),
) -> Row:
    """A change in per cent with a band that shows its interval.

    Parameters
    ----------
    name : str
    change : float
    interval : (float, float)
    smallest : float
        That could have been told from none.
    verdict : str
    beside : tuple of str
        What stands below the verdict.
    """

    def place(value: float) -> float:
        return float(np.clip(50 + 50 * value / _REACH, 0, 100))

    low, high = interval
    between = f"{percent(low)} to {percent(high)}"
    wide = max(place(high) - place(low), 0.5)
    return Row(
        name, percent(change), between, f"{smallest:.1f} %", verdict, beside, place(low), wide, place(change)
    )


def unknown_row(name: str, verdict: str, beside: tuple[str, ...] = ()) -> Row:
    """A change of which nothing can be said."""
    return Row(name, _NONE, _NONE, _NONE, verdict, beside)


def difference_row(
    name: str, difference: VisitDifference | None, verdict: str, factor: float, unit: str
) -> Row:
    """A difference times `factor`, in `unit`."""
    if difference is None:
        return unknown_row(name, verdict)
    between = f"{signed(factor * difference.low)} to {signed(factor * difference.high)} {unit}"
    smallest = f"{factor * difference.smallest:.2f} {unit}"
    return Row(name, f"{signed(factor * difference.value)} {unit}", between, smallest, verdict)


def place_name(name: str) -> str:
    """Title of a place or region: its side after a comma."""
    return sided(stem(name), side_of(name))


def percent(value: float) -> str:
    """With its sign and one digit."""
    return f"{value:+.1f} %".replace("-", "−")


def signed(value: float) -> str:
    """With its sign and two digits; never a negative zero."""
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "−")
