"""One setting of an output mode into 500 ohm, and the figures of a table that follow from it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zygoma.device import Waveform
from zygoma.standards.phase import Phases, largest_square, phases, worst_second

LOAD = 500.0
"""Load at which the guidance asks for charges and densities [ohm]."""

_SHAPES = {
    "const": "rectangular",
    "linear": "straight slopes",
    "exponential": "exponential slopes",
    "halfsine": "half-sine",
}


@dataclass(frozen=True)
class Setting:
    """A waveform at the amplitude that flows into 500 ohm.

    Parameters
    ----------
    waveform : Waveform
        At the amplitude that flows; at any amplitude if that is unknown.
    area : float or None
        Smallest electrode [m2].
    """

    waveform: Waveform
    area: float | None

    @cached_property
    def phases(self) -> Phases:
        """Phases of one period."""
        return phases(self.waveform)

    @cached_property
    def worst_second(self) -> float:
        """Largest r.m.s. current over any second [A]."""
        return worst_second(self.waveform)

    def per_area(self, value: float) -> float:
        """The value over the area of the smallest electrode."""
        assert self.area is not None
        return value / self.area


def _waveform(setting: Setting) -> str:
    waveform = setting.waveform
    text = f"pulsed {waveform.kind}"
    if waveform.swap_every is not None:
        text += ", polarity alternates"
    return text + (", in bursts" if waveform.burst else "")


def _shape(setting: Setting) -> str:
    segments = setting.waveform.segments
    if not isinstance(segments, tuple):
        return "as recorded"
    shapes = [segment.shape for segment in segments if segment.maximum]
    return ", ".join(_SHAPES[shape] for shape in dict.fromkeys(shapes))


def _symmetrical(setting: Setting) -> str | None:
    if setting.waveform.kind != "biphasic":
        return None
    return "yes" if setting.phases.symmetrical else "no"


def _one_polarity(setting: Setting) -> float:
    charge = setting.phases.charge
    # of phases that are equal up to the rounding of a measurement the first gives the sign
    largest = np.abs(charge) >= 0.999 * np.abs(charge).max()
    return math.copysign(setting.waveform.phase_charge, charge[largest][0])


def _both_polarities(setting: Setting) -> float | None:
    if setting.waveform.swap_every is not None:
        return 0.0
    return setting.waveform.net_charge if setting.waveform.kind == "biphasic" else None


def _pulses(waveform: Waveform) -> int:
    assert waveform.burst is not None
    return round((waveform.burst_period - waveform.burst.off) / waveform.period)


def _on_time(waveform: Waveform) -> float:
    return _pulses(waveform) * waveform.period


def _of_burst(figure: Callable[[Waveform], float]) -> Callable[[Setting], float | None]:
    return lambda setting: figure(setting.waveform) if setting.waveform.burst else None


FIGURES: dict[str, Callable[[Setting], float | str | None]] = {
    "waveform": _waveform,
    "shape": _shape,
    "pulse_width": lambda s: float(s.phases.duration.sum()),
    "frequency": lambda s: s.waveform.frequency,
    "beat_frequency": lambda s: None,
    "symmetrical_phases": _symmetrical,
    "phase_duration_positive": lambda s: s.phases.longest(1),
    "phase_duration_negative": lambda s: s.phases.longest(-1),
    "net_charge_per_pulse": lambda s: s.waveform.net_charge,
    "net_charge_one_polarity": _one_polarity,
    "net_charge_both_polarities": _both_polarities,
    "net_charge_per_pattern": lambda s: s.waveform.pattern_net_charge,
    "zero_charge_method": lambda s: s.waveform.zero_charge_method,
    "phase_charge": lambda s: s.waveform.phase_charge,
    "rms_current": lambda s: s.waveform.rms,
    "average_current": lambda s: s.waveform.mean_abs,
    "direct_current": lambda s: s.waveform.pattern_net_charge / s.waveform.pattern_period,
    "current_density_rms": lambda s: s.per_area(s.waveform.rms),
    "power_density": lambda s: s.per_area(LOAD * s.waveform.rms**2),
    "rms_current_1s": lambda s: s.worst_second,
    "power_density_1s": lambda s: s.per_area(LOAD * s.worst_second**2),
    "phase_energy": lambda s: LOAD * largest_square(s.waveform),
    "pulses_per_burst": _of_burst(_pulses),
    "bursts_per_second": _of_burst(lambda w: 1.0 / w.burst_period),
    "burst_duration": _of_burst(_on_time),
    "duty_cycle": _of_burst(lambda w: _on_time(w) / w.burst_period),
    "on_time": _of_burst(_on_time),
    "off_time": _of_burst(lambda w: w.burst.off if w.burst else 0.0),
}
"""Figure of a row, by its id; None where the row does not apply to the waveform."""
