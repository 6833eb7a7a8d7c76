"""Measured traces from CSV and WAV files, with their calibration."""

from __future__ import annotations

import codecs
import io
import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zygoma.device.calibration import Calibration, is_in
from zygoma.device.polyline import Polyline
from zygoma.device.record import check
from zygoma.device.rows import FloatArray
from zygoma.errors import InputError, RangeError, UnitError, UnknownNameError
from zygoma.units import parse

TRACE = {
    "file": "text",
    "current": "any",
    "time": "any",
    "rate": "text",
    "per_unit": "text",
    "shunt": "text",
    "channel": "count",
    "start_s": "signed",
    "stop_s": "signed",
}
Bytes = npt.NDArray[np.uint8]
_HEAD = 1 << 16  # where the header of a file is looked for, bytes
_UNIT = re.compile(
    r"^(?P<name>.*?)\s*(?:\[(?P<a>[^\]]+)\]|\((?P<b>[^)]+)\)|/\s*(?P<c>\S+)|_(?P<d>[^\W_]+))\s*$"
)


def read_csv(
    path: str | os.PathLike[str],
    *,
    current: str | int | None = None,
    time: str | int | None = None,
    rate: str | None = None,
    calibration: Calibration | None = None,
) -> Polyline:
    """Trace from a text file with columns.

    The columns may be parted by comma, semicolon, tab or spaces; numbers have a decimal point, or a decimal
    comma where something else parts the columns. What stands before the first line of numbers is passed over,
    its last line names the columns. A name ends with its
    unit: ``time [s]``, ``current (mA)``, ``ch1_V``.

    Parameters
    ----------
    path : path
    current, time : str or int, optional
        Names of the columns, with or without unit, or their numbers from 1. Without a name the one column is
        taken that is in a unit of current or voltage, or of time.
    rate : str, optional
        Samples a second, such as ``"10 kHz"``, where there is no column of time.
    calibration : Calibration, optional

    Raises
    ------
    InputError
        The file cannot be read, a line is not numbers, columns are missing or time is given twice or never.
    UnitError
        Units are missing or mixed.
    RangeError
        Samples are not finite, not in order or all zero.
    """
    where, data = Path(path).name, _bytes(path)
    names, delimiter, point, begin, lines = _header(data, where)
    wanted = _column(names, current, ("A", "V"), "current", where)
    if rate is not None and time is not None:
        raise InputError(f"{where}: a column of time and a rate of {rate!r} are given; keep one of them")
    timed = None if rate is not None else _column(names, time, ("s",), "time", where)
    if timed == wanted:
        raise InputError(f"{where}: time and current are both column {wanted + 1}; name two columns")
    amperes = (calibration or Calibration()).amperes(names[wanted][1], f"{where} column {wanted + 1}")
    columns = (wanted,) if timed is None else (timed, wanted)
    values = _numbers(data[begin:], delimiter, point, columns, f"{where} line", lines + 1)
    if timed is None:
        seconds = _clock(rate or "", values.shape[1], where)
    else:
        unit = names[timed][1]
        if unit is None:
            raise UnitError(
                f"{where} column {timed + 1} states no unit; name it such as 'time [s]', or give a rate"
            )
        seconds = values[0] * parse(f"1 {unit}", "s")
    return _polyline(seconds, values[-1] * amperes, where)


