"""Waveform files and their schema."""

import json
import tomllib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from zygoma.device import Burst, Device, Polyline, Segment, Waveform
from zygoma.device.catalogue import waveform_tables
from zygoma.device.schema import file_model, schema, waveform_model
from zygoma.errors import InputError, UnknownNameError

current = st.floats(-1.0, 1.0).filter(lambda x: x == 0 or abs(x) > 1e-9)
duration = st.floats(1e-5, 3.0)
segment = st.one_of(
    st.builds(lambda a, d: Segment(a, a, d), current, duration),
    st.builds(lambda a, b, d: Segment(a, b, d, "linear"), current, current, duration),
    st.builds(
        lambda a, b, d, c: Segment(a, b, d, "exponential", time_constant=c),
        current,
        current,
        duration,
        st.sampled_from([-0.37, 0.1, 1e-3]),
    ),
    st.builds(
        lambda p, d: Segment(0.0, 0.0, d, "halfsine", p, part=(0.1, 0.7)), current.filter(bool), duration
    ),
)
waveforms = st.builds(
    lambda segments, name, swap, burst: Waveform(
        "any",
        name,
        "biphasic",
        (*segments, Segment(1.0, 1.0, 0.1), Segment(-1.0, -1.0, 0.1)),
        "assumption",
        'a "quoted" source \\ with a backslash',
        swap,
        burst,
    ),
    st.lists(segment, max_size=4),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1).filter(str.strip),
    st.none() | duration,
    st.none() | st.builds(Burst, duration, duration),
)
traces = st.lists(st.floats(-1, 1), min_size=2, max_size=8).map(
    lambda values: Waveform.from_trace(Polyline(np.arange(len(values)) / 7, [*values[:-1], 0.123]))
)


@settings(max_examples=40, deadline=None)
@given(waveforms | traces, st.sampled_from([".toml", ".json"]))
def test_files_give_the_same_waveform(tmp_path_factory, wave, ending):
    path = tmp_path_factory.mktemp("wave") / f"wave{ending}"
    wave.save(path)
    again = Waveform.load(path)
    assert again == wave
    assert again.figures() == wave.figures()
    content = tomllib.loads(path.read_text()) if ending == ".toml" else json.loads(path.read_text())
    file_model().model_validate(content)


def test_schema_describes_what_is_read():
    published = schema()
    assert json.loads(json.dumps(published)) == published
    assert {"Device", "Waveform", "Points", "Trace", "Mode"} <= set(published["$defs"])
    waveform = published["$defs"]["WaveformOfSegments"]
    assert set(waveform["required"]) == {"id", "name", "status", "source", "kind", "segments"}
    assert waveform["additionalProperties"] is False
    shapes = waveform["properties"]["segments"]["items"]["discriminator"]["mapping"]
    assert set(shapes) == {"const", "linear", "exponential", "halfsine"}
    for name in waveform_tables():
        waveform_model().model_validate(Waveform.load(name).to_dict())


def piece(**change):
    return {"i_start_A": 4e-4, "i_end_A": 4e-4, "duration_s": 0.06, "shape": "const"} | change


ARCH = {"i_peak_A": 4e-4, "duration_s": 0.06, "shape": "halfsine"}


