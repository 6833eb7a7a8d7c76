"""``zygoma outcome compare --records``: the same wrinkles from visit to visit, results with the visits."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from zygoma.cli.main import app
from zygoma.outcome import wrinkle
from zygoma.outcome.records import Records
from zygoma.outcome.wrinkle import Wrinkle

RUN = CliRunner()
FOUND = (Wrinkle("w1", "forehead", np.array([[0.01, 0.02], [0.03, 0.02]])),)
MARKED = (Wrinkle("mine", "forehead", np.array([[0.01, 0.03], [0.03, 0.03]])),)


class _Comparison:
    """What a comparison of any photographs finds: the wrinkles it was given, or one."""

    def __init__(self, wrinkles: Any) -> None:
        self.wrinkles = FOUND if wrinkles is None else wrinkles

    def json(self) -> dict[str, Any]:
        return {"verdict": "not distinguishable", "followed": [line.id for line in self.wrinkles]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three visits of two photographs, and comparisons that look at nothing."""
    for visit in range(3):
        (tmp_path / f"{visit}").mkdir()
        for number in range(2):
            pixels = np.full((140, 130, 3), 40 * visit + number, np.uint8)
            Image.fromarray(pixels).save(tmp_path / f"{visit}" / f"{number}.png")
    monkeypatch.setattr(
        "zygoma.outcome.face_comparison.compare_faces",
        lambda *visits, wrinkles, scale, neck, progress: _Comparison(wrinkles),
    )
    monkeypatch.setattr("zygoma.report.outcome.write_outcome", lambda found, folder: folder / "page.html")
    return tmp_path


def _compare(folder: Path, *words: str) -> Any:
    return RUN.invoke(app, ["outcome", "compare", *words, "--out", str(folder / "out"), "--json"])


def test_wrinkles_are_kept_and_followed_again(folder: Path) -> None:
    records = Records(folder)
    person = records.add_person()
    for day in range(3):
        records.add_visit(person, sorted((folder / f"{day}").iterdir()), date(2024, 3, 1 + day))
    known = ["--records", str(folder), "--person", person]
    first, second, third = (str(folder / name) for name in "012")
    assert _compare(folder, first, second, *known).exit_code == 0
    assert wrinkle.of_record(records.wrinkles(person))[0].id == "w1"
    wrinkle.save(folder / "mine.json", MARKED)
    marked = _compare(folder, first, second, *known, "--wrinkles", str(folder / "mine.json"))
    assert marked.exit_code == 0, marked.stderr
    again = _compare(folder, first, third, *known)
    assert again.exit_code == 0, again.stderr
    visits = [visit.id for visit in records.visits(person)]
    assert [(r["before"], r["after"], r["followed"]) for r in records.results(person)] == [
        (visits[0], visits[1], ["w1"]),
        (visits[0], visits[1], ["mine"]),
        (visits[0], visits[2], ["mine"]),
    ]
    for words in ([second, third], [first, third, "--scale", "8"]):
        refused = _compare(folder, *words, *known)
        assert refused.exit_code == 2
        assert "lie on 0/0.png with no --scale" in refused.stderr
    assert len(records.results(person)) == 3


def test_photographs_that_are_not_recorded(folder: Path) -> None:
    records = Records(folder)
    person = records.add_person()
    records.add_visit(person, [folder / "0" / "0.png", folder / "1" / "0.png"], date(2024, 3, 1))
    first, second = str(folder / "0"), str(folder / "1")
    for words, message in (
        ([first, second, "--records", str(folder), "--person", person], "1.png is of no visit"),
        ([first, second, "--records", str(folder), "--person", "p0"], "unknown person"),
        ([first, second, "--records", str(folder)], "go together"),
        ([first, second, "--person", person], "go together"),
    ):
        refused = _compare(folder, *words)
        assert refused.exit_code == 2
        assert message in refused.stderr
    assert records.results(person) == []
