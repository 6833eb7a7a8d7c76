"""The renderer against closed forms, and its truth files."""

from __future__ import annotations

import math

import numpy as np
import pytest

from zygoma.errors import RangeError, UnknownNameError
from zygoma.face.morph import Person
from zygoma.outcome.light import Light
from zygoma.outcome.render import Camera, Groove, Patch, flat_face, phototypes, whole_face
from zygoma.outcome.render.camera import decoded, encoded
from zygoma.outcome.render.relief import carved
from zygoma.outcome.render.shading import irradiance, sky
from zygoma.outcome.render.skin import albedo

PITCH = 0.1e-3


@pytest.fixture
def rng():
    return np.random.default_rng(284)


def test_groove_has_its_profile(rng):
    depth, sigma = rng.uniform(0.05e-3, 0.4e-3), rng.uniform(0.3e-3, 0.8e-3)
    line = Groove(np.array([[1e-3, 5e-3], [29e-3, 5e-3]]), depth, sigma)
    height = carved((101, 301), PITCH, [line])
    across = (np.arange(101) - 50) * PITCH
    expected = -depth * np.exp(-0.5 * (across / sigma) ** 2)
    # the curve is sampled at a quarter of a pixel, and cut off at 4.5 sigma
    np.testing.assert_allclose(height[:, 150], expected, atol=2e-3 * depth)
    assert height[:, :8].min() == 0  # no groove before its end


def test_light_on_skin_that_turns(rng):
    """Axes x to the right, y up, z to the camera: the picture's light, and the same after any turn."""
    given = Light(rng.uniform(0.3, 1.4), rng.uniform(-3, 3), 0.1, rng.uniform(0.1, 0.6))
    direct = (1 / given.ambient - 1) / math.sin(given.elevation)
    source = direct * given.direction * (1, -1, 1)  # y of textures is down
    axes = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    axes *= np.sign(np.linalg.det(axes))
    found = Light.on(axes @ source, axes @ (0, 0, 1), axes @ (1, 0, 0.3), 0.1)
    assert (found.elevation, found.azimuth, found.softness, found.ambient) == pytest.approx(
        (given.elevation, given.azimuth, given.softness, given.ambient)
    )
    with pytest.raises(RangeError, match="in shadow"):
        Light.on((0, 0, -1), (0, 0, 1), (1, 0, 0))


def test_flat_skin_has_light_1(rng):
    light = Light(rng.uniform(0.3, math.pi / 2), rng.uniform(-3, 3), ambient=rng.uniform(0, 1))
    np.testing.assert_allclose(irradiance(np.zeros((30, 40)), PITCH, light), 1.0, rtol=1e-9)


def test_shallow_groove_shades_as_its_slope(rng):
    """Closed form for small slopes p: 1 + (1 - a) (-p cot(el) cos(angle to the groove's normal)) + O(p^2)."""
    light = Light(rng.uniform(0.6, 1.2), rng.uniform(-math.pi, math.pi), 0.05, rng.uniform(0.1, 0.4))
    depth, sigma = 2e-6, 0.5e-3
    across = (np.arange(121) - 60) * PITCH
    height = np.tile(-depth * np.exp(-0.5 * (across / sigma) ** 2)[:, None], (1, 60))
    slope = depth * across / sigma**2 * np.exp(-0.5 * (across / sigma) ** 2)
    towards = light.direction[1] / light.direction[2]
    expected = 1 + (1 - light.ambient) * -slope * towards
    found = irradiance(height, PITCH, light)[:, 30]
    largest = (1 - light.ambient) * 0.607 * depth / sigma
    # what is left is the sky hidden by the groove, a * slope / 2, and the grid's own slope (1 %)
    np.testing.assert_allclose(found, expected, atol=0.02 * largest + 0.7 * light.ambient * depth / sigma)


def test_sky_of_a_slope(rng):
    """An endless slope of angle alpha sees (1 + cos(alpha)) / 2 of an even sky."""
    alpha = rng.uniform(0.1, 0.7)
    height = np.tile(np.tan(alpha) * np.arange(201) * PITCH, (201, 1))
    # 8 azimuths integrate the horizon of a slope to 1 %
    assert sky(height, PITCH)[100, 100] == pytest.approx((1 + math.cos(alpha)) / 2, abs=0.01)


def test_sky_at_the_foot_of_a_trench():
    """The middle of an endless trench with upright walls, width w and depth h sees sin(atan(w / 2h))."""
    width, deep = 2.05e-3, 0.5e-3
    height = np.zeros((201, 201))
    height[90:111] = -deep
    expected = math.sin(math.atan(width / 2 / deep))
    # the horizon is looked at in 8 azimuths and at a few distances: 3 %
    assert sky(height, PITCH)[100, 100] == pytest.approx(expected, abs=0.03)


