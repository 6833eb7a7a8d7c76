"""The table of outputs: closed forms, both readings of a pulse, and nothing invented."""

import csv
import io
import json
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zygoma.device import Burst, Channels, Device, Electrode, PairedMode, Polyline, Segment, Waveform
from zygoma.errors import InputError, UnknownNameError
from zygoma.provenance import load_data
from zygoma.standards import OutputTable
from zygoma.standards.given import of_fact
from zygoma.standards.row import FILE, row_specs

ONE_CM2 = Electrode("plate", "disc", math.sqrt(1e-4 / math.pi), status="read", source="calliper")


def device(**facts):
    table = {"id": "bench", "name": "bench", "kind": "microcurrent", "regulation": "current"}
    table |= {"i_max_A": 800e-6, "v_compliance_V": 20.0} | facts
    covered = [key for key in table if key not in ("id", "name", "kind")]
    return Device.from_dict(table | {"source": [{"fields": covered, "ref": "bench", "status": "read"}]})


def mode(waveform, **facts):
    apparatus = device(**({"i_max_A": waveform.amplitude, "kind": "nmes"} | facts))
    return OutputTable.of(apparatus, [waveform], ONE_CM2).modes[0]


# waveform, phase charge, net charge [C], rms, mean |i| [A], energy of a phase into 500 ohm [J]
ROWS = {
    "A": (Waveform.square(400e-6, 1 / 0.12), 24e-6, 0.0, 400e-6, 400e-6, 4.8e-6),
    "B": (
        Waveform.square(400e-6, 1 / 0.12, kind="monophasic", duty=0.5),
        24e-6,
        24e-6,
        400e-6 / math.sqrt(2),
        200e-6,
        4.8e-6,
    ),
    "C": (Waveform.square(600e-6, 8.3), 600e-6 / 16.6, 0.0, 600e-6, 600e-6, 500 * 600e-6**2 / 16.6),
    "D": (Waveform.square(800e-6, 0.5), 800e-6, 0.0, 800e-6, 800e-6, 3.2e-4),
    "E": (Waveform.square(800e-6, 500), 0.8e-6, 0.0, 800e-6, 800e-6, 3.2e-7),
}


@pytest.mark.parametrize("case", ROWS)
def test_reference_rows(case):
    waveform, phase, net, rms, mean, energy = ROWS[case]
    table = mode(waveform)

    def exact(value):
        return pytest.approx(value, rel=1e-9, abs=1e-20)

    for load in (500.0, 2000.0, 10000.0):
        assert table.row("max_output_current", load).value == exact(waveform.amplitude)
        assert table.row("max_output_voltage", load).value == exact(waveform.amplitude * load)
    assert table.row("phase_charge").value == exact(phase)
    assert table.row("net_charge_per_pulse").value == exact(net)
    assert table.row("rms_current").value == exact(rms)
    assert table.row("average_current").value == exact(mean)
    assert table.row("current_density_rms").value == exact(rms / 1e-4)
    assert table.row("current_density_peak").value == exact(waveform.amplitude / 1e-4)
    assert table.row("power_density").value == exact(500 * rms**2 / 1e-4)
    assert table.row("phase_energy").value == exact(energy)
    assert table.row("frequency").value == exact(1 / waveform.period)


def test_worst_second():
    table = mode(ROWS["B"][0])
    # 520 ms of current fit in the worst second of a train with a period of 120 ms
    assert table.row("rms_current_1s").value == pytest.approx(400e-6 * math.sqrt(0.52), rel=1e-9)
    assert table.row("power_density_1s").value == pytest.approx(0.416, rel=1e-9)
    assert table.row("power_density").value == pytest.approx(0.4, rel=1e-9)


