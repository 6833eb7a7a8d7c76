"""Faces whose layers have one thickness everywhere."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.errors import InputError, RangeError, UnknownNameError
from zygoma.face import Face, Person
from zygoma.face.layers import uniform_layers

WOMAN = Person("female", 45.0, 23.0)
LAYERS = {"skin": 1.6e-3, "fat": 4e-3, "smas": 2e-3, "deep": 4e-3}


def test_uniform_layers_are_realised_where_the_head_has_room():
    face = Face.of(WOMAN, "coarse", LAYERS)
    wanted = np.array(list(LAYERS.values()))
    assert np.allclose(face.target_thickness, wanted, rtol=1e-12)
    assert (face.thickness <= wanted * (1 + 1e-12)).all()
    roomy = np.abs(face.thickness - wanted).max(axis=1) < 1e-6
    assert 0.3 < roomy.mean() < 0.9
    cheek = np.linalg.norm(face.skin.points - face.landmark("mid_cheek_r"), axis=1) < 10e-3
    assert roomy[cheek].all()
    assert (face.volumes > 0).all()


@pytest.mark.slow
def test_a_person_may_have_thicker_skin_fat_and_muscles():
    """Targets grow by the factor, and the bone goes deeper by what lies above it more."""
    average = Face.of(WOMAN, "coarse")
    plain = average.target_thickness
    cheek = np.linalg.norm(average.skin.points - average.landmark("mid_cheek_r"), axis=1) < 10e-3
    for name, layer in (("skin_factor", 0), ("fat_factor", 1), ("muscle_factor", 2)):
        found = Face.of(Person("female", 45.0, 23.0, {name: 1.3}), "coarse").target_thickness
        gained = found[cheek] - plain[cheek]
        expected = 0.3 * plain[cheek, layer]
        if layer < 2:
            assert gained[:, layer] == pytest.approx(expected, rel=1e-6)
            assert gained[:, [k for k in range(4) if k != layer]] == pytest.approx(0, abs=1e-8)
        else:  # fascia without muscles keeps its thickness
            assert (gained[:, 2] <= expected + 1e-9).all()
            assert gained[:, 2].max() > 0.9 * expected.max()
            assert (gained[:, 3] >= -1e-9).all()


def test_values_in_order_are_the_same_as_by_name():
    by_name = uniform_layers(dict(reversed(LAYERS.items())))
    assert (by_name == uniform_layers(tuple(LAYERS.values()))).all()


@pytest.mark.parametrize(
    ("layers", "error", "text"),
    [
        ({**LAYERS, "skinn": 1e-3}, UnknownNameError, "did you mean 'skin'"),
        ({"skin": 1e-3}, RangeError, "each of skin, fat, smas, deep"),
        ((1e-3, 4e-3, 2e-3), RangeError, "each of skin, fat, smas, deep"),
        ((1e-3, 4e-3, 2e-3, 0.0), RangeError, "above 0"),
        ((1.6, 4.0, 2.0, 4.0), RangeError, "below 0.1 m"),
    ],
)
def test_layers_that_make_no_sense_are_refused(layers, error, text):
    assert issubclass(error, InputError)
    with pytest.raises(error, match=text):
        uniform_layers(layers)
