"""Waveforms against closed forms and dense sampling."""

import json
import math
import tomllib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zygoma.device import Burst, Segment, Waveform
from zygoma.device.polyline import kind_of
from zygoma.errors import InputError, RangeError, UnitError, UnknownNameError

AREA = 1e-4

# case, waveform, phase charge, net charge, rms, mean |i|, energy per phase into 500 ohm
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
    "C": (Waveform.square(600e-6, 8.3), 36.1446e-6, 0.0, 600e-6, 600e-6, 1.0843e-5),
    "D": (Waveform.square(800e-6, 0.5), 800e-6, 0.0, 800e-6, 800e-6, 3.2e-4),
    "E": (Waveform.square(800e-6, 500), 0.8e-6, 0.0, 800e-6, 800e-6, 3.2e-7),
}


@pytest.mark.parametrize("row", ROWS)
def test_reference_rows(row):
    wave, phase, net, rms, mean, energy = ROWS[row]
    assert wave.phase_charge == pytest.approx(phase, rel=1e-4)
    assert wave.net_charge == pytest.approx(net, abs=1e-18)
    assert wave.rms == pytest.approx(rms, rel=1e-12)
    assert wave.mean_abs == pytest.approx(mean, rel=1e-12)
    assert wave.rms / AREA == pytest.approx(rms * 1e4, rel=1e-12)
    assert 500 * wave.segments[0].square_integral == pytest.approx(energy, rel=1e-4)
    assert 500 * wave.rms**2 / AREA == pytest.approx({"B": 0.4, "C": 1.8, "D": 3.2, "E": 3.2}.get(row, 0.8))


@pytest.mark.parametrize(
    ("wave", "rms", "mean"),
    [
        (Waveform.square(1.0, 2.0), 1.0, 1.0),
        (Waveform.triangle(1.0, 2.0), 1 / math.sqrt(3), 0.5),
        (Waveform.sine(1.0, 2.0), 1 / math.sqrt(2), 2 / math.pi),
        (Waveform.trapezoid(1.0, 2.0, slope=0.25), math.sqrt(0.5 + 0.5 / 3), 0.75),
    ],
)
def test_shape_factors(wave, rms, mean):
    assert wave.rms == pytest.approx(rms, rel=1e-12)
    assert wave.mean_abs == pytest.approx(mean, rel=1e-12)
    assert wave.phase_charge == pytest.approx(0.25 * mean, rel=1e-12)
    assert wave.amplitude == 1.0
    assert wave.on_fraction == pytest.approx(1.0)


def test_zero_crossing_segment():
    wave = Waveform("saw", "saw", "biphasic", (Segment(-1.0, 3.0, 2.0, "linear"),), "assumption", "test")
    assert wave.net_charge == pytest.approx(2.0)
    assert wave.mean_abs == pytest.approx((0.25 + 2.25) / 2)
    assert wave.phase_charge == pytest.approx(2.25)
    assert wave.rms == pytest.approx(math.sqrt((1 - 3 + 9) / 3))
    # |i| > 1 for i in (1, 3); |i| > 0.5 for i in (0.5, 3) and (-1, -0.5)
    assert wave.time_fraction_above([1 / 3, 1 / 6, 0, 1]) == pytest.approx([0.5, 0.75, 1, 0])


@pytest.mark.parametrize(
    ("wave", "coefficient"),
    [
        (Waveform.square(1.0, 5.0), lambda n: -2j / (math.pi * n) if n % 2 else 0),
        (Waveform.sine(1.0, 5.0), lambda n: -0.5j if n == 1 else 0),
        (Waveform.triangle(1.0, 5.0), lambda n: -4j / (math.pi * n) ** 2 * math.sin(n * math.pi / 2)),
        (
            Waveform.sine(1.0, 5.0, kind="monophasic"),
            lambda n: 2 / math.pi / (1 - 4 * n**2),
        ),
    ],
)
def test_spectrum_closed_form(wave, coefficient):
    n = np.arange(1, 12)
    assert wave.spectrum(n) == pytest.approx(np.array([coefficient(k) for k in n]), abs=1e-13)
    assert wave.spectrum(-n) == pytest.approx(np.conj(wave.spectrum(n)), abs=1e-13)
    assert wave.spectrum(0) == pytest.approx(wave.net_charge / wave.period, abs=1e-13)


