"""zygoma verify: exit codes, JSON, files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zygoma.cli.main import app
from zygoma.errors import SolverError
from zygoma.verification import CASES, Record

runner = CliRunner()


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZYGOMA_CACHE", str(tmp_path / "cache"))


def replaced(monkeypatch: pytest.MonkeyPatch, name: str, *found: Record | Exception) -> None:
    """Let a case give some records, or raise."""

    def solve() -> list[Record]:
        for one in found:
            if isinstance(one, Exception):
                raise one
        return [one for one in found if isinstance(one, Record)]

    monkeypatch.setitem(CASES, name, replace(CASES[name], solve=solve))


def test_json_has_a_record_of_each_quantity_and_the_files_hold_the_same(tmp_path: Path) -> None:
    result = runner.invoke(app, ["verify", "devices", "identities", "--json", "--out", "there"])
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert {entry["case"] for entry in found["cases"]} == {"devices", "identities"}
    for entry in found["cases"]:
        assert {
            "id",
            "quantity",
            "measured",
            "goal",
            "pass",
            "at_least",
            "source",
            "category",
            "seconds",
        } <= set(entry)
        assert entry["pass"] is True
    assert len({entry["id"] for entry in found["cases"]}) == len(found["cases"]) == 15
    assert json.loads((tmp_path / "there" / "verify.json").read_text())["cases"] == found["cases"]
    assert "Code verification" in (tmp_path / "there" / "verify.html").read_text(encoding="utf-8")
    assert found["report"] == str(Path("there") / "verify.html")


def test_table_is_for_people(tmp_path: Path) -> None:
    result = runner.invoke(app, ["verify", "devices"])
    assert result.exit_code == 0
    assert "10 of 10 goals met in 1 case, " in result.stdout
    assert "4 In vivo validation: no evidence" in result.stdout
    assert (tmp_path / "zygoma-verify" / "verify.html").exists()


def test_a_missed_goal_ends_with_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    replaced(monkeypatch, "devices", Record("devices-x", "a", "b", 0.02, 0.01, "c"))
    result = runner.invoke(app, ["verify", "devices"])
    assert result.exit_code == 1
    assert "FAILED: a: b 0.02" in result.stdout
    assert (tmp_path / "zygoma-verify" / "verify.html").exists()


def test_a_case_that_raises_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    replaced(monkeypatch, "devices", SolverError("no residual"))
    result = runner.invoke(app, ["verify", "devices", "identities", "--json"])
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["failed"] == 1
    (broken,) = [entry for entry in found["cases"] if entry["case"] == "devices"]
    assert (broken["measured"], broken["pass"]) == (None, False)
    assert broken["reason"] == "SolverError: no residual"


def test_what_is_not_a_number_fails_and_is_null(monkeypatch: pytest.MonkeyPatch) -> None:
    replaced(monkeypatch, "devices", Record("devices-x", "a", "b", float("nan"), 0.01, "c"))
    result = runner.invoke(app, ["verify", "devices", "--json"])
    assert result.exit_code == 1
    assert "NaN" not in result.stdout
    assert json.loads(result.stdout)["cases"][0]["measured"] is None


def test_no_evidence_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    replaced(monkeypatch, "openmeeg", Record.no_evidence("openmeeg-x", "a", "b", "c", "not installed"))
    result = runner.invoke(app, ["verify", "openmeeg", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["no_evidence"] == 1


def test_an_unknown_name_offers_the_nearest_before_anything_is_made(tmp_path: Path) -> None:
    result = runner.invoke(app, ["verify", "devices", "spher"])
    assert result.exit_code == 2
    assert "unknown verification case 'spher'; did you mean 'sphere'?" in result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_the_default_meets_every_goal_within_three_minutes_of_cases(tmp_path: Path) -> None:
    result = runner.invoke(app, ["verify", "--json"])
    assert result.exit_code == 0, result.stdout
    found = json.loads(result.stdout)
    assert {entry["category"] for entry in found["cases"]} == {1, 7, 8}
    assert len({entry["id"] for entry in found["cases"]}) == len(found["cases"]) > 55
