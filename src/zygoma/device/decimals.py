"""Reading columns of decimal numbers from text, ten million lines in a second or two."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from zygoma.device.rows import FloatArray

_POWERS = np.array([float(f"1e{k}") for k in range(-300, 301)])
_NEWLINE, _RETURN, _SPACE, _TAB, _PLUS, _MINUS = b"\n\r \t+-"


def read_columns(
    text: npt.NDArray[np.uint8], delimiter: int, columns: tuple[int, ...], point: int = ord(".")
) -> tuple[FloatArray, int, int]:
    """Numbers of some columns.

    A number of up to 15 digits is read exactly, a longer one to two units of its last place. Blank lines are
    passed over.

    Parameters
    ----------
    text : ndarray of uint8
    delimiter : int
        Its byte; a space stands for any run of spaces and tabs.
    columns : tuple of int
        From 0.
    point : int
        Byte of the decimal point or comma.

    Returns
    -------
    values : ndarray, shape (columns, n)
        As given in `columns`.
    line : int
        First line that could not be read, from 0, or -1.
    column : int
        Its column, from 0; -1 where the line has too few.
    """
    most = _lines(text) + 1
    place = np.full(max(columns) + 1, -1)
    place[list(columns)] = np.arange(len(columns))
    values = np.empty((len(columns), most))
    count, line, column = _read(text, delimiter, place, values, _POWERS, point)
    return values[:, :count], line, column


@njit(cache=True)
def _lines(text):  # type: ignore[no-untyped-def]
    count = 0
    for byte in text:
        count += byte == _NEWLINE
    return count


@njit(cache=True)
def _read(text, delimiter, place, values, powers, point):  # type: ignore[no-untyped-def]
    size, position, row, line = len(text), 0, 0, 0
    blank = delimiter == _SPACE
    while position < size:
        while position < size and (text[position] == _SPACE or text[position] == _TAB):
            position += 1
        if position < size and (text[position] == _RETURN or text[position] == _NEWLINE):
            line += text[position] == _NEWLINE
            position += 1
            continue
        if position >= size:
            break
        for column in range(len(place)):
            while position < size and (text[position] == _SPACE or (text[position] == _TAB and blank)):
                position += 1
            if place[column] >= 0:
                position, value, good = _number(text, position, powers, point)
                while position < size and (text[position] == _SPACE or (text[position] == _TAB and blank)):
                    position += 1
                    if blank:
                        break
                ends = position >= size or text[position] == _NEWLINE or text[position] == _RETURN
                apart = not ends and (
                    text[position] == delimiter or (blank and _is_blank(text[position - 1]))
                )
                if not good or not (ends or apart):
                    return row, line, column
                values[place[column], row] = value
            else:
                while position < size and not _is_end(text[position], delimiter, blank):
                    position += 1
            if column + 1 < len(place):
                if position >= size or text[position] == _NEWLINE or text[position] == _RETURN:
                    return row, line, -1
                if not blank:
                    position += 1
        while position < size and text[position] != _NEWLINE:
            position += 1
        position += 1
        line += 1
        row += 1
    return row, -1, -1


@njit(cache=True)
def _is_blank(byte):  # type: ignore[no-untyped-def]
    return byte in (_SPACE, _TAB)


@njit(cache=True)
def _is_end(byte, delimiter, blank):  # type: ignore[no-untyped-def]
    return byte in (_NEWLINE, _RETURN, delimiter) or (blank and byte == _TAB)


@njit(cache=True)
def _number(text, position, powers, point):  # type: ignore[no-untyped-def]
    size = len(text)
    negative = position < size and text[position] == _MINUS
    if position < size and (text[position] == _MINUS or text[position] == _PLUS):
        position += 1
    mantissa, digits, kept, exponent, after = np.uint64(0), 0, 0, 0, False
    while position < size:
        byte = text[position]
        if 48 <= byte <= 57:
            digits += 1
            if kept < 19 and (kept or byte != 48):
                mantissa = mantissa * np.uint64(10) + np.uint64(byte - 48)
                kept += 1
                exponent -= after
            elif kept or byte != 48:
                exponent += not after
            else:
                exponent -= after
        elif byte == point and not after:
            after = True
        else:
            break
        position += 1
    good = digits > 0
    if good and position < size and (text[position] == 101 or text[position] == 69):
        position += 1
        minus = position < size and text[position] == _MINUS
        if position < size and (text[position] == _MINUS or text[position] == _PLUS):
            position += 1
        power, good = 0, False
        while position < size and 48 <= text[position] <= 57:
            power, good = min(power * 10 + int(text[position] - 48), 9999), True
            position += 1
        exponent += -power if minus else power
    value = float(mantissa)
    if mantissa != 0 and exponent != 0:
        if -22 <= exponent < 0:
            value /= powers[300 - exponent]
        elif exponent < -300:
            value = value * powers[0] * powers[max(600 + exponent, 0)]
        else:
            value = value * powers[600] * 1e308 if exponent > 300 else value * powers[300 + exponent]
    return position, -value if negative else value, good
