"""What differs between two visits beside the wrinkles."""

from __future__ import annotations

import math

import numpy as np
import pytest

from zygoma.errors import InputError
from zygoma.outcome.comparability import comparability
from zygoma.outcome.light import Light
from zygoma.outcome.render import Camera, Patch
from zygoma.outcome.texture_transfer import transfer
from zygoma.outcome.wrinkle import Wrinkle

PITCH = 0.125e-3


@pytest.fixture(scope="module")
def scene():
    """A patch, its wrinkles and a way to photograph it faded in another light or camera."""
    rng = np.random.default_rng(136)
    patch = Patch.random(rng, pitch=PITCH, size=(60e-3, 60e-3), depth=(0.1e-3, 0.3e-3), count=4)
    wrinkles = [Wrinkle(f"w{k}", "patch", groove.points) for k, groove in enumerate(patch.grooves)]

    def shoot(elevation=45.0, fade=0.0, count=2, **camera):
        skin = patch.faded(fade) if fade else patch
        light = Light(math.radians(elevation))
        return [
            skin.photograph(rng, light, Camera(exposure=rng.normal(0.35, 0.01), **camera)).texture()
            for _ in range(count)
        ]

    return shoot, wrinkles


def test_same_rig_is_comparable_though_wrinkles_fade(scene):
    shoot, wrinkles = scene
    found = comparability(shoot(), shoot(fade=0.3), wrinkles)
    assert found, found.reasons
    assert found.left < 0.04
    assert found.sharpness == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize(
    ("elevation", "camera", "words"),
    [
        (51.0, {}, "higher"),
        (39.0, {}, "lower"),
        (45.0, {"gamma": 1.2}, "tone curve is steeper"),
        (45.0, {"gamma": 1 / 1.2}, "tone curve is flatter"),
        (45.0, {"blur": 0.31e-3}, "second visit is less sharp"),
    ],
)
def test_other_light_tone_or_focus_is_refused(scene, elevation, camera, words):
    shoot, wrinkles = scene
    found = comparability(shoot(), shoot(elevation, 0.2, **camera), wrinkles)
    assert not found
    reasons = " ".join(found.reasons)
    assert words in reasons
    if "blur" in camera:
        # 0.31 mm against 0.08 mm; so much blur leaves few waves to see it by, and 60 to 90 % of it come out
        assert 0.4 < found.transfer.blur / (0.31e-3**2 - 0.08e-3**2) < 1.2
    if "gamma" in camera:
        assert found.transfer.tone == pytest.approx(
            math.log(camera["gamma"]), abs=0.08
        )  # of 36 cm2 of skin 0.02


def test_transfer_of_a_made_up_texture():
    """White colour and relief in one direction: the three numbers come back."""
    rng = np.random.default_rng(137)
    shape, scale = (
        (400, 500),
        (rng.uniform(-0.2, 0.2), rng.uniform(-0.005e-6, 0.02e-6), rng.uniform(-0.2, 0.2)),
    )
    fy, fx = np.fft.fftfreq(shape[0], PITCH)[:, None], np.fft.rfftfreq(shape[1], PITCH)
    wave, angle = np.hypot(fx, fy), np.arctan2(fy, fx)
    band = (wave < 2500) / (1 + wave / 300)
    colour, relief = (np.fft.rfft2(rng.standard_normal(shape)) * band for _ in range(2))
    relief = 1.5 * relief * np.cos(angle - 0.4)

    def seen(shading, blur, tone):
        spectrum = (colour + math.exp(shading) * relief) * np.exp(tone - 2 * np.pi**2 * blur * wave**2)
        picture = np.fft.irfft2(spectrum, s=shape)
        return np.stack([picture + rng.normal(0, 0.3 * picture.std(), shape) for _ in range(3)])

    tone, blur, shading = scale
    found = transfer(seen(0.0, 0.0, 0.0), seen(shading, blur, tone), PITCH)
    # 4000 waves of each kind: about 2 % each
    assert found.tone == pytest.approx(tone, abs=0.04)
    assert found.shading == pytest.approx(shading, abs=0.08)
    assert found.blur == pytest.approx(blur, abs=0.0015e-6)


def test_too_little_skin():
    rng = np.random.default_rng(138)
    patch = Patch.random(rng, pitch=PITCH, size=(15e-3, 10e-3), count=1)
    photo = patch.photograph(rng, Light(0.8)).texture()
    with pytest.raises(InputError, match="cm2 are needed"):
        comparability([photo], [photo])
    with pytest.raises(InputError, match="at least one"):
        comparability([], [photo])