def test_endomed_rule():
    # Enraf-Nonius: I_rms = I_peak sqrt(phase_us f 1e-6), twice the phases for a symmetric waveform
    for kind, phases in (("monophasic", 1), ("biphasic", 2)):
        waveform = Waveform.square(500e-6, 80.0, kind=kind, duty=phases * 200e-6 * 80.0)
        expected = 500e-6 * math.sqrt(phases * 200 * 80 * 1e-6)
        assert mode(waveform).row("rms_current").value == pytest.approx(expected, rel=1e-9)


def test_both_readings_of_a_pulse_of_alternating_polarity():
    waveform = Waveform.square(400e-6, 1 / 0.12, kind="monophasic", duty=0.5, swap_every=0.12)
    table = mode(waveform)
    assert table.row("net_charge_per_pulse").value == pytest.approx(24e-6, rel=1e-9)
    assert table.row("net_charge_one_polarity").value == pytest.approx(24e-6, rel=1e-9)
    assert table.row("net_charge_both_polarities").value == 0.0
    assert table.row("net_charge_per_pattern").value == 0.0
    assert table.row("direct_current").value == 0.0
    assert "alternates" in table.row("waveform").value
    single = mode(ROWS["B"][0]).row("net_charge_both_polarities")
    assert single.value is None
    assert single.status == "not applicable: the polarity does not change"


def test_phases():
    both = mode(Waveform.square(400e-6, 1 / 0.12))
    assert both.row("symmetrical_phases").value == "yes"
    assert both.row("phase_duration_positive").value == pytest.approx(0.06)
    assert both.row("phase_duration_negative").value == pytest.approx(0.06)
    assert both.row("pulse_width").value == pytest.approx(0.12)
    uneven = Waveform.from_dict(
        {
            "id": "uneven",
            "name": "uneven",
            "kind": "biphasic",
            "status": "read",
            "source": "trace",
            "period_s": 0.1,
            "segments": [
                {"i_start_A": 4e-4, "i_end_A": -1e-4, "duration_s": 0.05, "shape": "linear"},
                {"i_start_A": -1e-4, "i_end_A": -1e-4, "duration_s": 0.03, "shape": "const"},
            ],
        }
    )
    table = mode(uneven)
    assert table.row("symmetrical_phases").value == "no"
    assert table.row("phase_duration_positive").value == pytest.approx(0.04, rel=1e-9)
    assert table.row("phase_duration_negative").value == pytest.approx(0.04, rel=1e-9)
    # the positive triangle: 500 ohm * (400 uA)^2 * 40 ms / 3
    assert table.row("phase_energy").value == pytest.approx(500 * 16e-8 * 0.04 / 3, rel=1e-9)


def test_burst():
    table = mode(Waveform.square(400e-6, 100.0, burst=Burst(on=0.2, off=0.3)))
    assert table.row("pulses_per_burst").value == 20
    assert table.row("bursts_per_second").value == pytest.approx(2.0)
    assert table.row("burst_duration").value == pytest.approx(0.2)
    assert table.row("duty_cycle").value == pytest.approx(0.4)
    assert table.row("on_time").value == pytest.approx(0.2)
    assert table.row("off_time").value == pytest.approx(0.3)
    assert table.row("rms_current").value == pytest.approx(400e-6 * math.sqrt(0.4), rel=1e-9)
    assert table.row("rms_current_1s").value == pytest.approx(400e-6 * math.sqrt(0.4), rel=1e-9)
    assert mode(ROWS["A"][0]).row("on_time").status == "not applicable: a train without rests"


def test_compliance_cuts_the_output():
    waveform = Waveform.square(800e-6, 10.0)
    table = mode(waveform, v_compliance_V=4.0)
    assert table.row("max_output_current", 10000.0).value == pytest.approx(400e-6, rel=1e-12)
    assert table.row("max_output_voltage", 10000.0).value == pytest.approx(4.0, rel=1e-12)
    assert table.row("max_output_voltage", 2000.0).value == pytest.approx(1.6, rel=1e-12)
    cut = mode(Waveform.triangle(800e-6, 10.0), v_compliance_V=0.1)
    assert cut.row("max_output_current", 500.0).value == pytest.approx(200e-6, rel=1e-12)
    # a triangle cut at a quarter: a quarter of each slope with a mean square of 1/3, the rest flat
    assert cut.row("rms_current").value == pytest.approx(200e-6 * math.sqrt(0.25 / 3 + 0.75), rel=1e-9)
    square = mode(Waveform.square(800e-6, 10.0), v_compliance_V=0.1)
    assert square.row("rms_current").value == pytest.approx(200e-6, rel=1e-12)


