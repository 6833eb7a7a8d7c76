from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from zygoma.errors import InputError, SolverError, UnknownNameError
from zygoma.field import LeadField, VolumeConductor
from zygoma.field.statistics import percentile
from zygoma.verification.meshes import box
from zygoma.verification.numerics import contact_pair


@pytest.fixture(scope="module")
def field(lead):
    return lead.field(*contact_pair(), current="400 uA")


def test_checks_are_within_their_goals(field):
    assert field.delivered_current == pytest.approx(4e-4, rel=1e-3)
    assert field.delivered_error <= 1e-3
    assert field.power_balance_error <= 5e-3
    assert 0 < field.residual < 1e-10


def test_resistor_bar():
    """A bar with current spread evenly over its ends has R = length / (sigma area) exactly."""
    nodes, tets = box(np.linspace(0, 0.05, 6), np.linspace(0, 0.02, 4), np.linspace(0, 0.01, 3))
    body = VolumeConductor(nodes, tets, 0.25)
    triangles = body.surface.triangles
    area = np.linalg.norm(body.surface.area_vectors, axis=1)
    sources: dict[int, float] = {}
    for end, sign in ((0.0, 1.0), (0.05, -1.0)):
        at = (nodes[triangles, 0] == end).all(axis=1)
        share = np.bincount(triangles[at].ravel(), np.repeat(area[at] / 3, 3), len(nodes)) / area[at].sum()
        sources |= {int(k): sign * 1e-3 * share[k] for k in np.flatnonzero(share)}
    field = LeadField(body, cache=False).field(sources)
    assert field.resistance == pytest.approx(0.05 / (0.25 * 2e-4), rel=1e-6)
    assert pytest.approx([1e-3 / 2e-4, 0, 0], abs=1e-4) == field.J.mean(axis=0)
    assert np.ptp(field.J[:, 0]) < 1e-4


def test_tissue_shares_sum_to_one(field):
    assert sum(field.tissue_power_fraction.values()) == pytest.approx(1)
    assert field.power == pytest.approx(field.tissue_power + field.contact_power, rel=1e-5)
    share = field.inside("fat").power / field.tissue_power
    assert share == pytest.approx(field.tissue_power_fraction["fat"])


def test_statistics_of_a_set(field, body):
    found = field.inside("fat")
    size = np.linalg.norm(field.J[body.tissue == 1], axis=1)
    assert found.volume == pytest.approx(body.volumes[body.tissue == 1].sum())
    assert found.J.mean == pytest.approx(np.average(size, weights=body.volumes[body.tissue == 1]))
    assert found.J.max == size.max()
    assert found.J.mean < found.J.p95 < found.J.max
    with pytest.raises(UnknownNameError):
        field.inside("masseter")


def test_percentile_is_weighted_by_volume():
    values, volumes = np.array([3.0, 1.0, 2.0]), np.array([1.0, 98.0, 1.0])
    assert percentile(values, volumes, [50, 98, 98.5, 99.5]).tolist() == [1, 1, 2, 3]


def test_a_set_without_current_is_an_error():
    nodes, tets = box(*[np.linspace(0, 1, 4)] * 3)
    air = nodes[tets].mean(axis=1)[:, 2] > 0.66
    body = VolumeConductor(nodes, tets, np.where(air, 0, 1.0), sets={"airway": air})
    with pytest.raises(InputError, match="'airway' has no conducting element"):
        LeadField(body, cache=False).field({0: 1.0, 16: -1.0}).inside("airway")


def test_a_field_that_misses_its_current_is_refused(field):
    with pytest.raises(SolverError, match="delivered current"):
        dataclasses.replace(field, potential=1.002 * field.potential)
    with pytest.raises(SolverError, match="power balance"):
        dataclasses.replace(field, sheet_power=1.02 * field.sheet_power)


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ({0: 1e-3}, r"sum to 0\.001 A; expected 0"),
        ({0: 1e-3, 1: -0.5e-3}, r"sum to 0\.0005 A; expected 0"),
        ({0: 1e-3, 1: -1e-3 * (1 + 1e-8)}, "sum to -1e-11 A"),
        ({0.5: 1e-3, 1: -1e-3}, "a node is 0.5; expected the whole number"),
        ({0: 0.0}, "at least one current"),
        ({0: "1 V", 1: "-1 V"}, "'1 V' is not a quantity in A"),
        ({0: None, 1: 1e-3}, "a current is None"),
    ],
)
def test_nodal_currents_that_are_refused(lead, sources, said):
    with pytest.raises(InputError, match=said):
        lead.field(sources)


def test_nodal_currents_as_text_and_out_at_the_ground(lead):
    ground = lead.conductor.ground
    field = lead.field({np.int64(0): "1 mA", ground: "-1 mA"})
    assert field.delivered_current == pytest.approx(1e-3, rel=1e-4)
    assert np.abs(field.potential - lead.direct({0: 1e-3})).max() < 1e-6 * np.abs(field.potential).max()


def test_contacts_and_nodes_do_not_mix(lead):
    first, _ = contact_pair()
    with pytest.raises(InputError, match="expected Contact objects, or one mapping"):
        lead.field(first, {3: 1e-3}, current="1 mA")
    with pytest.raises(InputError, match="leave one out"):
        lead.field({0: 1e-3, 1: -1e-3}, current="1 mA")
    with pytest.raises(InputError, match="a current is None"):
        lead.field(*contact_pair(), current=[1e-3, None])


def test_current_and_voltage_scale(lead, field):
    double = lead.field(*contact_pair(), current="800 uA")
    assert pytest.approx(double.J, rel=1e-9, abs=1e-12) == 2 * field.J
    assert double.resistance == pytest.approx(field.resistance, rel=1e-6)


def test_print_is_short(field, lead, body):
    for thing in (field, lead, body, field.inside("skin"), field.patches[0]):
        assert 1 <= len(repr(thing).splitlines()) <= 5
    assert "400 µA delivered" in repr(field)
