"""Traces as an oscilloscope would show them, which the guidance asks for beside the table of a mode."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from zygoma.device import Waveform
from zygoma.standards.table import ModeTable, OutputTable

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    Voltage = Callable[[npt.NDArray[np.float64], float], npt.NDArray[np.float64]]

_COLOURS = ("#2a6f77", "#c2571a", "#5b4b8a")
_POINTS = 4000
_PERIODS = 6


@dataclass(frozen=True)
class Drawing:
    """One pulse into each load, and a train into the first.

    Parameters
    ----------
    caption : str
    waveform : Waveform
        At the amplitude that flows into the first load.
    amplitudes : tuple of (float, float)
        Loads [ohm] with the amplitude that flows [A].
    cut : bool
        Whether a smaller amplitude is the same current cut flat (current regulated) or the same shape,
        lowered (voltage regulated).
    """

    caption: str
    waveform: Waveform
    amplitudes: tuple[tuple[float, float], ...]
    cut: bool

    @classmethod
    def of(cls, table: OutputTable, mode: ModeTable) -> Drawing | None:
        """Drawing of a mode; None where its waveform or its output into the loads is not known."""
        rows = [row for row in mode.rows if row.id == "max_output_current" and row.load is not None]
        pairs = [(row.load, row.value) for row in rows if isinstance(row.value, float) and row.load]
        if not mode.settings or len(pairs) < len(rows):
            return None
        waveform = max((setting.waveform for setting in mode.settings), key=lambda w: w.phase_charge)
        frequency = f" at {waveform.frequency:.4g} Hz" if len(mode.settings) > 1 else ""
        worst = mode.row("rms_current").status
        caption = f"Mode {mode.mode}{frequency}, drawn from the model, not recorded ({worst})."
        return cls(caption, waveform, tuple(pairs), table.device.regulation != "voltage")

    def voltage(self, time: npt.NDArray[np.float64], load: float) -> npt.NDArray[np.float64]:
        """Voltage across a load [V] at times [s]."""
        return self._across(self.waveform, time, load)

    def pulse(self, time: npt.NDArray[np.float64], load: float) -> npt.NDArray[np.float64]:
        """Voltage of one pulse at full amplitude, apart from the ramps of a burst [V]."""
        return self._across(replace(self.waveform, burst=None), time, load)

    def _across(
        self, waveform: Waveform, time: npt.NDArray[np.float64], load: float
    ) -> npt.NDArray[np.float64]:
        amplitude = dict(self.amplitudes)[load]
        current = waveform.samples(time)
        if self.cut:
            return load * np.clip(current, -amplitude, amplitude)
        return load * current * (amplitude / self.waveform.amplitude)

    def png(self) -> bytes:
        """Picture for a document."""
        data = io.BytesIO()
        self._figure().savefig(data, format="png", dpi=200)
        return data.getvalue()

    def svg(self) -> str:
        """Picture for a page, without the heading of a file."""
        data = io.StringIO()
        self._figure().savefig(data, format="svg", metadata={"Date": None})
        text = data.getvalue()
        return text[text.index("<svg") :]

    def _figure(self) -> Figure:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(9.0, 2.6), layout="constrained")
        FigureCanvasAgg(figure)
        pulse, train = figure.subplots(1, 2)
        for (load, _), colour in zip(self.amplitudes, _COLOURS, strict=False):
            self._line(pulse, self.pulse, load, self.waveform.period, colour)
        pulse.set_title("one pulse", loc="left", fontsize=9)
        pulse.legend(fontsize=8, frameon=False, loc="upper right")
        length = max(_PERIODS * self.waveform.period, self.waveform.burst_period * 1.2)
        self._line(train, self.voltage, self.amplitudes[0][0], length, _COLOURS[0])
        train.set_title(f"train into {self.amplitudes[0][0]:g} Ω", loc="left", fontsize=9)
        for axes in (pulse, train):
            axes.axhline(0, color="0.75", linewidth=0.8, zorder=0)
            axes.set_ylabel("voltage [V]", fontsize=8)
            axes.tick_params(labelsize=8)
            axes.spines[["top", "right"]].set_visible(False)
        return figure

    @staticmethod
    def _line(axes: Axes, voltage: Voltage, load: float, length: float, colour: str) -> None:
        scales = ((1.0, "s"), (1e3, "ms"), (1e6, "µs"))
        factor, unit = next((scale for scale in scales if length * scale[0] >= 1), scales[-1])
        time = np.linspace(0.0, length, _POINTS, endpoint=False)
        axes.plot(time * factor, voltage(time, load), color=colour, linewidth=1.3, label=f"{load:,.0f} Ω")
        axes.set_xlim(0.0, length * factor)
        axes.set_xlabel(f"time [{unit}]", fontsize=8)
