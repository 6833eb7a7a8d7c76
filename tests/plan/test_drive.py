"""The delivered current follows from compliance, skin and face; where nothing is known it is the set one."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.device import Device, Electrode, Regulator, SkinLoad, deliver
from zygoma.plan.drive import Drive

PROBE = Electrode.load("generic-probe")
DEEP = 900.0


def drive(current: float = 400e-6, waveform: str = "lifting", **facts: object) -> Drive:
    device = Device.from_dict({"id": "mine", "name": "Mine", "kind": "microcurrent", **facts})
    return Drive(device, device.waveform(waveform).scaled(current), PROBE)


def test_unknown_compliance_delivers_the_set_current_and_tells_of_both_skins() -> None:
    unknown = drive(i_max_A=400e-6)
    assert not unknown.known
    assert unknown.amplitude(DEEP) == 400e-6
    assert "two models" in unknown.assumptions[0]
    assert unknown.assumptions[1:] == SkinLoad.under(PROBE, PROBE, DEEP).assumptions
    assert "assumed to be the set current" in unknown.remark


def test_enough_compliance_delivers_the_set_current() -> None:
    load = SkinLoad.under(PROBE, PROBE, DEEP)
    enough = drive(regulation="current", v_compliance_V=1.001 * float(load.voltage(400e-6)))
    assert enough.keeps(DEEP)
    assert enough.amplitude(DEEP) == 400e-6
    assert deliver(enough.waveform, load, enough.regulator).clipped == 0.0
    assert any("unverified" in text for text in enough.assumptions)


@pytest.mark.parametrize("waveform", ["lifting", "stretching"])
def test_too_little_compliance_delivers_the_mean_that_flows(waveform: str) -> None:
    weak = drive(waveform=waveform, regulation="current", v_compliance_V=3.0)
    found = deliver(weak.waveform, SkinLoad.under(PROBE, PROBE, DEEP), Regulator("current", 3.0))
    assert 0.1 < found.share < 0.9
    assert weak.amplitude(DEEP) == pytest.approx(found.share * 400e-6, rel=2e-3)


def test_more_resistance_or_less_compliance_delivers_less() -> None:
    weak = drive(regulation="current", v_compliance_V=3.0)
    currents = [weak.amplitude(deep) for deep in (300.0, 600.0, 1200.0, 2400.0)]
    assert np.all(np.diff(currents) < 0)
    assert drive(regulation="current", v_compliance_V=2.0).amplitude(DEEP) < weak.amplitude(DEEP)


def test_a_known_voltage_drives_what_the_load_lets_pass() -> None:
    facts = {"regulation": "voltage", "v_open_V": 5.0, "r_out_ohm": 1000.0}
    source = drive(**facts)
    found = deliver(source.waveform, SkinLoad.under(PROBE, PROBE, DEEP), Regulator("voltage", 5.0, 1000.0))
    flowing = float(np.diff(found.time) @ np.abs(found.current).mean(axis=1)) / source.waveform.period
    assert source.amplitude(DEEP) == pytest.approx(flowing, rel=5e-3)  # a square wave: amplitude = mean |i|
    assert drive(current=100e-6, **facts).amplitude(DEEP) == pytest.approx(source.amplitude(DEEP), rel=1e-9)
    assert drive(regulation="voltage").amplitude(DEEP) == 400e-6


def test_needed_voltage_has_a_band_around_the_assumed_one() -> None:
    low, value, high = drive().needed(DEEP)
    assert 400e-6 * DEEP < low < value < high


def test_the_hash_follows_what_the_delivered_current_rests_on() -> None:
    assert drive().hash == drive(i_max_A=400e-6).hash
    weak = drive(regulation="current", v_compliance_V=3.0)
    assert len({drive().hash, weak.hash, drive(regulation="current", v_compliance_V=2.0).hash}) == 3
