"""The quantities that limits bound, from a waveform, a contact and a session."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from zygoma.device import Device, Waveform
from zygoma.device.stretch import Stretches
from zygoma.errors import RangeError
from zygoma.provenance import load_data
from zygoma.standards.level import low_level
from zygoma.standards.pulse import stages

LOAD = 500.0
"""Load at which energy and power density are judged [ohm]."""


@dataclass(frozen=True)
class Use:
    """How a device is used, as far as it is known; what is None is unknown.

    Parameters
    ----------
    device : Device
    waveform : Waveform or None
        At the amplitude that flows.
    current : float or None
        Peak of |i| [A].
    into_load : float or None
        Peak of |i| that flows into 500 ohm, where the compliance may keep it below `current` [A].
    area : float or None
        Real contact area [m2].
    session : float or None
        [s].
    load : float or None
        Resistance between the probes [ohm].
    """

    device: Device
    waveform: Waveform | None
    current: float | None
    into_load: float | None
    area: float | None
    session: float | None
    load: float | None

    @property
    def known(self) -> dict[str, bool]:
        """Which of the inputs are known."""
        names = ("waveform", "current", "area", "session", "load")
        return {name: getattr(self, name) is not None for name in names}

    @cached_property
    def frequency(self) -> float | None:
        """Pulses a second of the waveform [Hz]; 0 for a direct current without pause or swap."""
        return None if self.waveform is None else self.waveform.pulse_frequency

    @property
    def direct(self) -> bool:
        """Whether the waveform is known to be a direct current, without pause or swap."""
        return self.waveform is not None and self.waveform.stretches().endless

    @cached_property
    def loaded(self) -> Waveform | None:
        """The waveform into 500 ohm: cut flat by the compliance of a current regulator, else scaled."""
        if self.waveform is None or self.into_load is None:
            return None
        if self.device.regulation == "voltage":
            return self.waveform.scaled(self.into_load)
        return self.waveform.clipped(self.into_load)

    @cached_property
    def second(self) -> float:
        """Largest r.m.s. current over 1 s, or its bound where the waveform is unknown [A]."""
        assert self.current is not None
        return self.waveform.window(1.0).rms if self.waveform else self.current

    @cached_property
    def loaded_second(self) -> float:
        """Largest r.m.s. current over 1 s into 500 ohm, or its bound where the waveform is unknown [A]."""
        assert self.into_load is not None
        if self.into_load == self.current:
            return self.second
        return self.loaded.window(1.0).rms if self.loaded else self.into_load

    @cached_property
    def net_charge(self) -> float | None:
        """Largest |net charge| over a stretch of the length of a session, or its bound [C]."""
        assert self.current is not None
        assert self.session is not None
        if self.waveform is None:
            return self.current * self.session
        return _net_charge(self.waveform, self.session)


def ion_amount(charge: float) -> float:
    """Acid or base that a charge [C] makes at an electrode, one electron an ion [mol]."""
    return abs(charge) / _constant("faraday")


def shannon_k(charge: float, area: float) -> float:
    """Shannon's k = log10(D) + log10(Q) of a phase charge [C] on an area [m2], Q in uC and D in uC/cm2."""
    microcoulombs = charge * 1e6
    return math.log10(microcoulombs) + math.log10(microcoulombs / (area * 1e4))


def _constant(name: str) -> float:
    return float(load_data("limits.toml")["constant"][name]["value"])


def _area(use: Use) -> float:
    assert use.area is not None
    return use.area


def _current(use: Use) -> float:
    assert use.current is not None
    return use.current


def _shape(use: Use) -> Waveform:
    assert use.waveform is not None
    return use.waveform


def _voltage(use: Use) -> float | None:
    limits = [v for v in (use.device.compliance, use.device.facts.get("v_open_V")) if v is not None]
    if use.load is not None and use.current is not None:
        limits.append(use.current * use.load)
    return min(limits, default=None)


def _open_voltage(use: Use) -> float | None:
    open_voltage = use.device.facts.get("v_open_V", use.device.compliance)
    return None if open_voltage is None else float(open_voltage)


def _net_charge(waveform: Waveform, length: float) -> float | None:
    """Largest |net charge| over a length [C]; None where bursts and swaps repeat too late to be searched."""
    try:
        return abs(waveform.window(length).net_charge)
    except RangeError:
        return None


def _direct(use: Use) -> float | None:
    if use.waveform is None:
        return use.current
    charge = _net_charge(use.waveform, 30.0)
    return None if charge is None else charge / 30.0


def _ions(use: Use) -> float | None:
    return None if use.net_charge is None else ion_amount(use.net_charge)


def _pulse_energy(use: Use) -> float | None:
    assert use.loaded is not None
    return None if use.direct else LOAD * use.loaded.stretches().square


def _shannon(use: Use) -> float | None:
    return None if use.direct else shannon_k(_shape(use).phase_charge, _area(use))


def _above(use: Use, figure: Callable[[Stretches], float]) -> float | None:
    """A figure of the largest pulse of a DS5; a current that stays above its threshold lasts a session."""
    found = _shape(use).stretches(_constant("ds5_pulse_threshold"))
    if not found.endless:
        return figure(found)
    return None if use.session is None else figure(found) * use.session / _shape(use).period


def _stage_times(use: Use) -> tuple[float, float] | None:
    found = None if use.direct else stages(_shape(use))
    return None if found is None else (min(found), max(found))


def _stage_count(use: Use) -> float | None:
    found = None if use.direct else stages(_shape(use))
    return None if found is None else float(len(found))


QUANTITIES: dict[str, Callable[[Use], float | tuple[float, float] | None]] = {
    "p_density": lambda use: LOAD * use.loaded_second**2 / _area(use),
    "j_rms": lambda use: use.second / _area(use),
    "i_rms": lambda use: use.loaded_second,
    "i_peak": _current,
    "v_peak": _voltage,
    "v_peak_open": _open_voltage,
    "e_pulse": _pulse_energy,
    "i_dc_abs": _direct,
    "q_net_session_abs": lambda use: use.net_charge,
    "n_ion_session": _ions,
    "n_ion_area": lambda use: None if (amount := _ions(use)) is None else amount / _area(use),
    "load_resistance": lambda use: use.load,
    "session_time": lambda use: use.session,
    "leakage_current_normal": lambda use: use.device.facts.get("leakage_normal_A"),
    "leakage_current_single_fault": lambda use: use.device.facts.get("leakage_fault_A"),
    "shannon_k": _shannon,
    "i_avg_abs": lambda use: use.waveform.mean_abs if use.waveform else _current(use),
    "i_avg_low_abs": lambda use: low_level(_shape(use), _constant("ds5_pulse_threshold"))[0],
    "i_avg_low_signed": lambda use: abs(low_level(_shape(use), _constant("ds5_pulse_threshold"))[1]),
    "pulse_time": lambda use: _above(use, lambda found: found.duration),
    "e_pulse_above": lambda use: _above(use, lambda found: LOAD * found.square),
    "stage_time": _stage_times,
    "stage_count": _stage_count,
}
"""Value of a quantity of the data file in SI, or its least and its largest; None where nothing tells it.

Where the waveform is unknown, those with ``bound`` in the data give what no waveform of this peak exceeds.
"""
