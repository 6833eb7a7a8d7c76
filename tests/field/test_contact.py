from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from zygoma.device import Electrode
from zygoma.errors import ContactError, UnknownNameError
from zygoma.field import Contact, LeadField, VolumeConductor
from zygoma.field.contact import resolvable_impedance
from zygoma.verification.meshes import box

TOP = 20e-3


def test_electrode_gives_radius_and_impedance():
    probe = SimpleNamespace(contact_radius=3e-3, contact_impedance=lambda: 0.4)
    assert (Contact([0, 0, 0], probe).radius, Contact([0, 0, 0], probe).impedance) == (3e-3, 0.4)
    assert Contact([0, 0, 0], probe, 0.1).impedance == 0.1
    assert Contact([0, 0, 0], 2e-3).impedance is None


def test_off_the_body(body):
    with pytest.raises(ContactError, match=r"10\.0 mm off the skin"):
        Contact([20e-3, 15e-3, TOP + 10e-3], 4e-3).on(body.surface)
    pressed = Contact([20e-3, 15e-3, TOP + 2e-3], 4e-3).on(body.surface)
    assert pressed.centre == pytest.approx([20e-3, 15e-3, TOP])


def test_over_the_rim_of_an_open_surface():
    line = np.linspace(0, 30e-3, 11)
    nodes, tets = box(line, line, line)
    whole = VolumeConductor(nodes, tets, 0.3)
    triangles = whole.surface.triangles
    top = triangles[(nodes[triangles, 2] > 29.9e-3).all(axis=1)]
    surface = VolumeConductor(nodes, tets, 0.3, surface=top).surface
    assert Contact([2e-3, 15e-3, 30e-3], 4e-3).on(surface).coverage == pytest.approx(0.8045, abs=1e-4)
    with pytest.raises(ContactError, match="25% of its disc on skin"):
        Contact([0, 0, 30e-3], 4e-3).on(surface)


def test_overlap(lead):
    a = Contact([16e-3, 15e-3, TOP], 4e-3, 0.2)
    with pytest.raises(ContactError, match=r"overlap: their middles are 7\.50 mm apart"):
        lead.field(a, Contact([23.5e-3, 15e-3, TOP], 4e-3, 0.2), current="1 mA")
    near = lead.field(a, Contact([24.2e-3, 15e-3, TOP], 4e-3, 0.2), current="1 mA")
    assert near.delivered_error < 1e-3


def test_impedance_that_the_mesh_cannot_resolve(body, lead):
    a, b = (Contact([x, 15e-3, TOP], 4e-3, 1e-3) for x in (12e-3, 28e-3))
    least = max(resolvable_impedance(body, contact.on(body.surface)) for contact in (a, b))
    assert 2e-3 < least < 2e-2
    with pytest.raises(ContactError, match="cannot be resolved by this mesh"):
        lead.field(a, b, current="1 mA")
    allowed = [Contact(c.point, 4e-3, 1.05 * least) for c in (a, b)]
    assert lead.field(*allowed, current="1 mA").power_balance_error < 5e-3


def test_three_contacts(body):
    lead = LeadField(body, cache=False)
    spots = [Contact([x, y, TOP], 3e-3, 0.2) for x, y in ((8e-3, 8e-3), (32e-3, 8e-3), (20e-3, 23e-3))]
    field = lead.field(*spots, current=[0.6e-3, 0.4e-3, -1e-3])
    assert field.delivered == pytest.approx([0.6e-3, 0.4e-3, -1e-3], rel=1e-5)
    assert field.power_balance_error < 1e-6


def test_electrode_by_its_id():
    assert Contact([0, 0, 0], "generic-probe").radius == Electrode.load("generic-probe").contact_radius
    with pytest.raises(UnknownNameError, match="did you mean 'generic-probe'"):
        Contact([0, 0, 0], "generic-prob")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((Electrode.load("generic-probe"), [0, 0, 0]), r"expected Contact\(point, electrode\)"),
        ((3e-3, [0, 0, 0]), "three finite coordinates"),
        (([0, 0, np.nan], 3e-3), "three finite coordinates"),
        (([0, 0], 3e-3), "three finite coordinates"),
        ((np.zeros((1, 3)), 3e-3), "three finite coordinates"),
        (("cheek", 3e-3), "three finite coordinates"),
        (([0, 0, 0], [3e-3]), "has the electrode"),
        (([0, 0, 0], np.nan), "radius nan m"),
        (([0, 0, 0], 0.0), "radius 0.0 m"),
        (([0, 0, 0], 3e-3, 0.0), "impedance of 0.0"),
        (([0, 0, 0], 3e-3, "0.2"), "impedance of '0.2'"),
    ],
)
def test_a_contact_that_cannot_be_is_refused_at_once(arguments, said):
    with pytest.raises(ContactError, match=said):
        Contact(*arguments)


def test_an_electrode_without_impedance_is_refused_on_the_skin(body):
    bare = SimpleNamespace(contact_radius=3e-3, contact_impedance=lambda: 0.0)
    with pytest.raises(ContactError, match=r"impedance of 0\.0"):
        Contact([20e-3, 15e-3, TOP], bare).on(body.surface)
