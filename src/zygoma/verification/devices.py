"""Cases of the device side: rows of the table of outputs, shapes, charge and compliance in closed form."""

from __future__ import annotations

import math

from zygoma.device import Device, Electrode, Waveform
from zygoma.standards import OutputTable
from zygoma.standards.quantity import ion_amount
from zygoma.standards.table import ModeTable
from zygoma.verification.record import Record

AREA, LOADS, RATED = 1e-4, (500.0, 2e3, 1e4), 500.0  # contact [m2]; loads [ohm]; load of powers [ohm]
_ROUNDING = 1e-9  # closed forms on both sides: only rounding may differ
_SOURCE = "closed form of square phases"

# peak [A], frequency [Hz], and whether the second half of the period is a pause instead of the other sign
ROWS = {
    "A": (400e-6, 1 / 0.12, False),
    "B": (400e-6, 1 / 0.12, True),
    "C": (600e-6, 8.3, False),
    "D": (800e-6, 0.5, False),
    "E": (800e-6, 500.0, False),
}


def output_rows() -> list[Record]:
    """Tables of five current-regulated devices with 1 cm2, then windows, shapes, charge and compliance."""
    records = []
    for name, (peak, frequency, pause) in ROWS.items():
        table = output_table(waveform(name))
        worst = 0.0
        for key, load, exact in closed_forms(peak, frequency, pause):
            # a balanced pulse carries no net charge: that is compared with the charge of its phase
            size = abs(exact) or peak / frequency
            worst = max(worst, abs(_value(table, key, load) - exact) / size)
        kind = "monophasic" if pause else "biphasic"
        records.append(
            Record(
                f"devices-row-{name.lower()}",
                "output table of a current-regulated device, 1 cm2",
                f"{peak * 1e6:g} uA {kind} square, {frequency:.4g} Hz: largest relative error",
                worst,
                _ROUNDING,
                _SOURCE,
            )
        )
    return [*records, *_windows(), *_shapes(), *_charge(), *_compliance()]


def waveform(name: str) -> Waveform:
    """Waveform of a row: square phases of half a period."""
    peak, frequency, pause = ROWS[name]
    if pause:
        return Waveform.square(peak, frequency, kind="monophasic", duty=0.5)
    return Waveform.square(peak, frequency)


def output_table(shape: Waveform) -> ModeTable:
    """Table of outputs of a current-regulated device with one waveform and a contact of 1 cm2."""
    table = {"id": "bench", "name": "bench", "kind": "nmes", "regulation": "current"}
    facts = table | {"i_max_A": shape.amplitude, "v_compliance_V": 20.0}
    covered = [key for key in facts if key not in ("id", "name", "kind")]
    source = [{"fields": covered, "ref": "verification case", "status": "read"}]
    plate = Electrode("plate", "disc", math.sqrt(AREA / math.pi), status="read", source="verification case")
    return OutputTable.of(Device.from_dict(facts | {"source": source}), [shape], plate).modes[0]


def closed_forms(peak: float, frequency: float, pause: bool) -> list[tuple[str, float | None, float]]:
    """Rows of the table, their load [ohm] and their value in SI units, for phases of half a period."""
    phase = 0.5 / frequency
    square = peak**2 * (0.5 if pause else 1.0)
    rows: list[tuple[str, float | None, float]] = []
    for load in LOADS:
        rows += [("max_output_current", load, peak), ("max_output_voltage", load, peak * load)]
    return [
        *rows,
        ("frequency", None, frequency),
        ("phase_charge", None, peak * phase),
        ("net_charge_per_pulse", None, peak * phase if pause else 0.0),
        ("rms_current", None, math.sqrt(square)),
        ("average_current", None, peak * (0.5 if pause else 1.0)),
        ("current_density_rms", None, math.sqrt(square) / AREA),
        ("current_density_peak", None, peak / AREA),
        ("power_density", None, RATED * square / AREA),
        ("phase_energy", None, RATED * peak**2 * phase),
    ]


def _windows() -> list[Record]:
    """Worst second of row B: of pulses of 60 ms every 120 ms 520 ms fit into one second."""
    table = output_table(waveform("B"))
    exact = {"rms_current_1s": 400e-6 * math.sqrt(0.52), "power_density_1s": RATED * 400e-6**2 * 0.52 / AREA}
    worst = max(abs(_value(table, key) / value - 1) for key, value in exact.items())
    problem, quantity = (
        "output table, worst second of 60 ms pulses",
        "relative error of rms and power density",
    )
    return [
        Record("devices-worst-second", problem, quantity, worst, _ROUNDING, "520 ms of current in one second")
    ]


def _shapes() -> list[Record]:
    """Root mean square over peak of a triangle and of a sine."""
    shapes = {
        "triangle": (Waveform.triangle(1e-3, 10.0), 1 / math.sqrt(3), "1 / sqrt(3)"),
        "sine": (Waveform.sine(1e-3, 10.0), 1 / math.sqrt(2), "1 / sqrt(2)"),
    }
    return [
        Record(
            f"devices-{name}",
            f"{name}, biphasic",
            "relative error of rms over peak",
            abs(shape.rms / shape.amplitude / exact - 1),
            _ROUNDING,
            source,
        )
        for name, (shape, exact, source) in shapes.items()
    ]


def _charge() -> list[Record]:
    """Faraday's law on 0.2 mA of direct current over 20 minutes: 0.24 C, 2.49 umol of single charges."""
    exact = 0.2e-3 * 1200 / 96485.33212  # apart from the data file, which it checks
    found = ion_amount(_value(output_table(waveform("B")), "direct_current") * 1200)
    problem, quantity = "0.2 mA direct current, 20 min", "relative error of the amount of ions"
    return [Record("devices-faraday", problem, quantity, abs(found / exact - 1), _ROUNDING, "Faraday's law")]


def _compliance() -> list[Record]:
    """Load at which a compliance voltage cuts a set current: V / I; twice that load halves the current."""
    worst = 0.0
    for volts, amperes in ((9.0, 400e-6), (13.7, 400e-6), (70.0, 600e-6)):
        facts = {"id": "bench", "name": "bench", "kind": "nmes", "regulation": "current", "i_max_A": 1e-3}
        source = [{"fields": ["regulation", "i_max_A", "v_compliance_V"], "ref": "case", "status": "read"}]
        device = Device.from_dict(facts | {"v_compliance_V": volts, "source": source})
        edge = volts / amperes
        for load, exact in ((0.999 * edge, amperes), (edge, amperes), (2 * edge, amperes / 2)):
            worst = max(worst, abs(device.delivered(amperes, load)[0] / exact - 1))
    problem = "compliance of 9 V and 13.7 V at 400 uA, 70 V at 600 uA"
    quantity = "largest relative error of the delivered current"
    return [Record("devices-compliance", problem, quantity, worst, _ROUNDING, "Ohm's law")]


def _value(table: ModeTable, key: str, load: float | None = None) -> float:
    """Number of a row; infinite where the table has none."""
    value = table.row(key, load).value
    return float(value) if isinstance(value, int | float) else math.inf
