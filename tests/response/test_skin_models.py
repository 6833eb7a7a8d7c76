"""Natural current, ATP, blood flow, cells and heat against closed forms and the numbers of the evidence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zygoma.response.atp import atp_ratio
from zygoma.response.contact_time import mean_residence
from zygoma.response.galvanotaxis import directedness
from zygoma.response.heat import cem43, damage, damage_temperature, warming_bound
from zygoma.response.perfusion import c_fibre_increase, flow_after, galvanic_increase, hill
from zygoma.response.skin_battery import (
    dermal_field,
    share_of_a_day,
    transepidermal_potential,
    wound_ratio,
)
from zygoma.response.wrinkle import grade_from_muscle, shrunk, uncontrolled

EMAX, QC, QA, SLOPE = 6.0, 1.5e-3, 22e-3, 4.0
charges = st.floats(0, 0.1)


def test_potential_falls_with_age_and_no_further_than_to_zero() -> None:
    assert transepidermal_potential([18, 25, 50, 75], 25e-3, 0.4) == pytest.approx(
        [25e-3, 25e-3, 20e-3, 15e-3]
    )
    assert transepidermal_potential(200, 25e-3, 0.6) == 0


def test_field_under_a_probe_of_10_mm() -> None:
    density = 0.4e-3 / (np.pi * 5e-3**2)
    # E097: 13 to 51 mV/mm at 0.4 mA, 32 to 127 at 1 mA
    assert dermal_field(density, [0.4, 0.1]) == pytest.approx([13, 51], abs=0.5)
    assert dermal_field(2.5 * density, [0.4, 0.1]) == pytest.approx([32, 127], abs=0.5)
    assert wound_ratio(140.0, 140.0) == 1
    assert share_of_a_day(1.0, 86400.0) == 1
    assert share_of_a_day(1.0, 86400.0, 7.0) == pytest.approx(1 / 7)


def test_residence_and_charge_of_the_ledger() -> None:
    area = np.pi * 5e-3**2
    seconds = mean_residence(area, 1200.0, 350e-4)
    assert seconds == pytest.approx(5.4, abs=0.05)  # E095
    assert mean_residence(area, 1200.0, 450e-4) == pytest.approx(4.2, abs=0.05)
    assert mean_residence(area, 1200.0, 300e-4) == pytest.approx(6.3, abs=0.05)
    charge = np.array([0.4e-3, 0.6e-3, 0.8e-3, 1e-3]) * seconds / area
    assert charge == pytest.approx([27.4, 41, 55, 69], rel=0.01)  # E096: 2.74, 4.1, 5.5, 6.9 mC/cm2


def test_atp_by_hand() -> None:
    # at J = J50 the half, at J = Ji the half again, after one time constant 1 - 1/e
    found = atp_ratio(10.0, 3600.0, 2.0, 10.0, 10.0, 3600.0, 0.5)
    assert found == pytest.approx(1 + 0.5 * 2 * 0.5 * 0.5 * (1 - np.exp(-1)))
    assert atp_ratio(0.0, 3600.0, 2.0, 10.0, 10.0, 3600.0) == 1
    assert atp_ratio(10.0, 0.0, 2.0, 10.0, 10.0, 3600.0) == 1


def test_flow_of_the_study() -> None:
    charge = np.array([6e-3, 18e-3, 30e-3])
    cathode = galvanic_increase(charge, 0.0, EMAX, QC, QA, SLOPE)
    anode = galvanic_increase(0.0, charge, EMAX, QC, QA, SLOPE)
    # measured: flat at the cathode (78, 75, 80), rising at the anode (13, 27, 72 of about 80)
    assert cathode.min() > 0.75 * EMAX
    assert anode[0] < 0.05 * EMAX < 0.2 * EMAX < anode[1] < 0.5 * EMAX < anode[2]
    assert galvanic_increase(0.0, 0.0, EMAX, QC, QA, SLOPE) == 0
    assert galvanic_increase(QC, QA, EMAX, QC, QA, SLOPE) == pytest.approx(EMAX)


@given(charges, charges, st.floats(0, 0.05))
def test_more_net_charge_never_lowers_the_flow(cathodal, anodal, more) -> None:
    now = galvanic_increase(cathodal, anodal, EMAX, QC, QA, SLOPE)
    assert galvanic_increase(cathodal + more, anodal, EMAX, QC, QA, SLOPE) >= now
    assert galvanic_increase(cathodal, anodal + more, EMAX, QC, QA, SLOPE) >= now
    assert now >= 0


def test_pulses_below_the_threshold_of_feeling_do_nothing() -> None:
    assert c_fibre_increase([0.5e-3, 1e-3, 2e-3, 1.0], 1e-3, 0.5) == pytest.approx([0, 0, 0.25, 0.4995])


def test_flow_decays_to_its_baseline() -> None:
    assert flow_after(6.0, [0.0, 2700.0, 1e6], 2700.0) == pytest.approx([7, 1 + 6 / np.e, 1])


def test_cells_need_field_and_time() -> None:
    assert directedness([5.0, 10.0, 30.0, 1e6], 1200.0, 30.0, 2.0) == pytest.approx([0, 0.1, 0.5, 1.0])
    assert directedness(30.0, 599.0, 30.0, 2.0) == 0
    assert hill(0.0, 1.0, 3.0) == 0


def test_warming_of_the_reference() -> None:
    # response.md, section 4: 8 A/m2, 0.17 S/m: 376 W/m3, 0.12 K in 20 min; twice the current 0.48 K
    assert warming_bound(8.0, 0.17, 1200.0) == pytest.approx(0.12, abs=0.001)
    assert warming_bound(16.0, 0.17, 1200.0) == pytest.approx(0.48, abs=0.005)


def test_equivalent_minutes_at_43_degrees() -> None:
    assert cem43(50.0, 0.47) == pytest.approx(1.0, abs=0.01)
    assert cem43([41, 45, 55], [960, 15, 15e-3]) == pytest.approx([1, 1, 1], abs=0.03)
    assert cem43(43.0, 60.0) == 1


@pytest.mark.parametrize(
    ("process", "degrees"), [("collagen", [80, 73, 67, 60]), ("skin_burn", [60, 57, 54, 51])]
)
def test_temperatures_at_which_damage_is_complete(process, degrees) -> None:
    seconds = np.array([1.0, 10.0, 60.0, 600.0])
    found = damage_temperature(seconds, process)
    assert found == pytest.approx(degrees, abs=0.6)  # the table is in whole degrees
    assert damage(found, seconds, process) == pytest.approx(1.0)


def test_shrinkage_of_the_published_improvement() -> None:
    bias, error, sceptic = (10.0, 6.0), 4.0, (0.0, 7.0)
    mean, sd = shrunk(13.0, bias, error, sceptic)
    assert mean == pytest.approx((13 - 10) * 49 / (49 + 36 + 16))
    assert sd == pytest.approx(5.0, abs=0.03)
    assert shrunk(18.4, bias, error, sceptic)[0] == pytest.approx(4.1, abs=0.05)
    # by numerical integration of prior times likelihood: independent of the formula
    x = np.linspace(-60, 60, 24001)
    weight = np.exp(-(x**2) / 98 - (x + 10 - 13) ** 2 / (2 * 52))
    assert mean == pytest.approx(np.average(x, weights=weight), abs=1e-6)


def test_bias_adds_and_muscle_has_any_sign() -> None:
    assert uncontrolled([0.015, -0.05], 0.1) == pytest.approx([0.115, 0.05])
    assert grade_from_muscle(0.186, [-0.5, 0.5]) == pytest.approx([-0.093, 0.093])
