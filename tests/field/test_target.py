"""A part of a body, evaluated alone."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.errors import InputError, UnknownNameError
from zygoma.field import LeadField, Target, VolumeConductor
from zygoma.verification.numerics import block, contact_pair


@pytest.fixture(scope="module")
def lead() -> LeadField:
    return LeadField(block(), cache=False)


@pytest.mark.parametrize("name", ["skin", "fat", "bone"])
def test_a_target_has_the_field_of_the_whole_body(lead, name):
    field = lead.field(*contact_pair(), current="1 mA")
    target = Target(lead, name)
    whole, part = field.inside(name), target.of(*contact_pair(), current="1 mA")
    for quantity in ("E", "J"):
        one, other = getattr(whole, quantity), getattr(part, quantity)
        assert other.mean == pytest.approx(one.mean, rel=1e-5)
        assert other.p95 == pytest.approx(one.p95, rel=1e-5)
    nodes, amperes = target.sources(contact_pair(), "1 mA")
    E, J = target.evaluate(nodes, amperes)
    own = field.J[target.elements]
    assert pytest.approx(own, abs=1e-5 * np.abs(own).max()) == J
    assert pytest.approx(field.E[target.elements], abs=1e-4 * np.abs(field.E).max()) == E
    assert amperes.sum() == pytest.approx(0.0, abs=1e-15)


def test_only_the_columns_and_nodes_of_the_target_are_held(lead):
    chosen = np.arange(0, len(lead.conductor.tets), 50)
    target = Target(lead, chosen)
    rows = target.fetch([5, 9, 5])
    assert rows.tolist() == [0, 1, 0]
    assert target.fetch([9, 7]).tolist() == [1, 2]
    assert target._columns.shape == (3, len(np.unique(lead.conductor.tets[chosen])))
    assert "3 columns in memory" in repr(target)
    assert pytest.approx(lead.matrix([7])[0][lead.target_index[target.nodes]]) == target._columns[2]


def test_what_is_no_target_is_refused(lead):
    with pytest.raises(UnknownNameError, match="'muscle'"):
        Target(lead, "muscle")
    for wrong in ([-1], [10**9], [1.5], [np.nan], ["a"], [True, False], [[1, 2], [3]]):
        with pytest.raises(InputError, match="elements of a target"):
            Target(lead, wrong)
    with pytest.raises(InputError, match="conducts"):
        Target(lead, [])
    complex_body = VolumeConductor(lead.conductor.nodes, lead.conductor.tets, 0.3 + 0.1j)
    with pytest.raises(InputError, match="real conductivity"):
        Target(LeadField(complex_body, cache=False), np.arange(9))
    with pytest.raises(InputError, match="does not keep"):
        LeadField(lead.conductor, cache=False, target=[3, 4]).matrix([3], at=[5])


def test_a_mask_is_its_elements(lead):
    mask = np.zeros(len(lead.conductor.tets), dtype=bool)
    mask[100:200] = True
    assert np.array_equal(Target(lead, mask).elements, np.arange(100, 200))


@pytest.mark.parametrize(
    ("nodes", "amperes", "words"),
    [
        ([], [], "0 nodes"),
        ([1, 2], [1e-3], "2 nodes"),
        ([1, 2], [1e-3] * 200, "2 nodes"),
        ([1, 2], [1e-3, 0.0], "sum to 0.001 A"),
        ([1, 2], [np.nan, 0.0], "sum to nan"),
        ([1, 2], [np.inf, -np.inf], "sum to nan"),
        ([1, 2], ["a", "b"], "not numbers"),
        ([1.5, 2], [1e-3, -1e-3], "whole numbers"),
        ([-1, 2], [1e-3, -1e-3], "not in the conducting part"),
        ([10**6, 2], [1e-3, -1e-3], "not in the conducting part"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_what_are_no_currents_is_refused(lead, nodes, amperes, words):
    with pytest.raises(InputError, match=words):
        Target(lead, np.arange(50)).evaluate(nodes, amperes)
