"""Whether a sentence gives a measured value with its interval."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from zygoma.provenance import load_data

_NUMBER = r"(?<![\d.])[-+]?\d+(?:[.,]\d+)?(?!\d)"
_CLAUSE_END = re.compile(r";(?![^\[(]*[\])])")


def measured(sentence: str, place: int) -> bool:
    """Whether a value and its bounds stand in the clause around a place.

    Parameters
    ----------
    sentence : str
    place : int
        Where the claim stands; a semicolon ends its clause.

    Returns
    -------
    bool
        True for "3 % (95 % CI 1 to 5 %)", "3 % [1, 5]", "3 ± 2 %". The value has to lie between the bounds. A
        percentage, a level of confidence or a spread of time alone is no measured value.
    """
    ends = [match.start() for match in _CLAUSE_END.finditer(sentence)]
    begin = max((end + 1 for end in ends if end < place), default=0)
    clause = sentence[begin : min((end for end in ends if end >= place), default=len(sentence))]
    bounds, spread, number, not_of = _rules()
    if spread.search(clause):
        return True
    for match in (match for rule in bounds for match in rule.finditer(clause)):
        low, high = _value(match["low"]), _value(match["high"])
        if not_of.match(clause, match.end("high")) or not low < high:
            continue
        values = [
            _value(found.group())
            for found in number.finditer(clause)
            if not match.start("low") <= found.start() < match.end("high")
            and not not_of.match(clause, found.end())
        ]
        if any(low <= value <= high or low <= -value <= high for value in values):
            return True
    return False


def _value(text: str) -> float:
    return float(text.replace(",", "."))


@cache
def _rules() -> tuple[list[re.Pattern[str]], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data: dict[str, Any] = load_data("claims.toml")["measured"]

    def rule(text: str) -> re.Pattern[str]:
        whole = text.replace("{number}", _NUMBER).replace("{unit}", f"(?:{data['unit']})")
        return re.compile(whole, re.IGNORECASE)

    bounds = [rule(text) for text in data["bounds"]]
    return bounds, rule(data["spread"]), re.compile(_NUMBER), re.compile(data["not_of"])
