"""``zygoma outcome records`` on a folder of photographs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zygoma.cli.main import app
from zygoma.outcome.records import Records

RUN = CliRunner()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (tmp_path / name).write_bytes(name.encode())
    return tmp_path


def _json(*words: str | Path) -> dict:
    result = RUN.invoke(app, ["outcome", "records", *map(str, words), "--json"])
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_from_the_first_visit_to_nothing(folder: Path) -> None:
    added = _json(
        "add", folder, folder / "a.jpg", folder / "b.jpg", "--day", "2026-03-01", "--phototype", "II"
    )
    person = added["person"]
    assert added["day"] == "2026-03-01"
    _json("add", folder, folder / "c.jpg", "--person", person)
    assert len(_json("list", folder)["persons"][person]) == 2
    refused = RUN.invoke(
        app, ["outcome", "records", "export", str(folder), person, "--out", str(folder / "x")]
    )
    assert refused.exit_code == 2
    assert "consent" in refused.stderr
    assert _json("consent", folder, person, "results")["consents"] == ["results"]
    assert Path(_json("export", folder, person, "--out", folder / "x")["files"][0]).is_file()
    assert _json("withdraw", folder, person)["consents"] == []
    assert _json("show", folder, person)["visits"][0]["photos"] == ["a.jpg", "b.jpg"]
    asked = RUN.invoke(app, ["outcome", "records", "delete", str(folder), person], input="n\n")
    assert asked.exit_code == 1
    assert (folder / "a.jpg").exists()
    assert _json("delete", folder, person, "--yes")["photographs_removed"] == 3
    assert not (folder / "a.jpg").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["none.jpg"], "no such file"),
        (["a.jpg", "--day", "yesterday"], "2026-03-01"),
        (["a.jpg", "--phototype", "9"], "phototype"),
        (["a.jpg", "--person", "p1", "--phototype", "I"], "new person"),
        (["a.jpg", "--person", "p1"], "unknown person"),
    ],
)
def test_wrong_words_leave_no_person(folder: Path, words: list[str], message: str) -> None:
    words[0] = str(folder / words[0])
    result = RUN.invoke(app, ["outcome", "records", "add", str(folder), *words])
    assert result.exit_code == 2
    assert message in result.stderr
    assert Records(folder).persons() == ()
    assert (folder / "a.jpg").exists()