def read_wav(
    path: str | os.PathLike[str], *, channel: int = 1, calibration: Calibration | None = None
) -> Polyline:
    """Trace from a WAV file of 8 to 32 bits or of floats.

    Parameters
    ----------
    path : path
    channel : int
        From 1.
    calibration : Calibration
        Of the full scale.

    Raises
    ------
    InputError
        The file cannot be read, or has no such channel.
    UnitError
        Units are missing or mixed.
    RangeError
        Samples are not finite or all zero.
    """
    from scipy.io import wavfile

    where = Path(path).name
    amperes = (calibration or Calibration()).amperes(None, f"the full scale of {where}")
    try:
        rate, data = wavfile.read(path)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; give the path of a WAV file") from error
    except (ValueError, EOFError) as error:
        raise InputError(f"{path} is not a WAV file: {error}") from error
    data = data[:, None] if data.ndim == 1 else data
    if not 1 <= channel <= data.shape[1]:
        raise InputError(f"{where} has {data.shape[1]} channels; channel {channel} is not one of them")
    samples = data[:, channel - 1]
    if samples.dtype == np.uint8:
        samples, amperes = samples.astype(float) - 128, amperes / 128
    elif np.issubdtype(samples.dtype, np.integer):
        amperes /= -float(np.iinfo(samples.dtype).min)
    return _polyline(_clock(f"{rate} Hz", len(samples), where), samples * amperes, where)


def trace_from_table(table: Mapping[str, Any], where: str, folder: Path | None = None) -> Polyline:
    """Trace from a table that names its file, CSV or WAV, its calibration, and the part to be used."""
    checked = check(table, TRACE, where, ("file",))
    path = (folder or Path()) / checked["file"]
    calibration = Calibration(checked.get("per_unit"), checked.get("shunt"))
    if path.suffix.lower() == ".wav":
        if foreign := sorted({"current", "time", "rate"} & set(checked)):
            raise InputError(f"{where}: a WAV file has no {foreign[0]!r}; leave it out")
        trace = read_wav(path, channel=checked.get("channel", 1), calibration=calibration)
    else:
        if "channel" in checked:
            raise InputError(f"{where}: a CSV file has no channels; name the column with 'current'")
        columns = {key: checked[key] for key in ("current", "time", "rate") if key in checked}
        trace = read_csv(path, **columns, calibration=calibration)
    if "start_s" in checked or "stop_s" in checked:
        stop = checked.get("stop_s", float(trace.time[-1]))
        trace = trace.between(checked.get("start_s", float(trace.time[0])), stop)
    return trace


def _bytes(path: str | os.PathLike[str]) -> Bytes:
    try:
        data = np.fromfile(path, dtype=np.uint8)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; give the path of a CSV file") from error
    return data[3:] if data[:3].tobytes() == codecs.BOM_UTF8 else data


def _header(data: Bytes, where: str) -> tuple[list[tuple[str, str | None]], str, str, int, int]:
    """Names and units of columns, delimiter, decimal sign, where the numbers begin [bytes], lines before."""
    begin, titles = 0, ""
    text = data[:_HEAD].tobytes()
    for number, line in enumerate(text.splitlines(keepends=True)):
        words = line.decode("utf-8", errors="replace").strip().lstrip("# ")
        mark = next((mark for mark in ";\t," if mark in words), " ")
        if mark == "," and _parted_by_spaces(words.split()):
            mark = " "
        point = "." if mark == "," else _point(data[begin:])
        fields = _fields(words, mark)
        if words and all(_is_number(field, point) for field in fields):
            names = _fields(titles, mark) if titles else []
            if titles and len(names) != len(fields):
                names = []
            stated = [_named(name.strip()) for name in names] or [("", None)] * len(fields)
            return stated, mark, point, begin, number
        begin += len(line)
        titles = words or titles
    raise InputError(
        f"{where} has no line of numbers; expected columns parted by comma, semicolon, tab or space"
    )


def _point(numbers: Bytes) -> str:
    """Decimal sign of numbers that no comma parts."""
    return "," if (numbers == ord(",")).any() and not (numbers == ord(".")).any() else "."


def _parted_by_spaces(words: list[str]) -> bool:
    """Whether these are several numbers whose commas are decimal ones, as in ``0,5 -1,25``."""
    return len(words) > 1 and all(_is_number(word, ",") and word[-1] != "," for word in words)


def _fields(line: str, mark: str) -> list[str]:
    return line.split(None if mark == " " else mark)


