"""``zygoma outcome records`` on a folder of photographs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from zygoma.cli.main import app
from zygoma.outcome.records import Records

RUN = CliRunner()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for value, name in enumerate(("a.jpg", "b.jpg", "c.jpg")):
        Image.fromarray(np.full((130, 140, 3), 60 * value, np.uint8)).save(tmp_path / name)
    return tmp_path


def _json(*words: str | Path) -> dict:
    result = RUN.invoke(app, ["outcome", "records", *map(str, words), "--json"])
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_from_the_first_visit_to_nothing(folder: Path) -> None:
    added = _json(
        "add", folder, folder / "a.jpg", folder / "b.jpg", "--day", "2024-03-01", "--phototype", "II"
    )
    person = added["person"]
    assert added["day"] == "2024-03-01"
    _json("add", folder, folder / "c.jpg", "--person", person)
    assert len(_json("list", folder)["persons"][person]) == 2
    refused = RUN.invoke(
        app, ["outcome", "records", "export", str(folder), person, "--out", str(folder / "x")]
    )
    assert refused.exit_code == 2
    assert "consent" in refused.stderr
    assert _json("consent", folder, person, "results")["consents"] == ["results"]
    assert Path(_json("export", folder, person, "--out", folder / "x")["files"][0]).is_file()
    (folder / "file").touch()
    for place in (folder / "file", folder / "file" / "x"):
        refused = RUN.invoke(app, ["outcome", "records", "export", str(folder), person, "--out", str(place)])
        assert refused.exit_code == 2
        assert f"cannot write the report to {place}" in refused.stderr
    assert _json("withdraw", folder, person)["consents"] == []
    assert _json("show", folder, person)["visits"][0]["photos"] == ["a.jpg", "b.jpg"]
    asked = RUN.invoke(app, ["outcome", "records", "delete", str(folder), person], input="n\n")
    assert asked.exit_code == 1
    assert (folder / "a.jpg").exists()
    (folder / "a.jpg").rename(folder / "renamed.jpg")
    (folder / "c.jpg").unlink()
    stopped = RUN.invoke(app, ["outcome", "records", "delete", str(folder), person, "--yes"])
    assert stopped.exit_code == 1
    assert "c.jpg" in stopped.stderr
    done = _json("delete", folder, person, "--yes", "--forget-missing")
    assert (done["photographs_removed"], done["photographs_not_removed"]) == (2, ["c.jpg"])
    assert not (folder / "renamed.jpg").exists()
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
