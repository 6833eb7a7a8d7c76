"""Quantities with units at the edges; SI floats inside."""

from __future__ import annotations

import math
import re
from functools import cache
from numbers import Real
from typing import Any

from zygoma.errors import UnitError

_PREFIXES = ((1.0, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"), (1e-12, "p"))
_LARGE = ((1e9, "G"), (1e6, "M"), (1e3, "k"))
_EXAMPLES = {
    "A": "400 uA",
    "s": "20 min",
    "V": "12 V",
    "ohm": "2 kohm",
    "Hz": "8 Hz",
    "S/m": "0.3 S/m",
    "m": "3 mm",
}


_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_NAME = r"[A-Za-zµμΩΩ]+(?:(?:\^|\*\*)?-?\d)?"
_QUANTITY = re.compile(rf"\s*({_NUMBER})\s*({_NAME}(?:\s*[*/]\s*{_NAME})*)?\s*")
_POWER = re.compile(r"(?<=[A-Za-zµμΩΩ])\^?(-?\d)")
_SPELLINGS = {
    "Ohm": "ohm",
    "Ohms": "ohm",
    "kOhm": "kohm",
    "MOhm": "Mohm",
    "hz": "Hz",
    "khz": "kHz",
    "KHz": "kHz",
}


@cache
def _registry() -> Any:
    import pint

    return pint.UnitRegistry(cache_folder=None)


def parse(text: str, unit: str) -> float:
    """Value of a quantity given as text, in SI.

    Parameters
    ----------
    text : str
        A number with its unit, such as ``"400 uA"`` or ``"20 min"``.
    unit : str
        The unit of the returned number, such as ``"A"`` or ``"s"``.

    Returns
    -------
    float
        The value in `unit`.

    Raises
    ------
    UnitError
        The text has no unit, is not a quantity, or has another dimension.

    Examples
    --------
    >>> round(parse("400 uA", "A"), 9)
    0.0004
    """
    example = _EXAMPLES.get(unit, f"1 {unit}")
    if not isinstance(text, str):
        raise UnitError(f"{text!r} has no unit; expected text such as {example!r}")
    found = _QUANTITY.fullmatch(text)
    if found is None:
        hint = (
            "; the decimal sign is a point, digits are not grouped" if re.search(r"\d[,\s]\d", text) else ""
        )
        raise UnitError(
            f"{text!r} is not a quantity; expected a number with a unit such as {example!r}{hint}"
        )
    if found[2] is None:
        raise UnitError(f"{text!r} has no unit; expected text such as {example!r}")
    import pint

    # a number and units alone: pint would evaluate any expression, and read "12,5 V" as 125 V
    units = _POWER.sub(r"**\1", _SPELLINGS.get(found[2], found[2]))
    try:
        quantity = float(found[1]) * _registry().Unit(units)
    except (pint.PintError, ValueError, TypeError, SyntaxError, AttributeError, ArithmeticError) as error:
        raise UnitError(
            f"{text!r} is not a quantity; expected a number with a unit such as {example!r}"
        ) from error
    if not math.isfinite(quantity.magnitude):
        raise UnitError(f"{text!r} is not a finite number; expected text such as {example!r}")
    try:
        return float(f"{quantity.to(unit).magnitude:.15g}")  # 400e-6, not 399.99999999999996e-6
    except pint.DimensionalityError as error:
        raise UnitError(f"{text!r} is not a quantity in {unit}; expected text such as {example!r}") from error


def si(given: Any, unit: str, what: str) -> float:
    """SI value of a number, or of text with its unit.

    Parameters
    ----------
    given : number or str
        Such as ``4e-4`` or ``"400 uA"``.
    unit : str
        The SI unit of a number.
    what : str
        What is given, for the message.

    Raises
    ------
    UnitError
        Text that is not a quantity in this unit, or neither text nor a number.
    """
    if isinstance(given, str):
        return parse(given, unit)
    if not isinstance(given, Real) or isinstance(given, bool):
        example = _EXAMPLES.get(unit, f"1 {unit}")
        raise UnitError(f"{what} is {given!r}; expected a number in {unit} or text such as {example!r}")
    return float(given)


def show(value: float, unit: str, digits: int = 3) -> str:
    """A value as a person writes it, with a metric prefix.

    Examples
    --------
    >>> show(4e-4, "A")
    '400 µA'
    """
    if value == 0 or value != value:
        return f"{value:g} {unit}"
    scales = (*_LARGE, *_PREFIXES)
    factor, prefix = next((scale for scale in scales if abs(value) >= scale[0] * 0.9995), scales[-1])
    number = value / factor
    text = f"{number:.{digits}g}"
    if "e" in text:
        text = f"{number:.0f}"
    return f"{text} {prefix}{unit}"
