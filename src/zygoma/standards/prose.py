"""A text as a reader sees it, and where each of its characters stands in the file."""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser

from zygoma.provenance import load_data

BREAK = "\x1e"
"""Stands where a block of text ends: a list item, a heading, a paragraph or a cell of HTML."""

_VALUE = r"""(?:"[^"]*"|'[^']*'|[^\s"'<>=]+)"""
_TAG = re.compile(
    r"<!--|<!doctype\b|</[a-z][a-z0-9-]*\s*>|<(?:br|hr|p|li|div|span|b|i|em|strong|script|style|html)\s*/?>"
    rf"|<[a-z][a-z0-9-]*(?:\s+[\w:-]+\s*=\s*{_VALUE})+\s*/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]*);", re.IGNORECASE)
_HYPHENATION = re.compile(r"(?<=[^\W\d_])-[ \t]*\r?\n[ \t>]*(?=[^\W\d_])")
_SENTENCE_END = re.compile(
    rf"{BREAK}|\n[ \t\r]*\n|(?<!\b[A-Z])(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bapprox)[.!?]+[\"')\]]*(?=\s|$)"
)
_Change = str | Callable[[re.Match[str]], str]

# How print and Markdown write what a reader takes for the same word, in the order in which they are undone.
_CHANGES: tuple[tuple[re.Pattern[str], _Change], ...] = (
    (re.compile("[’‘‛ʼ′´`＇]"), "'"),
    (re.compile("[“”„‟″]"), '"'),
    (re.compile("\u00ad(?:[ \t]*\r?\n[ \t]*)?|[\u200b-\u200f\u2060\ufeff]"), ""),
    (re.compile("[^\x00-\x7f]"), lambda match: unicodedata.normalize("NFKC", match.group())),
    (re.compile("[‐‒–−]"), "-"),
    (_HYPHENATION, ""),
    (re.compile(r"^[ \t]*>+[ \t]?", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:[-*+•‣▪]|\d{1,3}[.)]|#{1,6})[ \t]+", re.MULTILINE), BREAK),
    (re.compile(r"\]\([^()\n]*\)|[*~]+|(?<![^\W_])_+|_+(?![^\W_])"), ""),
)


@dataclass(frozen=True)
class Prose:
    """Text without its marks.

    Parameters
    ----------
    text : str
        What a reader sees, in plain characters, with words that were broken over lines joined.
    places : list of int
        For every character of it, the index in the source.
    source : str
        What was given.
    """

    text: str
    places: list[int]
    source: str

    @classmethod
    def read(cls, source: str, markup: bool | None = None) -> Prose:
        """Take the marks from a text.

        Parameters
        ----------
        source : str
            Plain text, Markdown or HTML.
        markup : bool, optional
            Whether it is HTML; without it, HTML is known by its tags.
        """
        if _TAG.search(source) if markup is None else markup:
            text, places = _Visible(source).text()
        else:
            text, places = source, list(range(len(source)))
            text, places = _change(_ENTITY, lambda match: html.unescape(match.group()), text, places)
        for pattern, by in _CHANGES:
            text, places = _change(pattern, by, text, places)
        return cls(text, places, source)

    def sentences(self) -> Iterator[tuple[int, str]]:
        """Sentences, each with the index of its first character in `text`."""
        begin = 0
        for end in [match.end() for match in _SENTENCE_END.finditer(self.text)] + [len(self.text)]:
            if self.text[begin:end].strip():
                yield begin, self.text[begin:end]
            begin = end

    def position(self, index: int) -> tuple[int, int]:
        """Line and column in the source, counted from 1, of a character of `text`."""
        place = self.places[index]
        line = bisect_right(self._lines, place)
        return line, place - self._lines[line - 1] + 1

    @cached_property
    def _lines(self) -> list[int]:
        return _line_starts(self.source)


def _line_starts(source: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", source))]


def _change(pattern: re.Pattern[str], by: _Change, text: str, places: list[int]) -> tuple[str, list[int]]:
    """Replace in a text; what comes in stands where the replaced began."""
    pieces: list[str] = []
    kept: list[int] = []
    last = 0
    for match in pattern.finditer(text):
        new = by if isinstance(by, str) else by(match)
        pieces += [text[last : match.start()], new]
        kept += places[last : match.start()] + [places[match.start()]] * len(new)
        last = match.end()
    return "".join(pieces) + text[last:], kept + places[last:]


class _Visible(HTMLParser):
    """Text of an HTML page, without scripts, styles and comments.

    Texts of attributes and hidden parts stand apart: they are read, and deny nothing.
    """

    _HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self._lines = _line_starts(source)
        self._kinds = load_data("claims.toml")["html"]
        self._main: list[tuple[str, list[int]]] = []
        self._apart: list[tuple[str, list[int]]] = []
        self._unread = ""
        self._aside = ""
        self._depth = 0
        self.feed(source)
        self.close()

    def text(self) -> tuple[str, list[int]]:
        """Visible text and the index in the source of each character."""
        parts = [*self._main, (BREAK, [0]), *self._apart]
        return "".join(text for text, _ in parts), [place for _, places in parts for place in places]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self._attributes(tag, named)
        if tag in ("script", "style"):
            self._unread = tag
        elif self._aside:
            self._depth += tag == self._aside
        elif tag not in self._kinds["void"] and (
            tag in self._kinds["struck"] or "hidden" in named or self._HIDDEN.search(named.get("style", ""))
        ):
            self._aside, self._depth = tag, 1
            self._add(BREAK)
        self._mark(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._attributes(tag, {name: value or "" for name, value in attrs})
        self._mark(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unread:
            self._unread = ""
        if self._aside and tag == self._aside:
            self._depth -= 1
            if not self._depth:
                self._add(BREAK)
                self._aside = ""
                return
        self._mark(tag)

    def handle_data(self, data: str) -> None:
        begin = self._place()
        self._put(data, list(range(begin, begin + len(data))))

    def handle_entityref(self, name: str) -> None:
        self._add(html.unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self._add(html.unescape(f"&#{name};"))

    def _mark(self, tag: str) -> None:
        if tag == "br":
            self._add("\n")
        elif tag not in (*self._kinds["inline"], *self._kinds["struck"]):
            self._add(BREAK)

    def _attributes(self, tag: str, named: dict[str, str]) -> None:
        texts = [value for name, value in named.items() if name in self._kinds["shown"]]
        about = named.get("name", "") + named.get("property", "")
        if tag == "meta" and re.search("description|title|keywords", about, re.IGNORECASE):
            texts.append(named.get("content", ""))
        if tag == "input" and named.get("type", "").lower() in ("button", "submit", "reset"):
            texts.append(named.get("value", ""))
        for text in filter(None, texts):
            inside = (self.get_starttag_text() or "").find(text)
            begin = self._place() + max(inside, 0)
            places = [begin + (i if inside >= 0 else 0) for i in range(len(text))]
            self._apart += [(text, places), (BREAK, [begin])]

    def _add(self, text: str) -> None:
        self._put(text, [self._place()] * len(text))

    def _put(self, text: str, places: list[int]) -> None:
        if not self._unread:
            (self._apart if self._aside else self._main).append((text, places))

    def _place(self) -> int:
        line, offset = self.getpos()
        return self._lines[line - 1] + offset