def test_voltage_regulator():
    apparatus = device(regulation="voltage", v_open_V=10.0, r_out_ohm=1500.0)
    table = OutputTable.of(apparatus, [Waveform.square(1.0, 10.0)], ONE_CM2).modes[0]
    for load in (500.0, 2000.0, 10000.0):
        assert table.row("max_output_current", load).value == pytest.approx(10 / (1500 + load), rel=1e-12)
        assert table.row("max_output_voltage", load).value == pytest.approx(10 * load / (1500 + load))
    assert table.row("rms_current").value == pytest.approx(5e-3, rel=1e-12)
    unknown = OutputTable.of(Device.load("theraface"), ["lifting"]).modes[0]
    assert unknown.row("max_output_current", 500.0).value is None
    assert "open-circuit voltage is not published" in unknown.row("phase_charge").status


def test_a_set_current_means_nothing_to_a_voltage_regulator():
    for apparatus in (Device.load("theraface"), device(regulation="voltage", v_open_V=10.0, r_out_ohm=0.0)):
        with pytest.raises(InputError, match=r"300 µA for .*, which regulates voltage"):
            OutputTable.of(apparatus, "lifting", current=300e-6)


def test_a_voltage_without_output_resistance_is_kept_at_every_load():
    apparatus = device(regulation="voltage", v_open_V=10.0, r_out_ohm=0.0)
    table = OutputTable.of(apparatus, Waveform.square(1.0, 10.0), ONE_CM2).modes[0]
    for load in (500.0, 2000.0, 10000.0):
        assert table.row("max_output_voltage", load).value == pytest.approx(10.0)


def own(*waveforms, **facts):
    """A device whose waveforms are its own, all of it read."""
    return replace(device(**({"i_max_A": 600e-6} | facts)), own_waveforms=waveforms)


def stated(waveform, id, status="read"):
    return replace(waveform, id=id, status=status, source="bench")


def noisy(amplitude, noise):
    """A measured biphasic square with one sample above its amplitude by a share."""
    time = [0, 0.02, 0.021, 0.022, 0.06, 0.060001, 0.12]
    high = amplitude * (1 + noise)
    current = [amplitude, amplitude, high, amplitude, amplitude, -amplitude, -amplitude]
    return Waveform.from_trace(Polyline(time, current))


def test_own_waveforms_keep_their_amplitudes():
    strong = stated(Waveform.square(600e-6, 10.0), "strong")
    weak = stated(Waveform.square(100e-6, 10.0), "weak")
    tables = OutputTable.of(own(strong, weak))
    for table, amplitude in zip(tables.modes, (600e-6, 100e-6), strict=True):
        for load in (500.0, 2000.0, 10000.0):
            row = table.row("max_output_current", load)
            assert (row.value, row.kind) == (pytest.approx(amplitude, rel=1e-12), "computed")
        assert table.row("rms_current").value == pytest.approx(amplitude, rel=1e-12)
        assert table.row("rms_current").kind == "computed"
    named = OutputTable.of(own(strong, weak), ["weak"], current=300e-6).modes[0]
    assert named.row("rms_current").value == pytest.approx(300e-6, rel=1e-12)  # the caller asks for it
    foreign = OutputTable.of(own(strong, weak), "lifting").modes[0].row("rms_current")
    assert (foreign.value, foreign.kind) == (pytest.approx(600e-6, rel=1e-12), "assumed")


