"""``zygoma verify``: every verification case, measured value beside its goal."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from zygoma.cli.exit import FAILED
from zygoma.cli.progress import StageProgress
from zygoma.cli.sheet import show_sheet


def verify(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME...]", help="Cases, such as sphere or discs; without it the default."),
    ] = None,
    out: Annotated[str, typer.Option(help="Folder of verify.html and verify.json.")] = "zygoma-verify",
    every: Annotated[
        bool, typer.Option("--all", help="Also the cases of the fine head: minutes, 4 GB of memory.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Solve problems with known answers and compare: closed forms, orders of convergence, other codes.

    Writes a credibility report in the eight categories of the FDA guidance of 2023, which says where there is
    no evidence. Ends with 1 when a goal is missed; missing evidence is no failure.
    """
    from zygoma.report import credibility, folder
    from zygoma.verification import run
    from zygoma.verification.cases import select

    chosen = select(names or (), every)
    folder.check(out)
    with StageProgress() as progress:
        found = run(chosen, progress)
    page = credibility.save(found, out)
    if as_json:
        typer.echo(json.dumps({**found.to_dict(), "report": str(page)}, ensure_ascii=False, allow_nan=False))
    else:
        show_sheet(credibility.sheet(found))
        typer.echo(f"\n{found}\nreport: {page}")
    if not found.passed:
        raise typer.Exit(FAILED)
