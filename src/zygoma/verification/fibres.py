"""Cases of the nerve fibres: thresholds of other programs, and the adaptive against the fixed time step."""

from __future__ import annotations

import math

import numpy as np

from zygoma.device import Waveform
from zygoma.device.rows import FloatArray
from zygoma.provenance import load_data
from zygoma.response import Fibre, Stimulus, thresholds
from zygoma.response.stepping import force, run, settle
from zygoma.verification.dense_fibre import simulate
from zygoma.verification.record import Record

_FIELD_MAX = 1e3  # V/m
_AGREES = 0.01
_SINES = 0.015  # the published values scatter by 1 %: they were searched in steps of 1/64 mA


def nerve_fibres() -> list[Record]:
    """MRG against NEURON, SENN against the Fortran program, long waveforms with both kinds of step."""
    return [*_dense(), *_mrg(), *_senn(), *_steps()]


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


def depolarisation(fibre: Fibre, potential: FloatArray, stimulus: Stimulus, current: float) -> float:
    """Largest depolarisation of a node under a current [A] until 1 ms after it [V]."""
    rest, _ = settle(fibre.cable, fibre.membrane, fibre.nodes)
    source, forcing = np.empty(fibre.nodes), np.empty((len(fibre.cable.decay), fibre.nodes - 1))
    force(fibre.cable, potential, source, forcing)
    nowhere, arrival = np.zeros(0, dtype=np.int64), np.empty(fibre.nodes)
    steps = stimulus.steps(1e-3)
    _, peak = run(fibre.cable, fibre.membrane, rest, steps, source, forcing, current, nowhere, arrival)
    return float(peak)


def dense_peaks(micron: float, milliampere: float) -> tuple[float, float]:
    """Largest depolarisation [V] of four nodes 1 mm from a cathode, 0.1 ms: by modes, by one dense system."""
    fibre = Fibre("mrg", micron * 1e-6, 4)
    potential = point_source(fibre, 1e-3, 0.3)[0]
    current = np.concatenate([np.ones(20), np.zeros(200)]) * milliampere
    trace = simulate(micron, 4, potential, current, 0.005)
    found = depolarisation(fibre, potential, pulse(1e-4), milliampere * 1e-3)
    return found, float((trace.max(axis=0) - trace[0]).max()) * 1e-3


def _dense() -> list[Record]:
    found, known = dense_peaks(5.7, 0.05)
    return [
        Record(
            "fibres-mrg-dense",
            "MRG fibre of 5.7 um, four nodes",
            "relative difference of the largest depolarisation, modes against one dense system",
            abs(found / known - 1),
            1e-5,
            "the equations assembled and solved in another way",
        )
    ]


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


def senn_table(step: float = 5e-6) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Durations [s], thresholds of the Fortran program [A] and those found here [A]."""
    check = load_data("fibres.toml")["senn"]["check"]
    duration = np.array(check["duration_us"]) * 1e-6
    fibre, sigma = Fibre("senn", 20e-6, 51), 1.0 / 3.0  # 300 ohm cm
    found = [point_threshold(fibre, pulse(length, step=step), 2e-3, sigma) for length in duration]
    return duration, np.array(check["threshold_fortran_mA"]) * 1e-3, np.array(found)


def senn_sines(step: float = 5e-6) -> tuple[FloatArray, FloatArray, FloatArray]:
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
    for name, what, goal, (_, known, found) in (
        ("senn-pulses", "ten pulses of 50 to 500 us", _AGREES, senn_table()),
        ("senn-sines", "five single sine cycles of 10 to 50 kHz", _SINES, senn_sines()),
    ):
        records.append(
            Record(
                f"fibres-{name}",
                "SENN 20 um, cathode at 2 mm",
                f"{what}: largest relative difference of the threshold",
                float(np.abs(found / known - 1).max()),
                goal,
                check["source"],
            )
        )
    for micron in (20.0, 10.0):
        field = field_threshold(Fibre("senn", micron * 1e-6, 51), pulse(5e-3, adaptive=True))
        expected = check["uniform_20_um_5_ms_V_m"] * 20.0 / micron
        records.append(_against("senn-plateau", f"{micron:g} um", "V/m", field, expected, "earlier program"))
    return records


def _steps() -> list[Record]:
    cycle = Waveform.square(1.0, 10.0)
    cases = {
        "pulse": ("10 ms pulse", pulse(1e-2), pulse(1e-2, adaptive=True)),
        "cycle": ("10 Hz cycle", Stimulus.of(cycle, adaptive=False), Stimulus.of(cycle)),
    }
    records = []
    for micron in (5.7, 10.0):
        fibre = Fibre("mrg", micron * 1e-6, 21)
        for name, (what, fixed, adaptive) in cases.items():
            difference = field_threshold(fibre, adaptive) / field_threshold(fibre, fixed) - 1
            records.append(
                Record(
                    f"fibres-adaptive-{name}-{micron:g}".replace(".", "-"),
                    f"MRG fibre of {micron:g} um, uniform field",
                    f"{what}: relative difference of the adaptive from the fixed step of 5 us",
                    abs(difference),
                    _AGREES,
                    "fixed time step",
                )
            )
    return records


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
