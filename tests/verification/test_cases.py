"""Every verification case meets its goal; what breaks becomes a record that failed."""

from __future__ import annotations

import json
import sys

import pytest

from zygoma.errors import SolverError, UnknownNameError
from zygoma.verification import CASES, Case, Record, run
from zygoma.verification.cases import select, solve
from zygoma.verification.flat import current_reaching, disc_pair, slab_orders
from zygoma.verification.layered import Layers, pair_resistance, share_reaching
from zygoma.verification.round import sphere_body, sphere_errors

QUICK = (
    "devices", "identities", "routes", "contacts", "scikit-fem", "dose", "evidence", "fibres", "fibre-field",
    "muscle-force", "shear-lag", "tissue",
)  # fmt: skip
IDS: dict[str, str] = {}


def assert_passed(records: list[Record]) -> None:
    assert records
    failed = [record for record in records if record.passed is False]
    assert not failed, failed


def assert_case(name: str) -> None:
    found = run([name])
    assert [one.case.name for one in found.runs] == [name]
    assert_passed(found.records)
    for record in found.records:
        assert record.id.startswith(name.removesuffix("-fine")), "ids begin with the name of their case"
        assert IDS.setdefault(record.id, name) == name, "ids are unique over all cases"
    assert len({record.id for record in found.records}) == len(found.records)


@pytest.mark.parametrize("name", QUICK)
def test_quick_cases(name):
    assert_case(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in CASES if name not in QUICK])
def test_full_cases(name):
    assert_case(name)


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


def record(measured: float | None = 0.02, goal: float = 0.01, at_least: bool = False) -> Record:
    return Record("a-b", "a", "b", measured, goal, "c", at_least)


def test_a_record_fails_when_its_goal_is_missed():
    assert record().passed is False
    assert record(1.9, 1.8, at_least=True).passed is True
    assert record(float("nan")).passed is False
    assert record(None).passed is False
    assert record().as_dict()["pass"] is False


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), None])
def test_json_has_no_number_that_json_does_not_know(value):
    found = record(value).as_dict()
    assert found["measured"] is None
    json.dumps(found, allow_nan=False)


def case(solver) -> Case:
    return Case("broken", 1, "A broken case", "None.", "seconds", solver)


def test_a_case_that_raises_is_a_record_that_failed():
    def breaks():
        raise SolverError("the residual is 1e-3; refine the mesh")

    (found,) = solve(case(breaks)).records
    assert (found.id, found.measured, found.passed) == ("broken-error", None, False)
    assert found.reason == "SolverError: the residual is 1e-3; refine the mesh"
    assert "FAILED" in repr(found)
    assert found.reason in repr(found)


def test_a_case_without_records_fails():
    (found,) = solve(case(list)).records
    assert found.passed is False


def test_an_interrupt_is_no_result():
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        solve(case(interrupted))


def test_without_openmeeg_there_is_no_evidence_and_no_failure(monkeypatch):
    monkeypatch.setitem(sys.modules, "openmeeg", None)
    found = run(["openmeeg"])
    assert [one.passed for one in found.records] == [None, None]
    assert "openmeeg is not installed" in found.records[0].reason
    assert found.passed
    assert found.missing == found.records
    assert {entry["pass"] for entry in found.to_dict()["cases"]} == {None}


def test_progress_and_unknown_names():
    seen = []
    run(["identities"], lambda *step: seen.append(step))
    assert seen == [("identities", 0, 1), ("identities", 1, 1)]
    with pytest.raises(UnknownNameError, match="did you mean 'sphere'"):
        run(["spher"])


def test_a_case_named_twice_is_solved_once():
    assert len(run(["identities", "identities"]).runs) == 1


def test_what_takes_minutes_is_left_out_unless_asked_for():
    assert set(select(every=True)) == set(CASES)
    assert set(CASES) - set(select()) == {"cheek-fine", "convergence"}
    assert select(["convergence"]) == ["convergence"]
    assert {CASES[name].category for name in select()} == {one.category for one in CASES.values()}


def test_every_case_says_what_it_is_evidence_for():
    for name, one in CASES.items():
        assert one.name == name
        assert one.category in range(1, 9)
        assert one.context.endswith(".")
        assert len(one.title) > 8
