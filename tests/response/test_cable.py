"""The modal solver against a dense system, a dense steady state and the printed rates."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.provenance import load_data
from zygoma.response import Fibre, Stimulus
from zygoma.response.cable import steady_response
from zygoma.response.membrane import HIGHEST, LOWEST, POINTS, linoid
from zygoma.response.stepping import settle
from zygoma.verification.dense_fibre import gate_rates
from zygoma.verification.fibres import dense_peaks, depolarisation, point_source, pulse

VOLT = np.linspace(LOWEST, HIGHEST, POINTS)


@pytest.mark.parametrize("diameter", [5.7, 10.0])
@pytest.mark.parametrize(("milliamperes", "tolerance"), [(0.05, 1e-5), (3.0, 1e-3)])
def test_modes_are_the_dense_system(diameter, milliamperes, tolerance):
    # 0.05 mA stays below the threshold, 3 mA excites. The package's solver has tables with 0.05 mV between
    # points, and exp(-x) as a rational function, which shows at the peak of an action potential.
    found, expected = dense_peaks(diameter, milliamperes)
    assert found == pytest.approx(expected, rel=tolerance)
    assert (found > 80e-3) == (milliamperes > 0.1)


def test_gates_have_the_printed_rates():
    fibre = Fibre("mrg", 10e-6, 3)
    for gate, (alpha, beta) in enumerate(gate_rates(VOLT * 1e3)):
        np.testing.assert_allclose(fibre.membrane.table[:, 2 * gate], alpha / (alpha + beta), rtol=1e-9)
        np.testing.assert_allclose(fibre.membrane.table[:, 2 * gate + 1], 1e3 * (alpha + beta), rtol=1e-9)


def test_the_printed_offset_is_a_switch():
    code, paper = Fibre("mrg", 10e-6, 3).membrane, Fibre("mrg", 10e-6, 3, rates="paper").membrane
    k = np.searchsorted(VOLT, -60e-3)
    shift = round(1e-3 / (VOLT[1] - VOLT[0]))
    alpha = [table[:, 0] * table[:, 1] for table in (code.table, paper.table)]  # steady value times rate
    assert alpha[1][k + shift] == pytest.approx(alpha[0][k], rel=1e-9)
    np.testing.assert_array_equal(code.table[:, 2:], paper.table[:, 2:])


def test_linoid_near_zero():
    x = np.array([-1e-3, -1e-7, 0.0, 1e-7, 1e-3])
    np.testing.assert_allclose(linoid(x), 1 + x / 2 + x**2 / 12, rtol=1e-12)
    assert linoid(np.array([-800.0]))[0] == 0.0


def test_frankenhaeuser_huxley_starts_at_the_printed_gates():
    fibre = Fibre("senn", 20e-6, 3)
    initial = load_data("fibres.toml")["senn"]["fh"]["initial"]
    rest, _ = settle(fibre.cable, fibre.membrane, 3)
    for gate, name in zip(rest.gates[:, 1], "mhpn", strict=True):
        assert gate == pytest.approx(initial[name], rel=0.02, abs=5e-5)  # printed with one to four digits
    assert np.abs(rest.v).max() < 0.1e-3


@pytest.mark.parametrize(("model", "diameter"), [("mrg", 10e-6), ("senn", 10e-6)])
def test_the_response_in_the_end_is_the_steady_one(model, diameter):
    fibre = Fibre(model, diameter, 9)
    _, conductance = settle(fibre.cable, fibre.membrane, 9)
    potential = point_source(fibre, 1e-3, 0.3)
    steady = steady_response(fibre.cable, conductance, potential)[0]
    # without its active part the membrane at rest is a conductance: a network solved by hand for "senn"
    if model == "senn":
        g, link = conductance, fibre.cable.link
        network = g * np.eye(9)
        for k in range(8):
            network[k : k + 2, k : k + 2] += link * np.array([[1, -1], [-1, 1]])
        inside = np.linalg.solve(network, g * potential[0])
        np.testing.assert_allclose(steady, inside - potential[0], atol=1e-9 * np.abs(steady).max())
    assert steady.argmax() == 4
    assert steady[4] > 0 > steady[2]


def test_only_differences_of_the_potential_act():
    fibre = Fibre("mrg", 10e-6, 5)
    potential = point_source(fibre, 1e-3, 0.3)[0]
    one, other = (depolarisation(fibre, potential + shift, pulse(1e-4), 1e-5) for shift in (0.0, 100.0))
    assert one == pytest.approx(other, rel=1e-6)


def test_rest_of_the_mrg_node():
    fibre = Fibre("mrg", 10e-6, 21)
    rest, _ = settle(fibre.cable, fibre.membrane, 21)
    assert (rest.v[10] + fibre.membrane.rest) * 1e3 == pytest.approx(-79.95, abs=0.05)
    stimulus = Stimulus.of(pulse(1e-4).waveform, length=1e-4)
    flat = depolarisation(fibre, np.zeros(fibre.samples), stimulus, 1.0)
    assert abs(flat) < 1e-8, "without a field nothing moves"
