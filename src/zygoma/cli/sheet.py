"""Sheets on a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zygoma.standards.sheet import Section, Sheet

_STYLES = {"unknown": "dim", "assumed": "yellow", "differs": "bold", "exceeded": "bold red"}
_LONGEST_WORD = 36  # characters of a word in the first column that is kept on one line
_PIPE_WIDTH = 160  # characters where the output is not a terminal


def width() -> int:
    """Characters of a line of the terminal, or of text where the output is not a terminal."""
    from rich.console import Console

    return Console().width if sys.stdout.isatty() else _PIPE_WIDTH


def show_sheet(sheet: Sheet) -> None:
    """Print a sheet on standard output, as wide as the terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=width(), highlight=False)
    console.print(Text(sheet.title, style="bold"))
    for text in sheet.lead:
        console.print(Text(text))
    for section in sheet.sections:
        table = Table(title=section.heading, title_justify="left", expand=True)
        for number, column in enumerate(section.columns):
            first = _first_width(section, console.width) if number == 0 else None
            table.add_column(column, overflow="fold", width=first)
        for row, mark in zip(section.rows, section.marks, strict=True):
            table.add_row(*map(Text, row), style=_STYLES.get(mark, ""))
        console.print()
        console.print(table)
        for number, note in enumerate(section.notes, start=1):
            console.print(Text(f"[{number}] {note}"))


def _first_width(section: Section, whole: int) -> int | None:
    """Width of the first column: its longest word, as an id is not cut, else its share of the whole."""
    cells = [section.columns[0], *(row[0] for row in section.rows)]
    longest_word = max((len(word) for cell in cells for word in cell.split()), default=0)
    longest_line = max(len(line) for cell in cells for line in cell.splitlines() or [""])
    return max(min(longest_word, _LONGEST_WORD), min(longest_line, whole // len(section.columns))) or None
