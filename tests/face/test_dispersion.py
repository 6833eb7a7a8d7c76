"""Dispersion: Gabriel's parameters pinned, and what the tissues of the model make of them."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.errors import RangeError, UnitError, UnknownNameError
from zygoma.face.dispersion import (
    ColeCole,
    Dispersion,
    admittivity,
    admittivity_tensors,
    displacement_ratio,
)
from zygoma.face.tissue import TISSUES, Tissue, conductivity
from zygoma.provenance import load_data

DATA = load_data("tissues.toml")
PARAMETRIC = [name for name, row in DATA["cole_cole"].items() if isinstance(row, dict)]
EPS0 = 8.8541878e-12


def three_figures(value: float) -> float:
    return float(f"{value:.3g}")


def test_published_values_are_met():
    fat, muscle = ColeCole.load("fat_not_infiltrated"), ColeCole.load("muscle")
    assert fat.permittivity(1e5) == pytest.approx(92.885, abs=5e-4)
    assert muscle.permittivity(1e5) == pytest.approx(8089, abs=1)
    assert muscle.sigma([1e3, 1e5, 1e6]) == pytest.approx([0.321, 0.362, 0.503], abs=5e-4)


@pytest.mark.parametrize("name", PARAMETRIC)
def test_checks_of_the_data_file(name):
    tissue, row = ColeCole.load(name), DATA["cole_cole"][name]
    checks = {key: value for key, value in row.items() if key.startswith("check_")}
    assert "check_100kHz" in checks
    frequency = {"check_1kHz": 1e3, "check_100kHz": 1e5, "check_1MHz": 1e6}
    for key, check in checks.items():
        f = frequency[key]
        assert three_figures(float(tissue.sigma(f))) == pytest.approx(check["sigma"], rel=1e-3)
        if "eps_r" in check:
            assert float(tissue.permittivity(f)) == pytest.approx(check["eps_r"], rel=5e-3)


@pytest.mark.parametrize("name", [n for n in DATA["cole_cole_sigma"] if n not in ("status", "frequency_hz")])
def test_table_of_conductivities_to_three_figures(name):
    table = DATA["cole_cole_sigma"]
    found = ColeCole.load(name).sigma(table["frequency_hz"])
    assert [three_figures(x) for x in found] == pytest.approx(table[name], rel=1e-9)


def test_a_single_relaxation_is_that_of_debye():
    tissue = ColeCole("one", 2.0, 0.1, ((50.0, 1e-6, 0.0),), EPS0)
    f = 1 / (2 * np.pi * 1e-6)
    assert float(tissue.permittivity(f)) == pytest.approx(2 + 25)
    assert float(tissue.sigma(f)) == pytest.approx(0.1 + EPS0 * 25 / 1e-6)


def test_low_frequency_values_hold_up_to_1_kHz_without_a_jump():
    f = np.array([1.0, 10.0, 999.0, 1000.0])
    for name in TISSUES:
        assert np.array_equal(admittivity(name, f).real, np.full(4, Tissue.load(name).sigma)), name
        assert Dispersion.load(name).rise(1000.1) == pytest.approx(1.0, abs=1e-4)
    assert (np.diff(Dispersion.load("muscle").rise([1e3, 1e4, 1e5, 1e6, 1e7])) > 0.04).all()


def test_above_1_kHz_the_conductivity_is_scaled_and_the_permittivity_is_gabriels():
    gabriel, sigma = ColeCole.load("fat_not_infiltrated"), Tissue.load("fat").sigma
    found = admittivity("fat", "100 kHz")
    assert found.real == pytest.approx(sigma * 0.0244 / 0.0224, rel=3e-3)
    assert found.imag == pytest.approx(2 * np.pi * 1e5 * EPS0 * 92.885, rel=1e-5)
    assert found.imag == pytest.approx(gabriel.admittivity(1e5).imag)


def test_living_skin_is_never_dry_skin():
    f = np.array([10.0, 1e3, 1e5, 1e6])
    assert (admittivity("skin", f).real == 0.3).all()
    wet = ColeCole.load("skin_wet").permittivity(f)
    assert admittivity("skin", f).imag == pytest.approx(2 * np.pi * f * EPS0 * wet)
    rows = DATA["dispersion"]["tissue"].values()
    assert "skin_dry" not in [name for row in rows for name in row["sigma"] + row["permittivity"]]


def test_fascia_lies_between_fat_and_muscle():
    fat, fascia, muscle = (Dispersion.load(name) for name in ("fat", "smas", "muscle"))
    f = np.array([1e4, 1e5, 1e6])
    assert fascia.rise(f) == pytest.approx(np.sqrt(fat.rise(f) * muscle.rise(f)))
    assert fascia.susceptance(f) == pytest.approx(np.sqrt(fat.susceptance(f) * muscle.susceptance(f)))


def test_every_tissue_says_why():
    table = DATA["dispersion"]["tissue"]
    assert set(table) == set(TISSUES)
    for name in TISSUES:
        own = Dispersion.load(name)
        assert own.reason
        assert own.status == "assumption"
    assert not admittivity("cartilage", [10.0, 1e6]).imag.any()


def test_displacement_ratio_of_muscle_is_that_across_its_fibres():
    assert displacement_ratio("muscle", 100.0) == pytest.approx(0.4325, abs=1e-3)
    assert displacement_ratio("air", 1e6) == 0


@pytest.mark.parametrize("frequency", [0.0, 0.99, 1.01e7, -5.0, np.nan, np.inf, "0.5 Hz", "11 MHz"])
def test_the_range_is_kept(frequency):
    with pytest.raises(RangeError, match=r"expected 1 Hz to 10 MHz"):
        admittivity("fat", frequency)


def test_bad_names_and_units():
    with pytest.raises(UnknownNameError, match="did you mean 'muscle'"):
        admittivity("muscel", 1e3)
    with pytest.raises(UnknownNameError, match="did you mean 'skin_wet'"):
        ColeCole.load("skin_wett")
    with pytest.raises(UnitError):
        admittivity("fat", "3 mm")


def test_tensors_keep_the_anisotropy_of_muscle():
    tissue = np.array([TISSUES.index(name) for name in ("muscle", "muscle", "fat", "air")])
    fibre = np.array([[0.6, 0.8, 0.0], [0, 0, 0], [0, 0, 0], [0, 0, 0]])
    low, found = conductivity(tissue, fibre), admittivity_tensors(tissue, fibre, None, "1 MHz")
    rise = float(Dispersion.load("muscle").rise(1e6))
    assert found[:2].real == pytest.approx(rise * low[:2])
    own = float(Dispersion.load("muscle").susceptance(1e6))
    assert found[0].imag == pytest.approx([own, own, own, 0, 0, 0])
    assert found[2, 0] == pytest.approx(complex(admittivity("fat", 1e6)))
    assert not found[3].any()
    changed = admittivity_tensors(tissue, fibre, {"fat": 0.1, "muscle": 0.0}, 1e6)
    assert changed[2, 0].real == pytest.approx(2 * found[2, 0].real)
    assert changed[2, 0].imag == found[2, 0].imag
    assert not changed[0].any()  # what does not conduct is left out, displacement current too
