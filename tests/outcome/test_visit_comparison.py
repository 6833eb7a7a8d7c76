"""Photographs that cannot be compared are told from those that can."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from zygoma.errors import InputError
from zygoma.outcome.expression import expression
from zygoma.outcome.face_engine import FaceEngine
from zygoma.outcome.face_landmarks import FaceLandmarks
from zygoma.outcome.face_texture import face_texture
from zygoma.outcome.gate import gate
from zygoma.outcome.photo import Photo, linear_to_srgb
from zygoma.outcome.photo_quality import PhotoQuality, photo_quality
from zygoma.outcome.skin_contrast import SkinContrast, skin_contrast
from zygoma.outcome.texture import Texture
from zygoma.outcome.texture_grid import TextureGrid
from zygoma.outcome.visit_comparison import VisitComparison, compare_visits, contrast_gate

PITCH = 0.125e-3
ENLARGED = 5  # the astronaut's face then has 3.5 px/mm


def relief(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Detail of skin at all sizes from 0.3 to 8 mm, in log light."""
    found = np.zeros(shape)
    for size, amount in ((0.08e-3, 0.03), (0.25e-3, 0.03), (0.8e-3, 0.03), (2e-3, 0.04)):
        noise = cv2.GaussianBlur(rng.normal(size=shape), (0, 0), size / PITCH)
        found += amount * noise / noise.std()
    return found


def photographed(
    log: np.ndarray, rng: np.random.Generator, blur: float = 0.0, gamma: float = 1.0, noise: float = 0.004
) -> SkinContrast:
    light = 0.4 * np.exp(log + rng.normal(0, 0.02))
    light = cv2.GaussianBlur(light, (0, 0), np.hypot(0.08e-3, blur) / PITCH)
    light = np.clip(light + rng.normal(0, noise, log.shape), 1e-3, 1.0) ** gamma
    return skin_contrast(Texture(light.astype(np.float32), np.ones(log.shape, bool), PITCH, {}))


def with_wrinkles(shape: tuple[int, int], depth: float) -> np.ndarray:
    """Dark lines, one every 12 mm, as light is lost in them."""
    y = np.arange(shape[0]) * PITCH
    lines = sum(np.exp(-((y - at) ** 2) / (2 * 0.5e-3**2)) for at in np.arange(6e-3, y[-1], 12e-3))
    return -depth * np.asarray(lines)[:, None] * np.ones(shape)


# contrast of the skin


def test_contrast_is_that_of_a_known_wave() -> None:
    """A wave of 0.7 mm with amplitude a has a root mean square of a / sqrt(2), in its band only."""
    x = np.arange(800) * PITCH
    for wavelength, inside in ((0.7e-3, "fine"), (3.2e-3, "middle")):
        wave = np.exp(0.05 * np.sin(2 * np.pi * x / wavelength))[None, :] * np.ones((800, 1))
        texture = Texture(wave.astype(np.float32), np.ones(wave.shape, bool), PITCH, {})
        found = skin_contrast(texture)
        middle = np.s_[4:-4, 4:-4]  # the edges ring
        for name in ("fine", "middle"):
            value = float(np.exp(np.median(getattr(found, name)[middle])))
            if name == inside:
                assert value == pytest.approx(0.05 / np.sqrt(2), rel=0.05)
            else:
                assert value < 0.005


def test_exposure_does_not_change_contrast_and_bare_tiles_are_left_out() -> None:
    rng = np.random.default_rng(1)
    log = relief(rng, (400, 480))
    skin = np.ones(log.shape, bool)
    skin[:80] = False
    light = np.where(skin, np.exp(log), 0.0).astype(np.float32)
    one = skin_contrast(Texture(light, skin, PITCH, {}))
    other = skin_contrast(Texture(3 * light, skin, PITCH, {}))
    np.testing.assert_allclose(one.fine, other.fine, atol=1e-4)
    assert np.isnan(one.fine[0]).all()
    assert np.isfinite(one.fine[3:]).all()


def test_the_fine_band_moves_to_what_the_pixels_hold() -> None:
    texture = Texture(np.ones((200, 200), np.float32), np.ones((200, 200), bool), 0.32e-3, {})
    assert skin_contrast(texture).wavelengths == pytest.approx((1.28e-3, 2.56e-3))


@pytest.mark.slow
def test_blur_and_tone_are_refused_and_repeats_and_fading_wrinkles_are_not() -> None:
    shape = (320, 480)  # 40 x 60 mm
    for seed in range(2):
        rng = np.random.default_rng(seed)
        skin, lines = relief(rng, shape), with_wrinkles(shape, 0.25)
        before = [photographed(skin + lines, rng) for _ in range(3)]

        def passed(
            log: np.ndarray = skin + lines, blur: float = 0.0, gamma: float = 1.0,
            before: list[SkinContrast] = before, rng: np.random.Generator = rng,
        ) -> bool:  # fmt: skip
            return contrast_gate(before, [photographed(log, rng, blur, gamma) for _ in range(3)]).passed

        assert passed()
        assert passed(skin + 0.5 * lines)
        assert not passed(blur=0.3e-3)
        assert not passed(blur=0.15e-3)
        assert not passed(gamma=1.15)
        assert not passed(gamma=1 / 1.15)