def test_phases_meeting_across_period_and_swap():
    split = Waveform(
        "split",
        "positive phase over the end of the period",
        "biphasic",
        (Segment(1.0, 1.0, 0.1), Segment(-1.0, -1.0, 0.2), Segment(1.0, 1.0, 0.3)),
        "assumption",
        "test",
    )
    assert split.phase_charge == pytest.approx(0.4)
    swapped = Waveform.square(1.0, 1.0, swap_every=3.0)  # + - + - + - | - + ...
    assert Waveform.square(1.0, 1.0).phase_charge == pytest.approx(0.5)
    assert swapped.phase_charge == pytest.approx(1.0)
    direct = Waveform.square(1.0, 10.0, kind="monophasic", swap_every=2.5)
    assert direct.phase_charge == pytest.approx(2.5)
    burst = Waveform.square(1.0, 10.0, kind="monophasic", burst=Burst(1.0, 1.0))
    assert burst.phase_charge == pytest.approx(1.0)


def test_swap_finishes_the_period():
    wave = Waveform.square(1.0, 1 / 0.12, kind="monophasic", duty=0.5, swap_every=2.5)
    assert wave.pattern_period == pytest.approx(2 * 21 * 0.12)
    assert wave.net_charge == pytest.approx(0.06)
    assert wave.pattern_net_charge == 0
    assert wave.samples([0.03, 2.49, 2.55, 5.01]) == pytest.approx([1, 0, -1, 0])
    assert wave.rms == pytest.approx(math.sqrt(0.5))


def test_burst():
    wave = Waveform.square(2.0, 10.0, burst=Burst(on=1.0, off=3.0, rise=0.4, fall=0.2))
    shares = np.array([0.125, 0.375, 0.625, 0.875, 1, 1, 1, 1, 0.75, 0.25])
    assert wave.burst_period == pytest.approx(4.0)
    assert wave.on_fraction == pytest.approx(0.25)
    assert wave.rms == pytest.approx(2 * math.sqrt((shares**2).sum() * 0.1 / 4))
    assert wave.mean_abs == pytest.approx(2 * shares.sum() * 0.1 / 4)
    assert wave.time_fraction_above(0.7) == pytest.approx(6 * 0.1 / 4)
    assert wave.samples([0.02, 0.07, 0.42, 0.97, 1.5, 4.02]) == pytest.approx([0.25, -0.25, 2, -0.5, 0, 0.25])


def test_burst_and_swap_leave_a_direct_component_where_they_beat():
    # two periods a burst, polarity turns after each: every burst is + -
    assert (
        Waveform.square(1.0, 1.0, kind="monophasic", swap_every=1.0, burst=Burst(2.0, 1.0)).pattern_net_charge
        == 0
    )
    ramped = Waveform.square(1.0, 1.0, kind="monophasic", swap_every=1.0, burst=Burst(2.0, 1.0, rise=1.0))
    assert ramped.pattern_net_charge == pytest.approx(0.5 - 1.0)
    assert ramped.pattern_period == pytest.approx(3.0)
    odd = Waveform.square(1.0, 1.0, kind="monophasic", swap_every=1.0, burst=Burst(3.0, 1.0))
    assert odd.pattern_period == pytest.approx(8.0)
    assert odd.pattern_net_charge == 0


PATTERNS = {
    "swap": Waveform.trapezoid(1e-3, 10.0, slope=0.2, kind="monophasic", duty=0.7, swap_every=0.3),
    "burst": Waveform.sine(1e-3, 10.0, burst=Burst(0.5, 0.25, rise=0.2, fall=0.1)),
    "both": Waveform.triangle(
        1e-3, 10.0, kind="monophasic", swap_every=0.2, burst=Burst(0.5, 0.25, rise=0.3)
    ),
}


@pytest.mark.parametrize("name", PATTERNS)
def test_pattern_against_dense_sampling(name):
    wave = PATTERNS[name]
    count = 600_000
    time = (np.arange(count) + 0.5) * wave.pattern_period / count
    current = wave.samples(time)
    scale = wave.amplitude
    assert np.sqrt((current**2).mean()) == pytest.approx(wave.rms, rel=1e-5)
    assert np.abs(current).mean() == pytest.approx(wave.mean_abs, rel=1e-5)
    assert current.mean() * wave.pattern_period == pytest.approx(wave.pattern_net_charge, abs=1e-6 * scale)
    levels = np.linspace(0, 1, 21)
    sampled = [(np.abs(current) > level * scale).mean() for level in levels]
    assert wave.time_fraction_above(levels) == pytest.approx(sampled, abs=1e-4)
    harmonics = np.arange(0, 8)
    lines = [(current * np.exp(-2j * np.pi * n * time / wave.pattern_period)).mean() for n in harmonics]
    assert wave.spectrum(harmonics) == pytest.approx(np.array(lines), abs=1e-6 * scale)


