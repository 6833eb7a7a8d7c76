"""Files that are written whole or not at all, with one clear error; records that know damage."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from zygoma.errors import InputError
from zygoma.provenance import atomic_path, read_record, write_record, write_text


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("within", [True, False])
def test_a_full_disk_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, within: bool
) -> None:
    monkeypatch.setenv("ZYGOMA_CACHE", str(tmp_path / "cache"))
    place = tmp_path / "cache" / "dose" / "a.json" if within else tmp_path / "report" / "a.json"
    place.parent.mkdir(parents=True)
    place.write_text("before")
    with (
        pytest.raises(InputError, match=r"cannot write .*a\.json: No space left") as told,
        atomic_path(place),
    ):
        full()
    assert ("set ZYGOMA_CACHE to a folder with space" in str(told.value)) == within
    assert ("give a folder with space" in str(told.value)) != within
    assert [file.name for file in place.parent.iterdir()] == ["a.json"]
    assert place.read_text() == "before"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"cannot write .*file"):
        write_text(tmp_path / "file" / "a.txt", "text")


def test_errors_of_the_caller_stay_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(KeyError), atomic_path(tmp_path / "a"):
        raise KeyError("a")


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    record = {"nodes": [3, 1], "residual": 1.1e-13, "text": "ö", "deep": {"a": [0.1, None]}}
    write_record(tmp_path / "a.json", record)
    assert read_record(tmp_path / "a.json") == record


@pytest.mark.parametrize(
    "spoilt", ["", "[]", "{}", "null", "3", "{", "[" * 100_000, '{"a": 1.0}', '{"a": 1.0, "hash": "0"}']
)
def test_what_is_no_record_is_none(tmp_path: Path, spoilt: str) -> None:
    (tmp_path / "a.json").write_text(spoilt)
    assert read_record(tmp_path / "a.json") is None


def test_every_change_of_a_record_is_seen(tmp_path: Path) -> None:
    write_record(tmp_path / "a.json", {"a": 1.25, "b": [1, 2]})
    text = (tmp_path / "a.json").read_text()
    for old, new in (("1.25", "1.26"), ("[1, 2]", "[2, 1]"), ('"b"', '"c"'), ("1.25", "NaN")):
        assert old in text
        (tmp_path / "a.json").write_text(text.replace(old, new))
        assert read_record(tmp_path / "a.json") is None, new
    (tmp_path / "a.json").write_bytes(b"\xff\xfe")
    assert read_record(tmp_path / "a.json") is None
    assert read_record(tmp_path / "absent.json") is None
    (tmp_path / "a.json").write_text(json.dumps({**json.loads(text), "more": 1}))
    assert read_record(tmp_path / "a.json") is None
