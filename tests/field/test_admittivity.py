"""Bodies with a complex admittivity, and complex contacts."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.device import Electrode
from zygoma.errors import ContactError, InputError
from zygoma.field import Contact, LeadField, VolumeConductor
from zygoma.verification.admittivity import layered_block
from zygoma.verification.meshes import box
from zygoma.verification.numerics import bordered, contact_pair

TURN = 1 + 0.6j
SHEET = 0.05 - 0.1j


def like(body: VolumeConductor, conductivity, **more) -> VolumeConductor:
    return VolumeConductor(
        body.nodes, body.tets, conductivity, tissue=body.tissue, tissues=body.tissues, **more
    )


@pytest.fixture(scope="module")
def complex_body() -> VolumeConductor:
    return layered_block()


@pytest.fixture(scope="module")
def complex_lead(complex_body) -> LeadField:
    return LeadField(complex_body, cache=False)


@pytest.mark.slow
def test_a_scaled_body_has_scaled_potentials(body, lead):
    """Of kappa = sigma (1 + 0.6 j) everywhere: phi = phi_real sigma / kappa, J the same."""
    turned = LeadField(like(body, body.conductivity * TURN), cache=False)
    contacts = contact_pair(None)
    field, real = (one.field(*contacts, current="400 uA") for one in (turned, lead))
    assert field.potential * TURN == pytest.approx(real.potential, abs=1e-6 * np.abs(real.potential).max())
    assert np.abs(field.J - real.J).max() < 1e-5 * np.abs(real.J).max()
    assert field.impedance == pytest.approx(real.resistance / TURN, rel=1e-6)
    assert field.resistance == pytest.approx(field.impedance.real)
    assert field.inside("fat").J.p95 == pytest.approx(real.inside("fat").J.p95, rel=1e-5)
    assert field.inside("fat").E.p95 == pytest.approx(real.inside("fat").E.p95 / abs(TURN), rel=1e-5)
    # for the same current the dissipated power is that of the resistance
    assert field.tissue_power == pytest.approx(real.tissue_power * (1 / TURN).real, rel=1e-5)
    assert sum(field.tissue_power_fraction.values()) == pytest.approx(1)


def test_without_displacement_current_the_real_result_is_met(body, lead):
    still = LeadField(like(body, body.conductivity + 0j), cache=False)
    sources = {40: 1e-3, 900: -1e-3}
    exact = lead.direct(sources)
    assert np.abs(still.direct(sources) - exact).max() < 1e-12 * np.abs(exact).max()
    contacts = contact_pair()
    found, real = (one.field(*contacts, current="400 uA") for one in (still, lead))
    assert found.impedance == pytest.approx(real.impedance, rel=1e-6)
    assert real.impedance == real.resistance
    assert real.potential.dtype == np.float64


def test_keys_of_real_and_complex_columns_differ(body, tmp_path):
    still = like(body, body.conductivity + 0j)
    assert still.hash != like(body, body.conductivity).hash
    real, other = (LeadField(one, cache=tmp_path) for one in (body, still))
    assert real.hash != other.hash


def test_columns_are_kept_and_found_again(complex_body, complex_lead, tmp_path):
    nodes = complex_body.surface.node_ids[[3, 70, 200]]
    first = LeadField(complex_body, cache=tmp_path)
    rows = first.matrix(nodes)
    assert rows.dtype == np.complex64
    again = LeadField(complex_body, cache=tmp_path)
    assert np.array_equal(again.matrix(nodes), rows)
    assert again.solves == 0
    direct = complex_lead.direct({int(nodes[1]): 1.0})
    assert rows[1] == pytest.approx(direct[first.target_nodes], abs=1e-6 * np.abs(direct).max())


def test_reciprocity(complex_body, complex_lead):
    k, l = (int(node) for node in complex_body.surface.node_ids[[10, 300]])
    there, back = complex_lead.direct({k: 1.0})[l], complex_lead.direct({l: 1.0})[k]
    assert abs(there.imag) > 1e-3 * abs(there)
    assert abs(there - back) < 1e-10 * abs(there)


def test_checks_hold_under_complex_sheets(complex_lead):
    field = complex_lead.field(*contact_pair(SHEET), current="400 uA")
    assert field.delivered_error < 1e-5
    assert field.power_balance_error < 1e-6
    assert field.delivered_current == pytest.approx(4e-4, rel=1e-5)
    assert field.impedance.imag < 0
    assert field.power == pytest.approx(field.tissue_power + field.contact_power, rel=1e-6)
    assert "reactance" in repr(field)


def test_a_lossy_balance_alone_would_not_see_a_wrong_capacitance(complex_lead):
    """The imaginary part belongs to the check: sheets turned by their angle only are refused."""
    import dataclasses

    from zygoma.errors import SolverError

    field = complex_lead.field(*contact_pair(SHEET), current="400 uA")
    with pytest.raises(SolverError, match="power balance"):
        dataclasses.replace(field, sheet_power=field.sheet_power.real)


def test_sheets_against_the_bordered_system(body):
    """The electrode model by the small dense system, on a body whose bordered system is scaled as a whole."""
    pair = contact_pair(0.2 / TURN)
    turned = LeadField(like(body, body.conductivity * TURN, ground=body.ground), cache=False)
    found = turned.field(*pair, current=1e-3).electrode_potential
    patches = [contact.on(body.surface) for contact in contact_pair(0.2)]
    real = bordered(body, patches, np.array([1e-3, -1e-3]))
    assert found * TURN == pytest.approx(real, rel=1e-5)


def test_a_capacitive_skin_stands_in_series(body, lead):
    """A thick sheet leaves the current uniform: z / area of both contacts and the tissue between them."""
    z = 5.0 - 20.0j
    bare, sheets = contact_pair(None), contact_pair(z)
    tissue = lead.field(*bare, current=1e-3).impedance
    field = lead.field(*sheets, current=1e-3)
    both = sum(z / patch.area for patch in field.patches)
    assert field.impedance - both == pytest.approx(tissue, rel=0.01)
    assert field.potential.dtype == np.complex128


def test_an_electrode_has_its_impedance_at_the_frequency_of_the_body(body):
    probe = Electrode.load("generic-probe-light")
    at = like(body, body.conductivity + 0j, frequency="1 kHz")
    assert at.frequency == 1e3
    assert "1 kHz" in repr(at)
    z = probe.sheet_impedance(1e3)
    assert z == pytest.approx(2.0 / (1 + 2j * np.pi * 1e3 * 2.0 * 3e-4))
    assert probe.contact_impedance(1e3) == pytest.approx(abs(z))
    top = 20e-3
    contacts = [Contact([x, 15e-3, top], probe) for x in (13e-3, 27e-3)]
    field = LeadField(at, cache=False).field(*contacts, current="400 uA")
    assert [patch.contact_impedance for patch in field.patches] == [z, z]
    # what a caller gives stays as it is
    assert Contact([0, 0, 0], probe, 0.3).impedance_at(1e3) == 0.3
    assert Contact([0, 0, 0], probe).impedance_at(None) == 2.0
    assert Contact([0, 0, 0], 2e-3).impedance_at(1e3) is None
    nowhere = LeadField(like(body, body.conductivity + 0j), cache=False)
    with pytest.raises(InputError, match="no frequency"):
        nowhere.field(*contacts, current="400 uA")


def test_multigrid_is_refused(complex_body):
    with pytest.raises(InputError, match="complex admittivity; use 'cholesky'"):
        LeadField(complex_body, cache=False, solver="amg").direct({0: 1.0})


def test_bad_admittivities():
    nodes, tets = box(*[np.linspace(0, 1, 3)] * 3)
    count = len(tets)
    with pytest.raises(InputError, match="not positive"):
        VolumeConductor(nodes, tets, np.full(count, -1 + 1j))
    with pytest.raises(InputError, match="negative imaginary part"):
        VolumeConductor(nodes, tets, np.full(count, 1 - 1j))
    with pytest.raises(InputError, match="displacement current and no conductivity"):
        VolumeConductor(nodes, tets, np.where(np.arange(count) == 7, 1j, 1 + 1j))
    with pytest.raises(InputError, match="finite"):
        VolumeConductor(nodes, tets, np.full(count, complex(1, np.nan)))
    tensor = np.tile([1, 1, 1, 0, 0, 0], (count, 1)).astype(complex)
    skew = tensor.copy()
    skew[4] += 1j * np.array([1, 1, 1, 2, 0, 0])  # eigenvalue -1
    with pytest.raises(InputError, match=r"negative imaginary part \(first: element 4\)"):
        VolumeConductor(nodes, tets, skew)
    skew[4] = tensor[4] + 1j * np.array([1, 1, 1, 1, 0, 0])  # eigenvalue 0
    assert VolumeConductor(nodes, tets, skew).is_complex
    for frequency in (0, -1, np.inf):
        with pytest.raises(InputError, match="frequency"):
            VolumeConductor(nodes, tets, 1.0, frequency=frequency)
    full = np.tile(np.eye(3) * (1 + 2j), (count, 1, 1))
    assert VolumeConductor(nodes, tets, full).conductivity[0] == pytest.approx([1 + 2j] * 3 + [0] * 3)


@pytest.mark.parametrize("z", [0.0, -1.0, 1j, complex(np.inf, 0), complex(1, np.nan), "0.2"])
def test_bad_contact_impedances(z):
    with pytest.raises(ContactError, match="real part above 0"):
        Contact([0, 0, 0], 4e-3, z)


def test_a_low_complex_impedance_is_refused_by_its_size(complex_lead):
    with pytest.raises(ContactError, match=r"uniform current density"):
        complex_lead.field(*contact_pair(1e-6 - 1e-4j), current="400 uA")
