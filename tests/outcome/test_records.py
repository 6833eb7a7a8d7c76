"""Records of persons: what is kept comes back, what is deleted is gone, nothing leaves without consent."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zygoma.errors import InputError, UnknownNameError
from zygoma.outcome.record_export import export
from zygoma.outcome.records import NAME, Records

DAY = date(2026, 3, 1)


def _photo(path: Path, seed: int = 0) -> Path:
    pixels = np.random.default_rng(seed).integers(0, 255, (20, 16, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x010F] = "MakerOfTheCamera"
    exif[0x0112] = 6  # turned by a quarter
    Image.fromarray(pixels).save(path, exif=exif, quality=95)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "Fotos für später"
    place.mkdir()
    for number in range(4):
        _photo(place / f"Frau Müller {number}.jpg", number)
    return place


@pytest.fixture
def photos(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jpg"))


def test_reading_makes_no_file(folder: Path) -> None:
    records = Records(folder)
    assert records.persons() == ()
    with pytest.raises(UnknownNameError, match="person"):
        records.visits("p00")
    assert not (folder / NAME).exists()
    with pytest.raises(InputError, match="no such folder"):
        Records(folder / "none")


def test_what_is_kept_comes_back(folder: Path, photos: list[Path]) -> None:
    records = Records(folder)
    person = records.add_person("III")
    after = records.add_visit(person, photos[2:], date(2026, 4, 1), "after")
    before = records.add_visit(person, photos[:2], DAY)
    again = Records(folder)
    assert again.persons() == (person,)
    assert [visit.day for visit in again.visits(person)] == [DAY, date(2026, 4, 1)]
    assert again.visits(person)[0].photos == tuple(path.relative_to(folder) for path in photos[:2])
    records.keep_wrinkles(person, [{"line": [[0, 1], [2, 3]]}])
    records.keep_result(before, after, {"verdict": "not distinguishable"})
    assert again.wrinkles(person) == [{"line": [[0, 1], [2, 3]]}]
    assert again.results(person) == [
        {"before": before.id, "after": after.id, "verdict": "not distinguishable"}
    ]


def test_wrong_visits_change_nothing(folder: Path, photos: list[Path], tmp_path: Path) -> None:
    records = Records(folder)
    person, other = records.add_person(), records.add_person()
    first = records.add_visit(person, photos[:1], DAY)
    with pytest.raises(InputError, match="belongs to a visit already"):
        records.add_visit(person, [photos[1], photos[0]], DAY)
    with pytest.raises(InputError, match="lies outside"):
        records.add_visit(person, [_photo(tmp_path / "else.jpg")], DAY)
    with pytest.raises(InputError, match="no such file"):
        records.add_visit(person, [folder / "none.jpg"], DAY)
    with pytest.raises(InputError, match="without photographs"):
        records.add_visit(person, [], DAY)
    with pytest.raises(UnknownNameError, match="phototype"):
        records.add_person("VII")
    assert records.visits(person) == (first,)
    with pytest.raises(InputError, match="one person"):
        records.keep_result(first, records.add_visit(other, photos[1:2], DAY), {})


def test_deleted_is_deleted(folder: Path, photos: list[Path]) -> None:
    records = Records(folder)
    person, other = records.add_person(), records.add_person()
    visit = records.add_visit(person, photos[:2], DAY, "a remark to forget")
    kept = records.add_visit(other, photos[2:], DAY)
    records.keep_wrinkles(person, {"mark": "a line to forget"})
    records.keep_result(visit, visit, {"note": "a number to forget"})
    records.consent(person, "results", DAY)
    assert records.delete(person) == 2
    assert records.persons() == (other,)
    assert records.visits(other) == (kept,)
    assert not photos[0].exists()
    assert photos[2].exists()
    left = b"".join(path.read_bytes() for path in folder.glob(f"{NAME}*"))
    for words in (b"to forget", person.encode(), "Müller 0".encode()):
        assert words not in left
    assert b"Frau" in left, "the other person's photographs still stand there"


def test_nothing_leaves_without_consent(folder: Path, photos: list[Path], tmp_path: Path) -> None:
    records, to = Records(folder), tmp_path / "out"
    person = records.add_person()
    records.add_visit(person, photos[:2], DAY)
    records.keep_wrinkles(person, [1])
    with pytest.raises(InputError, match="consent stands for nothing"):
        export(records, person, to)
    records.consent(person, "results", DAY)
    with pytest.raises(InputError, match="photographs"):
        export(records, person, to, photographs=True)
    assert not to.exists()
    (file,) = export(records, person, to)
    content = json.loads(file.read_text())
    assert content["visits"][0]["photos"] == 2
    assert "wrinkles" not in content
    assert "Müller" not in file.read_text()
    records.consent(person, "photographs", DAY)
    *pictures, file = export(records, person, to, photographs=True)
    assert json.loads(file.read_text())["wrinkles"] == [1]
    for path in pictures:
        assert b"MakerOfTheCamera" not in path.read_bytes()
        with Image.open(path) as image:
            assert image.size == (20, 16), "upright"
            assert not image.getexif()
    records.withdraw(person, DAY)
    with pytest.raises(InputError, match="consent"):
        export(records, person, to)
    with pytest.raises(UnknownNameError, match="scope"):
        records.consent(person, "everything", DAY)


def test_files_of_others_are_refused(folder: Path) -> None:
    (folder / NAME).write_bytes(b"not a database at all, but long enough to be looked at" * 20)
    with pytest.raises(InputError, match="expected a file that zygoma made"):
        Records(folder)
    (folder / NAME).unlink()
    Records(folder).add_person()
    with sqlite3.connect(folder / NAME) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(InputError, match="later version"):
        Records(folder)
