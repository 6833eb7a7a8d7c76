"""The published JSON Schema of waveform and device files, made from the tables that check them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, create_model

from zygoma.device.catalogue import BURST, POINTS, SEGMENT, WAVEFORM
from zygoma.device.phase import KINDS
from zygoma.device.record import STATUSES, unit_of
from zygoma.device.segment import SHAPES
from zygoma.device.trace import TRACE
from zygoma.provenance import load_data

_WORDS = {
    "period_s": "length of one period; a pause fills what the segments leave",
    "swap_every_s": "time between changes of polarity; the period under way is finished",
    "part": "part of the half-sine that flows, two shares of its length",
    "time_constant_s": "of an exponential; below zero it changes fast at last",
    "points": "current known at points of time, straight between them",
    "trace": "a measured file, relative to this one, with its calibration",
    "off_s": "rest after the burst; or give period_s",
    "status": "what the numbers are",
}


def _type(kind: str, key: str) -> Any:
    quantity: Any = float | str if unit_of(key) else float
    return {
        "number": Annotated[float, Field(ge=0)] | str if unit_of(key) else Annotated[float, Field(ge=0)],
        "signed": quantity,
        "numbers": list[Annotated[float, Field(ge=0)]],
        "signeds": list[float],
        "count": Annotated[int, Field(ge=0)],
        "text": Annotated[str, Field(min_length=1)],
        "texts": list[str],
        "flag": bool,
        "date": datetime.date,
        "table": dict[str, Any],
        "tables": list[dict[str, Any]],
        "any": Any,
    }[kind]


def _model(
    name: str, fields: Mapping[str, str], required: Iterable[str], types: Mapping[str, Any], title: str
) -> type[BaseModel]:
    needed = set(required)
    columns: dict[str, Any] = {}
    for key, kind in fields.items():
        unit = unit_of(key)
        words = "; ".join(filter(None, [_WORDS.get(key), f"{unit}, or text with a unit" if unit else None]))
        default = ... if key in needed else None
        columns[key] = (types.get(key, _type(kind, key)), Field(default, description=words or None))
    config = ConfigDict(extra="forbid", title=title)
    return cast(type[BaseModel], create_model(name, __config__=config, **columns))


def waveform_model() -> type[BaseModel]:
    """Model of one ``[[waveform]]`` table; keys and types come from the tables that check it."""
    segment = _model("Segment", SEGMENT, ("duration_s", "shape"), {"shape": Literal[*SHAPES]}, "Segment")
    types = {
        "kind": Literal[*KINDS],
        "status": Literal[*STATUSES],
        "segments": list[segment],  # type: ignore[valid-type]
        "burst": _model("Burst", BURST, ("on_s",), {}, "Burst"),
        "points": _model("Points", POINTS, POINTS, {}, "Points"),
        "trace": _model("Trace", TRACE, ("file",), {"current": str | int, "time": str | int}, "Trace"),
    }
    return _model("Waveform", WAVEFORM, ("id", "name", "status", "source"), types, "Waveform")


def file_model() -> type[BaseModel]:
    """Model of a device file: one ``[device]`` and any number of ``[[waveform]]``."""
    data = load_data("devices.toml")
    texts = {"id": "text", "name": "text", "kind": "text", "notes": "text", "source": "tables"}
    fields = texts | {key: spec["type"] for key, spec in data["field"].items()}
    source = _model(
        "Source",
        {"fields": "texts", "ref": "text", "status": "text"},
        ("fields", "ref", "status"),
        {"status": Literal[*STATUSES]},
        "Source of fields",
    )
    types = {"kind": Literal[*data["class"]], "source": list[source]}  # type: ignore[valid-type]
    device = _model("Device", fields, ("id", "name", "kind"), types, "Device")
    waveform: Any = waveform_model()
    config = ConfigDict(extra="forbid", title="zygoma device file", serialize_by_alias=True)
    edition = (Annotated[int, Field(ge=0)], Field(None, alias="schema", description="edition of the format"))
    columns: dict[str, Any] = {
        "edition": edition,
        "device": (device, None),
        "waveform": (list[waveform], None),
    }
    return cast(type[BaseModel], create_model("File", __config__=config, **columns))


def schema() -> dict[str, Any]:
    """JSON Schema of device and waveform files, in TOML or JSON."""
    found: dict[str, Any] = _without_null(file_model().model_json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | found


def _without_null(part: Any) -> Any:
    """The schema without ``default: null``: a key that is absent is unknown, it has no default."""
    if isinstance(part, dict):
        return {k: _without_null(v) for k, v in part.items() if not (k == "default" and v is None)}
    return [_without_null(item) for item in part] if isinstance(part, list) else part