def test_spectrum_holds_the_power():
    wave = PATTERNS["both"]
    lines = wave.spectrum(np.arange(1, 4000))
    power = 2 * (np.abs(lines) ** 2).sum() + abs(wave.spectrum(0)) ** 2
    assert power == pytest.approx(wave.rms**2, rel=1e-6)


current = st.floats(-1e-3, 1e-3).map(lambda x: round(x, 7))
duration = st.floats(1e-4, 2.0)
segment = st.one_of(
    st.builds(lambda a, d: Segment(a, a, d), current, duration),
    st.builds(lambda a, b, d: Segment(a, b, d, "linear"), current, current, duration),
    st.builds(lambda p, d: Segment(0.0, 0.0, d, "halfsine", p), current.filter(bool), duration),
)


@st.composite
def waveforms(draw):
    segments = tuple(draw(st.lists(segment, min_size=1, max_size=6)))
    if not any(s.absolute_charge for s in segments):
        segments = (*segments, Segment(1e-4, 1e-4, 0.1))
    kind = kind_of(segments)
    swap = draw(st.none() | st.floats(0.01, 20.0))
    return Waveform("any", "any", kind, segments, "assumption", "test", swap)


@settings(max_examples=60, deadline=None)
@given(waveforms())
def test_inequalities(wave):
    assert wave.mean_abs <= wave.rms * (1 + 1e-12)
    assert wave.rms <= wave.amplitude * (1 + 1e-12)
    assert abs(wave.net_charge) <= wave.mean_abs * wave.period * (1 + 1e-9)
    single = Waveform(wave.id, wave.name, wave.kind, wave.segments, wave.status, wave.source)
    assert single.phase_charge <= 2 * wave.mean_abs * wave.period * (1 + 1e-9)