@pytest.mark.parametrize("amplitude", [380e-6, 600e-6])
def test_a_measured_trace_is_not_scaled(amplitude):
    trace = noisy(amplitude, 0.001)
    table = OutputTable.of(own(trace), electrode=ONE_CM2).modes[0]
    assert table.row("rms_current").value == pytest.approx(trace.rms, rel=1e-12)
    assert table.row("rms_current").value == pytest.approx(amplitude, rel=1e-4)
    assert table.row("max_output_current", 500.0).value == pytest.approx(1.001 * amplitude)
    assert table.row("max_output_current", 500.0).kind == "computed"


def test_a_foreign_waveform_has_no_amplitude_of_the_device():
    noi = replace(device(), facts={"regulation": "current", "v_compliance_V": 20.0})
    noi = replace(noi, own_waveforms=(stated(Waveform.square(300e-6, 10.0), "mine"),))
    row = OutputTable.of(noi, "lifting").modes[0].row("max_output_current", 500.0)
    assert (row.value, row.kind) == (None, "unknown")
    assert "largest current of bench is not published" in row.status
    assert OutputTable.of(noi).modes[0].row("max_output_current", 500.0).value == pytest.approx(300e-6)


def test_a_stated_beat_frequency_is_shown():
    apparatus = own(stated(Waveform.square(400e-6, 4000.0), "a"), beat_frequency_Hz=[80.0, 120.0])
    row = OutputTable.of(apparatus).modes[0].row("beat_frequency")
    assert (row.low, row.value, row.kind) == (80.0, 120.0, "published")


def test_two_channels_have_a_table_each():
    one = stated(Waveform.square(400e-6, 4000.0), "one")
    two = stated(Waveform.square(200e-6, 4100.0), "two")
    alone = stated(Waveform.square(100e-6, 10.0), "alone")
    half = Electrode("half", "disc", math.sqrt(0.5e-4 / math.pi), status="read", source="calliper")
    pair = PairedMode("crossed", Channels(one, two), "synchronous", (ONE_CM2, half))
    table = OutputTable.of(replace(own(one, two, alone), paired_modes=(pair,)))
    names = ["alone", "crossed (synchronous), channel 1: one", "crossed (synchronous), channel 2: two"]
    assert [mode.mode for mode in table.modes] == names
    single, first, second = table.modes
    assert first.row("current_density_rms").value == pytest.approx(4.0)
    assert second.row("current_density_rms").value == pytest.approx(4.0)
    assert first.row("beat_frequency").value == pytest.approx(100.0)
    assert single.row("beat_frequency").kind == "not applicable"
    basic = {row.id: row.value for row in table.basic_unit}
    assert (basic["output_modes"], basic["channels"]) == ("2", "channels: 2")
    assert basic["channels_mode"] == "crossed: synchronous"
    assert basic["isolation"] is None
    from zygoma.standards.sheet import table_sheet

    assert table_sheet(table).sections[3].heading == f"Output mode: {names[2]}"


def test_misuse_raises_our_errors():
    table = OutputTable.of(Device.load("myolift-md"), "lifting")
    assert [mode.mode for mode in table.modes] == ["lifting"]
    with pytest.raises(UnknownNameError, match="did you mean 'phase_charge'"):
        table.modes[0].row("phase_charg")
    with pytest.raises(InputError, match=r"at 50.0 ohm; it stands at 500 Ω, 2 kΩ, 10 kΩ"):
        table.modes[0].row("max_output_voltage", 50.0)
    with pytest.raises(InputError, match="waveform 3; expected an id"):
        OutputTable.of(Device.load("myolift-md"), [3])
    with pytest.raises(UnknownNameError, match="status of waveform 'any'"):
        stated(Waveform.square(1e-4, 1.0), "any", "bogus")


