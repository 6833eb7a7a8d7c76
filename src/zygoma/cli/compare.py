"""``zygoma device compare``: devices side by side on the same face, and a guide to choosing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from zygoma.cli.exit import LIMIT_EXCEEDED
from zygoma.cli.progress import StageProgress
from zygoma.cli.sheet import show_sheet
from zygoma.errors import InputError, UnknownNameError


def compare(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME NAME...", help="Ids in the catalogue, or TOML or JSON files.")
    ],
    plan: Annotated[
        Path | None,
        typer.Option(help="Plan with face and programme; it lends what a device leaves unknown."),
    ] = None,
    resolution: Annotated[str | None, typer.Option(help="coarse, standard or fine.")] = None,
    out: Annotated[Path | None, typer.Option(help="Page to write (.html).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Compute the same session with each device, and answer what a buyer asks.

    Each device has its own waveform, largest current and contact, as far as they are known; the plan lends
    the rest, and it is said where. Ends with 3 when a limit with action refuse or stop is exceeded.
    """
    from zygoma.plan import Plan
    from zygoma.plan import compare as compute
    from zygoma.report import comparison as page
    from zygoma.report import folder, side_by_side

    overrides = []
    if resolution is not None:
        if resolution not in ("coarse", "standard", "fine"):
            raise UnknownNameError("resolution", resolution, ("coarse", "standard", "fine"))
        overrides.append(f'options.resolution="{resolution}"')
    if out is not None:
        if out.suffix.lower() != ".html":
            raise InputError(f"cannot write the comparison to {out}; expected a name that ends in .html")
        folder.check(out.parent)
    asked = Plan.load(plan, overrides)
    with StageProgress() as progress:
        found = compute(names, asked, progress)
    if out is not None:
        from zygoma.provenance import write_text

        write_text(out, page.render(found))
        typer.echo(f"written: {out}", err=True)
    if as_json:
        typer.echo(json.dumps(found.to_dict(), ensure_ascii=False))
    elif out is None:
        show_sheet(side_by_side.sheet(found))
    else:
        typer.echo(str(found))
    if found.exceeded:
        raise typer.Exit(LIMIT_EXCEEDED)
