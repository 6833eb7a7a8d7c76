"""Limits: values, margins, verdicts, and what is never a gate."""

import json
import math

import pytest

from zygoma.device import Burst, Device, Electrode, Polyline, Segment, Waveform
from zygoma.device.polyline import kind_of
from zygoma.errors import RangeError, UnknownNameError
from zygoma.provenance import load_data
from zygoma.standards import check, limits
from zygoma.standards.level import low_level
from zygoma.standards.limit import FILE
from zygoma.standards.quantity import QUANTITIES, ion_amount, shannon_k

MD, MINI = Device.load("myolift-md"), Device.load("myolift-mini")
CM2 = 1e-4


def test_data_file():
    data = load_data(FILE)
    ids = [limit.id for limit in limits()]
    assert len(set(ids)) == len(ids)
    for limit in limits():
        assert limit.profile in data["profile"]
        assert limit.action in ("refuse", "stop", "notice", "report")
        assert limit.op in ("<=", "<", ">=")
        assert limit.status in ("read", "computed", "measured", "unverified", "product")
        assert limit.source
    assert {limit.status for limit in limits() if limit.id.startswith("iec-current-to")} == {"unverified"}
    assert set(QUANTITIES) | {"j_p95"} == set(data["quantity"])
    for entry in data["quantity"].values():
        assert entry["measure"]


def test_reference_margins():
    slow = Waveform.square(800e-6, 0.5)
    report = check(MD, slow, area=CM2)
    # 0.32 mJ a phase is 937.5 times below 300 mJ, 50 mA is 62.5 times 800 uA
    assert report["iec-pulse-energy"].value == pytest.approx(3.2e-4, rel=1e-9)
    assert report["iec-pulse-energy"].margin == pytest.approx(937.5, rel=1e-9)
    assert report["iec-current-to-400Hz"].margin == pytest.approx(62.5, rel=1e-9)
    assert [row.limit.id for row in report.rows if row.limit.id.startswith("iec-current-to")] == [
        "iec-current-to-400Hz"
    ]
    assert not report.exceeded


@pytest.mark.parametrize(("current", "cm2"), [(400e-6, 0.2), (600e-6, 0.3), (800e-6, 0.4), (1e-3, 0.5)])
def test_area_of_two_milliamperes_per_square_centimetre(current, cm2):
    free = Device("free", "free", "microcurrent")
    waveform = Waveform.square(current, 1 / 0.12)
    at = check(free, waveform, current, area=cm2 * CM2)["product-j-rms-max"]
    assert (at.verdict, at.value) == ("met", pytest.approx(20.0, rel=1e-9))
    assert at.hint == f"met from a contact area of {cm2:g} cm²"
    less = check(free, waveform, current, area=0.999 * cm2 * CM2)
    assert [row.limit.id for row in less.exceeded] == ["product-j-rms-max"]
    assert [row.limit.id for row in less.notices] == ["iec-current-density-notice", "product-j-rms-warn"]


def test_worst_second_is_judged_and_not_the_mean():
    waveform = Waveform.square(400e-6, 1 / 0.12, kind="monophasic", duty=0.5)
    report = check(MINI, waveform, area=CM2)
    assert report["fda1999-power-density"].value == pytest.approx(0.416, rel=1e-9)
    assert report["product-j-rms-max"].value == pytest.approx(4 * math.sqrt(0.52), rel=1e-9)


def test_direct_current_and_faraday():
    waveform = Waveform.square(400e-6, 1 / 0.12, kind="monophasic", duty=0.5)
    report = check(MINI, waveform, area=CM2, session=1200.0)
    assert report["product-net-charge-session"].value == pytest.approx(0.24, rel=1e-9)
    assert report["faraday-session"].value == pytest.approx(0.24 / 96485.33212, rel=1e-9)
    assert report["faraday-session"].value == pytest.approx(2.49e-6, abs=0.005e-6)
    assert report["faraday-session"].verdict == "reported"
    assert {row.limit.id for row in report.exceeded} == {"product-dc-mean", "product-net-charge-session"}
    waived = check(MINI, waveform, area=CM2, session=1200.0, galvanic=True)
    assert not waived.exceeded
    assert waived["product-dc-mean"].verdict == "waived"
    assert ion_amount(-0.48) == pytest.approx(4.97e-6, abs=0.005e-6)


