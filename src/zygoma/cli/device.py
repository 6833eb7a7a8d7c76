"""``zygoma device``: the catalogue of devices and their waveforms."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from zygoma.cli.quantity import above_zero
from zygoma.errors import InputError
from zygoma.units import show

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Devices: what is known of their output, and what is not.",
    epilog="Example: zygoma device show myolift-mini",
)

Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]


@app.command("list", epilog="Example: zygoma device list")
def list_devices(as_json: Json = False) -> None:
    """All devices and waveforms of the catalogue."""
    from zygoma.device import Device, Waveform
    from zygoma.device.catalogue import waveform_tables

    devices = Device.catalogue()
    waveforms = [Waveform.load(name) for name in waveform_tables()]
    if as_json:
        entries: list[dict[str, Any]] = [
            {
                "id": d.id,
                "name": d.name,
                "kind": d.kind,
                "current_min_A": d.current_min,
                "current_max_A": d.current_max,
                "regulation": d.regulation,
                "compliance_V": d.compliance,
                "unknown": list(d.unknown),
            }
            for d in devices
        ]
        shapes = [
            {"id": w.id, "name": w.name, "kind": w.kind, "status": w.status} | w.figures() for w in waveforms
        ]
        typer.echo(json.dumps({"devices": entries, "waveforms": shapes}, ensure_ascii=False))
        return
    rows = [("device", "kind", "current", "regulates", "compliance", "name")]
    rows += [
        (
            d.id,
            d.kind,
            _current(d.current_min, d.current_max),
            d.regulation or "?",
            _volts(d.compliance),
            d.name,
        )
        for d in devices
    ]
    _table(rows)
    typer.echo("")
    rows = [("waveform", "kind", "peak", "frequency", "status", "name")]
    rows += [
        (w.id, w.kind, show(w.amplitude, "A"), show(w.frequency, "Hz"), w.status, w.name) for w in waveforms
    ]
    _table(rows)
    typer.echo(
        "\n? = unknown; nothing is filled in. `zygoma device show NAME` lists what is known, and from where."
    )


@app.command(
    "show",
    epilog='Example: zygoma device show myolift-600 --waveform lifting --current "600 uA" --plot lifting.png',
)
def show_device(
    name: Annotated[str, typer.Argument(help="Id in the catalogue, or a TOML or JSON file.")],
    waveform: Annotated[str | None, typer.Option(help="Waveform to show with its exact numbers.")] = None,
    current: Annotated[str | None, typer.Option(help="Amplitude with unit, such as '300 uA'.")] = None,
    plot: Annotated[
        Path | None, typer.Option(help="File for a drawing of the waveform (.png, .svg, .pdf).")
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(help="File for one pulse into 500 ohm, 2 kohm and 10 kohm, a train and the spectrum."),
    ] = None,
    as_json: Json = False,
) -> None:
    """What is known of a device, with the source of each fact, and what is unknown."""
    from zygoma.device import Device

    device = Device.load(name)
    if waveform is None and (plot or picture or current):
        option = "--plot" if plot else "--picture" if picture else "--current"
        raise InputError(
            f"{option} needs a waveform; add --waveform with one of {', '.join(device.waveforms)}"
        )
    result: dict[str, Any] = device.to_dict()
    chosen = device.waveform(waveform) if waveform else None
    amplitude = above_zero(current, "A", "--current")
    if chosen and amplitude is not None:
        device.check_current(amplitude)
        chosen = chosen.scaled(amplitude)
    if chosen:
        result["waveform"] = chosen.to_dict() | {"figures": chosen.figures()}
    if chosen and plot:
        from zygoma.device.picture import save_waveform

        save_waveform(chosen, plot)
        result["plot"] = str(plot)
        typer.echo(f"drawn: {plot}", err=True)
    if chosen and picture:
        from zygoma.device.oscillogram import save_output
        from zygoma.device.regulator import Regulator

        regulator, remark = Regulator.of(device)
        save_output(chosen, regulator, picture, remark)
        result["picture"] = str(picture)
        typer.echo(f"drawn: {picture}", err=True)
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    typer.echo(f"{device.name} ({device.kind})\n")
    _table(
        [
            (fact["label"], _words(key, fact["value"]), f"[{fact['status']}]")
            for key, fact in result["facts"].items()
            if fact["value"] != []
        ]
    )
    for title, lines in (
        ("Unknown", device.unknown),
        ("Assumed in every result", device.assumptions),
        ("Sources", [f"{source.ref} [{source.status}]" for source in device.sources]),
        ("Notes", [device.notes] if device.notes else []),
        ("Waveforms", [", ".join(device.waveforms)]),
    ):
        if lines:
            typer.echo(f"\n{title}")
            for line in lines:
                typer.echo(f"  {line}")
    if chosen:
        typer.echo(f"\n{chosen}\n{chosen.source}")


@app.command("schema", epilog="Example: zygoma device schema > device.schema.json")
def show_schema(
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object; the schema is always one.")
    ] = False,
) -> None:
    """JSON Schema of a device file with its waveforms, TOML or JSON."""
    from zygoma.device.schema import schema

    typer.echo(json.dumps(schema(), ensure_ascii=False, indent=2))


def _table(rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))] if rows else []
    for row in rows:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _current(low: float | None, high: float | None) -> str:
    if high is None:
        return "?"
    return f"up to {show(high, 'A')}" if low is None else f"{show(low, 'A')} to {show(high, 'A')}"


def _volts(value: float | None) -> str:
    return "?" if value is None else show(value, "V")


def _words(key: str, value: Any) -> str:
    """A fact as a person reads it: with its unit, lists with commas."""
    from zygoma.device.record import unit_of

    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_words(key, item) for item in value)
    if isinstance(value, dict):
        return " ".join(f"{part} {item}" if part == "count" else str(item) for part, item in value.items())
    if isinstance(value, float):
        unit = unit_of(key)
        if unit == "m**2":
            return f"{value * 1e4:g} cm2"
        if unit == "s" and value >= 60:
            return f"{value / 60:.3g} min"
        return show(value, unit) if unit else f"{value:g}"
    return str(value)
