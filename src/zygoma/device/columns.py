"""Columns of numbers in a text file, as oscilloscopes and spreadsheets write them."""

from __future__ import annotations

import codecs
import io
import math
import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zygoma.device.calibration import is_in
from zygoma.device.rows import FloatArray
from zygoma.errors import InputError, UnknownNameError

Bytes = npt.NDArray[np.uint8]

_HEAD = 1 << 16  # where the titles are looked for [bytes]
_UNITS = {"A": "current", "V": "current", "s": "time"}
_UNIT = re.compile(
    r"^(?P<name>.*?)\s*(?:\[(?P<a>[^\]]+)\]|\((?P<b>[^)]+)\)|/\s*(?P<c>\S+)|_(?P<d>[^\W_]+)|\s+in\s+(?P<e>\S+))\s*$"
)


_COMMA = (
    "; a decimal comma may be the reason: write decimal points, or part the columns by semicolons, and give"
    " each column a title"
)
_EACH = "; give each column a title"


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns of a text file.

    Parameters
    ----------
    where : str
        Name of the file, for the messages.
    names : tuple of (str, str or None)
        Name and unit of each column; an empty name where the file gives none.
    mark, point : str
        What parts the columns, a blank for any run of blanks and tabs, and the decimal sign.
    text : bytes
        Lines of numbers.
    first : int
        Number of their first line in the file.
    """

    where: str
    names: tuple[tuple[str, str | None], ...]
    mark: str
    point: str
    text: bytes
    first: int

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Columns:
        """Find titles and numbers; what stands before the first line of numbers is passed over.

        Raises
        ------
        InputError
            The file cannot be read, has no line of numbers, titles with units that are not as many as the
            columns, or a line that has more columns than the first.
        """
        where, data = Path(path).name, _bytes(path)
        begin, above, titles, refused = 0, "", "", ""
        for number, raw in enumerate(data[:_HEAD].tobytes().splitlines(keepends=True), 1):
            line = _decoded(raw).strip().lstrip("# ")
            mark = next((mark for mark in ";\t," if mark in line), " ")
            if mark == "," and _parted_by_blanks(line.split()):
                mark = " "
            point = "." if mark == "," else _decimal_sign(data[begin:])
            fields = _fields(line, mark)
            if fields and all(_is_number(field, point) for field in fields):
                text = data[begin:].tobytes()
                named = _titled(above, titles, mark, len(fields))
                if named is None:
                    given = len(_heads(titles, mark))
                    found = f"{len(fields)} columns and the titles {titles[:60]!r} are {given}"
                    raise InputError(f"{where} line {number} has {found}{_COMMA if mark == ',' else _EACH}")
                if mark == "," and (wider := _wider(text, len(fields))) is not None:
                    found = f"has more than the {len(fields)} columns of line {number}"
                    raise InputError(f"{where} line {number + wider} {found}{_COMMA}")
                return cls(where, named, mark, point, text, number)
            if refused == "" and any(_is_number(field, point) for field in fields):
                refused = f", line {number} is {line[:60]!r}"
            begin += len(raw)
            above, titles = (titles, line) if line else (above, titles)
        raise InputError(
            f"{where} has no line of numbers{refused}; expected columns parted by comma, semicolon, tab or "
            "blanks"
        )

    def place(self, given: str | int | None, what: str) -> int:
        """Number from 0 of the column of ``"current"`` or ``"time"``.

        Parameters
        ----------
        given : str, int or None
            Name, with or without unit, or number from 1; None takes the one column with a fitting unit.
        what : {"current", "time"}
            Voltages count as currents: a shunt tells.

        Raises
        ------
        InputError
            No such column, or not one only that fits.
        """
        if isinstance(given, int) and not isinstance(given, bool):
            if not 1 <= given <= len(self.names):
                raise InputError(
                    f"{self.where} has {len(self.names)} columns; {what} = {given} is not one of them"
                )
            return given - 1
        if isinstance(given, str):
            return self._named(given)
        if given is not None:
            raise InputError(
                f"{self.where}: {what} is {given!r}; expected the title of a column or its number from 1"
            )
        fitting = self.fitting(what)
        if len(fitting) != 1:
            found = f"{len(fitting)} columns" if fitting else "no column"
            hint = ", or the rate" if what == "time" else ""
            raise InputError(
                f"{self.where} has {found} in a unit of {what}; name the column of {what} by its title or "
                f"number{hint}"
            )
        return fitting[0]

    def fitting(self, what: str) -> list[int]:
        """Numbers from 0 of the columns in a unit of ``"current"`` or ``"time"``."""
        units = [unit for unit, kind in _UNITS.items() if kind == what]
        return [
            k
            for k, (_, stated) in enumerate(self.names)
            if stated and any(is_in(f"1 {stated}", unit) for unit in units)
        ]

    def numbers(self, *columns: int) -> FloatArray:
        """Numbers of some columns (columns, n).

        Raises
        ------
        InputError
            A line is too short, or has something else than a finite number; line and column are named.
        """
        text = self.text.replace(b",", b".") if self.point == "," else self.text
        lines = io.TextIOWrapper(io.BytesIO(text), encoding="latin-1")
        parted = None if self.mark == " " else self.mark
        try:
            values = np.loadtxt(lines, delimiter=parted, usecols=columns, ndmin=2, comments=None, unpack=True)
        except ValueError:
            values = np.array(np.nan)
        if not np.isfinite(values).all():
            raise InputError(f"{self.where} {self._flaw(columns)}; correct it or cut it out")
        return values

    def _named(self, given: str) -> int:
        known = {name: k for k, (name, _) in enumerate(self.names) if name}
        known |= {f"{name} [{unit}]": k for k, (name, unit) in enumerate(self.names) if unit}
        name, unit = _named(given)
        key = next((key for key in (given, f"{name} [{unit}]") if key in known), None)
        if key is None:
            raise UnknownNameError(f"column in {self.where}:", given, known)
        return known[key]

    def _flaw(self, columns: tuple[int, ...]) -> str:
        """What is wrong with the first line that cannot be read."""
        for number, raw in enumerate(self.text.splitlines(), self.first):
            fields = _fields(_decoded(raw).strip(), self.mark)
            if fields and len(fields) <= max(columns):
                return f"line {number}: too few columns, expected {max(columns) + 1}"
            for column in columns if fields else ():
                field = fields[column].strip()
                if not _is_number(field, self.point):
                    sign = "comma" if self.point == "," else "point"
                    return (
                        f"line {number}: column {column + 1} is {field!r}, not a number with a decimal {sign}"
                    )
                if not math.isfinite(float(field.replace(",", "."))):
                    return f"line {number}: column {column + 1} is {field}, not a finite number"
        return f"cannot be read as numbers from line {self.first} on"


def _bytes(path: str | os.PathLike[str]) -> Bytes:
    """The file in UTF-8 or an older encoding, without quotes, with lines that end as usual."""
    try:
        data = np.fromfile(path, dtype=np.uint8)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; give the path of a CSV file") from error
    except TypeError as error:
        raise InputError(f"cannot read {path!r}; give the path of a CSV file") from error
    if data[:2].tobytes() in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        data = np.frombuffer(data.tobytes().decode("utf-16", errors="replace").encode(), dtype=np.uint8)
    if data[:3].tobytes() == codecs.BOM_UTF8:
        data = data[3:]
    if (data == ord('"')).any():
        data = data[data != ord('"')]
    if not (data == ord("\n")).any():
        data = np.where(data == ord("\r"), np.uint8(ord("\n")), data)
    return data


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:  # older spreadsheets and oscilloscopes
        return line.decode("cp1252", errors="replace")


def _decimal_sign(numbers: Bytes) -> str:
    """Decimal sign of numbers that no comma parts."""
    return "," if (numbers == ord(",")).any() and not (numbers == ord(".")).any() else "."


def _parted_by_blanks(words: list[str]) -> bool:
    """Whether these are several numbers whose commas are decimal ones, as in ``0,5 -1,25``."""
    return len(words) > 1 and all(_is_number(word, ",") and word[-1] != "," for word in words)


def _fields(line: str, mark: str) -> list[str]:
    fields = line.split(None if mark == " " else mark)
    return fields[:-1] if fields and not fields[-1].strip() else fields  # many scopes end a line with a comma


def _is_number(text: str, point: str = ".") -> bool:
    try:
        float(text.replace(",", ".") if point == "," else text)
    except ValueError:
        return False
    return "_" not in text


def _titled(above: str, titles: str, mark: str, count: int) -> tuple[tuple[str, str | None], ...] | None:
    """Name and unit of each column; None where titles with units are not as many as the columns.

    Where the last line before the numbers holds nothing but units, as after ``TIME,CH1`` in ``Second,Volt``,
    the names are those of the line above it.
    """
    heads = _heads(titles, mark)
    named = tuple(map(_named, heads))
    if len(heads) != count:
        is_title = mark != " " and not any(_is_number(head) for head in heads)
        return None if is_title and any(unit for _, unit in named) else (("", None),) * count
    units = [unit or (head if _is_unit(head) else None) for head, (_, unit) in zip(heads, named, strict=True)]
    bare = all(name in ("", head) for head, (name, _) in zip(heads, named, strict=True))
    names = _heads(above, mark)
    if bare and all(units) and len(names) == count and not any(map(_is_number, names)):
        return tuple((name.strip("'# "), unit) for name, unit in zip(names, units, strict=True))
    return named


def _heads(titles: str, mark: str) -> list[str]:
    """Titles of the columns; between blanks a unit in brackets belongs to the word before it."""
    if mark == " ":
        return re.split(r"\s+(?![\[(])", titles.strip())
    return _fields(titles, mark)


def _wider(text: bytes, count: int) -> int | None:
    """Number from 0 of the first line that more commas part than `count` columns need, if there is one."""
    lines = text.count(b"\n") + (not text.endswith(b"\n"))
    if text.count(b",") in ((count - 1) * lines, count * lines):
        return None
    numbers = np.frombuffer(text, dtype=np.uint8)
    starts = np.r_[0, np.flatnonzero(numbers[:-1] == ord("\n")) + 1]
    commas = np.add.reduceat(numbers == ord(","), starts, dtype=np.int64)
    for k in np.flatnonzero(commas >= count):
        line = text[starts[k] :].split(b"\n", 1)[0]
        if len(_fields(_decoded(line).strip(), ",")) > count:
            return int(k)
    return None


def _is_unit(text: str) -> bool:
    """Whether a title is a unit of time, current or voltage and nothing else, such as ``ms``."""
    return any(is_in(f"1 {text.strip()}", kind) for kind in _UNITS)


def _named(title: str) -> tuple[str, str | None]:
    """Name and unit of a column; a title such as ``Second`` or ``Volt`` is its own unit."""
    title = title.strip("'# ")
    if match := _UNIT.match(title):
        unit = next(filter(None, match.group("a", "b", "c", "d", "e")))
        if any(is_in(f"1 {unit}", kind) for kind in _UNITS):
            return match["name"], unit
    word = title.lower().removesuffix("s")
    return title, word if word in ("second", "volt", "ampere") else None