@pytest.mark.parametrize("status", ["read", "measured", "computed", None])
def test_one_word_for_what_a_fact_is(status):
    facts = {"i_max_A": 4e-4, "regulation": "current", "v_compliance_V": 20.0}
    table = {"id": "mine", "name": "Mine", "kind": "microcurrent", **facts}
    if status:
        table["source"] = [{"fields": list(facts), "ref": "bench", "status": status}]
    known = Device.from_dict(table)
    row = OutputTable.of(known, stated(Waveform.square(4e-4, 10.0), "a")).modes[0].row("rms_current")
    assert row.kind == "computed"
    assert known.delivery_assumption is None
    says = of_fact(known, "i_max_A").says
    expected = {"measured": "measured: bench", None: "stated in your file, without a source"}
    assert says == expected.get(status, "bench")


ARTICLE = {"myolift-qt": 400e-6, "myolift-mini": 400e-6, "myolift-600": 600e-6, "myolift-md": 800e-6}


@pytest.mark.parametrize("name", ARTICLE)
def test_nothing_is_invented_for_the_devices_of_the_article(name):
    (table,) = OutputTable.of(Device.load(name)).modes
    known = [row for row in table.rows if row.value is not None]
    assert [(row.id, row.load, row.value) for row in known] == [("max_output_current", None, ARTICLE[name])]
    assert known[0].status.startswith("published: 7E Wellness")
    assert {row.kind for row in table.rows} == {"published", "unknown"}


@pytest.mark.parametrize("name", [d.id for d in Device.catalogue()])
def test_unknown_cells_say_what_measurement_fills_them(name):
    table = OutputTable.of(Device.load(name))
    rows = [row for part in (table.basic_unit, *(m.rows for m in table.modes)) for row in part]
    for row in rows:
        assert (row.value is None) == (row.kind in ("unknown", "not applicable")), row.id
        if row.kind == "unknown":
            assert row.spec["measure"] in row.status
        assert row.kind in ("published", "computed", "assumed", "unknown", "not applicable")


def test_other_devices():
    mini = OutputTable.of(Device.load("nuface-mini")).modes[0]
    assert mini.row("waveform").value == "pulsed monophasic, modulated square waveform; monophasic"
    assert mini.row("waveform").kind == "published"
    assert mini.row("max_output_current").value is None
    positive, negative, bipolar = OutputTable.of(Device.load("pantheon")).modes
    # 50 % duty: the largest phase is half a period of 0.5 Hz, the smallest half of one of 1500 Hz
    assert positive.row("phase_charge").value == pytest.approx(600e-6, rel=1e-9)
    assert positive.row("phase_charge").low == pytest.approx(0.2e-6, rel=1e-9)
    assert negative.row("net_charge_per_pulse").value == pytest.approx(-600e-6, rel=1e-9)
    assert bipolar.row("phase_charge").value is None
    assert bipolar.row("frequency").value == 1500.0
    assert bipolar.row("max_output_voltage", 10000.0).value == pytest.approx(6.0)
    tip = OutputTable.of(Device.load("pantheon"), electrode=ONE_CM2).modes[2]
    assert tip.row("current_density_peak").value == pytest.approx(6.0)  # the peak needs no waveform
    assert not [row.id for row in tip.rows if row.kind == "not applicable"]
    assert positive.row("phase_charge").kind == "assumed"  # the regulation is inferred, not read


def test_what_is_assumed_says_so():
    table = OutputTable.of(Device.load("myolift-md"), ["lifting"], Electrode.load("generic-probe")).modes[0]
    density = table.row("current_density_rms")
    assert density.value == pytest.approx(800e-6 / Electrode.load("generic-probe").area, rel=1e-9)
    for words in ("assumed", "'lifting' stands in", "compliance voltage is not published", "generic-probe"):
        assert words in density.status
    assert (
        "lifting" not in table.row("max_output_voltage", 500.0).status
    )  # it does not depend on the waveform


