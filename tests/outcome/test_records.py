"""Records of persons: what is kept comes back, what is deleted is gone, nothing leaves without consent."""

from __future__ import annotations

import json
import sqlite3
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zygoma.errors import InputError, UnknownNameError, ZygomaError
from zygoma.outcome import scan_file
from zygoma.outcome.record_deletion import Deletion, delete
from zygoma.outcome.record_export import export
from zygoma.outcome.record_file import NAME
from zygoma.outcome.records import Records

DAY = date(2024, 3, 1)


def _photo(path: Path, seed: int = 0) -> Path:
    pixels = np.random.default_rng(seed).integers(0, 255, (140, 130, 3), dtype=np.uint8)
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
    after = records.add_visit(person, photos[2:], date(2024, 4, 1), "after")
    before = records.add_visit(person, photos[:2], DAY)
    again = Records(folder)
    assert again.persons() == (person,)
    assert [visit.day for visit in again.visits(person)] == [DAY, date(2024, 4, 1)]
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
    assert delete(records, person) == Deletion(tuple(photos[:2]), ())
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
    *pictures, file = export(records, person, to / "all", photographs=True)
    assert json.loads(file.read_text())["wrinkles"] == [1]
    for path in pictures:
        assert b"MakerOfTheCamera" not in path.read_bytes()
        with Image.open(path) as image:
            assert image.size == (140, 130), "upright"
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


def test_what_is_no_photograph_is_not_recorded(folder: Path, photos: list[Path]) -> None:
    records = Records(folder)
    person = records.add_person()
    (folder / "notes.txt").write_text("no picture")
    (folder / "cut.ply").write_text("ply\nformat ascii 1.0\n")
    (folder / "copy.jpg").write_bytes(photos[0].read_bytes())
    (folder / "innocent.jpg").hardlink_to(folder / NAME)
    for path, message in (
        (folder / NAME, "file of the records"),
        (folder / "innocent.jpg", "file of the records"),
        (folder / "notes.txt", "no picture"),
        (folder / "cut.ply", "cannot be read as PLY"),
        (folder / "copy.jpg", "is a copy of"),
    ):
        with pytest.raises(InputError, match=message):
            records.add_visit(person, [photos[0], path], DAY)
    assert records.visits(person) == ()
    assert (folder / NAME).is_file()


def test_a_scan_leaves_without_its_words(folder: Path, tmp_path: Path) -> None:
    scan = folder / "Frau Müller.ply"
    scan.write_text(
        "ply\nformat ascii 1.0\ncomment Frau Mueller\nelement vertex 3\nproperty float x\nproperty float y\n"
        "property float z\nelement face 1\nproperty list uchar int vertex_indices\nend_header\n"
        "0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n"
    )
    records = Records(folder)
    person = records.add_person()
    records.add_visit(person, [scan], DAY)
    for scope in ("results", "photographs"):
        records.consent(person, scope, DAY)
    bare, _ = export(records, person, tmp_path / "out", photographs=True)
    assert bare.suffix == ".ply"
    assert b"Mueller" not in bare.read_bytes()
    assert len(scan_file.read(bare)[0]) == 3


def test_a_renamed_photograph_and_copies_are_deleted(folder: Path, photos: list[Path]) -> None:
    records = Records(folder)
    person, other = records.add_person(), records.add_person()
    records.add_visit(person, photos[:2], DAY)
    records.add_visit(other, photos[2:], DAY)
    (folder / "below").mkdir()
    renamed = photos[0].rename(folder / "below" / "renamed.jpg")
    (folder / "copy.jpg").write_bytes(photos[1].read_bytes())
    assert {path.name for path in delete(records, person).removed} == {
        renamed.name,
        "copy.jpg",
        photos[1].name,
    }
    assert sorted(folder.rglob("*.jpg")) == photos[2:]


@pytest.mark.parametrize("harm", ["removed", "changed", "the database"])
def test_a_photograph_that_is_not_as_recorded_stops_the_deletion(
    folder: Path, photos: list[Path], harm: str, tmp_path: Path
) -> None:
    records = Records(folder)
    person = records.add_person()
    records.add_visit(person, photos[:2], DAY)
    for scope in ("results", "photographs"):
        records.consent(person, scope, DAY)
    if harm == "the database":  # as an earlier version let it be recorded
        with sqlite3.connect(folder / NAME) as connection:
            connection.execute("UPDATE photo SET path = ? WHERE path = ?", (NAME, photos[0].name))
        connection.close()
    photos[0].unlink()
    if harm == "changed":
        _photo(photos[0], 99)
    with pytest.raises(ZygomaError, match=r"nothing of .*--forget-missing") as caught:
        delete(records, person)
    assert not isinstance(caught.value, InputError), "exit code 1"
    with pytest.raises(InputError, match=r"not in .* as recorded"):
        export(records, person, tmp_path / "out", photographs=True)
    assert not (tmp_path / "out").exists()
    assert photos[1].exists()
    assert records.persons() == (person,)
    assert len(delete(records, person, forget_missing=True).forgotten) == 1
    assert (folder / NAME).is_file()
    assert records.persons() == ()


def test_an_export_is_whole_or_not_there(
    folder: Path, photos: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records, to = Records(folder), tmp_path / "out" / "one"
    person = records.add_person()
    records.add_visit(person, photos, DAY)
    for scope in ("results", "photographs"):
        records.consent(person, scope, DAY)

    def full(*_: object) -> None:
        raise OSError(28, "disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("zygoma.outcome.record_export.write_text", full)
        with pytest.raises(InputError, match="disk"):
            export(records, person, to, photographs=True)
    assert list(to.parent.iterdir()) == []
    to.mkdir()
    assert len(export(records, person, to, photographs=True)) == 5
    with pytest.raises(InputError, match="a new folder"):
        export(records, person, to)
    with pytest.raises(InputError, match="a new folder"):
        export(records, person, photos[0])


def test_days_of_consents_are_looked_at(folder: Path, photos: list[Path]) -> None:
    records = Records(folder)
    person, tomorrow = records.add_person(), date.today() + timedelta(days=1)
    for write_down in (
        lambda: records.consent(person, "results", tomorrow),
        lambda: records.withdraw(person, tomorrow),
        lambda: records.add_visit(person, photos, tomorrow),
    ):
        with pytest.raises(InputError, match="a day to come"):
            write_down()
    records.consent(person, "results", DAY)
    with pytest.raises(InputError, match="before the consent of 2024-03-01"):
        records.withdraw(person, DAY - timedelta(days=1))
    assert records.consents(person) == ("results",)
    with records.file.writing() as connection:  # as an earlier version let it be written
        connection.execute("UPDATE consent SET given = '2999-01-01'")
    assert records.consents(person) == ()
    records.withdraw(person, date.today())


def test_notes_leave_with_a_consent_of_their_own(folder: Path, photos: list[Path], tmp_path: Path) -> None:
    records = Records(folder)
    person = records.add_person()
    records.add_visit(person, photos, DAY, "the sister of Frau Meier")
    records.consent(person, "results", DAY)
    (file,) = export(records, person, tmp_path / "without")
    assert "Meier" not in file.read_text()
    records.consent(person, "notes", DAY)
    (file,) = export(records, person, tmp_path / "with")
    assert json.loads(file.read_text())["visits"][0]["note"] == "the sister of Frau Meier"