def test_the_reason_names_blur_and_tone() -> None:
    rng = np.random.default_rng(7)
    skin = relief(rng, (320, 480))
    before = [photographed(skin, rng)]
    assert "less sharp" in contrast_gate(before, [photographed(skin, rng, blur=0.2e-3)]).reason
    assert "tone curve" in contrast_gate(before, [photographed(skin, rng, gamma=1.2)]).reason
    assert "sharper, noisier" in contrast_gate(before, [photographed(skin, rng, noise=0.03)]).reason


def test_the_reason_names_the_photograph_that_stands_apart() -> None:
    rng = np.random.default_rng(8)
    skin = relief(rng, (320, 480))
    before = [photographed(skin, rng) for _ in range(3)]
    after = [photographed(skin, rng, blur) for blur in (0.0, 0.3e-3, 0.0)]
    assert "photograph 2 of the second visit" in contrast_gate(before, after).reason


def test_little_skin_cannot_be_told() -> None:
    rng = np.random.default_rng(7)
    found = photographed(relief(rng, (100, 100)), rng)
    told = contrast_gate([found], [found])
    assert not told.passed
    assert "4 tiles" in told.reason


# gates


def test_a_gate_says_what_was_found_and_what_to_do() -> None:
    good = gate("clipping", 0.001, "the share blown out", "expose less")
    assert good.passed
    assert "expose less" not in good.reason
    bad = gate("clipping", 0.02, "the share blown out", "expose less")
    assert not bad.passed
    assert bad.reason == "the share blown out is 2 %, at most 0.5 %; expose less"
    assert not gate("resolution", 2000.0, "the resolution", "come nearer").passed
    assert gate("resolution", 4000.0, "the resolution", "come nearer").passed
    assert not gate("pose", float("nan"), "the pose", "look ahead").passed
    assert gate("mouth_corners", -1e-3, "the corners", "rest").passed
    assert not gate("mouth_corners", -2e-3, "the corners", "rest").passed


def test_limits_near_the_error_come_down_with_repeats() -> None:
    assert gate("light_direction", 1.9, "the light", "fix it").passed
    assert not gate("light_direction", 1.9, "the light", "fix it", repeats=3).passed


# expression


def smiled(photo: Photo, face: FaceLandmarks, out: float, up: float) -> Photo:
    """Corners of the mouth pulled outward and up by so many millimetres (89 mm between the eye corners)."""
    unit = face.eye_distance / 89.0
    y, x = np.indices(photo.pixels.shape[:2], dtype=np.float32)
    dx, dy = np.zeros_like(x), np.zeros_like(y)
    for corner, side in ((61, -1.0), (291, 1.0)):
        cx, cy = face.points[corner, :2]
        weight = np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * (14 * unit) ** 2))
        dx += side * out * unit * weight
        dy -= up * unit * weight
    pixels = cv2.remap(photo.pixels, x - dx.astype(np.float32), y - dy.astype(np.float32), cv2.INTER_CUBIC)
    return replace(photo, pixels=pixels)


def test_a_smile_is_seen_in_millimetres(
    engine: FaceEngine, hopper: Photo, hopper_face: FaceLandmarks
) -> None:
    rest = expression(hopper_face)
    assert 0.045 < rest["mouth_width"] < 0.065  # adults 45 to 60 mm at rest
    smile = expression(engine.landmarks(smiled(hopper, hopper_face, 3.0, 2.0)))
    # pulled 3 mm on each side; the landmarks follow most of the way
    assert 3.0e-3 < smile["mouth_width"] - rest["mouth_width"] < 6.5e-3
    assert 0.7e-3 < smile["mouth_corners"] - rest["mouth_corners"] < 2.5e-3
    for name in ("eye_opening", "brow_height"):
        assert abs(smile[name] - rest[name]) < 0.5e-3
    assert expression(hopper_face, size=2.0)["jaw"] == pytest.approx(2 * rest["jaw"])


# whole visits


