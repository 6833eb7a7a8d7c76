"""Skin as a load: closed forms, limits, and what regulators deliver into it."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zygoma.device import Burst, Device, Electrode, Polyline, Regulator, Segment, SkinLoad, Waveform, deliver
from zygoma.errors import RangeError, SolverError, UnknownNameError
from zygoma.provenance import load_data

CM2 = 1e-4
GELLED = SkinLoad.of("gelled", CM2, 500.0)
RC = replace(GELLED.linear(), alpha=1.0)
SQUARE = Waveform.square(400e-6, 1 / 0.12)

# skin, area in cm2, |Z| at 10 Hz, 500 Hz, 10 kHz, 1 MHz, volts at 0.4 mA and 10 Hz: table of the load model
TABLE = [
    ("dry", 0.2, 1.80e6, 226e3, 19e3, 2.1e3, 719),
    ("dry", 1.0, 360e3, 45e3, 3.9e3, 0.82e3, 144),
    ("gelled", 0.2, 390e3, 117e3, 10.8e3, 2.1e3, 156),
    ("gelled", 1.0, 78e3, 24e3, 2.4e3, 0.81e3, 31),
    ("abraded", 1.0, 10.7e3, 7.7e3, 1.4e3, 0.80e3, 4.3),
]


@pytest.mark.parametrize(("skin", "area", "a", "b", "c", "d", "volts"), TABLE)
def test_table_of_the_load_model(skin, area, a, b, c, d, volts):
    load = SkinLoad.of(skin, area * CM2, 500.0).linear()
    found = np.abs(load.impedance([10.0, 500.0, 1e4, 1e6]))
    assert found == pytest.approx([a, b, c, d], rel=0.03)
    assert 0.4e-3 * found[0] == pytest.approx(volts, rel=0.02)


def test_exponent_one_is_a_resistance_parallel_to_a_capacitor():
    frequency = np.logspace(-2, 7, 40)
    omega = 2j * np.pi * frequency
    closed = 500 + 2 / CM2 * (RC.series + RC.resistance / (1 + omega * RC.resistance * RC.capacitance))
    assert RC.impedance(frequency) == pytest.approx(closed, rel=1e-12)
    assert RC.impedance(0.0) == pytest.approx(500 + 2 / CM2 * (RC.series + RC.resistance), rel=1e-12)


def test_direct_current_in_closed_form():
    current = np.array([-4e-4, 1e-9, 1e-5, 4e-4, 1e-2])
    layer = (GELLED.voltage(current) - current * GELLED.ohmic) / 2
    law = layer * (1 + (layer / GELLED.onset) ** 2) / GELLED.resistance * CM2
    assert law == pytest.approx(current, rel=1e-12)
    small = GELLED.direct_resistance(1e-9)
    assert small == pytest.approx(abs(GELLED.linear().impedance(0.0)), rel=1e-4)
    assert GELLED.linear().voltage(4e-4) == pytest.approx(4e-4 * small, rel=1e-4)
    # at the onset the resistance has halved
    at = 2 * GELLED.onset / GELLED.resistance * CM2
    assert GELLED.voltage(at) == pytest.approx(at * GELLED.ohmic + 2 * GELLED.onset, rel=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.floats(1e-7, 1e-2), st.floats(1.1, 10.0))
def test_more_current_meets_less_resistance(current, factor):
    assert GELLED.direct_resistance(current * factor) < GELLED.direct_resistance(current)
    assert GELLED.voltage(current * factor) > GELLED.voltage(current)
    assert GELLED.voltage(-current) == -GELLED.voltage(current)
    strong, weak = (abs(GELLED.impedance(30.0, i)) for i in (current * factor, current))
    assert strong <= weak * (1 + 1e-9)
    assert weak <= abs(GELLED.linear().impedance(30.0)) * (1 + 1e-9)


def test_first_harmonic_of_the_cubic():
    amplitude = 2e-4
    drop = (abs(GELLED.impedance(0.0, amplitude)) - GELLED.ohmic) * amplitude / 2
    phase = (np.arange(2000) + 0.5) * 2 * np.pi / 2000
    volts = drop * np.sin(phase)
    current = volts * (1 + (volts / GELLED.onset) ** 2) / GELLED.resistance * CM2
    assert 2 * (current * np.sin(phase)).mean() == pytest.approx(amplitude, rel=1e-6)


def test_band_contains_the_load():
    for skin in ("dry", "gelled", "abraded"):
        load = SkinLoad.of(skin, CM2, 1000.0)
        low, high = load.band()
        frequency = np.logspace(0, 5, 6)
        for current in (0.0, 4e-4):
            inside = np.abs(load.impedance(frequency, current))
            assert (np.abs(low.impedance(frequency, current)) <= inside * (1 + 1e-9)).all()
            assert (np.abs(high.impedance(frequency, current)) >= inside * (1 - 1e-9)).all()
        assert (low.onset, high.onset) == (1.0, 3.0)


def test_every_parameter_says_what_it_is():
    data = load_data("load.toml")
    parts = [data["series"], data["alpha"], data["onset"], *data["skin"].values()]
    assert {part["status"] for part in parts} == {"unverified", "assumption"}
    assert all(part["source"] for part in parts)
    text = " ".join(GELLED.assumptions)
    for words in ("unverified", "assumption", "between 1 and 3 V", "30 nF/cm2"):
        assert words in text
    assert len(GELLED.linear().assumptions) == 2
    assert len(str(GELLED).splitlines()) <= 5


def test_under_electrodes():
    probe, dry = Electrode.load("generic-probe"), Electrode("d", "disc", 0.005, "none")
    load = SkinLoad.under(probe, Electrode.load("cotton-tip"), 800.0)
    assert (load.skin, load.deep) == ("gelled", 800.0)
    assert load.areas == (probe.area, pytest.approx(math.pi * 0.0025**2))
    assert SkinLoad.under(dry, dry, 0.0).skin == "dry"
    with pytest.raises(RangeError, match="one medium"):
        SkinLoad.under(probe, dry, 0.0)


@pytest.mark.parametrize(
    ("volts", "amperes", "ohms"), [(9, 4e-4, 22.5e3), (13.7, 4e-4, 34.25e3), (70, 6e-4, 7e5 / 6)]
)
def test_compliance_cut_offs(volts, amperes, ohms):
    regulator = Regulator("current", volts)
    assert regulator.largest_load(amperes) == pytest.approx(ohms, rel=1e-12)
    wave = Waveform.square(amperes, 8.3)
    assert regulator.into(wave, ohms * (1 - 1e-12)) == wave
    assert regulator.into(wave, 2 * ohms).amplitude == pytest.approx(amperes / 2, rel=1e-12)


def test_clipped_sine_in_closed_form():
    wave = Waveform.sine(1.0, 2.0).clipped(0.5)  # beyond 30 degrees it is flat
    mean_square = (math.pi / 6 - math.sin(math.pi / 3) / 2 + 0.25 * 2 * math.pi / 3) / math.pi
    assert wave.rms == pytest.approx(math.sqrt(mean_square), rel=1e-12)
    assert wave.mean_abs == pytest.approx(
        (2 * (1 - math.cos(math.pi / 6)) + math.pi / 3) / math.pi, rel=1e-12
    )
    assert wave.net_charge == pytest.approx(0, abs=1e-15)
    assert wave.amplitude == pytest.approx(0.5, rel=1e-12)
    assert wave.time_fraction_above(0.999) == pytest.approx(2 / 3, abs=1e-3)


@pytest.mark.parametrize("limit", [0.1, 0.5, 0.99])
def test_clipping_against_samples(limit):
    segments = (
        Segment(-1.0, 0.9, 0.4, "linear"),
        Segment(0.9, -0.8, 0.3, "exponential", time_constant=0.1),
        Segment(0.0, 0.0, 0.2, "halfsine", 1.0, part=(0.2, 0.9)),
    )
    wave = Waveform("w", "w", "biphasic", segments, "assumption", "test", burst=Burst(2.0, 1.0))
    cut = wave.clipped(limit)
    time = np.linspace(0, wave.burst_period, 20011)[:-1]
    assert cut.samples(time) == pytest.approx(np.clip(wave.samples(time), -limit, limit), abs=1e-12)
    trace = Polyline([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, -1.0, 0.2])
    found = Waveform.from_trace(trace).clipped(limit)
    clock = np.linspace(0, 3, 4001)[:-1]
    assert found.samples(clock) == pytest.approx(
        np.clip(np.interp(clock, trace.time, trace.current), -limit, limit)
    )


def test_voltage_regulator_into_a_resistance():
    regulator = Regulator("voltage", 10.0, 1000.0)
    assert regulator.into(SQUARE, 9000.0).amplitude == pytest.approx(1e-3, rel=1e-12)
    assert Regulator("current").into(SQUARE, 1e6) == SQUARE
    assert Regulator.of(Device.load("pantheon"))[0] == Regulator("current", 70.0)
    unknown, sentence = Regulator.of(Device.load("theraface"))
    assert unknown.volts == math.inf
    assert "regulates voltage" in sentence


def test_layer_charges_as_the_closed_form():
    delivery = deliver(SQUARE, RC, Regulator("current"))
    tau, plateau = RC.resistance * RC.capacitance, 2 * RC.resistance / CM2 * 400e-6
    first = -plateau * math.tanh(0.06 / (2 * tau))  # the periodic solution starts each phase from here
    time = delivery.time[1:401]
    exact = 400e-6 * RC.ohmic + plateau + (first - plateau) * np.exp(-time / tau)
    assert delivery.voltage[:400, 1] == pytest.approx(exact, abs=1e-4 * plateau)
    assert delivery.share == pytest.approx(1.0, rel=1e-12)
    assert delivery.clipped == 0
    finer = deliver(SQUARE, RC, Regulator("current"), steps=800)
    exact = 400e-6 * RC.ohmic + plateau + (first - plateau) * np.exp(-finer.time[1:801] / tau)
    worst = np.abs(finer.voltage[:800, 1] - exact).max()
    coarse = np.abs(
        delivery.voltage[:400, 1] - (plateau + 400e-6 * RC.ohmic + (first - plateau) * np.exp(-time / tau))
    )
    assert coarse.max() / worst == pytest.approx(4.0, rel=0.1)  # second order


def test_constant_phase_element_in_time_and_in_frequency():
    load = GELLED.linear()
    delivery = deliver(SQUARE, load, Regulator("current"))
    odd = np.arange(1, 40001, 2)
    lines = SQUARE.spectrum(odd) * load.impedance(odd / SQUARE.period)
    place = np.arange(40, 400, 40)
    time = delivery.time[place + 1]
    exact = 2 * np.real(np.exp(2j * np.pi * np.outer(time, odd) / SQUARE.period) @ lines)
    assert delivery.voltage[place, 1] == pytest.approx(exact, abs=2e-4 * np.abs(exact).max())


def test_source_of_voltage_into_a_capacitive_layer():
    regulator = Regulator("voltage", 5.0, 1000.0)
    delivery = deliver(SQUARE, RC, regulator)
    series, layer = RC.ohmic + 1000.0, 2 * RC.resistance / CM2
    tau = RC.resistance * RC.capacitance * series / (series + layer)
    final = 5.0 * layer / (series + layer)
    volts = final - 2 * final / (1 + math.exp(-0.06 / tau)) * np.exp(-delivery.time[1:401] / tau)
    assert delivery.current[:400, 1] == pytest.approx((5.0 - volts) / series, abs=5e-4 * 10 / series)
    assert delivery.current[0, 0] == pytest.approx((5.0 + final) / series, rel=1e-3)
    assert delivery.droop == pytest.approx(1 - (5 - final) / (5 + final), abs=1e-3)


def test_compliance_holds_the_voltage():
    regulator = Regulator("current", 4.0)
    delivery = deliver(SQUARE, GELLED, regulator)
    assert delivery.peak_voltage == pytest.approx(4.0, rel=1e-9)
    end = delivery.current[399, 1]
    assert GELLED.voltage(end) == pytest.approx(4.0, rel=2e-3)  # at the end of a phase: direct current
    assert delivery.clipped > 0.9
    assert 0.5 < delivery.share < 0.6
    wave = delivery.waveform(SQUARE)
    assert wave.mean_abs == pytest.approx(delivery.share * 400e-6, rel=1e-9)
    assert wave.status == "computed"
    assert len(str(delivery).splitlines()) <= 5
    free = deliver(SQUARE, GELLED, Regulator("current"))
    assert free.peak_voltage == pytest.approx(float(GELLED.voltage(400e-6)), rel=2e-3)


def test_sine_by_its_first_harmonic():
    load, regulator = GELLED.linear(), Regulator("current", 9.0)
    frequency = np.array([1.0, 100.0, 1e4])
    expected = np.minimum(400e-6, 9.0 / np.abs(load.impedance(frequency)))
    assert regulator.sine(load, 400e-6, frequency) == pytest.approx(expected, rel=1e-9)
    voltage = Regulator("voltage", 9.0, 2000.0)
    assert voltage.sine(load, 1.0, frequency) == pytest.approx(
        9 / np.abs(load.impedance(frequency) + 2000), rel=1e-9
    )
    bent = regulator.sine(GELLED, 4e-3, np.array([10.0]))
    assert abs(GELLED.impedance(10.0, float(bent[0]))) * bent[0] == pytest.approx(9.0, rel=1e-6)
    # in time: the amplitude of the voltage of a weak sine is that of the impedance
    wave = Waveform.sine(1e-6, 20.0)
    delivery = deliver(wave, load, Regulator("current"))
    assert delivery.peak_voltage == pytest.approx(1e-6 * abs(load.impedance(20.0)), rel=1e-3)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: SkinLoad.of("gelled", 0.0, 500.0), RangeError),
        (lambda: SkinLoad.of("gelled", CM2, -1.0), RangeError),
        (lambda: SkinLoad.of("geled", CM2, 500.0), UnknownNameError),
        (lambda: replace(GELLED, alpha=1.1), RangeError),
        (lambda: replace(GELLED, onset=0.0), RangeError),
        (lambda: GELLED.impedance(-1.0), RangeError),
        (lambda: Regulator("current", 0.0), RangeError),
        (lambda: Regulator("current", 9.0, 100.0), RangeError),
        (lambda: Regulator("voltage"), RangeError),
        (lambda: Regulator("power", 9.0), RangeError),
        (lambda: Regulator("current", 9.0).into(SQUARE, -1.0), RangeError),
        (lambda: Regulator("voltage", 9.0).into(SQUARE, 0.0), RangeError),
        (lambda: Regulator("current", 9.0).largest_load(0.0), RangeError),
        (lambda: SQUARE.clipped(0.0), RangeError),
        (lambda: deliver(SQUARE, GELLED, Regulator("current"), steps=1), RangeError),
        (
            lambda: deliver(
                Waveform.square(1e-4, 1e5, kind="monophasic", duty=0.5), GELLED, Regulator("current"), steps=5
            ),
            SolverError,
        ),
    ],
)
def test_what_cannot_be_is_refused(make, error):
    with pytest.raises(error):
        make()