def test_swap_makes_the_session_neutral_but_not_every_half_minute():
    slow = Waveform.square(400e-6, 10.0, kind="monophasic", swap_every=60.0)
    report = check(MINI, slow, area=CM2, session=1200.0)
    assert report["product-dc-mean"].value == pytest.approx(400e-6, rel=1e-9)
    assert report["product-dc-mean"].verdict == "exceeded"
    assert report["product-net-charge-session"].value == 0.0
    quick = Waveform.square(400e-6, 10.0, kind="monophasic", swap_every=1.0)
    assert check(MINI, quick, area=CM2, session=1200.0)["product-dc-mean"].verdict == "met"


def test_shannon_is_reported_and_never_a_gate():
    for waveform, k in ((Waveform.square(400e-6, 1 / 0.12), 2.76), (Waveform.square(800e-6, 0.5), 5.81)):
        report = check(MD, waveform, waveform.amplitude, area=CM2)
        row = report["shannon-k"]
        assert row.value == pytest.approx(k, abs=0.005)
        assert (row.verdict, row.limit.action) == ("reported", "report")
        assert row not in report.exceeded + report.notices
    assert shannon_k(24e-6, CM2) == pytest.approx(2 * math.log10(24), rel=1e-12)


def test_percentile_of_the_field_stands_beside_the_average():
    assert "zygoma treat" in check(MD, area=CM2)["skin-density-p95"].basis
    row = check(MD, area=CM2, measured={"j_p95": 55.0})["skin-density-p95"]
    assert (row.value, row.verdict) == (55.0, "reported")


def test_ds5_rules_only_when_asked_for():
    waveform = Waveform.square(400e-6, 1 / 0.12)
    assert "ds5" not in check(MINI, waveform, area=CM2).profiles
    report = check(MINI, waveform, area=CM2, profile=["ds5"])
    # 400 uA is not over 400 uA: baseline, above 50 uA as an average of |i| and zero with its sign
    assert report["ds5-baseline-current-abs"].value == pytest.approx(400e-6, rel=1e-9)
    assert report["ds5-baseline-current-abs"].verdict == "exceeded"
    assert report["ds5-baseline-current-signed"].value == 0.0
    assert report["ds5-pulse-duration"].value == 0.0
    strong = check(MD, Waveform.square(800e-6, 0.25), area=CM2, profile=["ds5"])
    assert strong["ds5-baseline-current-abs"].value == 0.0
    assert strong["ds5-pulse-duration"].value == pytest.approx(2.0, rel=1e-9)
    assert strong["ds5-pulse-duration"].verdict == "exceeded"


@pytest.mark.parametrize(
    ("waveform", "absolute"),
    [
        # up to 0.4 of a triangle: 0.4 of each slope with a mean of 0.2
        (Waveform.triangle(1.0, 2.0), 0.4 * 0.2),
        # up to 0.4 of a sine: (2 / pi) (1 - cos(asin 0.4))
        (Waveform.sine(1.0, 2.0), 2 / math.pi * (1 - math.sqrt(1 - 0.16))),
        (Waveform.square(0.4, 2.0), 0.4),
        (Waveform.square(1.0, 2.0), 0.0),
        (Waveform.triangle(1.0, 10.0, burst=Burst(1.0, 3.0)), 0.4 * 0.2 / 4),
    ],
)
def test_current_below_a_level(waveform, absolute):
    assert low_level(waveform, 0.4)[0] == pytest.approx(absolute, rel=1e-9)
    assert low_level(waveform, 0.4)[1] == pytest.approx(0.0, abs=1e-15)
    one_sided = Waveform.sine(1.0, 2.0, kind="monophasic")
    assert low_level(one_sided, 0.4)[1] == pytest.approx(2 / math.pi * (1 - math.sqrt(1 - 0.16)), rel=1e-9)


def test_unknown_waveform_is_bounded_by_its_peak():
    report = check(MD, area=CM2, session=1200.0)
    assert report["product-j-rms-max"].verdict == "met"
    assert report["product-j-rms-max"].value == pytest.approx(8.0)
    assert report["product-dc-mean"].verdict == "unknown"
    assert report["product-dc-mean"].value is None
    assert "at most 0.0008 A" in report["product-dc-mean"].basis
    assert report["iec-pulse-energy"].verdict == "unknown"
    small = check(MD, area=0.3 * CM2)
    assert small["product-j-rms-max"].verdict == "unknown"
    assert "0.4 cm², whatever the waveform" in small["product-j-rms-max"].hint
    assert not small.exceeded
    assert small["product-j-rms-max"] in small.undecided


