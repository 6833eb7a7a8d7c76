"""One setting of an output mode into 500 ohm, and the figures of a table that follow from it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from zygoma.device import Waveform
from zygoma.device.stretch import Stretches
from zygoma.standards.pulse import pulse_width, symmetrical

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
    def phases(self) -> Stretches:
        """The largest phases of the whole pattern."""
        return self.waveform.stretches()

    @cached_property
    def worst_second(self) -> float:
        """Largest r.m.s. current over any second [A]."""
        return self.waveform.window(1.0).rms

    def per_area(self, value: float) -> float:
        """The value over the area of the smallest electrode."""
        assert self.area is not None
        return value / self.area


def _waveform(setting: Setting) -> str:
    waveform = setting.waveform
    if setting.phases.endless:
        return "direct current"
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
    return "yes" if symmetrical(setting.waveform) else "no"


def _one_polarity(setting: Setting) -> float:
    positive, negative = (
        side.charge if side else 0.0 for side in (setting.phases.positive, setting.phases.negative)
    )
    # of phases that are equal up to the rounding of a measurement the first gives the sign
    if math.isclose(positive, negative, rel_tol=1e-3):
        charge = setting.waveform.rows.charge
        return math.copysign(setting.phases.charge, charge[charge != 0][0])
    return positive if positive > negative else -negative


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


def _of_pulse(figure: Callable[[Setting], float | None]) -> Callable[[Setting], float | None]:
    """A figure that a direct current, which has neither pulse nor phase, does not have."""
    return lambda setting: None if setting.phases.endless else figure(setting)


FIGURES: dict[str, Callable[[Setting], float | str | None]] = {
    "waveform": _waveform,
    "shape": _shape,
    "pulse_width": _of_pulse(lambda s: pulse_width(s.waveform)),
    "frequency": _of_pulse(lambda s: s.waveform.pulse_frequency),
    "beat_frequency": lambda s: None,
    "symmetrical_phases": _symmetrical,
    "phase_duration_positive": _of_pulse(lambda s: s.phases.positive.duration if s.phases.positive else None),
    "phase_duration_negative": _of_pulse(lambda s: s.phases.negative.duration if s.phases.negative else None),
    "net_charge_per_pulse": _of_pulse(lambda s: s.waveform.net_charge),
    "net_charge_one_polarity": _of_pulse(_one_polarity),
    "net_charge_both_polarities": _both_polarities,
    "net_charge_per_pattern": _of_pulse(lambda s: s.waveform.pattern_net_charge),
    "zero_charge_method": lambda s: s.waveform.zero_charge_method,
    "phase_charge": _of_pulse(lambda s: s.phases.charge),
    "rms_current": lambda s: s.waveform.rms,
    "average_current": lambda s: s.waveform.mean_abs,
    "direct_current": lambda s: s.waveform.pattern_net_charge / s.waveform.pattern_period,
    "current_density_rms": lambda s: s.per_area(s.waveform.rms),
    "power_density": lambda s: s.per_area(LOAD * s.waveform.rms**2),
    "rms_current_1s": lambda s: s.worst_second,
    "power_density_1s": lambda s: s.per_area(LOAD * s.worst_second**2),
    "phase_energy": _of_pulse(lambda s: LOAD * s.phases.square),
    "pulses_per_burst": _of_burst(_pulses),
    "bursts_per_second": _of_burst(lambda w: 1.0 / w.burst_period),
    "burst_duration": _of_burst(_on_time),
    "duty_cycle": _of_burst(lambda w: _on_time(w) / w.burst_period),
    "on_time": _of_burst(_on_time),
    "off_time": _of_burst(lambda w: w.burst.off if w.burst else 0.0),
}
"""Figure of a row, by its id; None where the row does not apply to the waveform."""
