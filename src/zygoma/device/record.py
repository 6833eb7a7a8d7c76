"""Reading records of devices, waveforms and electrodes: keys, types and units are checked here."""

from __future__ import annotations

import datetime
import json
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from zygoma.errors import InputError, RangeError, UnitError, UnknownNameError
from zygoma.units import parse

_UNITS = {"A": "A", "V": "V", "W": "W", "s": "s", "Hz": "Hz", "ohm": "ohm", "m": "m", "m2": "m**2"}
STATUSES = ("read", "measured", "computed", "unverified", "assumption")
ZERO_CHARGE = ("active", "capacitor", "ground")
ENDINGS = (".toml", ".json")
_LARGEST = 1e15  # in SI; no output, time or size of a device comes near, and its square is still a number
_SMALLEST = 1e-30  # likewise; its square is still above zero


def unit_of(key: str) -> str | None:
    """SI unit that the last part of a key names, if it names one."""
    head, _, tail = key.rpartition("_")
    return _UNITS.get(tail) if head else None


def is_file(name: str | os.PathLike[str]) -> bool:
    """Whether a name is that of a file, not an id of the catalogue: it ends in .toml or .json."""
    return str(name).lower().endswith(ENDINGS)


def read_file(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Content of a file that ends in .toml or .json.

    Raises
    ------
    InputError
        The file cannot be read or is not what its ending says.
    """
    kind, read = ("JSON", json.loads) if str(path).lower().endswith(".json") else ("TOML", tomllib.loads)
    try:
        content = read(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; give the path of a {kind} file") from error
    except (ValueError, RecursionError) as error:  # not the format, not UTF-8, numbers of thousands of digits
        raise InputError(f"{path} is not a {kind} file: {error}") from error
    if not isinstance(content, dict):
        raise InputError(f"{path} holds {type(content).__name__}; expected an object with device or waveform")
    return content


def single(content: Mapping[str, Any], kind: str, where: str) -> dict[str, Any]:
    """The one ``[kind]`` or ``[[kind]]`` table of a file."""
    entries = tables(content, kind, where)
    if len(entries) != 1:
        raise InputError(f"{where} has {len(entries)} tables [[{kind}]]; expected one")
    return entries[0]


def tables(content: Mapping[str, Any], kind: str, where: str) -> list[dict[str, Any]]:
    """All ``[[kind]]`` tables of a file, or its one ``[kind]``."""
    entries = content.get(kind, [])
    entries = [entries] if isinstance(entries, dict) else entries
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InputError(f"{where}: {kind} is {entries!r}; expected tables [[{kind}]]")
    return [dict(entry) for entry in entries]


def titled(kind: str, table: Mapping[str, Any], where: str) -> str:
    """Name of a table in messages, on one line: file, kind and id."""
    return f"{where} [{kind} {' '.join(str(table.get('id', '?')).splitlines())}]"


def check(
    table: Any,
    fields: Mapping[str, str],
    where: str,
    required: Iterable[str] = (),
    choices: Mapping[str, Iterable[str]] | None = None,
) -> dict[str, Any]:
    """A table whose keys and types are right, with numbers in SI.

    Parameters
    ----------
    table : mapping
        As read.
    fields : mapping of str to str
        Type of each key that may stand: ``number`` (not negative), ``signed``, ``count``, ``text``, ``line``
        (text without line breaks), ``flag``, ``date``, ``column`` (title or number from 1), ``any``,
        ``table``, and ``numbers``, ``signeds``, ``texts``, ``tables`` for lists, of which only ``tables`` may
        be empty. A number is in the unit that ends its key, or text with a unit.
    where : str
        File and table, for the messages.
    required : iterable of str
    choices : mapping of str to iterable of str, optional
        What keys that must stand can be, for the message where one is missing.

    Raises
    ------
    UnknownNameError
        A key that does not exist; the nearest is offered. Of several faults the first is raised, with the
        others in its message.
    UnitError
        A key without its unit, or text without one.
    RangeError, InputError
        A value of another type, a negative number, or a missing key.
    """
    if not isinstance(table, Mapping):
        raise InputError(f"{where} is {table!r}; expected a table")
    checked: dict[str, Any] = {}
    faults: list[InputError] = []
    for key, value in table.items():
        try:
            checked[key] = _value(_kind(key, fields, where), key, value, where)
        except InputError as error:
            faults.append(error)
    for key in required:
        if key not in table:
            known = ", ".join((choices or {}).get(key, ()))
            faults.append(InputError(f"{where} lacks {key!r}; add {f'one of {known}' if known else 'it'}"))
    if faults:
        first, *others = faults
        if others:
            also = "; ".join(str(error).removeprefix(f"{where}: ") for error in others)
            first.args = (f"{first}; also: {also}",)
        raise first
    return checked


def _kind(key: str, fields: Mapping[str, str], where: str) -> str:
    """Type of a key that may stand."""
    if key in fields:
        return fields[key]
    with_unit = [name for name in fields if unit_of(name) and name.rpartition("_")[0] == key]
    if with_unit:
        raise UnitError(f"{where}: {key!r} has no unit; write {with_unit[0]!r}")
    raise UnknownNameError(f"key in {where}:", key, fields)


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
        if not values:
            raise InputError(f"{where}: {key} is an empty list; give a number, or leave it out")
        return [_number(key, item, where, signed=kind == "signeds") for item in values]
    test, expected = _TYPES[kind]
    if not test(value):
        raise InputError(f"{where}: {key} is {value!r}; expected {expected}")
    return datetime.date.fromisoformat(value) if kind == "date" and isinstance(value, str) else value


def _number(key: str, value: Any, where: str, *, signed: bool) -> float:
    unit = unit_of(key)
    if isinstance(value, str) and value.strip() and unit:
        try:
            value = parse(value, unit)
        except UnitError as error:
            raise UnitError(f"{where}: {key}: {error}") from error
    in_unit = f" in {unit}" if unit else ""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise InputError(f"{where}: {key} is {value!r}; expected a number{in_unit}")
    if abs(value) > _LARGEST:
        digits = f"{value:g}" if isinstance(value, float) else "a whole number of more than 15 digits"
        raise RangeError(f"{where}: {key} is {digits}; expected a number{in_unit} up to {_LARGEST:g}")
    if 0 < value < _SMALLEST and not signed:
        raise RangeError(f"{where}: {key} is {value:g}; expected 0, or a number{in_unit} from {_SMALLEST:g}")
    if value < 0 and not signed:
        raise RangeError(f"{where}: {key} is {value:g}; expected 0 or more")
    return float(value)


def _is_date(value: Any) -> bool:
    """Whether text is a date, as JSON writes it."""
    try:
        return isinstance(value, str) and bool(datetime.date.fromisoformat(value))
    except ValueError:
        return False


def _is_list(of: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(isinstance(item, of) for item in value)


_TYPES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "text": (lambda value: isinstance(value, str) and bool(value.strip()), "text"),
    "line": (
        lambda value: isinstance(value, str) and bool(value.strip()) and len(value.splitlines()) == 1,
        "text without line breaks",
    ),
    "texts": (lambda value: _is_list(str)(value) and bool(value), "a list of texts"),
    "column": (
        lambda value: isinstance(value, str) or (type(value) is int and value > 0),
        "the title of a column or its number from 1",
    ),
    "tables": (_is_list(dict), "a list of tables"),
    "table": (lambda value: isinstance(value, dict), "a table"),
    "count": (
        lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
        "a whole number",
    ),
    "flag": (lambda value: isinstance(value, bool), "true or false"),
    "date": (lambda value: isinstance(value, datetime.date) or _is_date(value), "a date such as 2024-05-31"),
    "any": (lambda value: True, "anything"),
}
