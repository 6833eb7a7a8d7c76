"""Reading TOML records of devices, waveforms and electrodes: keys, types and units are checked here."""

from __future__ import annotations

import datetime
import math
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from zygoma.errors import InputError, RangeError, UnitError, UnknownNameError
from zygoma.units import parse

_UNITS = {"A": "A", "V": "V", "W": "W", "s": "s", "Hz": "Hz", "ohm": "ohm", "m": "m", "m2": "m**2"}
STATUSES = ("read", "measured", "computed", "unverified", "assumption")


def unit_of(key: str) -> str | None:
    """SI unit that the last part of a key names, if it names one."""
    head, _, tail = key.rpartition("_")
    return _UNITS.get(tail) if head else None


def read_file(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Content of a TOML file.

    Raises
    ------
    InputError
        The file cannot be read or is not TOML.
    """
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; give the path of a TOML file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not a TOML file: {error}") from error


def single(content: Mapping[str, Any], kind: str, where: str) -> dict[str, Any]:
    """The one ``[kind]`` or ``[[kind]]`` table of a file."""
    entries = content.get(kind, [])
    entries = [entries] if isinstance(entries, dict) else entries
    if not isinstance(entries, list) or len(entries) != 1 or not isinstance(entries[0], dict):
        count = len(entries) if isinstance(entries, list) else 0
        raise InputError(f"{where} has {count} tables [[{kind}]]; expected one")
    return dict(entries[0])


def check(table: Any, fields: Mapping[str, str], where: str, required: Iterable[str] = ()) -> dict[str, Any]:
    """A table whose keys and types are right, with numbers in SI.

    Parameters
    ----------
    table : mapping
        As read.
    fields : mapping of str to str
        Type of each key that may stand: ``number`` (not negative), ``signed``, ``count``, ``text``, ``flag``,
        ``date``, ``any``, ``table``, and ``numbers``, ``signeds``, ``texts``, ``tables`` for lists. A number
        is in the unit that ends its key, or text with a unit.
    where : str
        File and table, for the messages.
    required : iterable of str

    Raises
    ------
    UnknownNameError
        A key that does not exist; the nearest is offered.
    UnitError
        A key without its unit, or text without one.
    RangeError, InputError
        A value of another type, a negative number, or a missing key.
    """
    if not isinstance(table, Mapping):
        raise InputError(f"{where} is {table!r}; expected a table")
    checked = {}
    for key, value in table.items():
        if key not in fields:
            with_unit = [name for name in fields if unit_of(name) and name.rpartition("_")[0] == key]
            if with_unit:
                raise UnitError(f"{where}: {key!r} has no unit; write {with_unit[0]!r}")
            raise UnknownNameError(f"key in {where}:", key, fields)
        checked[key] = _value(fields[key], key, value, where)
    if missing := [key for key in required if key not in checked]:
        raise InputError(f"{where} lacks {missing[0]!r}; add it")
    return checked


def one_of(value: str, kind: str, known: Iterable[str], where: str) -> str:
    """The value, if it is among the known ones."""
    if value not in (names := list(known)):
        raise UnknownNameError(f"{kind} in {where}:", value, names)
    return value


def _value(kind: str, key: str, value: Any, where: str) -> Any:
    if kind in ("number", "signed"):
        return _number(key, value, where, signed=kind == "signed")
    if kind in ("numbers", "signeds"):
        values = value if isinstance(value, list) else [value]
        return [_number(key, item, where, signed=kind == "signeds") for item in values]
    test, expected = _TYPES[kind]
    if not test(value):
        raise InputError(f"{where}: {key} is {value!r}; expected {expected}")
    return value


def _number(key: str, value: Any, where: str, *, signed: bool) -> float:
    unit = unit_of(key)
    if isinstance(value, str) and unit:
        try:
            value = parse(value, unit)
        except UnitError as error:
            raise UnitError(f"{where}: {key}: {error}") from error
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(f"{where}: {key} is {value!r}; expected a number{f' in {unit}' if unit else ''}")
    if value < 0 and not signed:
        raise RangeError(f"{where}: {key} is {value:g}; expected 0 or more")
    return float(value)


def _is_list(of: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(isinstance(item, of) for item in value)


_TYPES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "text": (lambda value: isinstance(value, str) and bool(value.strip()), "text"),
    "texts": (_is_list(str), "a list of texts"),
    "tables": (_is_list(dict), "a list of tables"),
    "table": (lambda value: isinstance(value, dict), "a table"),
    "count": (
        lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
        "a whole number",
    ),
    "flag": (lambda value: isinstance(value, bool), "true or false"),
    "date": (lambda value: isinstance(value, datetime.date), "a date"),
    "any": (lambda value: True, "anything"),
}
