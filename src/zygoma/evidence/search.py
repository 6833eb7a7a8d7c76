"""Search of entries by words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TypeVar

Entry = TypeVar("Entry")

_OTHER_FIELD = 1000  # rank of a word that is not found, above any number of fields


def search(text: str, entries: Iterable[tuple[Entry, Sequence[str], Sequence[str | None]]]) -> list[Entry]:
    """Entries that hold every word of a text, the best first.

    A word is found where it is an id, or begins a word of a field; case does not count. An entry stands the
    higher the earlier the fields are in which its words are found; equal ones keep their order.

    Parameters
    ----------
    text : str
    entries : iterable of (entry, ids, fields)
        What is searched in each entry, the most telling field first.
    """
    patterns = [(word, re.compile(rf"(?<!\w){re.escape(word)}")) for word in text.casefold().split()]
    found: list[tuple[int, Entry]] = []
    for entry, ids, fields in entries:
        names = {name.casefold() for name in ids}
        texts = [(field or "").casefold() for field in fields]
        ranks = [0 if word in names else _rank(pattern, texts) for word, pattern in patterns]
        if ranks and max(ranks) < _OTHER_FIELD:
            found.append((sum(ranks), entry))
    return [entry for _, entry in sorted(found, key=lambda pair: pair[0])]


def _rank(pattern: re.Pattern[str], texts: Sequence[str]) -> int:
    """Number from 1 of the first field in which a word is found."""
    places = (place for place, text in enumerate(texts, start=1) if pattern.search(text))
    return next(places, _OTHER_FIELD)


def similar(text: str, fields: Iterable[str | None]) -> list[str]:
    """Words of some fields that resemble those of a text, the nearest to each word first."""
    known = {word for field in fields for word in re.findall(r"[^\W\d]{3,}", (field or "").casefold())}
    near = [
        word for given in text.casefold().split() for word in get_close_matches(given, sorted(known), n=3)
    ]
    return list(dict.fromkeys(near))
