"""Sheets as Markdown and as a page of HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from zygoma.standards.drawing import Drawing
from zygoma.standards.sheet import Section, Sheet

_SHORT = 14  # characters of a cell that is kept on one line
_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #1b1b1b; }
body { margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; }
th, td { border: 1px solid #c9c9c9; padding: .3rem .5rem; text-align: left; vertical-align: top; }
th { background: #eef1f4; }
tr.unknown td { color: #6b6b6b; }
tr.assumed td { background: #fff8e6; }
tr.differs td { background: #fdeceb; }
tr.exceeded td { background: #fdeceb; font-weight: 600; }
td.short { white-space: nowrap; }
div { overflow-x: auto; }
figure { margin: 1rem 0; break-inside: avoid; }
figure svg { width: 100%; height: auto; }
figcaption { color: #444; font-size: 13px; }
ol { color: #444; font-size: 13px; }
@media print { body { margin: 0; max-width: none; font-size: 11px; } tr { break-inside: avoid; } }
"""


def markdown(sheet: Sheet) -> str:
    """The sheet in Markdown, with pipe tables."""
    parts = [f"# {_line(sheet.title)}", *sheet.lead]
    for section in sheet.sections:
        parts.append(f"## {_line(section.heading)}")
        lines = [_pipes(section.columns), _pipes(["---"] * len(section.columns))]
        lines += [_pipes(row) for row in section.rows]
        parts.append("\n".join(lines))
        if section.notes:
            parts.append("\n".join(f"{k}. {_line(note)}" for k, note in enumerate(section.notes, start=1)))
    return "\n\n".join(parts) + "\n"


def html(sheet: Sheet) -> str:
    """The sheet as one page that needs no other file."""
    parts = [f"<h1>{escape(sheet.title)}</h1>", *(f"<p>{escape(text)}</p>" for text in sheet.lead)]
    parts += [_section(section) for section in sheet.sections]
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    return (
        f'<!doctype html><html lang="en"><head>{head}<title>{escape(sheet.title)}</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _section(section: Section) -> str:
    head = "".join(f"<th scope=col>{escape(text)}</th>" for text in section.columns)
    body = "".join(
        f'<tr class="{escape(mark)}">{"".join(_cell(text) for text in row)}</tr>'
        for row, mark in zip(section.rows, section.marks, strict=True)
    )
    notes = "".join(f"<li>{escape(note)}</li>" for note in section.notes)
    return (
        f"<h2>{escape(section.heading)}</h2><div><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
        + (f"<ol>{notes}</ol>" if notes else "")
        + (_figure(section.drawing) if section.drawing else "")
    )


def _cell(text: str) -> str:
    return f"<td{' class=short' * (len(text) <= _SHORT)}>{escape(text)}</td>"


def _figure(drawing: Drawing) -> str:
    return f"<figure>{drawing.svg()}<figcaption>{escape(drawing.caption)}</figcaption></figure>"


def _pipes(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_line(cell).replace("|", "\\|") for cell in cells) + " |"


def _line(text: str) -> str:
    """Text on one line: a line break would end a heading, a note or a row of a table."""
    return " ".join(text.splitlines())
