"""Drawing of a waveform."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from zygoma.device.polyline import Polyline
from zygoma.device.segment import FloatArray
from zygoma.device.waveform import Waveform
from zygoma.errors import InputError
from zygoma.provenance import atomic_path

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_POINTS = 20_000
FORMATS = (".png", ".svg", ".pdf")


def outline(waveform: Waveform, periods: int = 2) -> tuple[FloatArray, FloatArray]:
    """Times [s] and currents [A] of a line that shows every corner and jump of the first periods."""
    if isinstance(waveform.segments, Polyline):
        time, current = waveform.segments.time, waveform.segments.current
        step = -(-len(time) // _POINTS)  # of a long trace every so many points
        time, current = time[::step] - time[0], current[::step]
        starts = np.arange(periods)[:, None] * waveform.period
        return (starts + time).ravel(), np.tile(current, periods)
    times, currents = [], []
    for number in range(periods):
        begin = number * waveform.period
        for segment in waveform.segments:
            inside = np.linspace(
                0.0, segment.duration, 60 if segment.shape in ("halfsine", "exponential") else 2
            )
            times.append(begin + inside)
            currents.append(segment.at(inside))
            begin += segment.duration
    return np.concatenate(times), np.concatenate(currents)


def draw_waveform(waveform: Waveform, periods: int = 2) -> Figure:
    """Figure of the first periods at full amplitude, in microampere or milliampere over time."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    time, current = outline(waveform, periods)
    scales = ((1.0, "s"), (1e3, "ms"), (1e6, "µs"))
    time_factor, time_unit = next((scale for scale in scales if time[-1] * scale[0] >= 1), scales[-1])
    factor, unit = (1e6, "µA") if waveform.amplitude < 0.999e-3 else (1e3, "mA")
    figure = Figure(figsize=(7.2, 2.6), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.axhline(0, color="0.75", linewidth=0.8)
    axes.fill_between(time * time_factor, current * factor, color="#2a6f77", alpha=0.12, linewidth=0)
    axes.plot(time * time_factor, current * factor, color="#2a6f77", linewidth=1.6)
    axes.set_xlim(0, time[-1] * time_factor)
    axes.set_xlabel(f"time [{time_unit}]")
    axes.set_ylabel(f"current [{unit}]")
    axes.set_title(f"{waveform.name}\n[{waveform.status}]", loc="left", fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def save_waveform(waveform: Waveform, path: str | os.PathLike[str]) -> None:
    """Draw a waveform into a file that ends in .png, .svg or .pdf.

    Raises
    ------
    InputError
        Another ending, or a folder that cannot be written.
    """
    if not str(path).lower().endswith(FORMATS):
        raise InputError(f"cannot draw into {path}; give a file name that ends in {', '.join(FORMATS)}")
    with atomic_path(path) as temporary:
        draw_waveform(waveform).savefig(temporary, dpi=160)