def test_own_waveform_and_area_need_no_assumption(tmp_path):
    path = tmp_path / "bench.toml"
    path.write_text("""
[device]
id = "bench"
name = "bench"
kind = "microcurrent"
regulation = "current"
v_compliance_V = 20
i_max_A = "400 uA"
electrode_area_min_m2 = 1e-4
channels = 1
[[waveform]]
id = "a"
name = "a"
kind = "biphasic"
status = "read"
source = "trace"
segments = [
  { i_start_A = 4e-4, i_end_A = 4e-4, duration_s = 0.06, shape = "const" },
  { i_start_A = -4e-4, i_end_A = -4e-4, duration_s = 0.06, shape = "const" },
]
""")
    table = OutputTable.of(Device.load(path))
    assert table.modes[0].mode == "a"
    assert table.modes[0].row("current_density_rms").status == "computed"
    assert table.modes[0].row("current_density_rms").value == pytest.approx(4.0)
    basic = {row.id: row for row in table.basic_unit}
    assert basic["channels"].value == "channels: 1"
    assert basic["output_modes"].value == "1"
    assert basic["weight"].value is None


def test_stable_ids_and_json():
    table = OutputTable.of(device(), [ROWS["A"][0]], ONE_CM2).to_dict()
    rows = {(row["id"], row["load_ohm"]): row for row in json.loads(json.dumps(table))["modes"][0]["rows"]}
    wanted = (
        "phase_charge net_charge_per_pulse net_charge_per_pattern rms_current average_current"
        " current_density_rms current_density_peak power_density"
    )
    assert {(name, 500.0) for name in wanted.split()} <= set(rows)
    assert {(name, None) for name in ("pulse_width", "frequency", "waveform", "shape")} <= set(rows)
    for row in rows.values():
        assert {"id", "label", "load_ohm", "value", "unit", "formula", "status"} <= set(row)
    assert rows["max_output_voltage", 2000.0]["unit"] == "V"
    assert rows["power_density", 500.0]["unit"] == "W/m2"


def test_every_row_of_the_guidance_and_the_cfr():
    specs = {spec["id"]: spec for spec in row_specs()}
    sources = load_data(FILE)["source"]
    for spec in specs.values():
        assert set(spec["sources"]) <= set(sources)
        assert spec["measure"]
        assert spec["formula"]
    assert len(specs) == len(row_specs())
    cfr = {name for name, spec in specs.items() if "cfr" in spec["sources"]}
    # 21 CFR 882.5891(b)(3), in its order
    assert cfr == {
        "waveform",
        "max_output_voltage",
        "max_output_current",
        "pulse_width",
        "frequency",
        "net_charge_per_pulse",
        "phase_charge",
        "current_density_rms",
        "average_current",
        "power_density",
        "impedance_monitoring",
    }


def test_six_modes_have_a_table_each():
    waveforms = [Waveform.square(400e-6, f, duty=0.5, swap_every=1.0) for f in (0.5, 2, 8.3, 80, 200, 500)]
    table = OutputTable.of(device(), waveforms, ONE_CM2)
    assert len(table.modes) == 6


def test_csv():
    from zygoma.standards.records import as_csv

    lines = list(
        csv.DictReader(io.StringIO(as_csv([OutputTable.of(Device.load("myolift-mini"), ["lifting"])])))
    )
    charge = next(line for line in lines if line["id"] == "phase_charge")
    assert float(charge["value"]) == pytest.approx(24e-6)
    assert charge["shown"] == "24 µC"
    weight = next(line for line in lines if line["id"] == "weight")
    assert weight["value"] == ""
    assert weight["status"] == "unknown: not published; weigh it"