def _is_number(text: str, point: str = ".") -> bool:
    try:
        float(text.replace(",", ".") if point == "," else text)
    except ValueError:
        return False
    return True


def _named(title: str) -> tuple[str, str | None]:
    """Name and unit of a column."""
    title = title.strip("\"'# ")
    if match := _UNIT.match(title):
        unit = next(filter(None, match.group("a", "b", "c", "d")))
        if any(is_in(f"1 {unit}", kind) for kind in ("A", "V", "s")):
            return match["name"], unit
    return title, None


def _column(
    names: list[tuple[str, str | None]],
    given: str | int | None,
    kinds: tuple[str, ...],
    what: str,
    where: str,
) -> int:
    """Number of a column from 0."""
    if isinstance(given, int):
        if not 1 <= given <= len(names):
            raise InputError(f"{where} has {len(names)} columns; {what} = {given} is not one of them")
        return given - 1
    if given is not None:
        titles = {name: k for k, (name, _) in enumerate(names) if name}
        titles |= {f"{name} [{unit}]": k for k, (name, unit) in enumerate(names) if unit}
        name, unit = _named(given)
        key = next((key for key in (given, f"{name} [{unit}]") if key in titles), None)
        if key is None:
            raise UnknownNameError(f"column in {where}:", given, titles)
        return titles[key]
    fitting = [
        k for k, (_, unit) in enumerate(names) if unit and any(is_in(f"1 {unit}", kind) for kind in kinds)
    ]
    if len(fitting) != 1:
        found = f"{len(fitting)} columns in a unit of {what}" if fitting else f"no column in a unit of {what}"
        hint = ", or the rate" if what == "time" else ""
        raise InputError(f"{where} has {found}; name the column of {what} by its title or number{hint}")
    return fitting[0]


def _numbers(
    data: Bytes, mark: str, point: str, columns: tuple[int, ...], where: str, first: int
) -> FloatArray:
    """Numbers of some columns (columns, n); `first` is the number of their first line, for the messages."""
    if point == ",":
        data = np.where(data == ord(","), np.uint8(ord(".")), data)
    text = io.TextIOWrapper(io.BytesIO(data.tobytes()), encoding="latin-1")
    parted = None if mark == " " else mark
    try:
        values = np.loadtxt(text, delimiter=parted, usecols=columns, ndmin=2, comments=None, unpack=True)
    except ValueError:
        values = np.array(np.nan)
    if not np.isfinite(values).all():
        raise InputError(_flaw(data, mark, point, columns, where, first))
    return values


def _flaw(data: Bytes, mark: str, point: str, columns: tuple[int, ...], where: str, first: int) -> str:
    """What is wrong with the first line that cannot be read."""
    for number, line in enumerate(data.tobytes().decode("latin-1").splitlines(), first):
        fields = _fields(line, mark)
        if line and len(fields) <= max(columns):
            return f"{where} {number}: too few columns, expected {max(columns) + 1}; correct it or cut it out"
        for column in columns if line else ():
            field = fields[column].strip()
            if not _is_number(field):
                shown = field if point == "." else field.replace(".", ",")
                wrong = f"{shown!r}, not a number with a decimal {'comma' if point == ',' else 'point'}"
            elif not math.isfinite(float(field)):
                wrong = f"{field}, not a finite number"
            else:
                continue
            return f"{where} {number}: column {column + 1} is {wrong}; correct it or cut it out"
    return f"{where}s from {first} on cannot be read as columns of numbers"


def _clock(rate: str, count: int, where: str) -> FloatArray:
    hertz = parse(rate, "Hz")
    if not hertz > 0:
        raise RangeError(f"{where}: rate of {rate!r}; expected above zero")
    return np.arange(count) / hertz


def _polyline(time: FloatArray, current: FloatArray, where: str) -> Polyline:
    try:
        return Polyline(time, current)
    except RangeError as error:
        raise RangeError(f"{where}: {error}") from error
