"""Faces are read again as they were made, and made again when in doubt."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from zygoma.errors import UnknownNameError
from zygoma.face import kept
from zygoma.face.face import Face
from zygoma.face.morph import Person


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ZYGOMA_CACHE", str(tmp_path))
    return tmp_path / "face"


@pytest.mark.slow
def test_a_kept_face_is_the_face(cache, monkeypatch):
    person = Person(age=61.0, morphs={"fat_factor": 1.2})
    made = kept.kept_face(person, "coarse")
    (file,) = cache.iterdir()
    with monkeypatch.context() as patch:
        patch.setattr(Face, "of", None)  # nothing is made
        again = kept.kept_face(person, "coarse")
    for field in fields(Face):
        one, other = getattr(made, field.name), getattr(again, field.name)
        assert np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other
    assert again.hash == Face.of(person, "coarse").hash
    file.write_bytes(file.read_bytes()[:5000])
    assert kept.kept_face(person, "coarse").hash == made.hash
    assert file.stat().st_size > 10_000


def test_another_person_resolution_or_version_is_another_file(cache, monkeypatch):
    made = []
    monkeypatch.setattr(Face, "of", lambda *who: made.append(who) or _SHELL)
    for person, resolution in ((Person(), "coarse"), (Person(bmi=30), "coarse"), (Person(), "standard")):
        kept.kept_face(person, resolution)
    monkeypatch.setattr(kept, "_origin", lambda: "another version")
    kept.kept_face(Person(), "coarse")
    assert len(made) == len(list(cache.iterdir())) == 4


class _SHELL:
    nodes = fibre = thickness = target_thickness = source_vertices = fine_points = np.zeros((1, 3))


def test_an_unknown_resolution_is_not_kept(cache):
    with pytest.raises(UnknownNameError):
        kept.kept_face(Person(), "sharp")
    assert not cache.exists()
