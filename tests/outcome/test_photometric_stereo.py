"""Depth from four lit photographs against the carved truth."""

from __future__ import annotations

import math

import numpy as np
import pytest

from zygoma.errors import InputError
from zygoma.outcome.light import Light
from zygoma.outcome.photometric_stereo import Relief, photometric_stereo
from zygoma.outcome.render import Patch, phototypes
from zygoma.outcome.wrinkle import Wrinkle

SIDES = np.radians((0, 90, 180, 270))


def wrinkles_of(patch):
    return [Wrinkle(f"w{k}", "patch", groove.points) for k, groove in enumerate(patch.grooves)]


def test_depth_of_a_known_height():
    rng = np.random.default_rng(695)
    patch = Patch.random(rng, pitch=0.125e-3, size=(50e-3, 12e-3), count=1, depth=0.2e-3, sigma=0.5e-3)
    relief = Relief(patch.height - patch.rough, np.ones(patch.rough.shape, dtype=bool), patch.pitch)
    # its ends run out over 3 mm each of some 40 mm
    assert relief.depths(wrinkles_of(patch)) == pytest.approx(0.2e-3, rel=0.12)


def test_four_lights_give_the_depth():
    rng = np.random.default_rng(696)
    patch = Patch.random(
        rng,
        pitch=0.125e-3,
        size=(40e-3, 20e-3),
        count=2,
        depth=(0.1e-3, 0.4e-3),
        phototype=rng.choice(phototypes()),
    )
    lights = [Light(math.radians(45), side, ambient=0.1) for side in SIDES]
    textures = [patch.photograph(rng, light).texture() for light in lights]
    reflectance = float((patch.albedo @ (0.2126, 0.7152, 0.0722)).mean())
    found = photometric_stereo(textures, lights, reflectance).depths(wrinkles_of(patch))
    truth = Relief(patch.height, textures[0].skin, patch.pitch).depths(wrinkles_of(patch))
    # bias of 2 % (the blur of the camera is a part of it) and noise of 2 % were measured
    assert found == pytest.approx(truth, rel=0.08)


def test_what_cannot_be_solved():
    rng = np.random.default_rng(697)
    patch = Patch.random(rng, size=(12e-3, 8e-3), count=1)
    photo = patch.photograph(rng, Light(0.8)).texture()
    lights = [Light(0.8, side) for side in SIDES]
    with pytest.raises(InputError, match="at least three"):
        photometric_stereo([photo] * 2, lights[:2])
    with pytest.raises(InputError, match="3 lights"):
        photometric_stereo([photo] * 4, lights[:3])
    with pytest.raises(InputError, match="in one line"):
        photometric_stereo([photo] * 3, [lights[1], lights[3], lights[1]])
    other = Patch.random(rng, size=(14e-3, 8e-3), count=1).photograph(rng, Light(0.8)).texture()
    with pytest.raises(InputError, match="differ in size"):
        photometric_stereo([photo, photo, other], lights[:3])
