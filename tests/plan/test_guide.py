"""A device is judged on what is known of it; what is unknown stays unknown."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from zygoma.device import Device, Waveform
from zygoma.plan.contender import Contender, reference
from zygoma.plan.drive import Drive
from zygoma.plan.guide import _KINDS, Answer
from zygoma.plan.plan import DevicePlan
from zygoma.provenance import load_data
from zygoma.standards.limit import limits
from zygoma.standards.row import row_specs

CRITERIA = load_data("choosing.toml")["criterion"]
WHOLE = {
    "id": "whole",
    "name": "Whole",
    "kind": "microcurrent",
    "i_min_A": 10e-6,
    "i_max_A": 400e-6,
    "regulation": "current",
    "v_compliance_V": 40.0,
    "electrode_area_min_m2": 1e-4,
    "leakage_normal_A": 1e-5,
    "leakage_fault_A": 2e-5,
    "auto_off_s": 1200.0,
    "no_load_trip": False,
    "fda_k": ["K000000"],
}


def answers(comparison: Any, device: str) -> dict[str, Answer]:
    place = [one.device.id for one in comparison.devices].index(device)
    return {criterion.id: criterion.answers[place] for criterion in comparison.guide}


def test_the_data_name_what_exists() -> None:
    known = {limit.id for limit in limits()}
    fields = set(load_data("devices.toml")["field"])
    assert {entry["kind"] for entry in CRITERIA} == set(_KINDS)
    assert len({entry["id"] for entry in CRITERIA}) == len(CRITERIA)
    for entry in CRITERIA:
        assert set(entry.get("limits", ())) <= known
        assert set(entry.get("fields", ())) <= fields
        assert entry["status"] in ("read", "computed", "unverified", "product")
    assert set(load_data("choosing.toml")["output"]["rows"]) <= {spec["id"] for spec in row_specs()}


def test_a_device_without_figures_answers_nothing(make_comparison: Any) -> None:
    found = answers(make_comparison("foreo-bear", "myolift-mini"), "foreo-bear")
    verdicts = {id: answer.verdict for id, answer in found.items()}
    assert verdicts.pop("nothing-hidden") == "does not meet"
    assert set(verdicts.values()) == {"unknown"}
    assert all(answer.basis.startswith("unknown: ") for id, answer in found.items() if id in verdicts)


def test_an_assumed_fact_is_not_a_published_one(make_comparison: Any) -> None:
    comparison = make_comparison("generic-nmes", "myolift-mini")
    found = answers(comparison, "generic-nmes")["current-published"]
    assert (found.verdict, found.value) == ("unknown", "20 mA, not published")
    assert found.basis.startswith("assumed")
    assert "its largest (assumption)" in comparison.devices[0].contender.remarks[1]


def test_the_plan_lends_but_decides_nothing(make_comparison: Any) -> None:
    comparison = make_comparison("myolift-md", "nuface-mini")
    assert comparison.devices[0].contender.lent == ("waveform", "electrode")
    assert comparison.devices[1].contender.lent == ("waveform", "current", "electrode")
    assert comparison.devices[0].limits["product-dc-mean"].verdict == "met"  # of the lent waveform
    found = answers(comparison, "myolift-md")
    assert found["no-direct-current"].verdict == "unknown"
    assert found["density"].value == "met from a contact area of 0.4 cm², whatever the waveform"
    assert found["dose"].verdict == "not judged"
    assert found["dose"].basis == "assumed: with the plan's waveform and electrode"
    assert comparison.devices[1].limits["product-current-absolute"].basis.startswith("assumed")


def test_published_trains_are_the_device_own(make_comparison: Any) -> None:
    comparison = make_comparison("pantheon", "myolift-mini")
    own = comparison.devices[0].contender.own_waveform
    assert own.frequency == pytest.approx(10.0)  # of its rates the nearest to that of the plan
    assert own.status == "computed"
    found = answers(comparison, "pantheon")
    assert found["waveform-published"].verdict == "meets"
    assert found["no-direct-current"].verdict == "does not meet"
    assert found["no-direct-current"].value.startswith("300 µA")
    assert "; in its bipolar setting: unknown" in found["no-direct-current"].value
    assert "In its bipolar setting: unknown." in comparison.devices[0].contender.remarks[0]
    assert not any("stands in" in text for text in comparison.devices[0].to_dict()["assumptions"])
    assert comparison.exceeded == {"pantheon": ("product-dc-mean", "product-net-charge-session")}


def test_a_device_that_says_everything_is_judged(make_comparison: Any) -> None:
    found = answers(make_comparison(WHOLE, "myolift-mini"), "whole")
    for id in ("current-published", "contact-published", "keeps-current", "leakage", "cleared", "density"):
        assert found[id].verdict == "meets", id
    assert found["density"].value.startswith("at most 0.4 mA/cm²")  # whatever the waveform
    assert found["notices-lift-off"].verdict == "does not meet"
    assert found["no-direct-current"].verdict == "unknown"
    assert found["no-direct-current"].value == "not known: waveform"
    assert found["contact-published"].value == "1 cm²"
    assert found["switches-off"].value == "20 min"
    assert "radius of the electrode" not in found["nothing-hidden"].value


def test_a_lent_contact_decides_nothing_about_the_compliance(make_comparison: Any) -> None:
    comparison = make_comparison("pantheon", "myolift-mini")
    found = answers(comparison, "pantheon")["keeps-current"]
    assert found.verdict == "unknown"
    one = comparison.devices[0]
    assert one.least_area == pytest.approx(2.4e-6, rel=0.02)
    assert found.value.endswith("met from a contact area of 0.024 cm² on")
    own = replace(one.contender.drive.electrode, contact_radius=math.sqrt(one.least_area / math.pi))
    _, _, high = Drive(one.device, one.contender.drive.waveform, own).needed(900.0)
    assert high <= 70.0  # the deep resistance that was taken to rise with a smaller contact is above 900 ohm


@pytest.mark.parametrize(
    ("fact", "value", "verdict"),
    [
        ("impedance_monitoring", "none", "does not meet"),
        ("impedance_monitoring", "No", "does not meet"),
        ("impedance_monitoring", "not fitted", "does not meet"),
        ("impedance_monitoring", "without; see the manual", "does not meet"),
        ("impedance_monitoring", "not known", "unknown"),
        ("impedance_monitoring", "?", "unknown"),
        ("impedance_monitoring", "nominal 2 kohm, checked twice a second", "meets"),
        ("no_load_trip", True, "meets"),
    ],
)
def test_a_stated_no_is_no(make_comparison: Any, fact: str, value: object, verdict: str) -> None:
    device = {"id": "mine", "name": "Mine", "kind": "microcurrent", fact: value}
    found = answers(make_comparison(device, "myolift-mini"), "mine")["notices-lift-off"]
    assert found.verdict == verdict
    # what another fact affirms counts, whatever the first one denies
    other = {"impedance_monitoring": "no", "no_load_trip": True} | {"id": "b", "name": "B", "kind": "nmes"}
    assert answers(make_comparison(other, "myolift-mini"), "b")["notices-lift-off"].verdict == "meets"


def test_no_time_and_no_clearance_meet_nothing(make_comparison: Any) -> None:
    facts = {"auto_off_s": 0.0, "relocate_beep_s": 0.0, "i_min_A": 0.0, "fda_k": ["none"]}
    found = answers(make_comparison({"id": "m", "name": "M", "kind": "microcurrent", **facts}, "caci"), "m")
    assert found["switches-off"].verdict == found["moves-you-on"].verdict == "does not meet"
    assert found["starts-low"].verdict == "meets"  # a current of zero is a setting
    assert found["cleared"].verdict == "does not meet"
    other = {"id": "m", "name": "M", "kind": "microcurrent", "fda_k": ["applied for"]}
    assert answers(make_comparison(other, "caci"), "m")["cleared"].verdict == "unknown"


def test_leakage_rests_on_the_file_and_not_on_a_waveform(make_comparison: Any) -> None:
    device = with_waveform(4e-4, leakage_normal_A=1e-5, leakage_fault_A=2e-5)
    found = answers(make_comparison(device, "myolift-mini"), "mine")["leakage"]
    assert found.verdict == "meets"
    assert device.own_waveforms[0].name not in found.basis


@pytest.mark.parametrize(("volts", "verdict"), [(1.0, "does not meet"), (6.0, "unknown"), (40.0, "meets")])
def test_compliance_inside_the_band_of_the_skin_decides_nothing(
    make_comparison: Any, volts: float, verdict: str
) -> None:
    device = {**WHOLE, "v_compliance_V": volts}
    found = answers(make_comparison(device, "myolift-mini"), "whole")
    assert found["keeps-current"].verdict == verdict
    assert found["keeps-current"].basis.startswith("assumed")


def test_every_device_of_the_catalogue_is_answered(make_comparison: Any) -> None:
    ids = [device.id for device in Device.catalogue()]
    comparison = make_comparison(*ids)
    for criterion in comparison.guide:
        assert [answer.device for answer in criterion.answers] == ids
        assert all(answer.value and answer.basis for answer in criterion.answers)
        assert set(criterion.meeting()) <= set(ids)


def test_own_waveform_and_electrode_of_a_file_are_used(tmp_path: Any) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        '[device]\nid = "mine"\nname = "Mine"\nkind = "microcurrent"\nelectrode_radius_m = 0.004\n'
        '[[waveform]]\nid = "own"\nname = "own"\nkind = "biphasic"\nstatus = "measured"\nsource = "scope"\n'
        "period_s = 0.1\nsegments = [\n"
        '{ i_start_A = 2e-4, i_end_A = 2e-4, duration_s = 0.05, shape = "const" },\n'
        '{ i_start_A = -2e-4, i_end_A = -2e-4, duration_s = 0.05, shape = "const" } ]\n',
        encoding="utf-8",
    )
    one = Contender.of(Device.load(path), reference(DevicePlan()))
    assert one.lent == ()
    assert one.own_current == pytest.approx(2e-4)
    assert one.drive.electrode.contact_radius == 0.004
    assert one.drive.electrode.medium == "conductive_gel"
    assert one.drive.waveform.id == "own"


def with_waveform(amplitude: float, status: str = "measured", **facts: object) -> Device:
    device = Device.from_dict({"id": "mine", "name": "Mine", "kind": "microcurrent", **facts})
    own = replace(Waveform.square(amplitude, 10.0), id="own", status=status, source="scope")
    return replace(device, own_waveforms=(own,))


def test_an_own_waveform_keeps_its_amplitude_below_the_largest_current() -> None:
    one = Contender.of(with_waveform(1e-4, i_max_A=6e-4), reference(DevicePlan()))
    assert one.own_current == pytest.approx(1e-4)
    assert one.drive.waveform.amplitude == pytest.approx(1e-4)
    assert one.remarks[1] == "Current: 100 µA, that of its waveform."


@pytest.mark.parametrize("ohms", [0.0, 1000.0])
def test_the_current_of_a_voltage_regulator_is_what_it_drives(ohms: float) -> None:
    device = with_waveform(1e-3, regulation="voltage", v_open_V=3.0, r_out_ohm=ohms)
    one = Contender.of(device, reference(DevicePlan()))
    assert one.own_current == pytest.approx(3.0 / (500.0 + ohms))
    assert "what its 3 V drive through 500 Ω; skin decides" in one.remarks[1]
    # the amplitude of its waveform means nothing
    other = Contender.of(
        replace(device, own_waveforms=with_waveform(2e-4).own_waveforms), reference(DevicePlan())
    )
    assert other.drive.amplitude(900.0) == pytest.approx(one.drive.amplitude(900.0), rel=1e-9)
    unknown = Contender.of(with_waveform(1e-3, regulation="voltage"), reference(DevicePlan()))
    assert "current" in unknown.lent


@pytest.mark.parametrize(
    ("status", "verdict"),
    [("read", "meets"), ("measured", "meets"), ("unverified", "unknown"), ("assumption", "unknown")],
)
def test_an_assumed_waveform_is_not_a_published_one(make_comparison: Any, status: str, verdict: str) -> None:
    device = with_waveform(4e-4, status)
    found = answers(make_comparison(device, "myolift-mini"), "mine")["waveform-published"]
    assert found.verdict == verdict
    assert found.basis.startswith("assumed") == (verdict == "unknown")


def test_a_fact_of_a_file_without_source_is_stated_not_published(make_comparison: Any) -> None:
    found = answers(make_comparison(WHOLE, "myolift-mini"), "whole")["current-published"]
    assert found.basis == "computed: stated in your file, without a source"
