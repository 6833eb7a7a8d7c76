"""Dose of a session against direct fields, closed forms and the time course of the current."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from zygoma.device import Burst, Electrode, Waveform
from zygoma.errors import ContactError, InputError, RangeError
from zygoma.field import Contact, LeadField, VolumeConductor
from zygoma.treatment import Dose
from zygoma.treatment.session import Session
from zygoma.treatment.summary import weighted_percentile

PROBE = Electrode.load("generic-probe")
PAIR = ((-0.022, 0.012), (-0.022, -0.006))
OTHER = ((-0.012, 0.012), (-0.012, -0.006))
MIRRORED = ((0.022, 0.012), (0.022, -0.006))


@pytest.fixture(scope="module")
def held(lead, body, visits, square) -> Dose:
    return Dose.of(lead, body, visits([PAIR], np.zeros(200)), PROBE, square)


@pytest.fixture(scope="module")
def direct(lead, visits):
    table = visits([PAIR], [0])
    return lead.field(Contact(table.points_a[0], PROBE), Contact(table.points_b[0], PROBE), current=400e-6)


def test_held_position_is_the_direct_field_times_time(held, direct, body) -> None:
    size = np.linalg.norm(direct.J, axis=1)
    large = size > 1e-4 * size.max()
    assert np.allclose(held.peak[large], size[large], rtol=1e-4)
    assert np.allclose(held.charge[large], 10.0 * size[large], rtol=1e-4)
    assert np.allclose(held.rms[large], size[large], rtol=1e-4)
    assert np.allclose(held.vector[large], 10.0 * direct.J[large], atol=1e-3 * 10 * size.max())
    along = np.abs(np.einsum("ei,ei->e", direct.E, body.fibre))
    assert np.allclose(held.along[along > 0.01], along[along > 0.01], rtol=1e-3)
    sure = np.abs(size - 0.1) > 1e-4
    assert np.allclose(held.residence[sure], np.where(size > 0.1, 10.0, 0.0)[sure])
    assert held.resistance[0] == pytest.approx(direct.resistance, rel=1e-5)
    assert held.contact_power[0] == pytest.approx(direct.contact_power, rel=1e-5)
    assert held.tissue_power[0].sum() == pytest.approx(direct.tissue_power, rel=1e-4)


def test_checks_and_shares(held) -> None:
    assert held.delivered_current_error < 1e-3
    assert held.delivered_current == pytest.approx(400e-6, rel=1e-3)
    assert held.power_balance_error.max() < 1e-4
    assert held.residual < 1e-8
    assert sum(held.tissue_power_fraction.values()) == pytest.approx(1.0)
    assert 0 < held.contact_power_fraction < 1
    reach = held.current_reaching
    assert reach["skin"] == pytest.approx(1.0, abs=0.02)
    assert reach["skin"] > reach["fat"] > reach["muscle"] > reach["bone"] > reach["inside"] > 0


def test_current_reaching_is_what_the_deeper_part_draws(held, direct, lead, body) -> None:
    sources = dict(zip(direct.source_nodes.tolist(), direct.sources.sum(axis=0), strict=True))
    potential = lead.direct(sources)
    for name, rank in (("fat", 1), ("muscle", 2), ("inside", 4)):
        conductivity = lead.conductor.conductivity.copy()
        conductivity[body.depth_rank < rank] = 0
        alone = VolumeConductor(body.nodes, body.tets, conductivity).stiffness
        drawn = np.abs(alone @ potential).sum() / 2 / 400e-6
        assert held.current_reaching[name] == pytest.approx(drawn, rel=1e-4)


def test_time_is_weighted_by_repetition(lead, body, visits, square) -> None:
    one = Dose.of(lead, body, visits([PAIR], np.zeros(30)), PROBE, square)
    two = Dose.of(lead, body, visits([OTHER], np.zeros(10)), PROBE, square)
    both = Dose.of(lead, body, visits([PAIR, OTHER], [0] * 10 + [1] * 10 + [0] * 20), PROBE, square)
    assert np.allclose(both.charge, one.charge + two.charge, rtol=1e-4, atol=1e-6)
    assert np.allclose(both.residence, one.residence + two.residence, atol=1e-5)
    assert np.allclose(both.peak, np.maximum(one.peak, two.peak), rtol=1e-4, atol=1e-7)
    assert np.allclose(both.rms**2 * 2.0, one.rms**2 * 1.5 + two.rms**2 * 0.5, rtol=1e-3, atol=1e-7)
    assert np.allclose(both.vector, one.vector + two.vector, atol=1e-4 * np.abs(both.vector).max())
    mean = {k: (3 * one.current_reaching[k] + two.current_reaching[k]) / 4 for k in both.current_reaching}
    assert both.current_reaching == pytest.approx(mean, rel=1e-4)


def test_order_of_visits_does_not_matter(lead, body, visits, square) -> None:
    one = Dose.of(lead, body, visits([PAIR, OTHER], [0, 0, 1, 0]), PROBE, square)
    other = Dose.of(lead, body, visits([OTHER, PAIR], [1, 0, 1, 1]), PROBE, square)
    assert np.allclose(one.charge, other.charge, rtol=1e-5)


def test_more_positions_than_a_batch_and_a_window(lead, body, visits, square, monkeypatch) -> None:
    pairs = [((-0.03 + 1e-3 * k, 0.012), (-0.03 + 1e-3 * k, -0.006)) for k in range(37)]
    table = visits(pairs, np.arange(37))
    whole = Dose.of(lead, body, table, PROBE, square)
    monkeypatch.setattr("zygoma.treatment.montage.WINDOW", 40)
    session = Session(lead, body, table, PROBE)
    assert len(list(session.montage.windows(session.shares[0].positions))) > 1
    cut = session.dose(square)
    assert np.allclose(whole.charge, cut.charge, rtol=1e-5)
    singles = [
        Dose.of(lead, body, visits([pair], [0]), PROBE, square) for pair in (pairs[0], pairs[20], pairs[36])
    ]
    for k, single in zip((0, 20, 36), singles, strict=True):
        assert whole.resistance[k] == pytest.approx(single.resistance[0], rel=1e-6)
        assert np.all(whole.peak >= single.peak * (1 - 1e-4) - 1e-7)


def test_dose_is_linear_in_the_current(lead, body, visits, square) -> None:
    table = visits([PAIR, OTHER], [0, 1, 1])
    one, half = (Dose.of(lead, body, table, PROBE, square.scaled(i)) for i in (400e-6, 200e-6))
    for name in ("charge", "peak", "rms", "along"):
        assert np.allclose(getattr(one, name), 2 * getattr(half, name), rtol=1e-4, atol=1e-9)
    assert one.tissue_power_fraction == pytest.approx(half.tissue_power_fraction, rel=1e-4)
    assert half.residence.sum() < one.residence.sum()


def test_mirrored_session_gives_the_mirrored_dose(lead, body, visits, square) -> None:
    right, left = (Dose.of(lead, body, visits([p], [0] * 20), PROBE, square) for p in (PAIR, MIRRORED))
    a, b = right.by_muscle(), left.by_muscle()
    assert a["m_r"].charge_density == pytest.approx(b["m_l"].charge_density, rel=1e-4)
    assert a["m_l"].J_p95 == pytest.approx(b["m_r"].J_p95, rel=1e-3)
    assert a["m_r"].charge_density > 5 * a["m_l"].charge_density
    assert a["m_r"].side == "r"
    assert a["middle"].side == "mid"


@pytest.mark.parametrize(
    "waveform",
    [
        Waveform.sine(400e-6, 5.0),
        Waveform.trapezoid(300e-6, 8.0, slope=0.02, kind="monophasic", duty=0.5),
        Waveform.triangle(400e-6, 10.0, burst=Burst(on=1.0, off=1.0, rise=0.2, fall=0.2)),
    ],
    ids=["sine", "trapezoid", "burst"],
)
def test_time_sums_against_dense_sampling_of_the_current(lead, body, visits, direct, waveform) -> None:
    seconds = 10 * waveform.pattern_period
    dose = Dose.of(lead, body, visits([PAIR], [0], dt=seconds), PROBE, waveform)
    t = (np.arange(200_000) + 0.5) / 200_000 * seconds
    current = np.abs(waveform.samples(t))
    unit = np.linalg.norm(direct.J, axis=1) / 400e-6
    chosen = np.argsort(unit)[-4000::40]
    time = np.array([np.mean(current * unit[e] > 0.1) for e in chosen]) * seconds
    assert np.allclose(dose.residence[chosen], time, atol=2e-3 * seconds)
    assert dose.residence[chosen].max() > 0
    assert np.allclose(dose.charge[chosen], unit[chosen] * current.mean() * seconds, rtol=2e-3)
    assert np.allclose(dose.rms[chosen], unit[chosen] * np.sqrt(np.mean(current**2)), rtol=2e-3)
    flowing = np.mean(current > 0)
    assert np.allclose(dose.mean[chosen], unit[chosen] * current.mean() / flowing, rtol=3e-3)


def test_net_charge_is_zero_for_balanced_waveforms_only(lead, body, visits) -> None:
    table = visits([PAIR], np.zeros(20))
    biphasic = Dose.of(lead, body, table, PROBE, Waveform.square(400e-6, 10.0))
    galvanic = Dose.of(lead, body, table, PROBE, Waveform.square(400e-6, 10.0, kind="monophasic"))
    swapped = Dose.of(
        lead, body, table, PROBE, Waveform.square(400e-6, 10.0, kind="monophasic", swap_every=1.0)
    )
    assert not biphasic.net.any()
    assert not swapped.net.any()
    assert np.allclose(galvanic.net, galvanic.vector)
    assert np.allclose(np.linalg.norm(galvanic.vector, axis=1), galvanic.charge, rtol=1e-3, atol=1e-5)


def test_opposed_directions_cancel_in_the_vector_only(lead, body, visits) -> None:
    table = visits([PAIR, PAIR[::-1]], [0, 1])
    dose = Dose.of(lead, body, table, PROBE, Waveform.square(400e-6, 10.0, kind="monophasic"))
    assert np.abs(dose.vector).max() < 1e-4 * dose.charge.max()


def test_limited_device_delivers_less_where_the_load_is_high(lead, body, visits, square) -> None:
    table = visits([PAIR, OTHER], [0, 1])
    session = Session(lead, body, table, PROBE)
    limited = session.dose(square, limit=lambda deep: min(400e-6, 0.05 / deep))
    assert (limited.current < 400e-6).all()
    assert np.allclose(limited.current, 0.05 / limited.deep_resistance)
    assert (limited.deep_resistance < limited.resistance).all()
    assert np.allclose(limited.delivered, limited.current[:, None], rtol=1e-3)


def test_current_runs_along_anisotropic_fibres(body, visits, square) -> None:
    turned = replace(body, fibre=np.roll(body.fibre, -1, axis=1))  # along x, the pair lies along y
    doses = [
        Dose.of(LeadField(VolumeConductor.from_face(b), cache=False), b, visits([PAIR], [0]), PROBE, square)
        for b in (body, turned)
    ]
    along, across = (dose.by_muscle()["m_r"] for dose in doses)
    assert along.E_fibre_p95 > 1.3 * across.E_fibre_p95
    assert along.J_mean > across.J_mean


def test_elements_that_do_not_conduct_have_no_dose(body, visits, square) -> None:
    class Hollow(type(body)):
        def conductivity(self):
            tensor = super().conductivity()
            middle = self.nodes[self.tets].mean(axis=1)
            tensor[(self.tissue == 4) & (middle[:, 0] > 0)] = 0
            return tensor

    hollow = Hollow(**vars(body))
    vc = VolumeConductor.from_face(hollow)
    dose = Dose.of(LeadField(vc, cache=False), hollow, visits([PAIR], [0]), PROBE, square)
    assert len(dose.charge) == len(body.tets)
    assert not dose.charge[~vc.conducting].any()
    assert dose.power_balance_error.max() < 1e-3
    assert dose.by_tissue()["inside"].volume == pytest.approx(held_volume(dose, vc), rel=1e-9)


def held_volume(dose, vc) -> float:
    own = (np.asarray(dose.body.tissue) == 4) & vc.conducting
    return float(vc.volumes[own].sum())


def test_summaries_follow_their_definitions(held, body) -> None:
    elements = body.muscle_elements("m_r")
    v = held.volumes[elements]
    row = held.by_muscle()["m_r"]
    assert row.charge_density == pytest.approx(np.average(held.charge[elements], weights=v), rel=1e-6)
    assert row.J_mean == pytest.approx(row.charge_density / 10.0, rel=1e-6)  # current flows all the time
    assert row.residence == pytest.approx(np.average(held.residence[elements], weights=v), rel=1e-6)
    peak = held.peak[elements]
    assert v[peak <= row.J_p95].sum() >= 0.95 * v.sum() > v[peak < row.J_p95].sum()
    assert row.volume == pytest.approx(v.sum())
    assert list(held.by_layer()) == ["skin", "fat", "smas", "deep", "bone"]
    assert set(held.by_region()) == set(body.regions)
    assert held.by_region()["cheek_r"].charge_density > held.by_region()["cheek_l"].charge_density
    assert held.by_tissue()["fat"].E_fibre_p95 is None
    assert len(str(held).splitlines()) <= 5


def test_course_multiplies_sums_and_keeps_peaks(held) -> None:
    course = held.course(30)
    assert np.allclose(course.charge, 30 * held.charge)
    assert np.allclose(course.residence, 30 * held.residence)
    assert np.array_equal(course.peak, held.peak)
    assert np.allclose(course.mean, held.mean)
    assert course.course(1).charge == pytest.approx(held.charge)
    with pytest.raises(RangeError, match="at least 1"):
        held.course(0)


def test_saved_dose_is_read_again(held, body, tmp_path) -> None:
    held.save(tmp_path / "dose.npz")
    again = Dose.load(tmp_path / "dose.npz", body)
    for name, value in vars(held).items():
        if isinstance(value, np.ndarray):
            assert np.array_equal(getattr(again, name), value), name
    assert again.by_muscle() == held.by_muscle()
    assert again.tissue_power_fraction == held.tissue_power_fraction
    (tmp_path / "bad.npz").write_bytes(b"PK\x03\x04 not a dose")
    with pytest.raises(InputError, match="compute it again"):
        Dose.load(tmp_path / "bad.npz", body)
    with pytest.raises(InputError, match="compute it again"):
        Dose.load(tmp_path / "absent.npz", body)


def test_hash_says_whether_a_dose_can_be_used_again(lead, body, visits, square) -> None:
    table = visits([PAIR], [0, 0])
    made = Session(lead, body, table, PROBE).hash(square)
    assert made == Session(lead, body, table, PROBE).hash(square)
    others = [
        Session(lead, body, table, PROBE).hash(square.scaled(300e-6)),
        Session(lead, body, visits([PAIR], [0]), PROBE).hash(square),
        Session(lead, body, table, Electrode.load("cotton-tip")).hash(square),
        Session(lead, replace(body, depth_rank=body.depth_rank + 1), table, PROBE).hash(square),
    ]
    assert made not in others
    assert len(set(others)) == 4


def test_bad_contacts_and_bodies(lead, body, visits, square, make_slab) -> None:
    with pytest.raises(ContactError, match="overlap"):
        Dose.of(lead, body, visits([((-0.02, 0.0), (-0.02, 0.006))], [0]), PROBE, square)
    off = visits([PAIR], [0])
    off.points_a[0, 2] += 0.02
    with pytest.raises(ContactError, match="off the skin"):
        Dose.of(lead, body, off, PROBE, square)
    with pytest.raises(InputError, match="of one mesh"):
        Dose.of(lead, make_slab(edge=8e-3), visits([PAIR], [0]), PROBE, square)
    part = LeadField(lead.conductor, cache=False, target=np.arange(100))
    with pytest.raises(InputError, match="only a part of the body"):
        Session(part, body, visits([PAIR], [0]), PROBE).dose(square)


def test_progress_is_told(lead, body, visits, square) -> None:
    told = []
    fresh = LeadField(lead.conductor, cache=False)
    Dose.of(
        fresh, body, visits([PAIR, OTHER], [0, 1]), PROBE, square, progress=lambda *told_: told.append(told_)
    )
    assert {name for name, _, _ in told} == {"lead field", "dose"}
    assert [(done, total) for name, done, total in told if name == "dose"][-1] == (2, 2)


def test_weighted_percentile() -> None:
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([1.0, 94.0, 5.0])
    assert weighted_percentile(values, weights, 0.94) == 1.0
    assert weighted_percentile(values, weights, 0.95) == 2.0
    assert weighted_percentile(values, weights, 0.995) == 3.0
    assert weighted_percentile(values[:0], weights[:0], 0.95) == 0.0
