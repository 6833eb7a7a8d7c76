"""Whether a sentence denies a claim, or only warns against a use."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from zygoma.provenance import load_data

_REACH = 400
"""Characters before a word in which its denial is looked for; more than any list of fillers."""

_GAP = r"[\s\"'\[]+"
_CLAUSE_END = r"[,;:/—()|!?]|\s-+\s|\n(?=\s*[A-Z])"
_CLOSED = re.compile(r"\b(?:or|nor)\b")


def denied(sentence: str, place: int, word: str, noun: bool = False) -> bool:
    """Whether a negation governs a word.

    Parameters
    ----------
    sentence : str
        The sentence in which it stands.
    place : int
        Where it begins.
    word : str
        The word itself.
    noun : bool
        It names a thing, so that a denied verb before it denies it too.

    Returns
    -------
    bool
        True where a negation stands before it and only fillers between them, or a denied verb whose list goes
        on with "or"; true also for the name of a thing in a warning against use. A question denies nothing.
    """
    if sentence.rstrip(" \n\t\"')").endswith("?"):
        return False
    before = sentence[max(0, place - _REACH) : place]
    after = re.split(r"[;:.]", sentence[place + len(word) :])[0]
    return _negated(before, after, word, noun) or _warned(before, after, word, noun)


def _negated(before: str, after: str, word: str, noun: bool) -> bool:
    rules = _rules()
    direct = rules["direct"].search(before)
    # "Not treating it is a mistake": a gerund behind the first word is what the sentence is about
    gerund = direct and word.lower().endswith("ing") and not before[: direct.start()].strip()
    if direct and _stands(before, direct):
        return not gerund
    if rules["no"].search(before) and rules["after"].search(after):
        return True
    listed = rules["noun_listed" if noun else "verb_listed"].search(before)
    if listed is None or not _stands(before, listed):
        return False
    if not noun and re.search(r"(?<!ment)(?<!ion)(?<![aeiou]s)(?<!ie)s$", word, re.IGNORECASE):
        return False
    return "," not in listed.group() or _CLOSED.search(listed.group() + after) is not None


def _stands(before: str, negation: re.Match[str]) -> bool:
    """Whether nothing earlier in the clause takes the negation away."""
    clause = _rules()["clause_end"].split(before[: negation.start()])[-1]
    return _rules()["void"].search(clause) is None


def _warned(before: str, after: str, word: str, noun: bool) -> bool:
    rules = _rules()
    if not noun and not rules["warned_noun"].fullmatch(word):
        return False
    closed = re.compile(r"\b(?:or|and)\b")
    warning = rules["warning"].search(before)
    if warning and ("," not in warning.group() or closed.search(warning.group() + after)):
        return True
    return bool(rules["condition"].search(before) and rules["then"].search(after))


@cache
def _rules() -> dict[str, re.Pattern[str]]:
    data: dict[str, dict[str, Any]] = load_data("claims.toml")
    denial, warning = data["denial"], data["warning"]
    negation, filler, stem, cut = (_any(denial[name]) for name in ("negation", "filler", "verb", "cut"))
    verb = rf"{stem}(?!\w*(?<!si)s(?!\w))\w*"
    begin = rf"{negation}(?:{_GAP}{filler}){{0,14}}"
    own = rf"(?!{cut}(?!\w))[\w'%-]+"
    listed = rf"(?:{begin}{_GAP}{verb}|(?:never|neither|nor){_GAP}{stem}\w*)(?!\w)(?:[\s,\"]+{own}){{0,12}}?"
    thing = rf"(?!{_any(warning['cut'])}(?!\w))[\w'%-]+"
    rules = {
        "direct": rf"(?<!\w){begin}{_GAP}$",
        "no": rf"(?<!\w)no(?:{_GAP}{filler}){{0,3}}{_GAP}$",
        "after": rf"(?<!\w){denial['after']}(?!\w)",
        "verb_listed": rf"(?<!\w){listed}(?:\s*,)?(?:(?<=,)|\s+or|\s+nor)(?:{_GAP}{filler}){{0,4}}{_GAP}$",
        "noun_listed": rf"(?<!\w){listed}[\s,\"]+$",
        "clause_end": rf"{_CLAUSE_END}|(?<!\w){_any(denial['clause'])}(?!\w)",
        "void": rf"(?<!\w){_any(denial['void'])}(?!\w)",
        "warning": rf"(?<!\w){_any(warning['begin'])}(?!\w)(?:[\s,\"]+{thing}){{0,16}}?[\s,\"]+$",
        "warned_noun": warning["noun"],
        "condition": rf"(?<!\w){_any(warning['condition'])}(?!\w)(?:[\s,\"]+{thing}){{0,12}}?[\s,\"]+$",
        "then": rf"(?<!\w){_any(warning['then'])}(?!\w)",
    }
    return {name: re.compile(rule, re.IGNORECASE) for name, rule in rules.items()}


def _any(words: list[str]) -> str:
    return f"(?:{'|'.join(words)})"
