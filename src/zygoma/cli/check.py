"""``zygoma device check``: which limits a use of a device keeps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zygoma.cli.exit import LIMIT_EXCEEDED
from zygoma.cli.sheet import show_sheet
from zygoma.units import parse

if TYPE_CHECKING:
    from zygoma.device import Device, Waveform
    from zygoma.standards import LimitReport


def check(
    name: Annotated[str, typer.Argument(help="Id in the catalogue, or a TOML file.")],
    plan: Annotated[
        Path | None, typer.Option(help="Plan whose waveform, current, electrode and session are checked.")
    ] = None,
    waveform: Annotated[str | None, typer.Option(help="Waveform; a foreign one is an assumption.")] = None,
    current: Annotated[
        str | None, typer.Option(help="Peak current, such as '300 uA'; without it the largest.")
    ] = None,
    electrode: Annotated[str | None, typer.Option(help="What touches: an id, or a TOML file.")] = None,
    session: Annotated[str | None, typer.Option(help="Length of a session, such as '20 min'.")] = None,
    load: Annotated[str | None, typer.Option(help="Resistance between the probes, such as '2 kohm'.")] = None,
    profile: Annotated[
        list[str] | None,
        typer.Option(help="Further set of limits: ds5, tes, or the hardware; may be repeated."),
    ] = None,
    galvanic: Annotated[bool, typer.Option(help="A direct current is wanted; waives its limits.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Compare a device with every limit that applies, with margin, source and action.

    What is neither given nor published leaves a limit undecided; that the set current flows, where its
    delivery is unknown, is assumed and said. Ends with 3 when a limit with action refuse or stop is exceeded.
    """
    from zygoma.device import Device, Electrode
    from zygoma.standards import check as compare
    from zygoma.standards import checklist

    device = Device.load(name)
    settings = ("waveform", "current", "electrode", "session")
    asked: dict[str, Any] = _of_plan(plan) if plan else dict.fromkeys(settings)
    if current:
        asked["current"] = parse(current, "A")
    if session:
        asked["session"] = parse(session, "s")
    touching = electrode or asked["electrode"]
    shapes = _waveforms(device, waveform or asked["waveform"])
    reports = [
        compare(
            device,
            shape,
            asked["current"],
            Electrode.load(touching) if touching else None,
            asked["session"],
            load=parse(load, "ohm") if load else None,
            galvanic=galvanic,
            profile=tuple(profile or ()),
        )
        for shape in shapes
    ]
    if as_json:
        answer: dict[str, Any] = reports[0].to_dict()
        if len(reports) > 1:
            answer = {"device": device.id, "waveforms": [report.to_dict() for report in reports]}
            answer["exceeded"] = sorted({row.limit.id for report in reports for row in report.exceeded})
        answer["checklist"] = [item.to_dict() for item in checklist()]
        typer.echo(json.dumps(answer, ensure_ascii=False))
    else:
        _print(reports)
    if any(report.exceeded for report in reports):
        raise typer.Exit(LIMIT_EXCEEDED)


def _waveforms(device: Device, name: str | None) -> list[Waveform | None]:
    """The waveform that is asked for, else each that the device's own file or published facts determine."""
    if name is not None:
        from zygoma.standards.table import find_waveform

        return [find_waveform(device, name)]
    from zygoma.standards.mode import Mode

    return [shape for mode in Mode.all_of(device) for shape in mode.waveforms] or [None]


def _of_plan(path: Path) -> dict[str, Any]:
    """Settings of a plan that a check needs."""
    from zygoma.plan import Plan
    from zygoma.treatment import Programme

    plan = Plan.load(path)
    session = plan.programme.session
    if session is None:
        session = Programme.load(plan.programme.name).session
    return {
        "waveform": plan.device.waveform,
        "current": plan.device.current,
        "electrode": plan.device.electrode,
        "session": session,
    }


def _print(reports: list[LimitReport]) -> None:
    from zygoma.standards.limit_sheet import limit_sheet

    for report in reports:
        show_sheet(limit_sheet(report))
    for report in reports:
        typer.echo(f"\n{report}")
        if report.undecided:
            names = ", ".join(row.limit.id for row in report.undecided)
            typer.echo(f"undecided, something is unknown: {names}")
