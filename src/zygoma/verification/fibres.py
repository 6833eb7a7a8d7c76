"""Cases of the nerve fibres: thresholds of other programs, and the adaptive against the fixed time step."""

from __future__ import annotations

import math

import numpy as np

from zygoma.device import Waveform
from zygoma.device.rows import FloatArray
from zygoma.provenance import load_data
from zygoma.response import Fibre, Stimulus, thresholds
from zygoma.verification.record import Record

_FIELD_MAX = 1e3  # V/m
_AGREES = 0.01


def nerve_fibres() -> list[Record]:
    """MRG against NEURON, SENN against the Fortran program, long waveforms with both kinds of step."""
    return [*_mrg(), *_senn(), *_steps()]


def pulse(length: float, *, step: float = 5e-6, adaptive: bool = False) -> Stimulus:
    """A rectangular pulse of a length [s]."""
    return Stimulus.of(
        Waveform.square(1.0, 1.0, kind="monophasic"), length=length, step=step, adaptive=adaptive
    )


def point_source(fibre: Fibre, distance: float, sigma: float) -> FloatArray:
    """Potential of a cathode over the middle of a fibre [V/A], (1, samples); distance [m], sigma [S/m]."""
    away = np.hypot(fibre.offsets - 0.5 * fibre.length, distance)
    return np.asarray(-1.0 / (4 * math.pi * sigma * away))[None]


def point_threshold(fibre: Fibre, stimulus: Stimulus, distance: float = 1e-3, sigma: float = 0.3) -> float:
    """Threshold of a cathode over the middle of a fibre [A]."""
    return float(thresholds(fibre, point_source(fibre, distance, sigma), stimulus).current[0])


def field_threshold(fibre: Fibre, stimulus: Stimulus) -> float:
    """Threshold of a uniform field along a fibre [V/m]."""
    return float(thresholds(fibre, fibre.offsets[None], stimulus, highest=_FIELD_MAX).current[0])


def _mrg() -> list[Record]:
    check = load_data("fibres.toml")["mrg"]["check"]
    records = []
    for micron, known in zip(check["point_um"], check["point_mA"], strict=True):
        found = point_threshold(Fibre("mrg", micron * 1e-6, 21), pulse(1e-4)) * 1e3
        records.append(_against("mrg-point", f"{micron:g} um", "mA", found, known, check["source"]))
    for micron, known in zip(check["uniform_um"], check["uniform_V_m"], strict=True):
        found = field_threshold(Fibre("mrg", micron * 1e-6, 21), pulse(1e-3, step=1e-5))
        records.append(_against("mrg-uniform", f"{micron:g} um", "V/m", found, known, check["source"]))
    return records


def senn_table(step: float = 1e-6) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Durations [s], thresholds of the Fortran program [A] and those found here [A]."""
    check = load_data("fibres.toml")["senn"]["check"]
    duration = np.array(check["duration_us"]) * 1e-6
    fibre, sigma = Fibre("senn", 20e-6, 51), 1.0 / 3.0  # 300 ohm cm
    found = [point_threshold(fibre, pulse(length, step=step), 2e-3, sigma) for length in duration]
    return duration, np.array(check["threshold_fortran_mA"]) * 1e-3, np.array(found)


def senn_sines(step: float = 1e-6) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Frequencies [Hz] of single sine cycles, thresholds of the Fortran program and those found here [A]."""
    check = load_data("fibres.toml")["senn"]["check"]
    frequency = np.array(check["sine_one_cycle_kHz"]) * 1e3
    fibre, sigma, found = Fibre("senn", 20e-6, 51), 1.0 / 3.0, []
    for hertz in frequency:
        cycle = Stimulus.of(Waveform.sine(1.0, hertz), length=1.0 / hertz, step=step, adaptive=False)
        both = np.vstack([point_source(fibre, 2e-3, sigma) * sign for sign in (1, -1)])
        found.append(thresholds(fibre, both, cycle).current.min())
    return frequency, np.array(check["sine_threshold_fortran_mA"]) * 1e-3, np.array(found)


def _senn() -> list[Record]:
    check = load_data("fibres.toml")["senn"]["check"]
    records = []
    for name, what, (_, known, found) in (
        ("senn-pulses", "ten pulses of 50 to 500 us", senn_table()),
        ("senn-sines", "five single sine cycles of 10 to 50 kHz", senn_sines()),
    ):
        records.append(
            Record(
                f"fibres-{name}",
                "SENN 20 um, cathode at 2 mm",
                f"{what}: largest relative difference of the threshold",
                float(np.abs(found / known - 1).max()),
                _AGREES,
                check["source"],
            )
        )
    for micron in (20.0, 10.0):
        field = field_threshold(Fibre("senn", micron * 1e-6, 51), pulse(5e-3, step=2e-6, adaptive=True))
        expected = check["uniform_20_um_5_ms_V_m"] * 20.0 / micron
        records.append(_against("senn-plateau", f"{micron:g} um", "V/m", field, expected, "earlier program"))
    return records


def _steps() -> list[Record]:
    fibre = Fibre("mrg", 10e-6, 21)
    cycle = Waveform.square(1.0, 10.0)
    cases = {
        "adaptive-pulse": ("10 ms pulse", pulse(1e-2), pulse(1e-2, adaptive=True)),
        "adaptive-cycle": ("10 Hz cycle", Stimulus.of(cycle, adaptive=False), Stimulus.of(cycle)),
    }
    return [
        Record(
            f"fibres-{name}",
            "MRG 10 um in a uniform field",
            f"{what}: relative difference of the adaptive from the fixed step of 5 us",
            abs(field_threshold(fibre, adaptive) / field_threshold(fibre, fixed) - 1),
            _AGREES,
            "fixed time step",
        )
        for name, (what, fixed, adaptive) in cases.items()
    ]


def _against(name: str, what: str, unit: str, found: float, known: float, source: str) -> Record:
    model = name.split("-")[0].upper()
    return Record(
        f"fibres-{name}-{what.split()[0].replace('.', '-')}",
        f"{model} fibre of {what}, {'point cathode' if 'point' in name else 'uniform field'}",
        f"relative difference of the threshold, {found:.4g} against {known:g} {unit}",
        abs(found / known - 1),
        _AGREES,
        source,
    )
