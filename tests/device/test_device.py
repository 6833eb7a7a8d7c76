"""Devices: what is known, what is not, and what they deliver."""

import json
from pathlib import Path

import pytest

from zygoma.device import Device, Polyline, Regulator, Waveform
from zygoma.device.record import STATUSES
from zygoma.device.source import Source
from zygoma.errors import InputError, RangeError, UnitError, UnknownNameError
from zygoma.provenance import load_data

CATALOGUE = {device.id: device for device in Device.catalogue()}


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_fact_has_one_source(name):
    device = CATALOGUE[name]
    for key in device.facts:
        assert sum(key in source.fields for source in device.sources) == 1, key
        assert device.status(key) in STATUSES


def test_the_four_of_the_article():
    limits = {name: CATALOGUE[f"myolift-{name}"].current_max for name in ("qt", "mini", "600", "md")}
    assert limits == {"qt": 400e-6, "mini": 400e-6, "600": 600e-6, "md": 800e-6}
    for name in limits:
        device = CATALOGUE[f"myolift-{name}"]
        assert (device.current_min, device.regulation, device.compliance) == (None, None, None)
        assert "compliance voltage" in device.unknown
        assert "pulse frequency" in device.unknown
        assert "largest current" not in device.unknown


def test_unknown_stays_unknown():
    assert CATALOGUE["foreo-bear"].facts == {}
    assert len(CATALOGUE["foreo-bear"].unknown) == len(load_data("devices.toml")["needed"])
    assert CATALOGUE["pantheon"].unknown == ("radius of the electrode",)


@pytest.mark.parametrize(
    ("name", "current", "message"),
    [
        ("myolift-mini", 500e-6, "500 µA; 7E MyoLift Mini gives at most 400 µA"),
        ("nuface-mini", 1.2e-3, "1.2 mA; a microcurrent device gives at most 1 mA"),
        ("nuface-trinity", 50e-6, "gives at least 80 µA"),
        ("pantheon", 5e-6, "gives at least 10 µA"),
        ("generic-nmes", 21e-3, "at most 20 mA"),
        ("myolift-md", 0.0, "above zero"),
        ("myolift-md", -1e-4, "above zero"),
        ("myolift-md", float("nan"), "above zero"),
    ],
)
def test_currents_outside_the_range_are_refused(name, current, message):
    with pytest.raises(RangeError, match=message):
        CATALOGUE[name].check_current(current)


@pytest.mark.parametrize(
    ("name", "current"),
    [("myolift-mini", 400e-6), ("nuface-mini", 1e-3), ("nuface-trinity", 80e-6), ("generic-nmes", 4e-3)],
)
def test_limits_themselves_are_allowed(name, current):
    CATALOGUE[name].check_current(current)
    CATALOGUE[name].check_current(current * (1 + 1e-12 if name != "nuface-trinity" else 1 - 1e-12))


def test_delivered_is_set_where_compliance_is_unknown():
    amperes, assumption = CATALOGUE["myolift-600"].delivered(600e-6, 50e3)
    assert amperes == 600e-6
    assert assumption is not None
    assert "compliance voltage of 7E MyoLift 600 is unknown" in assumption
    assert assumption in CATALOGUE["myolift-600"].assumptions


@pytest.mark.parametrize(
    ("volts", "amperes", "load"), [(9, 400e-6, 22.5e3), (13.7, 400e-6, 34.25e3), (70, 600e-6, 116.7e3)]
)
def test_compliance_cut_off(volts, amperes, load):
    device = make(regulation="current", v_compliance_V=volts, i_max_A=1e-3)
    assert device.delivered(amperes, load * 0.999)[0] == amperes
    assert device.delivered(amperes, load * 2)[0] == pytest.approx(amperes / 2, rel=1e-3)
    assert device.delivered(amperes, 0.0)[0] == amperes


def test_sourced_regulator_needs_no_assumption():
    source = {"fields": ["regulation", "v_compliance_V"], "ref": "data sheet", "status": "read"}
    device = make(regulation="current", v_compliance_V=20.0, source=[source])
    assert device.delivered(400e-6, 10e3) == (400e-6, None)
    assert make(v_compliance_V=20.0).delivered(400e-6, 10e3)[1] is not None
    assert "unverified" not in (CATALOGUE["pantheon"].delivered(600e-6, 1e3)[1] or "")


def test_voltage_regulator():
    device = make(regulation="voltage", v_open_V=10.0, r_out_ohm=1000.0)
    assert device.delivered(400e-6, 9000.0) == (pytest.approx(1e-3), None)
    amperes, assumption = CATALOGUE["theraface"].delivered(300e-6, 9000.0)
    assert amperes == 300e-6
    assert "regulates voltage" in (assumption or "")


def test_a_negative_load_is_refused():
    with pytest.raises(RangeError, match="load -1"):
        CATALOGUE["myolift-md"].delivered(400e-6, -1.0)


