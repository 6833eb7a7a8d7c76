"""Faces are found where they are, and nothing else is taken for one."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from zygoma.errors import FaceError
from zygoma.outcome.face_difference import face_difference
from zygoma.outcome.face_engine import FaceEngine
from zygoma.outcome.face_landmarks import FaceLandmarks
from zygoma.outcome.photo import Photo
from zygoma.outcome.pose import fit_pose


def changed(photo: Photo, pixels: np.ndarray) -> Photo:
    return replace(photo, pixels=np.ascontiguousarray(pixels))


def turned(photo: Photo, degrees: float, size: float = 1.0) -> tuple[Photo, np.ndarray]:
    """A photograph turned anticlockwise and drawn larger, and the map of its points."""
    middle = ((photo.columns - 1) / 2, (photo.rows - 1) / 2)
    matrix = cv2.getRotationMatrix2D(middle, degrees, size)
    pixels = cv2.warpAffine(photo.pixels, matrix, (photo.columns, photo.rows), flags=cv2.INTER_CUBIC)
    return changed(photo, pixels), matrix


def test_a_face_is_found_and_looks_ahead(hopper_face: FaceLandmarks) -> None:
    assert hopper_face.points.shape == (478, 3)
    assert hopper_face.score > 0.9
    assert hopper_face.presence > 0.999
    # read off the picture by eye: the pupils, the right of the picture being the left of the face
    np.testing.assert_allclose(hopper_face.points[[468, 473], :2], [[223, 191], [306, 188]], atol=4)
    pose = fit_pose(hopper_face)
    assert abs(pose.yaw) < 6
    assert abs(pose.roll) < 6


@pytest.mark.parametrize("degrees", [-20.0, 15.0])
def test_landmarks_and_roll_follow_a_turned_photograph(
    engine: FaceEngine, hopper: Photo, hopper_face: FaceLandmarks, degrees: float
) -> None:
    photo, matrix = turned(hopper, degrees, 0.9)
    found = engine.landmarks(photo)
    expected = hopper_face.points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    apart = np.linalg.norm(found.points[:, :2] - expected, axis=1)
    # half a millimetre on a face of 89 mm between the outer eye corners; the network sees other pixels
    assert np.sqrt((apart**2).mean()) < 0.5 * found.eye_distance / 89
    assert fit_pose(found).roll - fit_pose(hopper_face).roll == pytest.approx(degrees, abs=0.7)


def test_a_large_photograph_has_the_same_landmarks(
    engine: FaceEngine, hopper: Photo, hopper_face: FaceLandmarks
) -> None:
    large = changed(hopper, cv2.resize(hopper.pixels, None, fx=5.0, fy=5.0, interpolation=cv2.INTER_CUBIC))
    found = engine.landmarks(large)
    expected = (hopper_face.points[:, :2] + 0.5) * 5.0 - 0.5
    apart = np.linalg.norm(found.points[:, :2] - expected, axis=1)
    assert np.sqrt((apart**2).mean()) < 0.5 * found.eye_distance / 89


@pytest.mark.slow
def test_averaging_makes_landmarks_more_repeatable(engine: FaceEngine, hopper: Photo) -> None:
    found: dict[bool, list[np.ndarray]] = {True: [], False: []}
    for degrees in (-3.0, 0.5, 3.0):
        photo, matrix = turned(hopper, degrees, 1.0 + degrees / 100)
        inverse = cv2.invertAffineTransform(matrix)
        for averaged, places in found.items():
            points = engine.landmarks(photo, averaged).points[:, :2]
            places.append(points @ inverse[:, :2].T + inverse[:, 2])
    spread = {averaged: np.stack(places).std(axis=0).mean() for averaged, places in found.items()}
    assert spread[True] < 0.8 * spread[False]


def test_mirrored_face_turns_the_other_way(engine: FaceEngine, hopper: Photo) -> None:
    photo, _ = turned(hopper, 10.0)
    pose = fit_pose(engine.landmarks(photo, averaged=False))
    mirror = fit_pose(engine.landmarks(changed(photo, photo.pixels[:, ::-1]), averaged=False))
    assert mirror.roll == pytest.approx(-pose.roll, abs=1.5)  # the network itself is not quite symmetric
    assert mirror.yaw == pytest.approx(-pose.yaw, abs=2.0)


def test_two_faces_are_refused(engine: FaceEngine, hopper: Photo, astronaut: Photo) -> None:
    both = np.hstack([hopper.pixels[:256, 128:384], astronaut.pixels])
    with pytest.raises(FaceError, match="2 faces"):
        engine.landmarks(changed(hopper, both))


def test_a_small_face_in_the_background_does_not_count(
    engine: FaceEngine, hopper: Photo, astronaut: Photo, hopper_face: FaceLandmarks
) -> None:
    large = cv2.resize(hopper.pixels, None, fx=2.0, fy=2.0, interpolation=cv2.INTER_CUBIC)
    large[:160, :160] = cv2.resize(astronaut.pixels, (160, 160), interpolation=cv2.INTER_AREA)
    found = engine.landmarks(changed(hopper, large), averaged=False)
    assert found.eye_distance == pytest.approx(2 * hopper_face.eye_distance, rel=0.02)


def test_a_cat_is_no_face(engine: FaceEngine, cat: Photo) -> None:
    with pytest.raises(FaceError, match="no face"):
        engine.landmarks(cat)


def test_a_cat_that_passes_the_detector_is_stopped_by_presence(
    engine: FaceEngine, cat: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zygoma.outcome.face_model import FILE
    from zygoma.provenance import load_data

    monkeypatch.setitem(load_data(FILE)["gate"], "detector", 0.35)
    with pytest.raises(FaceError, match="not a human face"):
        engine.landmarks(cat)


def test_noise_and_an_even_wall_hold_no_face(engine: FaceEngine, hopper: Photo) -> None:
    noise = np.random.default_rng(5).integers(0, 256, (400, 400, 3)).astype(np.uint8)
    for pixels in (noise, np.full((400, 400, 3), 180, np.uint8)):
        with pytest.raises(FaceError, match="no face"):
            engine.landmarks(changed(hopper, pixels))


def test_a_photograph_on_its_side_is_refused(engine: FaceEngine, hopper: Photo) -> None:
    with pytest.raises(FaceError, match=r"roll .*30 deg"):
        engine.landmarks(changed(hopper, np.rot90(hopper.pixels)))


def test_a_small_face_is_refused(engine: FaceEngine, hopper: Photo) -> None:
    small = cv2.resize(hopper.pixels, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA)
    with pytest.raises(FaceError, match="too small"):
        engine.landmarks(changed(hopper, small))


def test_a_covered_face_is_refused(engine: FaceEngine, hopper: Photo, hopper_face: FaceLandmarks) -> None:
    pixels = hopper.pixels.copy()
    left, top = hopper_face.points[:, :2].min(axis=0).astype(int)
    right, bottom = hopper_face.points[:, :2].max(axis=0).astype(int)
    pixels[(top + bottom) // 2 : bottom, left:right] = (200, 150, 120)
    with pytest.raises(FaceError, match="uncovered"):
        engine.landmarks(changed(hopper, pixels))


def test_landmarks_that_move_with_the_crop_are_refused(
    engine: FaceEngine, hopper: Photo, hopper_face: FaceLandmarks, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zygoma.outcome.face_model import FILE
    from zygoma.provenance import load_data

    own = hopper_face.spread / hopper_face.eye_distance
    assert 0.002 < own < load_data(FILE)["gate"]["spread"]["most"]
    monkeypatch.setitem(load_data(FILE)["gate"]["spread"], "most", 0.9 * own)
    with pytest.raises(FaceError, match="partly hidden"):
        engine.landmarks(hopper)


@pytest.mark.slow
def test_different_faces_differ_and_repeats_do_not(
    engine: FaceEngine, hopper: Photo, astronaut: Photo, hopper_face: FaceLandmarks
) -> None:
    photo, _ = turned(hopper, 5.0, 0.9)
    dimmer = changed(photo, (photo.pixels * 0.8).astype(np.uint8))
    again = engine.landmarks(dimmer)
    assert face_difference(hopper_face, again) < 0.5e-3  # 0.1 mm measured
    other = engine.landmarks(astronaut)
    assert face_difference(hopper_face, other) > 2.5e-3
    assert face_difference(hopper_face, other) == pytest.approx(face_difference(other, hopper_face), rel=0.1)
