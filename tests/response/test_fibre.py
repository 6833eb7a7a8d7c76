"""Fibres: geometry, offsets, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.errors import RangeError, UnknownNameError
from zygoma.provenance import load_data
from zygoma.response import Fibre


def test_offsets_of_an_mrg_fibre_are_the_centres_of_its_compartments():
    fibre = Fibre("mrg", "10 um", 3)
    # node 1, MYSA 3, FLUT 46, six STIN of (1150 - 1 - 6 - 92) / 6 um, and back
    stin = (1150 - 1 - 6 - 92) / 6
    edges = np.cumsum([0.5, 3, 46, *[stin] * 6, 46, 3])
    centres = np.concatenate([[0.0], 0.5 * (edges[:-1] + edges[1:])]) * 1e-6
    np.testing.assert_allclose(fibre.offsets[:11], centres, rtol=1e-12)
    np.testing.assert_allclose(fibre.offsets[11:22], centres + 1150e-6, rtol=1e-12)
    assert fibre.offsets[-1] == pytest.approx(fibre.length) == pytest.approx(2 * 1150e-6)
    assert len(fibre.offsets) == fibre.samples == 23
    np.testing.assert_allclose(fibre.node_offsets, fibre.offsets[::11])


def test_nodes_of_a_senn_fibre_are_a_hundred_diameters_apart():
    fibre = Fibre("senn", 20e-6, 5)
    np.testing.assert_allclose(fibre.offsets, np.arange(5) * 2e-3)


@pytest.mark.parametrize(("model", "diameter"), [("mrg", 5.7e-6), ("mrg", 16e-6), ("senn", 1e-6)])
def test_a_fibre_is_as_long_as_asked_and_no_internode_longer(model, diameter):
    fibre = Fibre.of(model, diameter, length="50 mm")
    assert fibre.length >= 50e-3 * (1 - 1e-9)
    assert fibre.length - fibre.spacing < 50e-3


def test_a_length_of_whole_internodes_is_not_exceeded():
    assert Fibre.of("mrg", 10e-6, length=20 * 1150e-6).nodes == 21


def test_geometry_between_published_diameters_is_marked():
    assert not Fibre("mrg", "8.7 um", 3).interpolated
    between = Fibre("mrg", "6.5 um", 3)
    assert between.interpolated
    assert between.spacing == pytest.approx(625e-6)
    assert not Fibre("senn", 6.5e-6, 3).interpolated


def test_the_published_table_is_consistent():
    table = load_data("fibres.toml")["mrg"]["geometry"]
    rows = [key for key, value in table.items() if isinstance(value, list)]
    assert {len(table[key]) for key in rows} == {9}
    # the printed g ratio is that of axon and fibre diameter, within its rounding and that of the diameters
    ratio = np.array(table["axon_diameter_um"]) / np.array(table["fibre_diameter_um"])
    np.testing.assert_allclose(ratio, table["g_ratio"], rtol=0.015)


@pytest.mark.parametrize("diameter", [5.6e-6, 16.1e-6, 0.0, -1e-6, np.nan, np.inf])
def test_a_diameter_outside_the_model_is_refused(diameter):
    with pytest.raises(RangeError, match=r"um|above zero"):
        Fibre("mrg", diameter, 21)


def test_what_else_is_refused():
    with pytest.raises(UnknownNameError, match="'mrg'"):
        Fibre("mgr", 10e-6, 21)
    with pytest.raises(UnknownNameError, match="rates"):
        Fibre("mrg", 10e-6, 21, rates="book")
    with pytest.raises(RangeError, match="2 nodes"):
        Fibre("mrg", 10e-6, 2)
    with pytest.raises(RangeError, match="whole number"):
        Fibre("mrg", 10e-6, 21.0)
    with pytest.raises(RangeError, match="length"):
        Fibre.of("mrg", 10e-6, length=-1.0)
    with pytest.raises(RangeError, match="nodes"):
        Fibre.of("mrg", 10e-6, length="1 km")
