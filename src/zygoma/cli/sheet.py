"""Sheets on a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zygoma.standards.sheet import Sheet

_STYLES = {"unknown": "dim", "assumed": "yellow", "differs": "bold", "exceeded": "bold red"}
_PIPE_WIDTH = 160  # characters where the output is not a terminal


def show_sheet(sheet: Sheet) -> None:
    """Print a sheet on standard output, as wide as the terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)
    console.print(Text(sheet.title, style="bold"))
    for text in sheet.lead:
        console.print(Text(text))
    for section in sheet.sections:
        table = Table(*section.columns, title=section.heading, title_justify="left", expand=True)
        for row, mark in zip(section.rows, section.marks, strict=True):
            table.add_row(*map(Text, row), style=_STYLES.get(mark, ""))
        console.print()
        console.print(table)
        for number, note in enumerate(section.notes, start=1):
            console.print(Text(f"[{number}] {note}"))