@settings(max_examples=60, deadline=None)
@given(waveforms())
def test_charge_is_that_of_the_segments(wave):
    total = sum(s.charge for s in wave.segments)
    assert wave.net_charge == pytest.approx(total, abs=1e-12 * wave.amplitude * wave.period)
    absolute = sum(s.absolute_charge for s in wave.segments)
    assert wave.mean_abs * wave.period == pytest.approx(absolute, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(waveforms(), st.lists(st.floats(0, 1.2), min_size=2, max_size=20))
def test_time_above_is_monotone_and_integrates_to_the_mean(wave, levels):
    share = wave.time_fraction_above(np.sort(levels))
    assert (np.diff(share) <= 1e-12).all()
    assert ((share >= 0) & (share <= 1 + 1e-12)).all()
    assert wave.time_fraction_above(1.0) == 0
    x = (np.arange(4000) + 0.5) / 4000  # the area under the curve is mean |i| / amplitude
    assert wave.time_fraction_above(x).mean() == pytest.approx(wave.mean_abs / wave.amplitude, abs=5e-4)


@settings(max_examples=40, deadline=None)
@given(waveforms(), st.floats(1e-6, 1e-3))
def test_scaling(wave, amplitude):
    scaled = wave.scaled(amplitude)
    factor = amplitude / wave.amplitude
    assert scaled.amplitude == amplitude
    assert scaled.rms == pytest.approx(factor * wave.rms)
    assert scaled.phase_charge == pytest.approx(factor * wave.phase_charge)
    assert scaled.on_fraction == pytest.approx(wave.on_fraction)
    levels = np.array([0.05, 0.31, 0.77])
    assert scaled.time_fraction_above(levels) == pytest.approx(wave.time_fraction_above(levels), abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(waveforms(), st.floats(0.01, 20.0))
def test_swap_makes_the_pattern_neutral(wave, every):
    swapped = Waveform(wave.id, wave.name, wave.kind, wave.segments, "assumption", "test", every)
    assert swapped.pattern_net_charge == 0
    assert swapped.net_charge == wave.net_charge
    assert swapped.rms == wave.rms


def inline(value):
    """A value as TOML writes it on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    return json.dumps(value)


@settings(max_examples=30, deadline=None)
@given(waveforms())
def test_toml_round_trip(wave):
    text = "\n".join(f"{key} = {inline(value)}" for key, value in wave.to_dict().items())
    assert Waveform.from_dict(tomllib.loads(text)) == wave


@pytest.mark.parametrize("name", PATTERNS)
def test_round_trip_keeps_the_pattern(name):
    wave = PATTERNS[name]
    assert Waveform.from_dict(tomllib.loads(f"w = {inline(wave.to_dict())}")["w"]) == wave


def test_catalogue():
    lifting, stretching = Waveform.load("lifting"), Waveform.load("stretching")
    assert lifting.phase_charge == pytest.approx(24e-6)
    assert lifting.amplitude == pytest.approx(400e-6)
    assert stretching.frequency == pytest.approx(0.5)
    assert stretching.mean_abs == pytest.approx(280e-6)
    assert stretching.net_charge == 0
    assert Waveform.load("nmes").on_fraction == pytest.approx(0.6e-3 / 0.0285714)
    assert {lifting.status, stretching.status} == {"assumption"}
    with pytest.raises(UnknownNameError, match="did you mean 'lifting'"):
        Waveform.load("liftin")


GOOD = Waveform.load("lifting").to_dict()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"periods": 1.0}, UnknownNameError, "did you mean 'period_s'"),
        ({"period": 0.12}, UnitError, "write 'period_s'"),
        ({"period_s": -0.12}, RangeError, "period_s is -0.12; expected 0 or more"),
        ({"period_s": 0.1}, RangeError, "lengthen the period"),
        ({"period_s": "120"}, UnitError, "no unit"),
        ({"status": "guess"}, UnknownNameError, "status in"),
        ({"kind": "monophasic"}, RangeError, "both signs"),
        ({"segments": [{"duration_s": 1.0, "shape": "const"}]}, InputError, "lacks 'i_start_A'"),
        (
            {"segments": [{"i_start_A": 1.0, "i_end_A": 1.0, "shape": "const"}]},
            InputError,
            "lacks 'duration_s'",
        ),
        ({"segments": [{"duration_s": 1.0, "shape": "box"}]}, UnknownNameError, "shape"),
        ({"burst": {"on_s": 0.12, "off_s": 1.0, "rise_s": 0.12}}, RangeError, "full amplitude"),
        ({"burst": {"on_s": 1.0}}, InputError, "either off_s or period_s"),
        ({"burst": {"on_s": 1.0, "period_s": 0.9}}, RangeError, "shorter than its period"),
        ({"segments": [GOOD["segments"][0] | {"time_constant_s": 1.0}]}, InputError, "is const and has"),
        ({"swap_every_s": 0.0}, RangeError, "above zero"),
    ],
)
def test_bad_tables_are_refused(change, error, message):
    with pytest.raises(error, match=message) as caught:
        Waveform.from_dict(GOOD | change, "mine.toml [waveform]")
    assert "mine.toml" in str(caught.value)


def test_text_with_unit_is_read():
    table = GOOD | {"period_s": "0.2 s"}
    assert Waveform.from_dict(table).period == pytest.approx(0.2)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Segment(0.0, 1.0, 1.0),
        lambda: Segment(0.0, 1.0, 0.0, "linear"),
        lambda: Segment(1.0, 1.0, 1.0, "halfsine", 1.0),
        lambda: Segment(1.0, math.nan, 1.0, "linear"),
        lambda: Waveform.square(1.0, 0.0),
        lambda: Waveform.square(1.0, 1.0, duty=1.5),
        lambda: Waveform.square(0.0, 1.0),
        lambda: Waveform.trapezoid(1.0, 1.0, slope=0.6),
        lambda: Waveform.square(1.0, 1.0).scaled(-1.0),
        lambda: Waveform.square(1.0, 1.0).time_fraction_above(-0.1),
        lambda: Burst(1.0, 0.0),
        lambda: Burst(1.0, 1.0, rise=0.7, fall=0.7),
    ],
)
def test_impossible_values_are_refused(make):
    with pytest.raises(RangeError):
        make()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"status": "bogus"}, "status of waveform 'square':"),
        ({"zero_charge_method": "magic"}, "zero_charge_method"),
    ],
)
def test_words_that_a_file_refuses_are_refused_in_python(change, message):
    with pytest.raises(UnknownNameError, match=message):
        replace(Waveform.square(1e-4, 10.0), **change)
