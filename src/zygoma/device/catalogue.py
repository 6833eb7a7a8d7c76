"""Waveforms as tables: the catalogue's and those of a user's file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from zygoma.device.burst import Burst
from zygoma.device.phase import KINDS, Kind, pause
from zygoma.device.polyline import Polyline, kind_of
from zygoma.device.record import STATUSES, ZERO_CHARGE, check, one_of
from zygoma.device.segment import SHAPES, Segment, Shape
from zygoma.device.trace import TRACE, trace_from_table
from zygoma.device.waveform import Waveform
from zygoma.errors import InputError, RangeError, UnknownNameError
from zygoma.provenance import load_data

FILE = "devices.toml"
WAVEFORM = {
    "id": "line",
    "name": "line",
    "kind": "text",
    "status": "text",
    "source": "text",
    "period_s": "number",
    "segments": "tables",
    "points": "table",
    "trace": "table",
    "swap_every_s": "number",
    "burst": "table",
    "zero_charge_method": "text",
}
SEGMENT = {
    "i_start_A": "signed",
    "i_end_A": "signed",
    "i_peak_A": "signed",
    "duration_s": "number",
    "time_constant_s": "signed",
    "part": "numbers",
    "shape": "text",
}
POINTS = {"time_s": "signeds", "current_A": "signeds"}
TRACE_TABLE = TRACE | {"current": "column", "time": "column"}
KEYS: dict[Shape, tuple[str, ...]] = {
    "const": ("i_start_A", "i_end_A"),
    "linear": ("i_start_A", "i_end_A"),
    "exponential": ("i_start_A", "i_end_A", "time_constant_s"),
    "halfsine": ("i_peak_A",),
}
MAY = {"halfsine": ("part",)}
ALWAYS = ("duration_s", "shape")
BURST = {
    "on_s": "number",
    "off_s": "number",
    "period_s": "number",
    "rise_s": "number",
    "fall_s": "number",
}


def waveform_tables() -> dict[str, dict[str, Any]]:
    """Waveforms of the catalogue as they stand in the file, by id."""
    return {table["id"]: table for table in load_data(FILE)["waveform"]}


def find_waveform(name: str) -> Waveform:
    """Waveform of the catalogue, by id."""
    tables = waveform_tables()
    if name not in tables:
        raise UnknownNameError("waveform", name, tables)
    return waveform_from_table(tables[name], f"{FILE} [waveform {name}]")


def waveform_from_table(table: Mapping[str, Any], where: str, folder: Path | None = None) -> Waveform:
    """Waveform from a table; a pause fills the period that the segments leave.

    The current stands in one of ``segments``, ``points`` (a polyline) and ``trace`` (a measured file, its
    path relative to `folder`).
    """
    checked = check(table, WAVEFORM, where, ("id", "name", "status", "source"), {"status": STATUSES})
    one_of(checked["status"], "status", STATUSES, where)
    if "zero_charge_method" in checked:
        one_of(checked["zero_charge_method"], "zero_charge_method", ZERO_CHARGE, where)
    given = [key for key in ("segments", "points", "trace") if key in checked]
    if len(given) != 1:
        found = " and ".join(given) or "no current"
        raise InputError(f"{where} has {found}; expected one of segments, points and trace")
    try:
        if "segments" in checked:
            check(checked, WAVEFORM, where, ("kind",), {"kind": KINDS})
            if not checked["segments"]:
                raise InputError(f"{where} has no segments; give at least one")
            segments: tuple[Segment, ...] | Polyline = tuple(_segments(checked, where))
        elif "period_s" in checked:
            raise InputError(f"{where}: the period of {given[0]} is their length; leave out 'period_s'")
        elif "points" in checked:
            points = check(checked["points"], POINTS, f"{where} points", ("time_s", "current_A"))
            segments = Polyline(points["time_s"], points["current_A"])
        else:
            trace = check(checked["trace"], TRACE_TABLE, f"{where} trace", ("file",))
            segments = trace_from_table(trace, f"{where} trace", folder)
        kind = cast(Kind, one_of(checked.get("kind") or kind_of(segments), "kind", KINDS, where))
        burst = None
        if "burst" in checked:
            times = check(checked["burst"], BURST, f"{where} burst", ("on_s",))
            if ("off_s" in times) == ("period_s" in times):
                raise InputError(f"{where} burst has on_s; give either off_s or period_s beside it")
            make = Burst.every if "period_s" in times else Burst
            burst = make(**{key.removesuffix("_s"): value for key, value in times.items()})
        return Waveform(
            checked["id"],
            checked["name"],
            kind,
            segments,
            checked["status"],
            checked["source"],
            checked.get("swap_every_s"),
            burst,
            checked.get("zero_charge_method"),
        )
    except RangeError as error:
        raise error if str(error).startswith(where) else RangeError(f"{where}: {error}") from error


def waveform_to_table(waveform: Waveform) -> dict[str, Any]:
    """The table from which the same waveform can be read."""
    table: dict[str, Any] = {
        key: getattr(waveform, key) for key in ("id", "name", "kind", "status", "source")
    }
    if isinstance(waveform.segments, Polyline):
        time, current = waveform.segments.time.tolist(), waveform.segments.current.tolist()
        table["points"] = {"time_s": time, "current_A": current}
    else:
        table["period_s"] = waveform.period
        table["segments"] = [_segment_table(segment) for segment in waveform.segments]
    if waveform.swap_every is not None:
        table["swap_every_s"] = waveform.swap_every
    if (burst := waveform.burst) is not None:
        table["burst"] = {f"{key}_s": getattr(burst, key) for key in ("on", "off", "rise", "fall")}
    if waveform.zero_charge_method is not None:
        table["zero_charge_method"] = waveform.zero_charge_method
    return table


def _segments(checked: Mapping[str, Any], where: str) -> Iterator[Segment]:
    segments = [_segment(item, f"{where} segment {k}") for k, item in enumerate(checked["segments"], start=1)]
    yield from segments
    if (period := checked.get("period_s")) is not None:
        yield from pause(segments, period)


def _segment(table: Any, where: str) -> Segment:
    checked = check(table, SEGMENT, where, ("duration_s", "shape"), {"shape": SHAPES})
    shape = cast(Shape, one_of(checked["shape"], "shape", SHAPES, where))
    keys = KEYS[shape]
    check(checked, SEGMENT, where, keys)
    foreign = set(checked) - {*keys, *ALWAYS, *MAY.get(shape, ())}
    if foreign:
        raise InputError(
            f"{where} is {shape} and has {min(foreign)!r}; leave it out or choose the shape that has it"
        )
    start, end, peak = (checked.get(key, 0.0) for key in ("i_start_A", "i_end_A", "i_peak_A"))
    part, constant = tuple(checked.get("part", (0.0, 1.0))), checked.get("time_constant_s")
    return Segment(start, end, checked["duration_s"], shape, peak, constant, part)


def _segment_table(segment: Segment) -> dict[str, Any]:
    values = {
        "i_start_A": segment.start,
        "i_end_A": segment.end,
        "i_peak_A": segment.peak,
        "time_constant_s": segment.time_constant,
    }
    table: dict[str, Any] = {key: values[key] for key in KEYS[segment.shape]}
    if segment.part != (0.0, 1.0):
        table["part"] = list(segment.part)
    return table | {"duration_s": segment.duration, "shape": segment.shape}
