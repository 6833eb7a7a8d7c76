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
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip),
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
    assert {"Device", "Waveform", "Segment", "Burst", "Points", "Trace"} <= set(published["$defs"])
    waveform = published["$defs"]["Waveform"]
    assert set(waveform["required"]) == {"id", "name", "status", "source"}
    assert waveform["additionalProperties"] is False
    shapes = published["$defs"]["Segment"]["properties"]["shape"]["enum"]
    assert shapes == ["const", "linear", "exponential", "halfsine"]
    for name in waveform_tables():
        waveform_model().model_validate(Waveform.load(name).to_dict())


@pytest.mark.parametrize(
    "change", [{"perod_s": 1.0}, {"kind": "triphasic"}, {"segments": [{"shape": "box", "duration_s": 1.0}]}]
)
def test_schema_refuses_what_the_reader_refuses(change):
    table = Waveform.load("lifting").to_dict() | change
    with pytest.raises(ValidationError):
        waveform_model().model_validate(table)
    with pytest.raises(InputError):
        Waveform.from_dict(table)


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
