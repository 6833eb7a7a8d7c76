"""Quantities that stand on the command line."""

from __future__ import annotations

import math

from zygoma.errors import RangeError
from zygoma.units import parse


def above_zero(text: str | None, unit: str, option: str) -> float | None:
    """SI value of the text after an option; None where it was not given.

    Raises
    ------
    UnitError
        No quantity in this unit.
    RangeError
        Not above zero.
    """
    if text is None:
        return None
    value = parse(text, unit)
    if not (math.isfinite(value) and value > 0):
        raise RangeError(f"{option} {text!r}; expected a quantity above zero")
    return value