def test_nothing_is_assumed_about_contact_session_and_leakage():
    report = check(MINI, Waveform.load("lifting"))
    assert report["product-j-rms-max"].verdict == "unknown"
    assert "contact area" in report["product-j-rms-max"].basis
    assert report["product-session-max"].verdict == "unknown"
    assert report["iec-leakage-normal"].verdict == "unknown"
    assert "after IEC 60601-1" in report["fda1999-leakage-normal"].basis
    assert report["product-dc-mean"].basis.startswith("assumed: waveform 'lifting' stands in")


def test_built_in_plan_is_kept():
    report = check(MINI, MINI.waveform("lifting"), 400e-6, Electrode.load("generic-probe"), 1200.0)
    assert not report.exceeded
    assert not report.notices
    assert report["device-current"].margin == pytest.approx(1.0)


def test_currents_above_the_device_and_the_class():
    over = check(MINI, Waveform.load("lifting"), 1.5e-3, area=10 * CM2)
    assert {row.limit.id for row in over.exceeded} == {"device-current", "product-current-absolute"}
    nmes = check(Device.load("generic-nmes"), Waveform.load("nmes"), area=10 * CM2)
    assert "product-current-absolute" not in [row.limit.id for row in nmes.rows]
    assert nmes["iec-electrode-maxima-current"].verdict == "exceeded"
    assert nmes["iec-electrode-maxima-current"] in nmes.notices


def test_hardware_only_where_it_is_named():
    waveform = Waveform.square(400e-6, 8.3)
    assert not any(row.limit.profile == "stimjim" for row in check(MINI, waveform).rows)
    report = check(MINI, waveform, profile=["stimjim"], measured={"stage_time": 0.5 / 8.3, "stage_count": 2})
    assert report["stimjim-stage-max"].verdict == "exceeded"
    assert report["stimjim-pulse-min"].verdict == "met"
    assert report["stimjim-pulse-min"].margin == pytest.approx(0.5 / 8.3 / 20e-6)


def test_frequency_bands():
    def bands(waveform):
        report = check(MD, waveform, area=CM2)
        return [row.limit.id for row in report.rows if row.limit.quantity == "i_rms"]

    assert bands(Waveform.square(1e-4, 1.0, kind="monophasic")) == ["iec-current-dc"]
    assert bands(Waveform.square(1e-4, 400.0)) == ["iec-current-to-400Hz"]
    assert bands(Waveform.square(1e-4, 401.0)) == ["iec-current-to-1500Hz"]
    assert bands(Waveform.square(1e-4, 2000.0)) == ["iec-current-above-1500Hz"]
    assert len(bands(None)) == 4


def test_json_and_conflicts():
    report = check(MD, Waveform.load("lifting"), None, Electrode.load("generic-probe-light"), 1200.0)
    answer = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert answer["exceeded"] == ["product-j-rms-max"]
    row = next(row for row in answer["limits"] if row["id"] == "product-j-rms-max")
    assert {"value", "limit", "margin", "status", "action", "source", "unit"} <= set(row)
    assert row["margin"] == pytest.approx(20 / row["value"])
    assert {conflict["id"] for conflict in answer["conflicts"]} == {"indication-neck", "indication-head"}


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"area": 0.0}, RangeError, "area 0.0; expected a number above zero"),
        ({"session": math.inf}, RangeError, "session inf"),
        ({"profile": ["ds6"]}, UnknownNameError, "did you mean 'ds5'"),
        ({"measured": {"stagetime": 1.0}}, UnknownNameError, "stage_time"),
    ],
)
def test_wrong_use(arguments, error, message):
    with pytest.raises(error, match=message):
        check(MINI, Waveform.load("lifting"), **arguments)


def test_a_pattern_too_long_to_search_leaves_the_direct_current_undecided():
    waveform = Waveform.square(400e-6, 997.0, duty=0.7, swap_every=2.503, burst=Burst(5.0, 3.0))
    report = check(MINI, waveform, area=CM2, session=1200.0)
    assert report["product-j-rms-max"].verdict == "met"
    assert "repeat too late" in report["product-dc-mean"].basis
    assert report["faraday-session-area"].verdict == "unknown"


def test_current_of_a_voltage_regulator_follows_from_the_load():
    facts = {"regulation": "voltage", "v_open_V": 10.0, "r_out_ohm": 9500.0}
    device = Device("v", "v", "microcurrent", facts)
    waveform = Waveform.square(1.0, 10.0)
    assert check(device, waveform, area=CM2)["product-current-absolute"].value == pytest.approx(1e-3)
    assert check(device, waveform, area=CM2, load=10500.0)["product-current-absolute"].value == pytest.approx(
        5e-4
    )
    unknown = check(Device.load("theraface"), area=CM2)
    assert unknown["product-current-absolute"].verdict == "unknown"


