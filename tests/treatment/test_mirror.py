"""Mirrored positions are not computed twice, and a part of the body can be asked for alone."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from zygoma.device import Electrode
from zygoma.errors import InputError, UnknownNameError
from zygoma.field import LeadField, VolumeConductor
from zygoma.treatment import Dose, kernel
from zygoma.treatment.mirror import element_image, shares
from zygoma.treatment.session import Session

PROBE = Electrode.load("generic-probe")
RIGHT = ((-0.022, 0.012), (-0.022, -0.006))
LEFT = ((0.022, 0.012), (0.022, -0.006))
ACROSS = ((-0.012, 0.012), (0.014, -0.006))
MIDDLE = ((0.0, 0.012), (0.0, -0.006))
PAIRS, HELD = [RIGHT, LEFT, ACROSS, MIDDLE], [0] * 7 + [1] * 5 + [2] * 3 + [3] * 2


@pytest.fixture(scope="module")
def symmetric(body) -> LeadField:
    away, mirror = cKDTree(body.nodes).query(body.nodes * [-1.0, 1.0, 1.0])
    assert away.max() < 1e-12
    conductor = VolumeConductor(
        body.nodes, body.tets, body.conductivity(), tissue=body.tissue, tissues=body.tissues,
        surface=body.skin.triangles, mirror=mirror,
    )  # fmt: skip
    assert conductor.is_mirrored
    return LeadField(conductor, cache=False)


def test_pairs_are_computed_once_for_the_time_they_share(visits) -> None:
    table = visits(PAIRS, HELD)
    pairs, rest = shares(table, True)
    assert (pairs.positions.tolist(), pairs.partner.tolist()) == ([0], [1])
    assert pairs.seconds == pytest.approx([0.25])
    assert rest.positions.tolist() == [0, 2, 3]
    assert rest.seconds == pytest.approx([0.1, 0.15, 0.1])
    (all_of_it,) = shares(table, False)
    assert all_of_it.partner is None
    assert all_of_it.seconds == pytest.approx(table.seconds)


@pytest.mark.slow
def test_a_mirrored_session_is_the_session(symmetric, body, visits, square) -> None:
    table = visits(PAIRS, HELD)
    session = Session(symmetric, body, table, PROBE)
    assert session.image is not None
    found = session.dose(square)
    plain = Session(symmetric, body, table, PROBE)
    plain.image = None
    whole = plain.dose(square)
    for field in fields(whole):
        one, other = getattr(whole, field.name), getattr(found, field.name)
        if isinstance(one, np.ndarray) and field.name != "power_balance_error":
            scale = np.abs(one).max()
            if field.name == "residence":  # elements at the very level may fall on either side of it
                assert (np.abs(one - other) > 1e-6).mean() < 1e-3
            else:
                assert other == pytest.approx(one, rel=1e-4, abs=float(1e-5 * scale)), field.name


def test_a_body_that_only_looks_symmetric_has_no_image(symmetric, body) -> None:
    elements = np.arange(len(body.tets))
    image = element_image(symmetric.conductor, body, elements)
    assert image is not None
    middle = body.nodes[body.tets].mean(axis=1)
    assert middle[image] == pytest.approx(middle * [-1, 1, 1], abs=1e-12)
    fibre = body.fibre.copy()
    fibre[np.flatnonzero(body.tissue == 2)[3]] = [1.0, 0.0, 0.0]
    assert element_image(symmetric.conductor, replace(body, fibre=fibre), elements) is None
    tissue = body.tissue.copy()
    tissue[5] = 4
    assert element_image(symmetric.conductor, replace(body, tissue=tissue), elements) is None
    assert element_image(symmetric.conductor, body, elements[:100]) is None


@pytest.mark.parametrize("which", ["one muscle", "both muscles"])
def test_a_part_alone_has_the_dose_of_the_whole(
    symmetric, body, visits, square, which, monkeypatch, tmp_path
) -> None:
    table = visits(PAIRS, HELD)
    own = body.muscle_elements("m_r")
    if which == "both muscles":
        own = np.concatenate([own, body.muscle_elements("m_l")])
    whole = Session(symmetric, body, table, PROBE).dose(square)
    touched = []
    loop = kernel.accumulate
    monkeypatch.setattr(
        kernel, "accumulate", lambda tets, *rest: (touched.append(len(tets)), loop(tets, *rest))
    )
    part = Session(symmetric, body, table, PROBE, elements=own)
    found = part.dose(square)
    assert set(touched) == {len(own)}
    assert part.hash(square) != Session(symmetric, body, table, PROBE).hash(square)
    for name in ("charge", "peak", "rms", "along", "vector"):
        one, other = getattr(whole, name)[own], getattr(found, name)[own]
        assert other == pytest.approx(one, rel=1e-4, abs=float(1e-5 * np.abs(one).max())), name
        assert np.isnan(np.delete(getattr(found, name), own, axis=0)).all()
    assert found.resistance == pytest.approx(whole.resistance, rel=1e-6)
    assert found.delivered_current_error < 1e-3
    assert np.isnan(found.power_balance_error).all()
    assert found.current_reaching == {}
    assert "power balance not told" in str(found)
    assert f"{len(own):,} of {len(body.tissue):,} elements asked for" in str(found)
    assert found.tissue_power_fraction == {}
    assert np.isnan(found.contact_power_fraction)
    muscles = whole.by_muscle()
    assert found.by_muscle().keys() == {"m_r", "m_l"} if which == "both muscles" else {"m_r"}
    for name, row in found.by_muscle().items():
        assert row.charge_density == pytest.approx(muscles[name].charge_density, rel=1e-4)
    assert found.by_region() == found.by_layer() == found.by_tissue() == {}
    with pytest.raises(InputError, match="not among the elements of this"):
        found.inside(np.arange(len(body.tissue)), "all")
    found.save(tmp_path / "part.npz")
    assert Dose.load(tmp_path / "part.npz", body).by_muscle() == found.by_muscle()


def test_an_admittivity_has_no_dose_of_a_session(body, visits) -> None:
    conductor = VolumeConductor(body.nodes, body.tets, 0.3 + 0.1j)
    with pytest.raises(InputError, match="real conductivity"):
        Session(LeadField(conductor, cache=False), body, visits([RIGHT], [0]), PROBE)


def test_elements_of_interest_have_to_exist(symmetric, body, visits) -> None:
    for wrong in ([], [-1], [10**9], [1.5], [np.nan], ["a"], [[1, 2], [3]], np.ones(3, dtype=bool)):
        with pytest.raises(InputError, match="elements of interest"):
            Session(symmetric, body, visits([RIGHT], [0]), PROBE, elements=wrong)
    with pytest.raises(UnknownNameError, match="element set"):
        Session(symmetric, body, visits([RIGHT], [0]), PROBE, elements="masseter")
    conductivity = symmetric.conductor.conductivity.copy()
    conductivity[:5] = 0
    hollow = VolumeConductor(body.nodes, body.tets, conductivity)
    with pytest.raises(InputError, match="none of the 5 elements of interest conducts"):
        Session(LeadField(hollow, cache=False), body, visits([RIGHT], [0]), PROBE, elements=np.arange(5))


def test_elements_of_interest_by_name_or_mask(symmetric, body, visits) -> None:
    own = np.flatnonzero(body.tissue == 2)
    mask = np.zeros(len(body.tissue), dtype=bool)
    mask[own] = True
    for given in ("muscle", mask, own.astype(float), list(own)):
        session = Session(symmetric, body, visits([RIGHT], [0]), PROBE, elements=given)
        assert np.array_equal(session.elements, np.unique(own))
