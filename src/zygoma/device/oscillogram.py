"""One pulse into the three loads of the FDA guidance, a train, and the spectrum, on one sheet."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from zygoma.device.picture import FORMATS, outline
from zygoma.device.regulator import Regulator
from zygoma.device.rows import FloatArray
from zygoma.device.waveform import Waveform
from zygoma.errors import InputError
from zygoma.provenance import atomic_path
from zygoma.units import show

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOADS = (500.0, 2e3, 10e3)  # ohm; FDA guidance for powered muscle stimulators, 9 June 1999
_INK, _SOFT = "#2a6f77", "0.75"
_LINES = 50  # harmonics of one period that are drawn
_POINTS = 8000


def draw_output(waveform: Waveform, regulator: Regulator, remark: str | None = None) -> Figure:
    """Figure of what an oscilloscope shows: voltages and currents into 500 ohm, 2 kohm and 10 kohm.

    Parameters
    ----------
    waveform : Waveform
        As set.
    regulator : Regulator
    remark : str, optional
        What the drawing assumes, printed under it.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.6, 7.2), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(3, 3)
    for k, load in enumerate(LOADS):
        delivered = regulator.into(waveform, load)
        time, current = outline(delivered, 1)
        _trace(figure.add_subplot(grid[0, k]), time, current * load, "V", "voltage")
        volts, amperes = show(delivered.amplitude * load, "V"), show(delivered.amplitude, "A")
        title = f"{show(load, 'ohm')}: peak {volts}, {amperes}"
        figure.axes[-1].set_title(title, loc="left", fontsize=8)
    into = regulator.into(waveform, LOADS[0])
    time = np.linspace(0.0, _train(into), _POINTS, endpoint=False)  # at its end the next train begins
    _trace(figure.add_subplot(grid[1, :]), time, into.samples(time), "A", "current")
    figure.axes[-1].set_title("train at 500 ohm", loc="left", fontsize=8)
    axes = figure.add_subplot(grid[2, :])
    frequency, height = lines(into)
    axes.vlines(frequency, 0, height * 1e6, color=_INK, linewidth=1.2)
    axes.set_xlabel("frequency [Hz]")
    axes.set_ylabel("amplitude [µA]")
    axes.set_ylim(bottom=0)
    axes.set_xlim(0, 1.05 * frequency[height > 2e-3 * height.max()][-1])
    axes.set_title("spectrum at 500 ohm, one-sided amplitudes", loc="left", fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle(f"{waveform.name} [{waveform.status}]", x=0.01, ha="left", fontsize=10)
    figure.supxlabel(f"Computed.{' ' + remark if remark else ''}", x=0.01, ha="left", fontsize=7)
    return figure


def lines(waveform: Waveform) -> tuple[FloatArray, FloatArray]:
    """Frequencies [Hz] and one-sided amplitudes [A] of the spectrum, as far as they are drawn.

    Fifty harmonics of the period, of a long trace fewer; of a long pattern the first 4000 lines.
    """
    most = max(1, min(4000, 20_000_000 // len(waveform.rows)))
    count = min(most, max(_LINES, round(_LINES * waveform.pattern_period / waveform.period)))
    number = np.arange(1, count + 1)
    return number / waveform.pattern_period, 2 * np.abs(waveform.spectrum(number))


def save_output(
    waveform: Waveform, regulator: Regulator, path: str | os.PathLike[str], remark: str | None = None
) -> None:
    """Draw `draw_output` into a file that ends in .png, .svg or .pdf.

    Raises
    ------
    InputError
        Another ending, or a folder that cannot be written.
    """
    if not str(path).lower().endswith(FORMATS):
        raise InputError(f"cannot draw into {path}; give a file name that ends in {', '.join(FORMATS)}")
    with atomic_path(path) as temporary:
        draw_output(waveform, regulator, remark).savefig(temporary, dpi=160)


def _train(waveform: Waveform) -> float:
    """Time that shows how periods follow each other: bursts, a change of polarity, or five periods [s]."""
    if waveform.burst is not None:
        return 2 * waveform.burst_period
    return waveform.pattern_period if waveform.swap_every is not None else 5 * waveform.period


def _trace(axes: Any, time: FloatArray, value: FloatArray, unit: str, name: str) -> None:
    factor, prefix = _scale(float(time[-1]), "s")
    height, of = _scale(float(np.abs(value).max()), unit)
    axes.axhline(0, color=_SOFT, linewidth=0.8)
    axes.plot(time * factor, value * height, color=_INK, linewidth=1.4)
    axes.set_xlim(0, time[-1] * factor)
    axes.set_xlabel(f"time [{prefix}]")
    axes.set_ylabel(f"{name} [{of}]")
    axes.spines[["top", "right"]].set_visible(False)


def _scale(largest: float, unit: str) -> tuple[float, str]:
    return next(
        ((f, p + unit) for f, p in ((1.0, ""), (1e3, "m")) if largest * f >= 0.999), (1e6, f"µ{unit}")
    )
