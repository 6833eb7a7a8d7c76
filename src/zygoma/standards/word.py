"""Sheets as a Word document, ready to paste into a submission."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

from zygoma.provenance import atomic_path
from zygoma.standards.sheet import Section, Sheet

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Row

_INCHES = {  # widths of the columns of a letter page in landscape, by their headings
    "Parameter": 2.2,
    "Load": 0.8,
    "Value": 1.5,
    "Formula [window]": 3.1,
    "Status": 1.4,
    "Status and reason": 4.0,
    "Difference": 0.9,
}
_PAGE = 9.0
_FILL = {"assumed": "FFF8E6", "differs": "FDECEB", "exceeded": "FDECEB"}


def save_docx(sheet: Sheet, path: str | os.PathLike[str]) -> None:
    """Write the sheet as a document in landscape, heads of tables repeated on each page.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.shared import Inches, Pt

    document = Document()
    page = document.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = Inches(11), Inches(8.5)
    page.left_margin = page.right_margin = Inches(1)
    page.top_margin = page.bottom_margin = Inches(0.8)
    document.styles["Normal"].font.size = Pt(9)
    document.styles["Normal"].font.name = "Arial"
    document.core_properties.title = sheet.title
    document.core_properties.author = "zygoma"
    document.add_heading(sheet.title, level=1)
    for text in sheet.lead:
        document.add_paragraph(text)
    for section in sheet.sections:
        _add(document, section)
    with atomic_path(path) as temporary:
        document.save(str(temporary))


def _add(document: Document, section: Section) -> None:
    from docx.shared import Inches, Pt

    document.add_heading(section.heading, level=2)
    table = document.add_table(rows=1, cols=len(section.columns))
    table.style = "Table Grid"
    table.autofit = False
    fixed = sum(_INCHES.get(name, 0.0) for name in section.columns)
    free = sum(name not in _INCHES for name in section.columns)
    spread = _PAGE / fixed if not free else 1.0
    widths = [
        _INCHES[name] * spread if name in _INCHES else (_PAGE - fixed) / free for name in section.columns
    ]
    _fill_row(table.rows[0], section.columns, "EEF1F4", bold=True)
    _repeat(table.rows[0])
    for texts, mark in zip(section.rows, section.marks, strict=True):
        _fill_row(table.add_row(), texts, _FILL.get(mark))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Inches(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Inches(width)
    for k, note in enumerate(section.notes, start=1):
        paragraph = document.add_paragraph(f"[{k}] {note}")
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.runs[0].font.size = Pt(8)
    if section.drawing is not None:
        document.add_picture(io.BytesIO(section.drawing.png()), width=Inches(_PAGE))
        document.paragraphs[-1].paragraph_format.keep_with_next = True
        document.add_paragraph(section.drawing.caption).runs[0].font.size = Pt(8)


def _fill_row(row: _Row, texts: tuple[str, ...], fill: str | None, bold: bool = False) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    for cell, text in zip(row.cells, texts, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        run = paragraph.add_run(text)
        run.bold, run.font.size = bold, Pt(8)
        if fill:
            shade = OxmlElement("w:shd")
            shade.set(qn("w:val"), "clear")
            shade.set(qn("w:fill"), fill)
            cell._tc.get_or_add_tcPr().append(shade)
    whole = OxmlElement("w:cantSplit")
    row._tr.get_or_add_trPr().append(whole)


def _repeat(row: _Row) -> None:
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
