"""Waveforms as TOML and JSON files."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zygoma.device.catalogue import waveform_from_table, waveform_to_table
from zygoma.device.record import check, read_file, single
from zygoma.device.waveform import Waveform
from zygoma.errors import InputError
from zygoma.provenance import write_text

ENDINGS = (".toml", ".json")
_FILE = {"schema": "count", "waveform": "any"}


def read_waveform(path: str | os.PathLike[str]) -> Waveform:
    """The one waveform of a file that ends in ``.toml`` or ``.json``.

    Raises
    ------
    InputError
        The file cannot be read or a value in it cannot be used; file and key are named.
    """
    where = Path(path).name
    content = _json(path) if where.lower().endswith(".json") else read_file(path)
    check(content, _FILE, where)
    table = single(content, "waveform", where)
    return waveform_from_table(table, f"{where} [waveform {table.get('id', '?')}]", Path(path).parent)


def write_waveform(waveform: Waveform, path: str | os.PathLike[str]) -> None:
    """Write a waveform into a file that ends in ``.toml`` or ``.json``, from which the same one can be read.

    Raises
    ------
    InputError
        Another ending, or a folder that cannot be written.
    """
    table = waveform_to_table(waveform)
    if str(path).lower().endswith(".toml"):
        lines = [f"{key} = {_inline(value)}" for key, value in table.items()]
        write_text(path, "\n".join(["schema = 1", "", "[[waveform]]", *lines, ""]))
    elif str(path).lower().endswith(".json"):
        content = {"schema": 1, "waveform": [table]}
        write_text(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    else:
        raise InputError(
            f"cannot write a waveform into {path}; give a name that ends in {' or '.join(ENDINGS)}"
        )


def _json(path: str | os.PathLike[str]) -> dict[str, Any]:
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; give the path of a JSON file") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not a JSON file: {error}") from error
    if not isinstance(content, dict):
        raise InputError(f"{path} holds {type(content).__name__}; expected an object with 'waveform'")
    return content


def _inline(value: Any) -> str:
    """A value as TOML writes it on one line; numbers keep every digit."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_inline(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
