"""Every verification case meets its goal."""

from __future__ import annotations

import pytest

from zygoma.errors import UnknownNameError
from zygoma.verification import CASES, Record, run
from zygoma.verification.admittivity import admittivity
from zygoma.verification.flat import current_reaching, disc_pair, slab_orders
from zygoma.verification.layered import Layers, pair_resistance, share_reaching
from zygoma.verification.round import sphere_body, sphere_errors


def assert_passed(records: list[Record]) -> None:
    assert records
    failed = [record for record in records if not record.passed]
    assert not failed, failed


@pytest.mark.parametrize("name", ["identities", "routes", "contacts"])
def test_quick_cases(name):
    assert_passed(run([name]))


def test_admittivity_on_coarse_meshes():
    *identities, potential, current, _ = admittivity((8, 16))
    assert_passed([*identities, potential, current])


def test_slab_orders_on_coarse_meshes():
    potential, current, _ = slab_orders((8, 16))
    assert_passed([potential, current])


def test_disc_pair_approaches_the_closed_form_under_refinement():
    layers = Layers((3.2e-3, 1.0), (0.3, 0.05), (0.3, 0.05))
    exact, share = pair_resistance(layers, 4e-3, 10e-3), share_reaching(layers, 4e-3, 10e-3, 1)
    errors = []
    for step in (2e-3, 1.2e-3):
        field = disc_pair(layers, step)
        errors.append(abs(0.5 * field.resistance / exact - 1))
        assert current_reaching(field, -3.2e-3) == pytest.approx(share, abs=0.01)
    assert errors[1] < 0.6 * errors[0] < 0.08


def test_coarse_sphere_and_its_order():
    coarse = sphere_errors(sphere_body(6, 1))["depth (brain)"]
    finer = sphere_errors(sphere_body(12, 2))["depth (brain)"]
    assert coarse[0] < 0.02
    assert finer[0] < 0.4 * coarse[0]
    assert finer[1] < 0.4 * coarse[1]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["slab", "points", "discs", "electrode-model", "sphere", "admittivity"])
def test_full_cases(name):
    assert_passed(run([name]))


def test_a_record_fails_when_its_goal_is_missed():
    assert not Record("a", "b", 0.02, 0.01, "c").passed
    assert Record("a", "b", 1.9, 1.8, "c", at_least=True).passed
    assert not Record("a", "b", float("nan"), 0.01, "c").passed
    assert Record("a", "b", 0.02, 0.01, "c").as_dict()["passed"] is False


def test_progress_and_unknown_names():
    seen = []
    run(["identities"], lambda *step: seen.append(step))
    assert seen == [("identities", 1, 1)]
    with pytest.raises(UnknownNameError, match="did you mean 'sphere'"):
        run(["spher"])
    assert set(CASES) >= {"slab", "points", "discs", "sphere"}
