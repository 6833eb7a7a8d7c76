"""``zygoma treat``: a plan in, a report out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zygoma.cli.exit import LIMIT_EXCEEDED
from zygoma.cli.progress import StageProgress
from zygoma.errors import InputError, UnknownNameError
from zygoma.provenance import cache_dir

if TYPE_CHECKING:
    from zygoma.standards import LimitReport


def treat(
    plan: Annotated[
        Path | None, typer.Argument(help="TOML file of the plan; without it the built-in plan.")
    ] = None,
    out: Annotated[str, typer.Option(help="Folder of the report.")] = "zygoma-report",
    resolution: Annotated[str | None, typer.Option(help="coarse, standard or fine.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="section.key=value; may be repeated.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Of the samples of --uncertainty.")] = None,
    uncertainty: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Samples of what is not known of the face, at least 16; 200 are good."
        ),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Scheduler of dask.distributed for the samples: tcp://HOST:PORT.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Worker processes on this machine for the samples.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Compute a session on a face and write its report.

    The plan names a device, a face and a programme. The current is computed for every position of the
    two probes, summed over the session, and shown in report.html beside what was assumed. With --uncertainty
    the session is computed on N faces that differ in what is not known, and every number gets an interval.
    Ends with 3 when a limit with action refuse or stop is exceeded.
    """
    from zygoma.plan import Plan, propagate
    from zygoma.plan import treat as compute
    from zygoma.plan.responses import with_spread
    from zygoma.plan.scheduler import Scheduler
    from zygoma.plan.uncertainty import check_samples
    from zygoma.report import folder, report

    overrides = list(set_ or [])
    if resolution is not None:
        if resolution not in ("coarse", "standard", "fine"):
            raise UnknownNameError("resolution", resolution, ("coarse", "standard", "fine"))
        overrides.append(f'options.resolution="{resolution}"')
    if seed is not None:
        overrides.append(f"options.seed={seed}")
    asked = Plan.load(plan, overrides)
    where = Scheduler(scheduler, workers)
    if uncertainty is not None:
        check_samples(uncertainty)
    elif where != Scheduler():
        raise InputError("--scheduler and --workers are for samples; give --uncertainty N too")
    folder.check(out)
    where.check()
    progress = StageProgress()
    try:
        with progress:
            treatment = compute(asked, progress)
            found = None
            if uncertainty is not None:
                found = propagate(asked, uncertainty, progress=progress, scheduler=where)
                chain = with_spread(treatment.chain, asked, found)
                treatment = replace(treatment, uncertainty=found, chain=chain)
            page = report(treatment, Path(out), progress)
    except KeyboardInterrupt as error:
        raise KeyboardInterrupt(_kept(progress)) from error
    for notice in treatment.notices:
        typer.echo(f"note: {notice}", err=True)
    if as_json:
        typer.echo(json.dumps(treatment.json(str(page))))
    else:
        if found is not None:
            typer.echo(str(found))
        typer.echo(f"{treatment}\n{treatment.chain}\nreport: {page}")
        _say(treatment.limits)
    if treatment.limits.exceeded:
        raise typer.Exit(LIMIT_EXCEEDED)


def _say(limits: LimitReport) -> None:
    """The sum of the limits, and each that is exceeded."""
    from zygoma.report.limits import over, sentences

    typer.echo(f"limits: {sentences(limits)[0]}")
    for row in limits.exceeded:
        typer.echo(f"EXCEEDED ({row.limit.action}): {over(row)}")
    for row in limits.notices:
        typer.echo(f"notice: {over(row)}")


def _kept(progress: StageProgress) -> str:
    far = f"in stage {progress.stage!r}" if progress.stage else "at the start"
    far += f", {progress.done} of {progress.total}" if progress.total > 1 else ""
    return f"{far}; what was solved is kept in {cache_dir()} and the same command continues from there"
