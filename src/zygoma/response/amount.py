"""Numbers of responses as a person reads them: two digits, no tiny ones, intervals rounded outward."""

from __future__ import annotations

import math

from zygoma.units import show

LEAST = 1e-3
"""What is smaller is only said to be smaller: no digit of it means anything."""


def number(value: float) -> str:
    """Two significant digits.

    Examples
    --------
    >>> number(0.273), number(-0.00002), number(14.32), number(-9.999)
    ('0.27', 'less than 0.001', '14', '−10')
    """
    if value == 0:
        return "0"
    if abs(value) < LEAST:
        return f"less than {LEAST:g}"
    rounded = float(f"{value:.1e}")
    digits = max(0, 1 - math.floor(math.log10(abs(rounded))))
    return f"{rounded:.{digits}f}".replace("-", "−")


def interval(low: float, high: float) -> str:
    """Two ends; a tiny one is rounded away from the middle.

    Examples
    --------
    >>> interval(-6.72, 9.72), interval(0.0005, 0.1), interval(-0.0004, 0.0231)
    ('−6.7 to 9.7', 'less than 0.001 to 0.10', '−0.001 to 0.023')
    """
    first = number(low) if low >= 0 or low <= -LEAST else f"−{LEAST:g}"
    if high <= 0 or high >= LEAST:
        second = number(high) if high >= LEAST or high <= -LEAST else "0"
    else:
        second = f"{LEAST:g}"
    return f"{first} to {second}"


def course(sessions: int, session: float) -> str:
    """A course in words.

    Examples
    --------
    >>> course(30, 1200.0), course(1, 1.0)
    ('30 sessions of 20 min', '1 session of 1 s')
    """
    length = f"{session / 60:.3g} min" if session >= 60 else show(session, "s")
    return f"{sessions} session{'' if sessions == 1 else 's'} of {length}"


def band(median: float, low: float, high: float, unit: str = "") -> str:
    """Median and interval with their unit; one bound where all three are tiny.

    Examples
    --------
    >>> band(1.5, -6.72, 9.72, "%"), band(-7e-6, -3.6e-4, 9e-5, "%"), band(0, 0, 0, "%")
    ('1.5 % (−6.7 to 9.7 %)', 'less than 0.001 % either way', '0 %')
    """
    unit = f" {unit}" if unit else ""
    if median == low == high:
        return f"{number(median)}{unit}"
    if max(abs(median), abs(low), abs(high)) < LEAST:
        return f"less than {LEAST:g}{unit}" + (" either way" if low < 0 < high else "")
    return f"{number(median)}{unit} ({interval(low, high)}{unit})"
