"""Measured traces from CSV and WAV files, with their calibration."""

from __future__ import annotations

import os
import struct
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zygoma.device.calibration import Calibration, is_in
from zygoma.device.columns import Columns
from zygoma.device.polyline import Polyline
from zygoma.device.record import check
from zygoma.device.rows import FloatArray
from zygoma.errors import InputError, RangeError, UnitError
from zygoma.units import parse

TRACE = {
    "file": "text",
    "current": "any",
    "time": "any",
    "time_unit": "text",
    "rate": "text",
    "per_unit": "text",
    "shunt": "text",
    "channel": "count",
    "start_s": "signed",
    "stop_s": "signed",
    "periods": "count",
    "zero_below": "text",
}


def read_csv(
    path: str | os.PathLike[str],
    *,
    current: str | int | None = None,
    time: str | int | None = None,
    time_unit: str | None = None,
    rate: str | None = None,
    calibration: Calibration | None = None,
) -> Polyline:
    """Trace from a text file with columns.

    The columns may be parted by comma, semicolon, tab or blanks; numbers have a decimal point, or a decimal
    comma where something else parts the columns. What stands before the first line of numbers is passed over,
    its last line names the columns. A name ends with its unit: ``time [s]``, ``current (mA)``, ``ch1_V``,
    ``current in mA``. With a column of time the trace ends at the last sample; with a rate each sample lasts
    one step, and the last leads back to the first.

    Parameters
    ----------
    path : path
    current, time : str or int, optional
        Names of the columns, with or without unit, or their numbers from 1. Without a name the one column is
        taken that is in a unit of current or voltage, or of time.
    time_unit : str, optional
        Unit of the column of time, such as ``"ms"``, where the file states none.
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
    columns = Columns.read(path)
    where = columns.where
    wanted = columns.place(current, "current")
    if rate is not None and time_unit is not None:
        raise InputError(f"{where}: a rate of {rate!r} and a unit of time are given; keep one of them")
    if rate is not None and (time is not None or columns.fitting("time")):
        raise InputError(f"{where}: a column of time and a rate of {rate!r} are given; keep one of them")
    timed = None if rate is not None else columns.place(time, "time")
    if timed == wanted:
        raise InputError(f"{where}: time and current are both column {wanted + 1}; name two columns")
    amperes = (calibration or Calibration()).amperes(columns.names[wanted][1], f"{where} column {wanted + 1}")
    if timed is None:
        return _recorded(columns.numbers(wanted)[0] * amperes, parse(rate or "", "Hz"), where)
    unit = _unit_of_time(columns.names[timed][1], time_unit, f"{where} column {timed + 1}")
    seconds, values = columns.numbers(timed, wanted)
    return _polyline(seconds * parse(f"1 {unit}", "s"), values * amperes, where)


def read_wav(
    path: str | os.PathLike[str], *, channel: int = 1, calibration: Calibration | None = None
) -> Polyline:
    """Trace from a WAV file of 8 to 32 bits or of floats.

    Each sample lasts one step, and the last leads back to the first: the trace is one period.

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
        with warnings.catch_warnings():
            warnings.simplefilter("error", wavfile.WavFileWarning)
            rate, data = wavfile.read(path)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; give the path of a WAV file") from error
    except (ValueError, EOFError, TypeError, struct.error, wavfile.WavFileWarning) as error:
        raise InputError(f"{path} is not a whole WAV file: {error}; record or copy it again") from error
    data = data[:, None] if data.ndim == 1 else data
    if not 1 <= channel <= data.shape[1]:
        raise InputError(f"{where} has {data.shape[1]} channels; channel {channel} is not one of them")
    samples = data[:, channel - 1]
    if samples.dtype == np.uint8:
        samples, amperes = samples.astype(float) - 128, amperes / 128
    elif np.issubdtype(samples.dtype, np.integer):
        amperes /= -float(np.iinfo(samples.dtype).min)
    return _recorded(samples * amperes, float(rate), where)


def trace_from_table(table: Mapping[str, Any], where: str, folder: Path | None = None) -> Polyline:
    """Trace from a table that names its file, CSV or WAV, its calibration, and the part to be used."""
    checked = check(table, TRACE, where, ("file",))
    path = (folder or Path()) / checked["file"]
    calibration = Calibration(checked.get("per_unit"), checked.get("shunt"))
    if path.suffix.lower() == ".wav":
        if foreign := sorted({"current", "time", "time_unit", "rate"} & set(checked)):
            raise InputError(f"{where}: a WAV file has no {foreign[0]!r}; leave it out")
        trace = read_wav(path, channel=checked.get("channel", 1), calibration=calibration)
    else:
        if "channel" in checked:
            raise InputError(f"{where}: a CSV file has no channels; name the column with 'current'")
        columns = {key: checked[key] for key in ("current", "time", "time_unit", "rate") if key in checked}
        trace = read_csv(path, **columns, calibration=calibration)
    if "start_s" in checked or "stop_s" in checked:
        stop = checked.get("stop_s", float(trace.time[-1]))
        trace = trace.between(checked.get("start_s", float(trace.time[0])), stop)
    if "zero_below" in checked:
        trace = trace.silenced(parse(checked["zero_below"], "A"))
    return trace.folded(checked.get("periods", 1))


def _unit_of_time(stated: str | None, given: str | None, where: str) -> str:
    """Unit of a column of time, of which the file or the caller states one."""
    if stated is not None and given is not None:
        raise UnitError(f"{where} is in {stated} and time_unit is {given!r} too; keep one of them")
    unit = stated if given is None else given.strip()
    if unit is None:
        raise UnitError(
            f"{where} states no unit; name it such as 'time [s]', or give time_unit = 'ms', or a rate"
        )
    if not is_in(f"1 {unit}", "s"):
        raise UnitError(f"{where}: time_unit is {unit!r}; expected a unit such as 'ms'")
    return unit


def _recorded(samples: FloatArray, rate: float, where: str) -> Polyline:
    """Trace of samples at a rate [Hz]: each lasts one step, and the last leads back to the first."""
    if not rate > 0:
        raise RangeError(f"{where}: rate of {rate:g} Hz; expected above zero")
    return _polyline(np.arange(len(samples) + 1) / rate, np.append(samples, samples[:1]), where)


def _polyline(time: FloatArray, current: FloatArray, where: str) -> Polyline:
    try:
        return Polyline(time, current)
    except RangeError as error:
        raise RangeError(f"{where}: {error}") from error
