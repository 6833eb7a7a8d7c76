"""``zygoma device table``: the outputs of devices as a submission to the FDA asks for them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zygoma.cli.quantity import above_zero
from zygoma.cli.sheet import show_sheet
from zygoma.errors import InputError

if TYPE_CHECKING:
    from zygoma.standards import OutputTable
    from zygoma.standards.sheet import Sheet

SUFFIXES = (".md", ".html", ".csv", ".docx")


def table(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="Ids in the catalogue, or TOML or JSON files.")
    ],
    waveform: Annotated[
        list[str] | None,
        typer.Option(help="Waveform for an output mode; may be repeated. A foreign one is an assumption."),
    ] = None,
    electrode: Annotated[
        str | None, typer.Option(help="Smallest electrode: an id in the catalogue, or a TOML file.")
    ] = None,
    current: Annotated[
        str | None,
        typer.Option(
            help="Set current, such as '300 uA'; without it that of its own waveform, else its largest."
        ),
    ] = None,
    out: Annotated[
        list[Path] | None, typer.Option(help="File to write (.md, .html, .csv, .docx); may be repeated.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Table of outputs after the FDA guidance of 1999 and 21 CFR 882.5891(b)(3).

    Every row is shown at 500 ohm, 2 kohm or 10 kohm with its formula and window. What is not published stays
    unknown and says what measurement would fill it. Several devices stand side by side, differences marked.
    """
    from zygoma.device import Device, Electrode
    from zygoma.standards import OutputTable

    for path in out or ():
        if path.suffix.lower() not in SUFFIXES:
            raise InputError(
                f"cannot write a table to {path}; expected a name that ends in {', '.join(SUFFIXES)}"
            )
    smallest = Electrode.load(electrode) if electrode else None
    amplitude = above_zero(current, "A", "--current")
    tables = [
        OutputTable.of(Device.load(name), waveform or (), electrode=smallest, current=amplitude)
        for name in names
    ]
    for path in out or ():
        _write(tables, path)
        typer.echo(f"written: {path}", err=True)
    if as_json:
        single = tables[0].to_dict()
        typer.echo(json.dumps(single if len(tables) == 1 else {"devices": [t.to_dict() for t in tables]}))
    elif not out:
        show_sheet(_sheet(tables))


def _sheet(tables: Sequence[OutputTable]) -> Sheet:
    from zygoma.standards.sheet import comparison_sheet, table_sheet

    return table_sheet(tables[0]) if len(tables) == 1 else comparison_sheet(tables)


def _write(tables: Sequence[OutputTable], path: Path) -> None:
    from zygoma.provenance import write_text
    from zygoma.standards import markup, records, word

    suffix = path.suffix.lower()
    if suffix == ".docx":
        word.save_docx(_sheet(tables), path)
    elif suffix == ".csv":
        write_text(path, records.as_csv(tables))
    else:
        write_text(path, (markup.markdown if suffix == ".md" else markup.html)(_sheet(tables)))
