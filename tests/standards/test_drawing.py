"""Traces of a mode: what is drawn is what flows."""

import numpy as np
import pytest

from zygoma.device import Burst, Device, Waveform
from zygoma.standards import OutputTable
from zygoma.standards.drawing import Drawing


def drawing(waveform, **facts):
    table = {"id": "b", "name": "b", "kind": "microcurrent", "i_max_A": waveform.amplitude} | facts
    outputs = OutputTable.of(Device.from_dict(table), [waveform])
    return Drawing.of(outputs, outputs.modes[0])


def test_a_current_regulator_is_cut_flat():
    found = drawing(Waveform.sine(400e-6, 10.0), regulation="current", v_compliance_V=2.0)
    time = np.linspace(0, 0.1, 400, endpoint=False)
    sine = 400e-6 * np.sin(2 * np.pi * 10 * time)
    assert found.voltage(time, 500.0) == pytest.approx(500 * sine, abs=1e-12)
    assert found.voltage(time, 10000.0) == pytest.approx(np.clip(10000 * sine, -2.0, 2.0), abs=1e-12)


def test_a_voltage_regulator_keeps_its_shape():
    found = drawing(Waveform.sine(1e-3, 10.0), regulation="voltage", v_open_V=1.0, r_out_ohm=1500.0)
    time = np.array([0.025])
    assert found.voltage(time, 500.0) == pytest.approx(0.25)
    assert found.voltage(time, 2000.0) == pytest.approx(2 / 3.5)


def test_the_pulse_is_drawn_at_full_amplitude():
    found = drawing(Waveform.square(400e-6, 10.0, burst=Burst(1.0, 1.0, rise=0.5)), regulation="current")
    time = np.array([0.01])
    assert found.pulse(time, 500.0) == pytest.approx(0.2)
    assert found.voltage(time, 500.0) == pytest.approx(0.02)  # the first of five periods of the ramp: a tenth


def test_pictures():
    found = drawing(Waveform.square(400e-6, 10.0), regulation="current")
    assert found.png().startswith(b"\x89PNG")
    assert found.svg().startswith("<svg")
    assert "not recorded" in found.caption
    assert "compliance voltage is not published" in found.caption


def test_nothing_is_drawn_of_an_unknown_waveform():
    outputs = OutputTable.of(Device.load("myolift-mini"))
    assert Drawing.of(outputs, outputs.modes[0]) is None
    pantheon = OutputTable.of(Device.load("pantheon"))
    positive, _, bipolar = (Drawing.of(pantheon, mode) for mode in pantheon.modes)
    assert bipolar is None
    assert "at 0.5 Hz" in positive.caption
