"""What is judged: the set current of a current regulator, the flowing one of a known voltage."""

from __future__ import annotations

import pytest

from zygoma.device import Device, Electrode
from zygoma.plan.drive import Drive
from zygoma.plan.limits import LENT, limits_of

DEEP = 900.0


def drive(**facts: object) -> Drive:
    device = Device.from_dict({"id": "mine", "name": "Mine", "kind": "microcurrent", **facts})
    return Drive(device, device.waveform("lifting").scaled(400e-6), Electrode.load("generic-probe"))


def test_a_weak_current_regulator_is_judged_as_set() -> None:
    weak = drive(regulation="current", v_compliance_V=2.0)
    assert weak.amplitude(DEEP) < 200e-6
    report = limits_of(weak, DEEP, 1200.0, 5.0)
    assert report.use.current == 400e-6
    assert report["skin-density-p95"].value == 5.0
    assert report["skin-density-p95"].basis.startswith("computed: from the field on the face")


def test_a_known_voltage_is_judged_by_what_flows_before_the_skin_has_charged() -> None:
    source = drive(regulation="voltage", v_open_V=5.0, r_out_ohm=1000.0)
    row = limits_of(source, DEEP, 1200.0, None)["product-current-absolute"]
    ohmic = source.load(DEEP).ohmic + 1000.0
    assert row.value is not None
    assert 5.0 / ohmic < row.value <= 2.01 * 5.0 / ohmic  # from -V to V at most
    assert row.verdict == "exceeded"
    assert row.basis.startswith("assumed")


def test_a_lent_current_is_an_assumption() -> None:
    row = limits_of(drive(), DEEP, 1200.0, None, lent=True)["product-current-absolute"]
    assert (row.verdict, row.basis) == ("met", f"assumed: {LENT}")
    own = limits_of(drive(), DEEP, 1200.0, None)["product-current-absolute"]
    assert own.basis.startswith("assumed: The compliance voltage of Mine is unknown")


def test_the_session_is_judged() -> None:
    assert limits_of(drive(), DEEP, 2400.0, None).exceeded[0].limit.id == "product-session-max"
    assert limits_of(drive(), DEEP, 1200.0, None)["product-session-max"].margin == pytest.approx(1.5)
