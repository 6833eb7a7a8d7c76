"""``zygoma outcome``: did it work?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from zygoma.cli import rate, records

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="What photographs and scans of a face can tell of a change.",
    epilog="Example: zygoma outcome records list photos",
)
app.add_typer(rate.app, name="rate")
app.add_typer(records.app, name="records")


@app.command("capture-guide", epilog="Example: zygoma outcome capture-guide --out guide.html")
def capture_guide(
    out: Annotated[Path, typer.Option("--out", help="File to write.")] = Path("capture-guide.html"),
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Write the sheet to print: how to take photographs that can be compared, and the scale card."""
    from zygoma.report.capture_guide import write_capture_guide

    path = write_capture_guide(out)
    typer.echo(json.dumps({"guide": str(path)}) if as_json else f"open and print at 100 %: {path}")
