"""The table of a measured trace is that of the waveform it was taken of."""

import numpy as np
import pytest
from scipy.io import wavfile

from zygoma.device import Device, Electrode, Waveform
from zygoma.device.polyline import Polyline
from zygoma.standards import OutputTable, check
from zygoma.standards.given import of_waveform

RATE = 50_000
PROBE = Electrode.load("generic-probe")
WAVES = {
    "biphasic": Waveform.load("lifting"),
    "slopes": Waveform.load("stretching"),
    "monophasic": Waveform.square(400e-6, 1 / 0.12, kind="monophasic", duty=0.5),
    "sine": Waveform.sine(400e-6, 10.0),
}
DEVICE = """
[device]
id = "mine"
name = "mine"
kind = "microcurrent"
regulation = "current"
i_max_A = 4e-4
v_compliance_V = 20
[[waveform]]
id = "measured"
name = "measured"
kind = "{kind}"
status = "measured"
source = "oscilloscope"
trace = {{ {trace} }}
"""


def recorded(wave, folder, ending):
    """Device file whose waveform is one period of a recording into 500 ohm."""
    clock = np.arange(round(wave.period * RATE) + 1) / RATE
    volts = 500 * wave.samples(clock)
    if ending == "csv":
        columns = np.column_stack([clock, volts])
        np.savetxt(folder / "scope.csv", columns, delimiter=",", header="t [s],ch1 [V]", comments="")
        trace = 'file = "scope.csv", current = "ch1", time = "t", shunt = "500 ohm"'
    else:
        wavfile.write(folder / "scope.wav", RATE, (volts / 0.25 * 2**31).round().astype(np.int32))
        trace = 'file = "scope.wav", per_unit = "0.25 V", shunt = "500 ohm"'
    path = folder / "mine.toml"
    path.write_text(DEVICE.format(kind=wave.kind, trace=trace))
    return Device.load(path)


@pytest.mark.parametrize("ending", ["csv", "wav"])
@pytest.mark.parametrize("name", WAVES)
def test_table_of_a_trace(name, ending, tmp_path):
    wave = WAVES[name]
    device = recorded(wave, tmp_path, ending)
    found = OutputTable.of(device, electrode=PROBE).modes[0]
    expected = OutputTable.of(device, [wave], PROBE).modes[0]
    compared = 0
    for row in expected.rows:
        if isinstance(row.value, float):
            # a net charge of zero is zero up to a thousandth of the charge of a phase
            scale = 1e-3 * expected.row("phase_charge").value if "charge" in row.id else 0.0
            scale = 1e-3 * expected.row("rms_current").value if row.id == "direct_current" else scale
            assert found.row(row.id, row.load).value == pytest.approx(row.value, rel=1e-3, abs=scale), row.id
            compared += 1
    assert compared >= 20
    assert found.row("shape").value == "as recorded"
    assert "stands in" not in found.row("rms_current").status  # a measurement is no assumption


def test_limits_of_a_trace(tmp_path):
    device = recorded(WAVES["monophasic"], tmp_path, "csv")
    report = check(device, device.own_waveforms[0], area=1e-4, session=1200.0)
    assert report["product-net-charge-session"].value == pytest.approx(0.24, rel=1e-3)
    assert report["product-dc-mean"].verdict == "exceeded"
    assert report["iec-pulse-energy"].value == pytest.approx(4.8e-6, rel=1e-3)


def test_the_record_of_a_trace_counts_as_one_period_and_says_how_many_pulses_it_holds():
    clock = np.linspace(0, 2, 20_001)
    current = 400e-6 * np.where(clock // 0.03 % 2 == 0, 1.0, -1.0)
    noise = 30e-6 * np.sin(12345.0 * clock)
    says = of_waveform(Waveform.from_trace(Polyline(clock, current + noise))).says
    assert "record of 2 s counts as one period although 33 pulses are found in it" in says
    one = Polyline(clock[:601], current[:601])
    assert one.pulses == 1
    assert of_waveform(Waveform.from_trace(one)).says.endswith(", whose record counts as one period")
    rest = Polyline([0, 1, 1.001, 2, 2.001, 3, 3.001, 4], [0, 0, 1e-4, 1e-4, 0, 0, -1e-4, -1e-4])
    assert rest.pulses == 1
    assert "record" not in of_waveform(Waveform.square(1e-4, 10.0)).says
