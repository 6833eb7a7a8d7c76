"""The line filter and the darkening it is given."""

from __future__ import annotations

import math

import numpy as np
import pytest

from zygoma.errors import InputError
from zygoma.outcome.darkening import darkening
from zygoma.outcome.linefilter import lines
from zygoma.outcome.texture import Texture

PITCH = 0.125e-3


def ruled(width, angle, depth, size=241):
    """Darkening of one endless line through the middle."""
    place = (np.arange(size) - size // 2) * PITCH
    x, y = np.meshgrid(place, place)
    off = y * math.cos(angle) - x * math.sin(angle)
    return depth * np.exp(-4 * math.log(2) * (off / width) ** 2)


@pytest.mark.parametrize("width", [0.5e-3, 0.8e-3, 1.2e-3])
def test_a_line_of_the_bank_answers_its_depth(width):
    rng = np.random.default_rng(714)
    angle, depth = rng.uniform(0, math.pi), rng.uniform(0.02, 0.5)
    found = lines(ruled(width, angle, depth), PITCH)
    # between two of the 16 angles the parabola loses up to 3.5 % of the narrowest line
    assert found.response[120, 120] == pytest.approx(depth, rel=0.045)
    assert found.width[120, 120] == np.float32(width)
    off = (found.angle[120, 120] - angle + math.pi / 2) % math.pi - math.pi / 2
    assert abs(off) < math.radians(1.0)


def test_bright_lines_and_flat_skin_answer_nothing():
    assert (
        lines(-ruled(0.8e-3, 0.0, 0.3), PITCH).response[120, 120] < 0.03
    )  # ends of the kernels that cross it
    assert np.abs(lines(np.zeros((50, 70)), PITCH).response).max() == 0


def test_pitch_too_coarse():
    with pytest.raises(InputError, match=r"0\.4 mm a pixel"):
        lines(np.zeros((50, 70)), 0.4e-3)


def test_darkening_is_free_of_exposure_and_slow_shade():
    rng = np.random.default_rng(715)
    line = ruled(0.8e-3, rng.uniform(0, math.pi), 0.2)
    skin = np.ones(line.shape, dtype=bool)
    slow = np.linspace(-0.4, 0.4, 241)[:, None] * np.ones(241)
    plain = darkening(Texture(np.exp(-line).astype(np.float32), skin, PITCH, {}))
    other = darkening(Texture((3.7 * np.exp(slow - line)).astype(np.float32), skin, PITCH, {}))
    middle = (slice(100, 141), slice(100, 141))
    # a gradient of 0.8 over 30 mm, one-sided at the window's ends, is what is left of it
    np.testing.assert_allclose(plain[middle], other[middle], atol=0.01)
    # the background of 4 mm takes the line's own mean away: 0.8 mm of 10 mm
    assert plain[120, 120] == pytest.approx(0.2, rel=0.12)


def test_what_is_not_skin_counts_for_nothing():
    rng = np.random.default_rng(716)
    light = np.exp(rng.normal(0, 0.05, (120, 140))).astype(np.float32)
    skin = np.ones(light.shape, dtype=bool)
    skin[:, 100:] = False
    dirty = light.copy()
    dirty[:, 100:] = 0.001
    one, two = (darkening(Texture(values, skin, PITCH, {})) for values in (light, dirty))
    np.testing.assert_array_equal(one, two)
    assert np.abs(one[:, 100:]).max() == 0
    with pytest.raises(InputError, match="no skin"):
        darkening(Texture(light, np.zeros_like(skin), PITCH, {}))


def test_textures_that_are_none():
    good = np.ones((4, 5), dtype=np.float32)
    skin = np.ones((4, 5), dtype=bool)
    with pytest.raises(InputError, match="same rows and columns"):
        Texture(good, skin[:2], PITCH, {})
    with pytest.raises(InputError, match="pitch"):
        Texture(good, skin, 0.0, {})
    with pytest.raises(InputError, match="finite"):
        Texture(good * np.nan, skin, PITCH, {})
