"""A condition that photographs must meet, with what was found and what to do."""

from __future__ import annotations

import math
from dataclasses import dataclass

from zygoma.outcome.skin_contrast import FILE
from zygoma.provenance import load_data


@dataclass(frozen=True)
class Gate:
    """One condition.

    Parameters
    ----------
    name : str
        As in ``photo_quality.toml``.
    value : float
        What was found, in SI units or as a share; NaN where it could not be told.
    passed : bool
        Whether it is within its limit. What could not be told has not passed.
    reason : str
        What was found and what to do about it, for a person.
    """

    name: str
    value: float
    passed: bool
    reason: str

    def __str__(self) -> str:
        return f"{self.name}: {'passed' if self.passed else 'refused'}, {self.reason}"


def gate(name: str, value: float, what: str, advice: str, repeats: int = 1) -> Gate:
    """Hold a value against its limit in ``photo_quality.toml``.

    Parameters
    ----------
    name : str
    value : float
        Compared as it is with a lower limit, by its size with an upper one.
    what : str
        What the value is, as the beginning of a sentence.
    advice : str
        What to do when the limit is broken.
    repeats : int
        Photographs that the value is a mean over: a limit near the error of one photograph comes down
        with their number.
    """
    entry = load_data(FILE)["gate"][name]
    if math.isnan(value):
        return Gate(name, value, False, f"{what} cannot be told; {advice}")
    if "high" in entry:
        bound, word = entry["high"] + entry.get("repeat", 0.0) / math.sqrt(repeats), "at most"
        within = abs(value) <= bound
    else:
        bound, word = entry["low"], "at least"
        within = value >= bound
    found, limit = (f"{entry['factor'] * number:.3g} {entry['unit']}" for number in (abs(value), bound))
    return Gate(name, value, within, f"{what} is {found}, {word} {limit}" + ("" if within else f"; {advice}"))
