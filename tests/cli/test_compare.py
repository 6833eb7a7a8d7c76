"""``zygoma device compare``: one object, one page, exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from zygoma.cli.main import app

runner = CliRunner()


def run(monkeypatch: pytest.MonkeyPatch, comparison: Any, *arguments: str) -> Any:
    monkeypatch.setattr("zygoma.plan.compare", lambda names, plan, progress: comparison)
    return runner.invoke(app, ["device", "compare", "a", "b", *arguments])


def test_text_and_object(monkeypatch: pytest.MonkeyPatch, make_comparison: Any) -> None:
    comparison = make_comparison("myolift-mini", "myolift-md")
    shown = run(monkeypatch, comparison)
    assert shown.exit_code == 0, shown.output
    assert "Does the maker say how much current it gives?" in shown.stdout
    answer = json.loads(run(monkeypatch, comparison, "--json").stdout)
    assert [device["id"] for device in answer["devices"]] == ["myolift-mini", "myolift-md"]
    assert answer["devices"][0]["muscles"][0]["charge_density_C_m2"] == pytest.approx(400.0)
    assert answer["guide"][0]["meeting"] == ["myolift-mini", "myolift-md"]
    assert answer["exceeded"] == {}


def test_page_and_exit_code(monkeypatch: pytest.MonkeyPatch, make_comparison: Any, tmp_path: Path) -> None:
    comparison = make_comparison("myolift-mini", "pantheon")
    page = tmp_path / "new" / "both.html"
    shown = run(monkeypatch, comparison, "--out", str(page))
    assert shown.exit_code == 3  # the published train of the Pantheon has a direct current
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert [path.name for path in page.parent.iterdir()] == ["both.html"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["myolift-mini"],
        ["myolift-mini", "myolift-mx"],
        ["myolift-mini", "myolift-md", "--out", "both.pdf"],
        ["myolift-mini", "myolift-md", "--resolution", "finest"],
        ["myolift-mini", "myolift-md", "--plan", "absent.toml"],
    ],
)
def test_wrong_use(arguments: list[str]) -> None:
    result = runner.invoke(app, ["device", "compare", *arguments])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("zygoma: ")
