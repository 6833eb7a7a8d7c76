"""``zygoma device check``: which limits a use of a device keeps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zygoma.cli.exit import LIMIT_EXCEEDED
from zygoma.cli.quantity import above_zero
from zygoma.cli.sheet import show_sheet, width
from zygoma.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from zygoma.device import Device, Electrode, Waveform
    from zygoma.standards.cases import LimitCases

_NARROW = 120  # characters of a terminal below which standard, clause and source stand apart


def check(
    name: Annotated[str, typer.Argument(help="Id in the catalogue, or a TOML or JSON file.")],
    plan: Annotated[
        Path | None,
        typer.Option(help="Plan whose session is checked, and its settings if it names the device."),
    ] = None,
    waveform: Annotated[str | None, typer.Option(help="Waveform; a foreign one is an assumption.")] = None,
    current: Annotated[
        str | None, typer.Option(help="Peak current, such as '300 uA'; without it its own.")
    ] = None,
    electrode: Annotated[str | None, typer.Option(help="What touches: an id, or a TOML file.")] = None,
    session: Annotated[str | None, typer.Option(help="Length of a session, such as '20 min'.")] = None,
    load: Annotated[str | None, typer.Option(help="Resistance between the probes, such as '2 kohm'.")] = None,
    profile: Annotated[
        list[str] | None,
        typer.Option(help="Further set of limits: ds5, tes, or the hardware; may be repeated."),
    ] = None,
    galvanic: Annotated[
        str | None,
        typer.Option(
            metavar="positive|negative",
            help="A direct current is wanted, with this polarity of the active electrode; waives its limits"
            " where the contact area is known.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Compare a device with every limit that applies, with margin, source and action.

    What is neither given nor published leaves a limit undecided; that the set current flows, where its
    delivery is unknown, is assumed and said. Ends with 3 when a limit with action refuse or stop is exceeded.
    """
    from zygoma.device import Device, Electrode
    from zygoma.standards import check as compare
    from zygoma.standards import checklist
    from zygoma.standards.cases import LimitCases

    device = Device.load(name)
    asked = _of_plan(plan, device) if plan else {}
    set_current = above_zero(current, "A", "--current") or asked.get("current")
    touching = electrode or asked.get("electrode")
    contact = Electrode.load(touching) if touching else None
    if galvanic is not None:
        _check_galvanic(galvanic, device, contact)
    length, ohms = above_zero(session, "s", "--session"), above_zero(load, "ohm", "--load")
    reports = [
        compare(
            device,
            shape,
            set_current,
            contact,
            length or asked.get("session"),
            load=ohms,
            galvanic=galvanic or False,
            profile=tuple(profile or ()),
        )
        for shape in _waveforms(device, waveform or asked.get("waveform"))
    ]
    cases = LimitCases(reports)
    if as_json:
        answer = cases.to_dict()
        if galvanic is not None:
            answer["galvanic"] = galvanic
        answer["checklist"] = [item.to_dict() for item in checklist()]
        typer.echo(json.dumps(answer, ensure_ascii=False))
    else:
        _print(cases)
        if galvanic is not None:
            typer.echo(f"galvanic: a direct current is wanted, the active electrode is {galvanic}")
    if cases.exceeded:
        raise typer.Exit(LIMIT_EXCEEDED)


def _waveforms(device: Device, name: str | None) -> list[Waveform | None]:
    """The waveform that is asked for, else each that the device's own file or published facts determine."""
    if name is not None:
        from zygoma.standards.table import find_waveform

        return [find_waveform(device, name)]
    from zygoma.standards.mode import Mode

    return [shape for mode in Mode.all_of(device) for shape in mode.waveforms] or [None]


def _check_galvanic(polarity: str, device: Device, electrode: Electrode | None) -> None:
    """Refuse a waiver of the limits on direct current that leaves polarity or contact area open."""
    from zygoma.standards.check import POLARITIES
    from zygoma.standards.table import smallest_area

    if polarity not in POLARITIES:
        raise UnknownNameError("polarity after --galvanic:", polarity, POLARITIES)
    if smallest_area(device, electrode)[0] is None:
        raise InputError(
            f"--galvanic {polarity} for {device.name}, whose contact area is not known; add --electrode, or"
            " electrode_area_min_m2 to the device file"
        )


def _of_plan(path: Path, device: Device) -> dict[str, Any]:
    """Settings of a plan that a check needs; those that it makes for another device are left out and named.

    Of a plan for this device, what it states counts; what it leaves open is the device's own, if it has any.
    """
    from zygoma.device import Device
    from zygoma.plan import Plan
    from zygoma.treatment import Programme

    plan = Plan.load(path)
    length = plan.programme.session or Programme.load(plan.programme.name).session
    named, given = Device.load(plan.device.name), plan.device.model_fields_set
    if named != device:
        left = (
            f"the plan is for {named.name!r}"
            if "name" in given
            else f"the plan names no device {device.id!r}"
        )
        typer.echo(f"{left}: only its session is used, for {device.name!r} what is known of it", err=True)
        return {"session": length}
    own = {
        "waveform": bool(device.own_waveforms),
        "current": bool(device.own_waveforms),
        "electrode": bool({"electrode_area_min_m2", "electrode_radius_m"} & set(device.facts)),
    }
    settings = {key: getattr(plan.device, key) for key, has in own.items() if key in given or not has}
    return settings | {"session": length}


def _print(cases: LimitCases) -> None:
    from zygoma.standards.limit_sheet import limit_sheet

    show_sheet(limit_sheet(cases, narrow=width() < _NARROW))
    typer.echo(f"\n{cases}")
    if cases.undecided:
        names = ", ".join(worst.row.limit.id for worst in cases.undecided)
        typer.echo(f"undecided, something is unknown: {names}")