def test_a_phase_that_goes_on_across_a_swap_or_a_period():
    # the last phase of a period and the turned first one of the next meet at each swap
    swapped = mode(Waveform.square(400e-6, 10.0, swap_every=1.0))
    assert swapped.row("phase_charge").value == pytest.approx(2 * 400e-6 * 0.05, rel=1e-9)
    assert swapped.row("phase_energy").value == pytest.approx(2 * 500 * 400e-6**2 * 0.05, rel=1e-9)
    direct = mode(Waveform.square(400e-6, 10.0, kind="monophasic", swap_every=1.0))
    assert direct.row("phase_charge").value == pytest.approx(400e-6, rel=1e-9)
    assert direct.row("phase_energy").value == pytest.approx(500 * 400e-6**2, rel=1e-9)
    single = mode(Waveform.square(400e-6, 10.0, burst=Burst(on=0.1, off=0.9), swap_every=1.0))
    assert single.row("phase_energy").value == pytest.approx(500 * 400e-6**2 * 0.05, rel=1e-9)


@settings(max_examples=12, deadline=None)
@given(
    amplitude=st.floats(1e-6, 1e-3),
    frequency=st.floats(0.3, 500.0),
    duty=st.floats(0.05, 0.999),  # a square of one sign and duty 1 is a direct current
    kind=st.sampled_from(["biphasic", "monophasic"]),
    shape=st.sampled_from([Waveform.square, Waveform.triangle, Waveform.sine]),
)
def test_laws_of_any_waveform(amplitude, frequency, duty, kind, shape):
    waveform = shape(amplitude, frequency, kind=kind, duty=duty)
    one, double = mode(waveform), mode(waveform.scaled(2 * amplitude), i_max_A=2 * amplitude)
    for name, power in (
        ("phase_charge", 1),
        ("rms_current_1s", 1),
        ("power_density", 2),
        ("phase_energy", 2),
    ):
        assert double.row(name).value == pytest.approx(2**power * one.row(name).value, rel=1e-9)
    value = {row.id: row.value for row in one.rows}
    slack = 1 + 1e-9
    assert value["average_current"] <= value["rms_current"] * slack
    assert value["rms_current"] <= value["rms_current_1s"] * slack
    assert value["rms_current_1s"] <= amplitude * slack
    assert value["current_density_rms"] <= value["current_density_peak"] * slack
    assert abs(value["net_charge_one_polarity"]) == pytest.approx(value["phase_charge"], rel=1e-12)
    assert value["pulse_width"] == pytest.approx(duty / frequency, rel=1e-9)


def test_difference_between_devices():
    from zygoma.standards.sheet import comparison_sheet

    one = OutputTable.of(device(), [ROWS["A"][0]], ONE_CM2)
    two = OutputTable.of(device(v_compliance_V=4.0), [ROWS["A"][0], ROWS["B"][0]], ONE_CM2)
    mini = OutputTable.of(Device.load("myolift-mini"))
    _, output = comparison_sheet([one, two]).sections
    marks = {(row[0], row[1]): mark for row, mark in zip(output.rows, output.marks, strict=True)}
    assert marks["Maximum output voltage", "10 kΩ"] == "differs"  # 8 V, and 4 V of compliance
    assert marks["Maximum output voltage", "2 kΩ"] == "same"
    assert marks["Waveform", ""] == "differs"
    assert marks["Additional features", ""] == "unknown"
    # the modes of one device may differ without a mark
    _, output = comparison_sheet([two, mini]).sections
    marks = {(row[0], row[1]): mark for row, mark in zip(output.rows, output.marks, strict=True)}
    assert marks["Waveform", ""] == "unknown"
    # a device of which nothing is known does not hide what the others have in common
    _, output = comparison_sheet([one, two, OutputTable.of(Device.load("foreo-bear"))]).sections
    marks = {(row[0], row[1]): mark for row, mark in zip(output.rows, output.marks, strict=True)}
    assert marks["Maximum output voltage", "10 kΩ"] == "differs"
    assert marks["Maximum output voltage", "2 kΩ"] == "same where known"