def train(*steps, **repetition):
    """Waveform of constant steps, each of mA and ms."""
    segments = tuple(Segment(current * 1e-3, current * 1e-3, duration * 1e-3) for current, duration in steps)
    return Waveform("train", "train", kind_of(segments), segments, "assumption", "test", **repetition)


@pytest.mark.parametrize(
    ("waveform", "duration", "energy"),
    [
        # a current that only swaps or rests is one pulse until it does
        (train((0.5, 100), swap_every=2.5), 2.5, 500 * 0.25e-6 * 2.5),
        (train((0.5, 100), burst=Burst(3.0, 1.0)), 3.0, 500 * 0.25e-6 * 3.0),
        # 4 uA between two pulses is not a pulse
        (train((0.8, 10), (0.004, 1500), (-0.8, 17.5)), 0.0175, 500 * 0.64e-6 * 0.0175),
        (train((0.5, 100)), 600.0, 500 * 0.25e-6 * 600.0),  # a direct current lasts the session
        # from 0 to 800 uA in 50 ms and back: above 400 uA for 50 ms, with a mean square of 7/12 of the peak's
        (Waveform.triangle(800e-6, 5.0), 0.05, 500 * 0.64e-6 * 7 / 12 * 0.05),
    ],
)
def test_pulses_of_a_ds5_are_above_400_microamperes(waveform, duration, energy):
    report = check(MD, waveform, waveform.amplitude, session=600.0, profile=["ds5"])
    row = report["ds5-pulse-duration"]
    assert row.value == pytest.approx(duration, rel=1e-9)
    assert row.verdict == ("exceeded" if duration > 1 else "met")
    assert report["ds5-pulse-energy"].value == pytest.approx(energy, rel=1e-9)


def test_a_direct_current_has_no_pulse():
    direct = Waveform.square(400e-6, 1.0, kind="monophasic")
    report = check(MINI, direct, area=CM2, session=1200.0, galvanic=True, profile=["stimjim", "ds5"])
    for name in ("iec-pulse-energy", "shannon-k", "stimjim-stage-max", "stimjim-stages"):
        assert report[name].verdict == "not applicable"
        assert report[name].basis == "not applicable: a direct current has no pulse"
        assert report[name].value is None
        assert report[name] not in report.undecided
    assert report["ds5-pulse-duration"].verdict == "met"  # 400 uA is not above 400 uA
    strong = check(MD, Waveform.square(800e-6, 1.0, kind="monophasic"), profile=["ds5"])
    assert strong["ds5-pulse-duration"].verdict == "unknown"
    assert "length is not given" in strong["ds5-pulse-duration"].basis
    swapped = check(MINI, Waveform.square(400e-6, 1.0, kind="monophasic", swap_every=5.0), area=CM2)
    assert swapped["iec-pulse-energy"].value == pytest.approx(500 * 0.16e-6 * 5.0, rel=1e-9)


def test_current_in_the_worst_second():
    nmes = Device.load("generic-nmes")
    waveform = Waveform.square(80e-3, 50.0, burst=Burst(1.0, 9.0, rise=0.2))
    row = check(nmes, waveform, 80e-3)["iec-current-to-400Hz"]
    # ten periods of the ramp with shares .05, .15, .. .95, then forty at full amplitude
    shares = sum((0.05 + 0.1 * k) ** 2 for k in range(10)) + 40
    assert row.value == pytest.approx(80e-3 * math.sqrt(shares / 50), rel=1e-9)
    assert (row.verdict, row.limit.window_s, row.label) == ("exceeded", 1.0, "current r.m.s., worst second")


def test_the_band_is_that_of_the_current_and_not_of_how_it_is_written():
    # 80 mA that swap every 2.5 s, written with a period of 1 ms
    report = check(Device.load("generic-nmes"), train((80, 1), swap_every=2.5), 80e-3)
    assert [row.limit.id for row in report.rows if row.limit.quantity == "i_rms"] == ["iec-current-to-400Hz"]


