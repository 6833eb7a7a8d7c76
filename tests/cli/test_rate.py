"""``zygoma outcome rate`` from two folders to an answer."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from zygoma.cli.main import app
from zygoma.outcome.records import Records

RUN = CliRunner()
DAY = date(2024, 3, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Photographs of two persons, named alike before and after."""
    for place, value in (("before", 200), ("after", 60)):
        (tmp_path / place).mkdir()
        for number, person in enumerate(("A", "B")):
            pixels = np.full((140, 130, 3), value + number, np.uint8)
            Image.fromarray(pixels).save(tmp_path / place / f"{person}.png")
    return tmp_path


def _prepare(folder: Path, *words: str) -> tuple[int, str, Path]:
    out = folder / "rating"
    places = [str(folder / "before"), str(folder / "after"), "--out", str(out), "--show-eyes"]
    result = RUN.invoke(app, ["outcome", "rate", "prepare", *places, *words])
    return result.exit_code, result.stderr, out


def test_no_page_without_consent(folder: Path) -> None:
    code, told, out = _prepare(folder)
    assert code == 2
    assert "--consent-given" in told
    records = Records(folder)
    for message, step in (
        ("not in the records", lambda: None),
        ("no consent of", lambda: _add(records, folder, "A")),
        ("not in the records", lambda: records.consent(records.persons()[0], "photographs", DAY)),
        ("no consent of", lambda: _add(records, folder, "B")),
    ):
        step()
        code, told, out = _prepare(folder, "--records", str(folder))
        assert code == 2
        assert message in told
        assert not out.exists()
    records.consent(records.persons()[1], "photographs", DAY)
    assert _prepare(folder, "--records", str(folder))[0] == 0
    (folder / "after" / "A.png").replace(folder / "after" / "B.png")
    Image.fromarray(np.full((140, 130, 3), 61, np.uint8)).save(folder / "after" / "A.png")
    code, told, _ = _prepare(folder, "--records", str(folder))
    assert code == 2
    assert "two of one person" in told


def _add(records: Records, folder: Path, name: str) -> None:
    person = records.add_person()
    for place in ("before", "after"):
        records.add_visit(person, [folder / place / f"{name}.png"], DAY)


def _rated(key: Path, rater: str) -> Path:
    """A file of ratings that finds 3 before and 2 after."""
    grade = {"before": 3, "after": 2}
    rows = ["sheet,rater,item,left,right,better"]
    for row in csv.DictReader(key.read_text().splitlines()):
        if row["rater"] == rater:
            right = "after" if row["left"] == "before" else "before"
            rows.append(f"{row['sheet']},{rater},{row['item']},{grade[row['left']]},{grade[right]},same")
    path = key.parent / f"ratings-{rater}.csv"
    path.write_text("\n".join(rows))
    return path


def test_collected_with_an_interval_and_who_is_missing(folder: Path) -> None:
    assert _prepare(folder, "--consent-given")[0] == 0
    key = folder / "rating" / "key.csv"
    files = [str(_rated(key, rater)) for rater in ("1", "2")]
    words = ["outcome", "rate", "collect", str(key), *files]
    result = RUN.invoke(app, words)
    assert result.exit_code == 0, result.stderr
    assert "no ratings of rater 3" in result.stdout
    assert "95 %" in result.stdout
    answer = json.loads(RUN.invoke(app, [*words, "--json", "--out", str(folder / "all.json")]).stdout)
    assert answer["missing_raters"] == [3]
    assert answer["mean_change_of_grade"] == -1.0
    assert answer["low"] < -1.0 < answer["high"]
    assert answer["agreement"]["between"]["weighted_kappa"] == 1.0
    assert answer == json.loads((folder / "all.json").read_text())
    refused = RUN.invoke(app, [*words, "--out", str(folder / "all.txt")])
    assert refused.exit_code == 2
    assert "all.txt" in refused.stderr
    Path(files[0]).write_text("sheet,rater,item,left,right,better\n1,1,2\n")
    short = RUN.invoke(app, words)
    assert short.exit_code == 2
    assert "line 2 has too few" in short.stderr
