"""Waveforms and devices as TOML and JSON files."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zygoma.device.catalogue import WAVEFORM, waveform_from_table, waveform_to_table
from zygoma.device.record import ENDINGS, check, read_file, single, titled
from zygoma.device.waveform import Waveform
from zygoma.errors import InputError
from zygoma.provenance import write_text

__all__ = ["ENDINGS", "read_waveform", "write_device", "write_waveform"]

if TYPE_CHECKING:
    from zygoma.device.device import Device

_FILE = {"schema": "count", "waveform": "any"}


def read_waveform(path: str | os.PathLike[str]) -> Waveform:
    """The one waveform of a file that ends in ``.toml`` or ``.json``.

    Raises
    ------
    InputError
        The file cannot be read or a value in it cannot be used; file and key are named.
    """
    where = Path(path).name
    content = read_file(path)
    if "device" in content:
        raise InputError(
            f"{where} is a device file; give it as the device, or a file with one [[waveform]] and no device"
        )
    check(content, _FILE, where)
    table = single(content, "waveform", where)
    return waveform_from_table(table, titled("waveform", table, where), Path(path).parent)


def write_waveform(waveform: Waveform, path: str | os.PathLike[str]) -> None:
    """Write a waveform into a file that ends in ``.toml`` or ``.json``, from which the same one can be read.

    Raises
    ------
    InputError
        Another ending, a name that no file may hold, or a folder that cannot be written.
    """
    _write({"waveform": [_checked(waveform)]}, path, "a waveform")


def write_device(device: Device, path: str | os.PathLike[str]) -> None:
    """Write a device with its waveforms into a ``.toml`` or ``.json`` file; raises as `write_waveform`."""
    content: dict[str, Any] = {"device": device.to_table()}
    if device.own_waveforms:
        content["waveform"] = [_checked(waveform) for waveform in device.own_waveforms]
    if device.paired_modes:
        content["mode"] = [mode.to_table() for mode in device.paired_modes]
    _write(content, path, "a device")


def _checked(waveform: Waveform) -> dict[str, Any]:
    return check(waveform_to_table(waveform), WAVEFORM, f"waveform {waveform.id!r}")


def _write(content: Mapping[str, Any], path: str | os.PathLike[str], what: str) -> None:
    if str(path).lower().endswith(".toml"):
        parts = ["schema = 1"]
        for name, tables in content.items():
            for table in tables if isinstance(tables, list) else [tables]:
                parts.append(f"[[{name}]]" if isinstance(tables, list) else f"[{name}]")
                parts[-1] += "".join(f"\n{key} = {_inline(value)}" for key, value in table.items())
        write_text(path, "\n\n".join(parts) + "\n")
    elif str(path).lower().endswith(".json"):
        whole = {"schema": 1, **content}
        write_text(path, json.dumps(whole, ensure_ascii=False, indent=1, default=_date) + "\n")
    else:
        raise InputError(f"cannot write {what} into {path}; give a name that ends in {' or '.join(ENDINGS)}")


def _date(value: Any) -> str:
    """A date as JSON writes it."""
    assert isinstance(value, datetime.date)
    return value.isoformat()


def _inline(value: Any) -> str:
    """A value as TOML writes it on one line; numbers keep every digit."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_inline(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
