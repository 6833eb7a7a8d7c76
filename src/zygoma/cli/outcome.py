"""``zygoma outcome``: did it work?"""

from __future__ import annotations

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