@pytest.fixture(scope="module")
def base(engine: FaceEngine, astronaut: Photo) -> Photo:
    """The astronaut's face enlarged, with the relief of skin that so few pixels cannot hold."""
    points = engine.landmarks(astronaut, averaged=False).points[:, :2]
    low, high = points.min(axis=0), points.max(axis=0)
    x0, y0 = np.maximum(low - 0.35 * (high - low), 0).astype(int)
    x1, y1 = (high + 0.35 * (high - low)).astype(int)
    part = astronaut.pixels[y0:y1, x0:x1]
    large = cv2.resize(part, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)
    grain = relief(np.random.default_rng(3), large.shape[:2])
    light = replace(astronaut, pixels=large).light() * 0.8 * np.exp(1.5 * grain)[:, :, None]
    return replace(astronaut, pixels=linear_to_srgb(light.astype(np.float32)))


def taken(photo: Photo, rng: np.random.Generator, blur: float = 0.0, gamma: float = 1.0) -> Photo:
    """The photograph taken once more: a little turned, shifted, larger, brighter, with its own noise."""
    middle = (photo.columns / 2, photo.rows / 2)
    matrix = cv2.getRotationMatrix2D(middle, rng.normal(0, 1.0), 1 + rng.normal(0, 0.01))
    matrix[:, 2] += rng.normal(0, 10, 2)
    size = (photo.columns, photo.rows)
    light = cv2.warpAffine(photo.light(), matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    if blur > 0.0:
        light = cv2.GaussianBlur(light, (0, 0), blur)
    light = np.clip(light * (1 + rng.normal(0, 0.02)), 0, 1) ** gamma
    light = light + rng.normal(0, 0.004, light.shape) * np.sqrt(np.maximum(light, 0.01))
    return replace(photo, pixels=linear_to_srgb(light))


def visit(engine: FaceEngine, *photos: Photo) -> list[PhotoQuality]:
    grid = TextureGrid(0.25e-3)
    return [photo_quality(face_texture(photo, engine, size=1.0, grid=grid)) for photo in photos]


@pytest.fixture(scope="module")
def first(engine: FaceEngine, base: Photo) -> list[PhotoQuality]:
    return visit(engine, base)


def refused(found: VisitComparison) -> set[str]:
    return {gate.name for gate in found.gates if not gate.passed}


@pytest.mark.slow
def test_a_repeat_is_comparable_and_a_blurred_smile_is_not(
    engine: FaceEngine, base: Photo, first: list[PhotoQuality]
) -> None:
    rng = np.random.default_rng(11)
    again = compare_visits(first, visit(engine, taken(base, rng)))
    assert again.comparable, str(again)
    assert again.reasons == ()
    assert str(again) == "comparable: 13 gates passed"
    face = engine.landmarks(base)
    smile = smiled(base, face, 4.0, 3.0)
    found = compare_visits(first, visit(engine, taken(smile, rng, blur=1.5)))
    assert {"mouth_width", "sharpness"} <= refused(found)
    assert "face at rest" in str(found)


def test_another_face_is_refused(engine: FaceEngine, first: list[PhotoQuality], hopper: Photo) -> None:
    found = compare_visits(first, visit(engine, hopper))
    assert "face" in refused(found)
    assert any("one person" in reason for reason in found.reasons)


def test_a_small_photograph_is_refused_and_named(
    engine: FaceEngine, first: list[PhotoQuality], astronaut: Photo
) -> None:
    found = compare_visits([*first, *first], visit(engine, astronaut))
    assert "resolution" in refused(found)
    assert any(reason.startswith("photograph 3 of 3: the resolution") for reason in found.reasons)


def test_grids_must_agree(engine: FaceEngine, first: list[PhotoQuality], astronaut: Photo) -> None:
    coarse = [photo_quality(face_texture(astronaut, engine))]
    with pytest.raises(InputError, match="different texture grids"):
        compare_visits(first, coarse)
    with pytest.raises(InputError, match="0 and 1 photographs"):
        compare_visits([], first)


@pytest.mark.slow
def test_how_often_visits_are_refused(engine: FaceEngine, base: Photo) -> None:
    """Through the whole chain, three photographs v. three, on one face."""
    face = engine.landmarks(base)
    smile = smiled(base, face, 3.0, 2.0)
    pixel = 2.0  # of the enlarged photograph, 0.24 mm of skin
    kinds = {
        "same": (base, {}),
        "blur": (base, {"blur": 1.25 * pixel}),
        "tone": (base, {"gamma": 1.15}),
        "flat": (base, {"gamma": 1 / 1.15}),
        "smile": (smile, {}),
    }
    counted: dict[str, list[bool]] = {kind: [] for kind in kinds}
    for seed in range(2):
        rng = np.random.default_rng(seed)
        before = visit(engine, *(taken(base, rng) for _ in range(3)))
        for kind, (photo, changed) in kinds.items():
            after = visit(engine, *(taken(photo, rng, **changed) for _ in range(3)))
            counted[kind].append(compare_visits(before, after).comparable)
    assert all(counted.pop("same"))
    for kind, comparable in counted.items():
        assert not any(comparable), kind