def test_names():
    with pytest.raises(UnknownNameError, match="did you mean 'myolift-mini'"):
        Device.load("myolift-min")
    with pytest.raises(UnknownNameError, match="did you mean 'lifting'"):
        CATALOGUE["myolift-mini"].waveform("lifing")
    assert CATALOGUE["myolift-mini"].waveform("lifting") == Waveform.load("lifting")


def make(**facts):
    return Device.from_dict({"id": "mine", "name": "Mine", "kind": "microcurrent", **facts})


FILE = """
[device]
id = "mine"
name = "My bench source"
kind = "microcurrent"
i_min_A = "10 uA"
i_max_A = 900e-6
regulation = "current"
v_compliance_V = 24.0
[[device.source]]
fields = ["i_min_A", "i_max_A", "regulation"]
ref = "own measurement"
status = "read"

[[waveform]]
id = "slow"
name = "slow square"
kind = "biphasic"
status = "read"
source = "own measurement"
period_s = 2.0
segments = [
  { i_start_A = 1e-4, i_end_A = 1e-4, duration_s = 0.5, shape = "const" },
  { i_start_A = -1e-4, i_end_A = -1e-4, duration_s = 0.5, shape = "const" },
]
"""


def test_own_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(FILE)
    device = Device.load(path)
    assert device.current_min == pytest.approx(1e-5)
    assert device.waveforms == ("slow",)
    assert device.waveform("slow").on_fraction == pytest.approx(0.5)
    assert device.waveform("lifting").id == "lifting"
    assert device.unknown == ("radius of the electrode",)
    assert device.assumptions == []  # a fact of the caller's own file is no assumption
    assert Device.load(str(path)) == device


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("i_max_A = 900e-6", "i_maks_A = 900e-6", UnknownNameError, "did you mean 'i_max_A'"),
        ("i_max_A = 900e-6", "i_max = 900e-6", UnitError, "no unit; write 'i_max_A'"),
        ("i_max_A = 900e-6", 'i_max_A = "900"', UnitError, "i_max_A"),
        ("i_max_A = 900e-6", 'i_max_A = "900 mV"', UnitError, "i_max_A"),
        ("i_max_A = 900e-6", "i_max_A = -1e-6", RangeError, "expected 0 or more"),
        ("i_max_A = 900e-6", "i_max_A = 400", RangeError, 'write text with its unit, such as "400 uA"'),
        ("i_start_A = 1e-4, i_end_A = 1e-4", "i_start_A = 100, i_end_A = 100", RangeError, "a peak of 100 A"),
        ("i_max_A = 900e-6", "i_max_A = 0.0", RangeError, "above zero"),
        ("i_max_A = 900e-6", "i_max_A = true", InputError, "expected a number in A"),
        ("i_max_A = 900e-6", "i_max_A = inf", RangeError, "up to"),
        ("i_max_A = 900e-6", "i_max_A = " + "9" * 400, RangeError, "more than 15 digits"),
        ("i_start_A = 1e-4", "i_start_A = 1e300", RangeError, "up to"),
        ("duration_s = 0.5", "duration_s = 1e-300", RangeError, "from 1e-30"),
        ('id = "slow"', 'id = "a\\nb"', InputError, r"\[waveform a b\]: id is"),
        ("i_max_A = 900e-6", "i_max_A = 50e-6", RangeError, "peak of 100 µA and i_max_A is 50 µA"),
        ("i_max_A = 900e-6", "i_max_A = nan", InputError, "expected a number in A"),
        ("i_max_A = 900e-6", "i_max_A = 5e-6", RangeError, "exchange them"),
        ('"microcurrent"', '"microcurent"', UnknownNameError, "did you mean 'microcurrent'"),
        ('regulation = "current"', 'regulation = "amps"', UnknownNameError, "regulation"),
        ('ref = "own measurement"', "", InputError, "lacks 'ref'"),
        ('"i_min_A", "i_max_A"', '"i_min_A", "i_min_A"', InputError, "two sources"),
        ('"i_min_A", "i_max_A"', '"i_min_A", "channels"', UnknownNameError, "field"),
        ("duration_s = 0.5, shape", "duration_s = -0.5, shape", RangeError, "duration_s is -0.5"),
        ("[device]", "[devise]", UnknownNameError, "did you mean 'device'"),
        ("[device]", "[device", InputError, "not a TOML file"),
        ('name = "My bench source"', "", InputError, "lacks 'name'"),
        ('kind = "microcurrent"', "", InputError, "lacks 'kind'; add one of microcurrent, nmes"),
        ('"microcurrent"\ni_min_A = "10 uA"', '"nmes"\ni_min_A = 20', RangeError, "no nmes device gives"),
        (
            'kind = "microcurrent"\ni_min_A = "10 uA"',
            "i_min = 1e-5\nchannels = -1",
            UnitError,
            "write 'i_min_A'.* also: .*channels is -1; expected a whole number.*lacks 'kind'",
        ),
    ],
)
def test_bad_files_are_refused(tmp_path, old, new, error, message):
    path = tmp_path / "mine.toml"
    assert old in FILE
    path.write_text(FILE.replace(old, new, 1))
    with pytest.raises(error, match=message) as caught:
        Device.load(path)
    assert "mine.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def measured(share):
    """A trace at 400 uA whose largest sample is above it by a share."""
    trace = Polyline([0, 0.02, 0.03, 0.04, 0.06], [4e-4, 4e-4, 4e-4 * (1 + share), 4e-4, 4e-4])
    return Waveform.from_trace(trace)


