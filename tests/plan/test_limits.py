"""What is judged: the set current of a current regulator, the flowing one of a known voltage."""

from __future__ import annotations

import pytest

from zygoma.device import Device, Electrode
from zygoma.plan.contact import contact_of
from zygoma.plan.drive import Drive
from zygoma.plan.limits import LENT, limits_of
from zygoma.plan.plan import DevicePlan

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


def test_the_voltage_is_what_this_face_needs_and_without_a_load_the_largest_possible() -> None:
    strong = drive(regulation="current", v_compliance_V=12.0)
    alone = limits_of(strong, DEEP, 1200.0, None)["iec-electrode-maxima-voltage"]
    assert (alone.value, alone.verdict) == (12.0, "exceeded")
    assert alone.label == "largest possible voltage, at open output"
    found = limits_of(strong, DEEP, 1200.0, None, highest=DEEP)["iec-electrode-maxima-voltage"]
    assert found.value == strong.needed(DEEP)[1] < 10.0
    assert (found.verdict, found.label) == ("met", "peak voltage at the load")
    assert found.basis.startswith("assumed: what the set current needs on this face")
    weak = drive(regulation="current", v_compliance_V=2.0)
    assert limits_of(weak, DEEP, 1200.0, None, highest=DEEP)["iec-electrode-maxima-voltage"].value == 2.0
    source = drive(regulation="voltage", v_open_V=5.0, r_out_ohm=1000.0)
    row = limits_of(source, DEEP, 1200.0, None, highest=DEEP)["iec-electrode-maxima-voltage"]
    assert (row.value, row.label) == (5.0, "largest possible voltage, at open output")


def test_the_contact_of_a_device_is_used_where_the_plan_names_none() -> None:
    own = Device.from_dict({"id": "m", "name": "M", "kind": "microcurrent", "electrode_radius_m": "6 mm"})
    assert contact_of(own, DevicePlan()).contact_radius == pytest.approx(0.006)
    assert contact_of(own, DevicePlan(electrode="generic-probe")).id == "generic-probe"
    assert contact_of(Device.load("myolift-mini"), DevicePlan()).id == "generic-probe"


def test_a_lent_current_is_an_assumption() -> None:
    row = limits_of(drive(), DEEP, 1200.0, None, lent=True)["product-current-absolute"]
    assert (row.verdict, row.basis) == ("met", f"assumed: {LENT}")
    own = limits_of(drive(), DEEP, 1200.0, None)["product-current-absolute"]
    assert own.basis.startswith("assumed: The compliance voltage of Mine is unknown")


def test_the_session_is_judged() -> None:
    assert limits_of(drive(), DEEP, 2400.0, None).exceeded[0].limit.id == "product-session-max"
    assert limits_of(drive(), DEEP, 1200.0, None)["product-session-max"].margin == pytest.approx(1.5)
