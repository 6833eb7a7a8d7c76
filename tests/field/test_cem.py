from __future__ import annotations

import numpy as np
import pytest

from zygoma.errors import InputError
from zygoma.field import Contact, solve_contacts
from zygoma.field.cem import patch_nodes
from zygoma.verification.numerics import bordered, contact_pair

TOP = 20e-3


def patches_and_z(lead, pair):
    patches = [contact.on(lead.conductor.surface) for contact in pair]
    nodes = patch_nodes(patches)
    return patches, np.stack([lead.direct({int(node): 1.0})[nodes] for node in nodes])


@pytest.mark.parametrize("impedance", [1e-3, 0.05, 1.0])
def test_small_dense_solve_is_the_bordered_system(lead, body, impedance):
    patches, Z = patches_and_z(lead, contact_pair(impedance))
    found = solve_contacts(Z, patches, [1e-3, -1e-3])
    whole = bordered(body, patches, np.array([1e-3, -1e-3]))
    assert found.potentials == pytest.approx(whole, rel=1e-10)
    assert found.by_contact.sum(axis=1) == pytest.approx([1e-3, -1e-3], rel=1e-10)


def test_neighbours_that_share_nodes(lead, body):
    pair = Contact([14e-3, 15e-3, TOP], 4e-3, 0.1), Contact([22.3e-3, 15e-3, TOP], 4e-3, 0.1)
    patches, Z = patches_and_z(lead, pair)
    assert np.intersect1d(patches[0].nodes, patches[1].nodes).size > 0
    found = solve_contacts(Z, patches, [1e-3, -1e-3])
    assert found.potentials == pytest.approx(bordered(body, patches, np.array([1e-3, -1e-3])), rel=1e-10)
    assert lead.field(*pair, current=1e-3).delivered == pytest.approx([1e-3, -1e-3], rel=1e-5)


def test_high_impedance_tends_to_uniform_current(lead):
    uniform = lead.field(*contact_pair(None), current=1e-3)
    sheet = lead.field(*contact_pair(5.0), current=1e-3)
    loss = 5.0 * sum(1 / patch.area for patch in sheet.patches)
    assert sheet.resistance - loss == pytest.approx(uniform.resistance, rel=2e-3)
    assert sheet.inside("fat").J.mean == pytest.approx(uniform.inside("fat").J.mean, rel=1e-4)
    assert uniform.contact_power == 0
    assert sheet.contact_power == pytest.approx(loss * 1e-6, rel=1e-3)


def test_low_impedance_lowers_the_resistance_of_the_tissue(lead):
    tissue = [lead.field(*contact_pair(z), current=1e-3).tissue_power for z in (0.02, 0.2, None)]
    assert tissue[0] < tissue[1] < tissue[2]


def test_one_sheet_and_one_uniform_contact(lead):
    a, b = contact_pair(0.2)
    field = lead.field(a, Contact(b.point, b.electrode), current=1e-3)
    assert field.power_balance_error < 1e-6
    assert field.sheet_power[0] > 0
    assert field.sheet_power[1] == 0


def test_wrong_shapes_and_sums(lead):
    patches, Z = patches_and_z(lead, contact_pair())
    with pytest.raises(InputError, match="expected"):
        solve_contacts(Z[1:], patches, [1e-3, -1e-3])
    with pytest.raises(InputError, match="expected 0"):
        solve_contacts(Z, patches, [1e-3, -0.9e-3])
