"""Rows that the facts of a device answer by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zygoma.device import Device
from zygoma.device.record import unit_of
from zygoma.provenance import load_data
from zygoma.standards.given import of_fact
from zygoma.standards.row import FILE, Row
from zygoma.units import show


def basic_unit(device: Device) -> tuple[Row, ...]:
    """Section 2 of the guidance: the basic unit."""
    rows = []
    for spec in load_data(FILE)["basic"]:
        counted = _counted(spec["id"], device)
        if any(key in device.facts for key in spec["facts"]):
            rows.append(of_facts(spec, device))
        elif counted is not None:
            status = "computed: the waveforms and modes of the device file; compare them with the manual"
            rows.append(Row(spec, None, counted, None, status))
        else:
            rows.append(Row(spec, None, None, None, f"unknown: not published; {spec['measure']}"))
    return tuple(rows)


def _counted(id: str, device: Device) -> str | None:
    """What the waveforms and modes of a device file answer by themselves."""
    pairs = device.paired_modes
    if id == "output_modes" and device.own_waveforms:
        channels = {wave.id for pair in pairs for wave in (pair.channels.first, pair.channels.second)}
        return f"{len(device.own_waveforms) - len(channels) + len(pairs)}"
    if id == "channels" and pairs:
        return "channels: 2"
    if id == "channels_mode" and pairs:
        return "; ".join(f"{pair.id}: {pair.timing}" for pair in pairs)
    return None


def of_facts(spec: Mapping[str, Any], device: Device) -> Row:
    """The row as the facts of the device answer it."""
    keys = [key for key in spec["facts"] if key in device.facts]
    given = [of_fact(device, key) for key in keys]
    order = ("assumed", "computed", "published")
    kind = min((item.kind for item in given), key=order.index)
    status = f"{kind}: {'; '.join(dict.fromkeys(item.says for item in given))}"
    value = device.facts[keys[0]]
    if "unit" in spec and len(keys) == 1:
        numbers = sorted(value if isinstance(value, list) else [value])
        return Row(spec, None, numbers[-1], numbers[0] if numbers[0] != numbers[-1] else None, status)
    return Row(spec, None, "; ".join(_in_words(key, device.facts[key]) for key in keys), None, status)


def _in_words(key: str, value: Any) -> str:
    label = load_data("devices.toml")["field"][key]["label"]
    if isinstance(value, bool):
        return f"{label}: {'yes' if value else 'no'}"
    if isinstance(value, int):
        return f"{label}: {value}"
    if isinstance(value, list):
        return ", ".join(_in_words(key, item) for item in value)
    if isinstance(value, float):
        unit = unit_of(key)
        return f"{value:g} s" if unit == "s" else show(value, unit) if unit else f"{value:g}"
    return str(value)