def test_a_measured_waveform_may_be_above_the_largest_current_by_its_noise():
    table = {"id": "mine", "name": "Mine", "kind": "microcurrent", "i_max_A": 4e-4}
    device = Device.from_dict(table, waveforms=(measured(0.04),))
    cut = device.within_range(device.waveform("trace"))
    assert cut.amplitude == pytest.approx(4e-4)
    assert cut.rms == pytest.approx(4e-4)  # the noise is cut, the current is not scaled
    with pytest.raises(
        RangeError, match=r"mine: waveform 'trace' has a peak of 424 µA and i_max_A is 400 µA.*5%"
    ):
        Device.from_dict(table, "mine", (measured(0.06),))
    with pytest.raises(RangeError, match="contradict"):  # not measured, so nothing is noise
        Device.from_dict(table | {"i_max_A": 3.99e-4}, waveforms=(Waveform.load("lifting"),))


@pytest.mark.parametrize("status", ["read", "measured", "computed", "unverified", "assumption"])
def test_what_is_read_measured_or_computed_is_no_assumption(status):
    facts = {"i_max_A": 4e-4, "regulation": "current", "v_compliance_V": 20.0}
    source = {"fields": list(facts), "ref": "bench", "status": status}
    found = make(**facts, source=[source]).assumptions
    assumed = [text for text in found if "catalogue stands in" not in text]
    assert bool(assumed) == (status in ("unverified", "assumption"))


def test_a_voltage_source_without_resistance_is_known():
    device = make(regulation="voltage", v_open_V=12.0, r_out_ohm=0)
    assert device.delivered(400e-6, 12e3) == (pytest.approx(1e-3), None)
    regulator, remark = Regulator.of(device)
    assert (regulator.quantity, regulator.volts, regulator.ohms, remark) == ("voltage", 12.0, 0.0, None)
    with pytest.raises(RangeError, match="0 ohm"):
        device.delivered(400e-6, 0.0)


def test_misuse_raises_our_errors():
    with pytest.raises(UnknownNameError, match="did you mean 'measured'"):
        Source(("i_max_A",), "bench", "measuerd")
    with pytest.raises(UnknownNameError, match="unknown device"):
        Device.load(Path("myolift-min"))
    assert Device.load(Path("myolift-mini")).id == "myolift-mini"


def test_two_waveforms_of_one_id(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(FILE + FILE[FILE.index("[[waveform]]") :])
    with pytest.raises(InputError, match="two waveforms of one id"):
        Device.load(path)


def test_what_exists_but_is_no_device_file(tmp_path):
    table = tmp_path / "scope.csv"
    table.write_text("1\n")
    for path in (tmp_path, table):
        with pytest.raises(InputError, match="is not a device file; expected an id of the catalogue"):
            Device.load(path)


def test_a_voltage_regulator_names_what_is_missing():
    device = Device.from_dict(
        {"id": "v", "name": "V", "kind": "microcurrent", "regulation": "voltage", "v_open_V": 9.0}
    )
    assert "its output resistance is unknown" in device.delivery_assumption
    assert "open-circuit" not in device.delivery_assumption


def test_an_implausible_waveform_is_refused_without_a_largest_current():
    table = {"id": "mine", "name": "Mine", "kind": "microcurrent"}
    with pytest.raises(RangeError, match="waveform 'square' has a peak of 400 A, which no microcurrent"):
        Device.from_dict(table, waveforms=(Waveform.square(400.0, 10.0),))


def test_missing_file():
    with pytest.raises(InputError, match=r"cannot read nowhere\.toml"):
        Device.load("nowhere.toml")


def test_dictionary_is_json():
    for device in CATALOGUE.values():
        again = json.loads(json.dumps(device.to_dict()))
        assert again["id"] == device.id
        assert set(again["facts"]) == set(device.facts)
        assert len(str(device).splitlines()) <= 5


@pytest.mark.parametrize(
    "key", ["i_max_A", "v_compliance_V", "v_open_V", "electrode_area_min_m2", "electrode_radius_m"]
)
def test_nothing_of_size_zero(key):
    with pytest.raises(RangeError, match=f"{key} is 0"):
        Device.from_dict({"id": "x", "name": "x", "kind": "microcurrent", key: 0.0})