@pytest.mark.parametrize(
    ("waveform", "shortest", "longest", "count"),
    [
        (Waveform.square(400e-6, 8.3), 0.5 / 8.3, 0.5 / 8.3, 2),
        (Waveform.square(400e-6, 1 / 0.12), 0.06, 0.06, 2),
        # the rests before and behind a pulse are no stages, that between its phases is one
        (train((0, 500), (0.4, 20), (0, 0.01), (-0.4, 20), (0, 500)), 1e-5, 0.02, 3),
        (train(*[(0.1 + 0.02 * k, 1) for k in range(11)], (0, 5)), 1e-3, 1e-3, 11),
        (train((0.4, 10), (0.4, 10), (-0.4, 20)), 0.02, 0.02, 2),  # a split step is one stage
    ],
)
def test_stages(waveform, shortest, longest, count):
    report = check(MINI, waveform, profile=["stimjim"])
    assert report["stimjim-pulse-min"].value == pytest.approx(shortest, rel=1e-9)
    assert report["stimjim-stage-max"].value == pytest.approx(longest, rel=1e-9)
    assert report["stimjim-stages"].value == count
    verdicts = [report[f"stimjim-{name}"].verdict for name in ("pulse-min", "stage-max", "stages")]
    kept = (shortest >= 20e-6, longest <= 0.06 + 1e-9, count <= 10)
    assert verdicts == ["met" if one else "exceeded" for one in kept]


def test_stages_of_slopes_and_traces_are_unknown():
    trace = Waveform.from_trace(Polyline([0.0, 0.1, 0.1001, 0.2], [4e-4, 4e-4, -4e-4, -4e-4]))
    for waveform in (Waveform.triangle(400e-6, 10.0), Waveform.sine(400e-6, 10.0), trace):
        row = check(MINI, waveform, profile=["stimjim"])["stimjim-stage-max"]
        assert row.verdict == "unknown"
        assert "a stage is a constant current" in row.basis


def test_the_compliance_cuts_what_flows_into_500_ohm():
    facts = {"regulation": "current", "i_max_A": 800e-6, "v_compliance_V": 0.1}
    device = Device("weak", "weak", "microcurrent", facts)
    report = check(device, Waveform.triangle(1.0, 10.0), area=CM2)
    # a triangle cut at a quarter: a quarter of each slope with a mean square of 1/3, the rest flat
    square = 200e-6**2 * (0.25 / 3 + 0.75)
    assert report["fda1999-power-density"].value == pytest.approx(500 * square / CM2, rel=1e-9)
    assert report["iec-pulse-energy"].value == pytest.approx(500 * square * 0.05, rel=1e-9)
    assert report["iec-current-to-400Hz"].value == pytest.approx(math.sqrt(square), rel=1e-9)
    # the skin may have less than 500 ohm: its density is judged at the set current
    assert report["product-j-rms-max"].value == pytest.approx(800e-6 / math.sqrt(3) / CM2, rel=1e-9)
    assert check(device, area=CM2)["fda1999-power-density"].value == pytest.approx(500 * 200e-6**2 / CM2)
    facts = {"regulation": "voltage", "v_open_V": 10.0, "r_out_ohm": 9500.0}
    source = Device("v", "v", "microcurrent", facts)
    loaded = check(source, Waveform.square(1.0, 10.0), area=CM2, load=10500.0)
    assert loaded["fda1999-power-density"].value == pytest.approx(500 * 1e-3**2 / CM2, rel=1e-9)


def test_an_own_waveform_keeps_its_amplitude_and_an_id_is_enough():
    table = {"id": "mine", "name": "Mine", "kind": "microcurrent", "i_max_A": 4e-4}
    device = Device.from_dict(table, waveforms=(Waveform.square(1e-4, 10.0),))
    assert check(device, device.own_waveforms[0]).use.current == pytest.approx(1e-4)
    assert check(device, "square").use.current == pytest.approx(1e-4)
    assert check(device, "lifting").use.current == pytest.approx(4e-4)
    with pytest.raises(UnknownNameError, match="did you mean 'lifting'"):
        check(device, "liftin")


def test_galvanic_is_a_polarity_and_waives_nothing_without_an_area():
    direct = Waveform.square(4e-4, 10.0, kind="monophasic")
    assert check(MINI, direct, area=CM2, session=1200.0, galvanic="positive").exceeded == ()
    ids = [row.limit.id for row in check(MINI, direct, session=1200.0, galvanic="negative").exceeded]
    assert ids == ["product-dc-mean", "product-net-charge-session"]
    with pytest.raises(UnknownNameError, match="polarity of galvanic"):
        check(MINI, direct, galvanic="up")