def test_phases_of_the_whole_pattern():
    swapped = mode(Waveform.square(400e-6, 1 / 0.12, kind="monophasic", duty=0.5, swap_every=0.12))
    for name in ("pulse_width", "phase_duration_positive", "phase_duration_negative"):
        assert swapped.row(name).value == pytest.approx(0.06, rel=1e-9)
    steady = mode(Waveform.square(500e-6, 10.0, kind="monophasic", swap_every=2.5))
    for name in ("pulse_width", "phase_duration_positive", "phase_duration_negative"):
        assert steady.row(name).value == pytest.approx(2.5, rel=1e-9)
    assert steady.row("frequency").value == pytest.approx(0.2, rel=1e-9)
    assert steady.row("phase_charge").value == pytest.approx(500e-6 * 2.5, rel=1e-9)
    # a record that begins within a phase has the phases of one that does not
    shifted = Segment(4e-4, 4e-4, 0.02), Segment(-4e-4, -4e-4, 0.06), Segment(4e-4, 4e-4, 0.04)
    record = mode(Waveform("record", "record", "biphasic", shifted, "measured", "test"))
    whole = mode(Waveform.square(400e-6, 1 / 0.12))
    for name in ("pulse_width", "phase_duration_positive", "phase_duration_negative", "phase_charge"):
        assert record.row(name).value == pytest.approx(whole.row(name).value, rel=1e-9)
    assert record.row("symmetrical_phases").value == "yes"


def test_direct_current():
    table = mode(Waveform.square(400e-6, 1.0, kind="monophasic"))
    assert table.row("waveform").value == "direct current"
    of_pulses = "pulse_width frequency phase_duration_positive phase_charge net_charge_per_pulse phase_energy"
    for name in of_pulses.split():
        assert (table.row(name).value, table.row(name).kind) == (None, "not applicable")
        assert "a direct current has no pulse" in table.row(name).status
    for name in ("direct_current", "rms_current", "average_current", "rms_current_1s"):
        assert table.row(name).value == pytest.approx(400e-6, rel=1e-9)


def test_a_measured_trace_is_symmetrical_within_a_thousandth():
    def found(rest, measured=True):
        time = [0.0, 0.05, 0.050001, 0.1, 0.100001, 0.12]
        current = [4e-4, 4e-4, -4e-4 * rest, -4e-4 * rest, 0.0, 0.0]
        trace = Polyline(time, current)
        steps = Segment(4e-4, 4e-4, 0.05), Segment(-4e-4 * rest, -4e-4 * rest, 0.05)
        exact = Waveform("exact", "exact", "biphasic", steps, "read", "test")
        return mode(Waveform.from_trace(trace) if measured else exact).row("symmetrical_phases").value

    assert [found(rest) for rest in (1.0, 1.0005, 1.002)] == ["yes", "yes", "no"]
    assert [found(rest, measured=False) for rest in (1.0, 1.0005)] == ["yes", "no"]


def test_the_first_of_equal_phases_gives_the_sign():
    for steps, sign in (((-4e-4, 4e-4), -1), ((4e-4, -4e-4), 1), ((4e-4, -5e-4), -1), ((-4e-4, 5e-4), 1)):
        segments = tuple(Segment(current, current, 0.05) for current in steps)
        table = mode(Waveform("two", "two", "biphasic", segments, "read", "test"))
        charge = table.row("net_charge_one_polarity").value
        assert charge == pytest.approx(sign * max(map(abs, steps)) * 0.05, rel=1e-9, abs=0.0)


def test_line_breaks_of_texts_do_not_break_markdown():
    from zygoma.standards.markup import markdown
    from zygoma.standards.sheet import table_sheet

    wave = replace(ROWS["A"][0], id="two\n## lines", source="first\nsecond", status="assumption")
    text = markdown(table_sheet(OutputTable.of(device(additional_features=["a\nb"]), wave)))
    assert "## Output mode: two ## lines" in text
    assert "| a b |" in text
    assert [line for line in text.splitlines() if line.startswith("##")][1:] == [
        "## Output mode: two ## lines"
    ]
    assert "first second" in text
