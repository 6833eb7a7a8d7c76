"""The published JSON Schema of waveform and device files, made from the tables that check them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Union, cast

from pydantic import BaseModel, ConfigDict, Field, RootModel, create_model

from zygoma.device.catalogue import (
    ALWAYS,
    BURST,
    KEYS,
    MAY,
    POINTS,
    SEGMENT,
    TRACE_TABLE,
    WAVEFORM,
)
from zygoma.device.channels import MODE, MODE_NEEDS, TIMINGS
from zygoma.device.facts import ABOVE_ZERO, ELECTRODE, FILE, NEEDS, REGULATIONS, WORDS
from zygoma.device.phase import KINDS
from zygoma.device.record import STATUSES, ZERO_CHARGE, unit_of
from zygoma.provenance import load_data

# forms of types whose parts are found here; a type checker knows them only when they are written out
_ANNOTATED: Any = Annotated
_LIST: Any = list
_ROOT: Any = RootModel
_UNION: Any = Union

_WORDS = {
    "period_s": "length of one period; a pause fills what the segments leave",
    "swap_every_s": "time between changes of polarity; the period under way is finished",
    "part": "part of the half-sine that flows, two shares of its length",
    "time_constant_s": "of an exponential; below zero it changes fast at last",
    "points": "current known at points of time, straight between them",
    "trace": "a measured file, relative to this one, with its calibration",
    "off_s": "rest after the burst",
    "status": "what the numbers are",
    "id": "short name for the command line",
    "name": "in plain words",
    "kind": "class of the device, or phases of the waveform",
    "notes": "anything else",
    "source": "where the numbers come from",
    "fields": "names of the facts that this source covers",
    "ref": "document, page, or own measurement",
    "segments": "pieces of one period, one after the other",
    "burst": "periods that run for a while and rest",
    "zero_charge_method": "how the device makes the net charge zero",
    "i_start_A": "current where the segment begins",
    "i_end_A": "current where it ends",
    "i_peak_A": "peak of the half-sine",
    "duration_s": "length of the segment",
    "shape": "course of the current, or form of the electrode",
    "on_s": "time during which periods run",
    "rise_s": "ramp at the beginning of a burst",
    "fall_s": "ramp at its end",
    "file": "CSV or WAV file beside this one",
    "current": "column of the current, title or number from 1",
    "time": "column of the time, title or number from 1",
    "time_unit": "unit of the column of time where its title has none",
    "rate": "samples a second, such as 10 kHz, where there is no time",
    "per_unit": "what the number 1 is, such as 1 mA, where the column has no unit",
    "shunt": "resistance across which a voltage was recorded",
    "channel": "channel of a WAV file, from 1",
    "start_s": "where the part that is used begins",
    "stop_s": "where it ends",
    "periods": "how many periods the part holds; it is folded to their mean",
    "zero_below": "samples up to this current count as 0",
    "channels": "ids of the two waveforms; of a device, how many channels it has",
    "electrodes": "what touches",
    "material": "of the electrode",
    "count": "how many of them",
    "size_note": "what is said of the size, in words",
    "note": "anything else",
    "timing": "whether both channels may flow at once",
    "delay_s": "how much later the second channel begins",
}
_EQUAL = "equal to i_start_A, which a schema cannot say"
_POSITIVE = (*ABOVE_ZERO, "duration_s", "period_s", "on_s", "off_s")
_IN_LINE = r"[^\n-\r\x1c-\x1e\x85\u2028\u2029]"
_NUMBER = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
_WITH_UNIT = _ANNOTATED[str, Field(pattern=_NUMBER + r"\s*[A-DF-Za-df-zµμΩ].*$")]
_SHARE = _ANNOTATED[float, Field(ge=0, le=1)]
_CURRENTS = ("segments", "points", "trace")


def _quantity(kind: str, key: str) -> Any:
    """A number, or text with a unit where the key names one."""
    above: Any = {"gt": 0} if key in _POSITIVE else {} if kind.startswith("signed") else {"ge": 0}
    most = 1.0 if key == "waveform_duty" else 1e15
    number: Any = _ANNOTATED[float, Field(**above, le=most)]
    return _UNION[number, _WITH_UNIT] if unit_of(key) else number


def _type(kind: str, key: str) -> Any:
    if kind in ("number", "signed"):
        return _quantity(kind, key)
    if kind in ("numbers", "signeds"):
        one = _quantity(kind, key)
        return _UNION[one, _ANNOTATED[_LIST[one], Field(min_length=1)]]
    return {
        "count": _ANNOTATED[int, Field(ge=0)],
        "text": _ANNOTATED[str, Field(pattern=r"\S")],
        "line": _ANNOTATED[str, Field(pattern=f"^{_IN_LINE}*\\S{_IN_LINE}*$")],
        "texts": _ANNOTATED[_LIST[str], Field(min_length=1)],
        "flag": bool,
        "date": _ANNOTATED[
            datetime.date, Field(strict=False, json_schema_extra={"pattern": r"^\d{4}-\d{2}-\d{2}$"})
        ],
        "column": _UNION[_ANNOTATED[str, Field(min_length=1)], _ANNOTATED[int, Field(ge=1)]],
    }[kind]


def _model(
    name: str, fields: Mapping[str, str], required: Iterable[str], types: Mapping[str, Any] | None = None
) -> Any:
    needed, types = set(required), types or {}
    columns: dict[str, Any] = {}
    for key, kind in fields.items():
        unit = unit_of(key)
        said = _WORDS.get(key) or load_data(FILE)["field"].get(key, {}).get("label")
        words = "; ".join(filter(None, [said, f"{unit}, or text with a unit" if unit else None]))
        default = ... if key in needed else None
        of = types[key] if key in types else _type(kind, key)
        columns[key] = (of, Field(default, description=words or None))
    config = ConfigDict(extra="forbid", strict=True, title=name)
    return create_model(name, __config__=config, **columns)


def _segment() -> Any:
    models = []
    for shape, keys in KEYS.items():
        fields = {key: SEGMENT[key] for key in (*keys, *ALWAYS, *MAY.get(shape, ()))}
        types: dict[str, Any] = {
            "shape": Literal[shape],
            "part": _ANNOTATED[_LIST[_SHARE], Field(min_length=2, max_length=2)],
        }
        if shape == "const":
            types["i_end_A"] = _ANNOTATED[_quantity("signed", "i_end_A"), Field(description=_EQUAL)]
        models.append(_model(f"{shape.capitalize()}Segment", fields, (*keys, *ALWAYS), types))
    return _ANNOTATED[_UNION[tuple(models)], Field(discriminator="shape")]


def _burst() -> Any:
    models = []
    for name, key, foreign in (("BurstAndRest", "off_s", "period_s"), ("BurstEvery", "period_s", "off_s")):
        fields = {other: kind for other, kind in BURST.items() if other != foreign}
        models.append(_model(name, fields, ("on_s", key)))
    return _UNION[tuple(models)]


def waveform_model() -> type[BaseModel]:
    """Model of one ``[[waveform]]`` table; keys and types come from the tables that check it."""
    moments = {
        key: _ANNOTATED[_LIST[_quantity(kind, key)], Field(min_length=2)] for key, kind in POINTS.items()
    }
    types = {
        "kind": Literal[*KINDS],
        "status": Literal[*STATUSES],
        "zero_charge_method": Literal[*ZERO_CHARGE],
        "segments": _ANNOTATED[_LIST[_segment()], Field(min_length=1)],
        "burst": _burst(),
        "points": _model("Points", POINTS, POINTS, moments),
        "trace": _model("Trace", TRACE_TABLE, ("file",)),
    }
    models = []
    for current in _CURRENTS:  # one of them gives the current
        foreign = {*_CURRENTS} - {current} | (set() if current == "segments" else {"period_s"})
        fields = {key: kind for key, kind in WAVEFORM.items() if key not in foreign}
        needed = ("id", "name", "status", "source", current, *(("kind",) if current == "segments" else ()))
        models.append(_model(f"WaveformOf{current.capitalize()}", fields, needed, types))
    whole: Any = _ROOT[_UNION[tuple(models)]]
    return cast(type[BaseModel], create_model("Waveform", __base__=whole))


def file_model() -> type[BaseModel]:
    """Model of a file: one device, any number of waveforms, and modes that join two of them."""
    data = load_data(FILE)
    source = {"fields": "texts", "ref": "text", "status": "text"}
    types = {
        "kind": Literal[*data["class"]],
        "regulation": Literal[*REGULATIONS],
        "electrodes": _LIST[_model("Electrode", ELECTRODE, ())],
        "source": _LIST[_model("Source", source, source, {"status": Literal[*STATUSES]})],
    }
    fields = WORDS | {key: spec["type"] for key, spec in data["field"].items()}
    device = _model("Device", fields, NEEDS, types)
    pair = {
        "channels": _ANNOTATED[_LIST[str], Field(min_length=2, max_length=2)],
        "timing": Literal[*TIMINGS],
    }
    mode = _model("Mode", MODE, MODE_NEEDS, pair | {"electrodes": pair["channels"]})
    waveform: Any = waveform_model()
    config = ConfigDict(extra="forbid", title="zygoma device file", serialize_by_alias=True)
    edition = (_ANNOTATED[int, Field(ge=0)], Field(None, alias="schema", description="edition of the format"))
    columns: dict[str, Any] = {
        "edition": edition,
        "device": (_UNION[device, _ANNOTATED[_LIST[device], Field(min_length=1, max_length=1)]], None),
        "waveform": (_UNION[waveform, _LIST[waveform]], None),
        "mode": (_UNION[mode, _LIST[mode]], None),
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