def test_lower_light_shows_more():
    """Contrast of a shallow groove goes with cot(elevation)."""
    seed = 20261129
    spread = []
    for elevation in (30, 45, 60, 85):
        patch = Patch.random(
            np.random.default_rng(seed), size=(30e-3, 12e-3), depth=0.2e-3, sigma=0.5e-3, count=1
        )
        falls = irradiance(patch.height, PITCH, Light(math.radians(elevation)))
        spread.append(np.log(falls).std())
    assert spread == sorted(spread, reverse=True)
    assert spread[0] / spread[1] == pytest.approx(math.sqrt(3), rel=0.15)
    assert spread[1] / spread[2] == pytest.approx(math.sqrt(3), rel=0.15)


def test_darker_phototypes_reflect_less(rng):
    means = [albedo(rng, (150, 150), PITCH, name).mean(axis=(0, 1)) for name in phototypes()]
    assert len(means) == 6
    assert (np.diff(means, axis=0) < 0).all()
    with pytest.raises(UnknownNameError, match="phototype 'VII'"):
        albedo(rng, (9, 9), PITCH, "VII")


def test_tone_curve_there_and_back(rng):
    light = rng.uniform(0, 1, 1000)
    np.testing.assert_allclose(decoded(encoded(light)), light, atol=2e-6)


def test_photograph_and_its_truth(rng, tmp_path):
    patch = Patch.random(rng, size=(20e-3, 10e-3), count=1)
    photo = patch.photograph(rng, Light(0.8), Camera(exposure=0.3))
    texture = photo.texture()
    assert texture.light.shape == (100, 200)
    assert texture.light.mean() == pytest.approx(0.3, rel=0.35)
    truth = np.load(photo.save(tmp_path / "a" / "skin.jpg"))
    assert (tmp_path / "a" / "skin.jpg").stat().st_size == len(photo.file)
    np.testing.assert_allclose(truth["depth_um"], -1e6 * patch.height, atol=1e-3)
    assert truth["wrinkle_depth_um"] == pytest.approx([1e6 * patch.grooves[0].depth])
    np.testing.assert_array_equal(truth["wrinkle_0"], patch.grooves[0].points)
    assert truth["elevation_rad"] == 0.8


def test_faded_is_shallower_only(rng):
    patch = Patch.random(rng, size=(20e-3, 10e-3), count=1)
    faded = patch.faded(0.2118)
    np.testing.assert_allclose(faded.height - faded.rough, 0.7882 * (patch.height - patch.rough), atol=1e-12)
    assert faded.albedo is patch.albedo


def test_flat_face_has_its_regions(rng):
    face = flat_face(rng, pitch=0.25e-3)
    areas = {name: mask.sum() * 0.25e-3**2 * 1e4 for name, mask in face.regions.items()}
    assert areas["forehead"] == pytest.approx(29, rel=0.03)
    assert areas["crows_feet_l"] == pytest.approx(4.8, rel=0.03)
    assert areas["nasolabial_r"] == pytest.approx(5.4, rel=0.03)


def test_whole_face_stands_upright_with_its_wrinkles_on_it(rng):
    from zygoma.outcome.render.front_view import front_view

    view = front_view(Person(), 0.5e-3, (0.2, 0.26))
    eyes = [view.joint(f"{side}-eye") for side in "rl"]
    assert eyes[0][0] < view.landmark("sellion")[0] < eyes[1][0]  # the subject's right is on the left
    assert (
        view.landmark("trichion")[1]
        < eyes[0][1]
        < view.landmark("pronasale")[1]
        < view.landmark("pogonion")[1]
    )
    nose, cheek = (
        view.height[tuple(np.round(view.landmark(name)[::-1] / view.pitch).astype(int))]
        for name in ("pronasale", "mid_cheek_r")
    )
    assert nose > cheek + 10e-3
    assert (view.part == 1).sum() * 0.25 == pytest.approx(200, rel=0.5)  # mm2 of an eye between its lids
    face = whole_face(rng, person=Person(sex="male", age=60), phototype="IV", pitch=0.5e-3)
    assert face.albedo.min() > 0
    assert face.albedo.max() <= 1
    head = face.regions["head"]
    for groove in face.grooves:
        columns, rows = np.round(groove.points / 0.5e-3).astype(int).T
        assert head[rows, columns].all()
    bare = whole_face(rng, pitch=0.5e-3, wrinkled=False)
    assert bare.grooves == ()


def test_what_cannot_be_rendered():
    with pytest.raises(RangeError, match="above the skin"):
        Light(-0.1)
    with pytest.raises(RangeError, match="ambient share"):
        Light(0.5, ambient=1.5)
    with pytest.raises(RangeError, match="JPEG quality"):
        Camera(quality=0)
    with pytest.raises(RangeError, match="need 5 mm each"):
        Patch.random(np.random.default_rng(286), count=20)