@pytest.mark.parametrize(
    "change",
    [
        {"perod_s": 1.0},
        {"kind": "triphasic"},
        {"kind": None},
        {"id": " "},
        {"id": "two\nlines"},
        {"name": "two\u2028lines"},
        {"segments": None},
        {"segments": []},
        {"segments": [], "period_s": None},
        {"segments": [{"shape": "box", "duration_s": 1.0}]},
        {"segments": [piece(duration_s=0)]},
        {"segments": [piece(i_peak_A=1.0)]},
        {"segments": [piece(i_start_A="400")]},
        {"segments": [piece(i_start_A="4e-4")]},
        {"segments": [piece(i_start_A=1e300)]},
        {"segments": [ARCH | {"part": [0.0, 0.5, 1.0]}]},
        {"points": {"time_s": [0, 1], "current_A": [0, 1e-4]}},
        {"segments": None, "points": {"time_s": [0, 1], "current_A": [0, 1e-4]}},
        {"segments": None, "period_s": None, "trace": {"file": "x.csv", "current": [1]}},
        {"segments": None, "period_s": None, "trace": {"file": "x.csv", "current": 1.0}},
        {"segments": None, "period_s": None, "trace": {"file": "x.csv", "time": True}},
        {"swap_every_s": 0},
        {"zero_charge_method": "luck"},
        {"burst": {"on_s": 1.0}},
        {"burst": {"on_s": 1.0, "off_s": 1.0, "period_s": 2.0}},
        {"burst": {"on_s": 0, "off_s": 1.0}},
    ],
)
def test_schema_refuses_what_the_reader_refuses(change):
    table = Waveform.load("lifting").to_dict() | change
    table = {key: value for key, value in table.items() if value is not None}
    with pytest.raises(ValidationError):
        waveform_model().model_validate(table)
    with pytest.raises(InputError) as caught:
        Waveform.from_dict(table)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"segments": [piece(i_start_A="400 uA", i_end_A="0.4 mA", duration_s="60 ms")], "kind": "monophasic"},
        {"segments": [ARCH | {"part": [0, 0.5]}], "kind": "monophasic"},
        {
            "segments": None,
            "kind": None,
            "period_s": None,
            "points": {"time_s": [0, "1 s"], "current_A": [0, "1 uA"]},
        },
        {"zero_charge_method": "capacitor", "burst": {"on_s": 1, "period_s": "2 s"}},
    ],
)
def test_schema_accepts_what_the_reader_accepts(change):
    table = Waveform.load("lifting").to_dict() | change
    table = {key: value for key, value in table.items() if value is not None}
    waveform_model().model_validate(table)
    Waveform.from_dict(table)


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({"f_options_Hz": ["0.5 Hz", 2]}, True),
        ({"f_options_Hz": 2.0}, True),
        ({"f_options_Hz": "2 Hz"}, True),
        ({"f_options_Hz": []}, False),
        ({"f_options_Hz": [0]}, False),
        ({"f_options_Hz": ["2"]}, False),
        ({"regulation": "voltage"}, True),
        ({"regulation": "power"}, False),
        ({"electrodes": [{"shape": "sphere", "count": 2}]}, True),
        ({"electrodes": [{"form": "sphere"}]}, False),
        ({"i_max_A": 0}, False),
        ({"i_max_A": "400"}, False),
        ({"i_max_A": " "}, False),
        ({"i_max_A": -1e-6}, False),
        ({"i_max_A": True}, False),
        ({"i_max_A": 10**400}, False),
        ({"waveform_duty": 1.5}, False),
        ({"waveform_duty": 0}, False),
        ({"fda_cleared": "2011-11-07"}, True),
        ({"fda_cleared": "last year"}, False),
        ({"name": " "}, False),
        ({"id": "a\n## b"}, False),
        ({"polarity_options": []}, False),
    ],
)
def test_schema_and_reader_agree_on_devices(tmp_path, change, fits):
    table = {"id": "m", "name": "M", "kind": "microcurrent"} | change
    path = tmp_path / "m.json"
    path.write_text(json.dumps({"device": table}))
    if fits:
        file_model().model_validate_json(path.read_text())
        file_model().model_validate_json(json.dumps({"device": [table]}))
        assert Device.load(path).facts.keys() == change.keys()
        return
    with pytest.raises(ValidationError):
        file_model().model_validate_json(path.read_text())
    with pytest.raises(InputError) as caught:
        Device.load(path)
    assert "m.json [device]" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("ending", [".toml", ".json", ".TOML"])
@pytest.mark.parametrize("name", ["nuface-trinity", "pantheon", "generic-nmes"])
def test_a_device_is_saved_whole(tmp_path, name, ending):
    known = Device.load(name)
    device = Device.from_dict(
        known.to_table(), waveforms=(Waveform.load("lifting"), Waveform.load("stretching"))
    )
    path = tmp_path / f"mine{ending}"
    device.save(path)
    assert Device.load(path) == device
    content = path.read_text()
    file_model().model_validate(json.loads(content) if ending == ".json" else tomllib.loads(content))
    with pytest.raises(InputError, match=r"ends in \.toml or \.json"):
        device.save(tmp_path / "mine.yaml")


def test_a_device_file_is_no_waveform(tmp_path):
    Device.load("pantheon").save(tmp_path / "mine.toml")
    with pytest.raises(InputError, match=r"mine\.toml is a device file"):
        Waveform.load(tmp_path / "mine.toml")


@pytest.mark.parametrize("text", [f"schema = {'9' * 5000}", "a = " + "[" * 3000])
def test_files_that_break_a_parser_are_refused(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(InputError, match="not a TOML file"):
        Device.load(path)


def test_bad_files_are_refused(tmp_path):
    wave = Waveform.load("lifting")
    with pytest.raises(InputError, match=r"ends in \.toml or \.json"):
        wave.save(tmp_path / "wave.yaml")
    path = tmp_path / "wave.json"
    with pytest.raises(InputError, match="cannot read"):
        Waveform.load(path)
    for text, message in (("{", "not a JSON file"), ("[]", "expected an object"), ("{}", "0 tables")):
        path.write_text(text)
        with pytest.raises(InputError, match=message):
            Waveform.load(path)
    path.write_text('{"waveforms": []}')
    with pytest.raises(UnknownNameError, match="did you mean 'waveform'"):
        Waveform.load(path)


def test_a_waveform_file_can_join_a_device(tmp_path):
    path = tmp_path / "mine.toml"
    Waveform.load("stretching").save(path)
    path.write_text(path.read_text() + '\n[device]\nid = "m"\nname = "M"\nkind = "microcurrent"\n')
    assert Device.load(path).waveform("stretching") == Waveform.load("stretching")


def test_every_key_of_the_schema_is_described():
    bare = [
        f"{name}.{key}"
        for name, part in schema()["$defs"].items()
        for key, field in part.get("properties", {}).items()
        if not field.get("description")
    ]
    assert bare == []
