"""Photographs of a face whose truth is known: what was put in comes out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from zygoma.outcome.face_engine import FaceEngine
from zygoma.outcome.face_landmarks import MESH
from zygoma.outcome.light import Light
from zygoma.outcome.photo import Photo
from zygoma.outcome.pose import fit_pose
from zygoma.outcome.render import Camera, developed
from zygoma.outcome.render.portrait import REFERENCE, Portrait
from zygoma.outcome.render.warp import warped

QUIET = Camera(exposure=0.3, blur=0.0, noise=0.0, quality=100)


@pytest.fixture(scope="module")
def portrait(hopper: Photo, engine: FaceEngine) -> Portrait:
    return Portrait.of(hopper, np.random.default_rng(4), resolution=2e3, engine=engine)


def test_without_relief_the_reference_light_changes_nothing(portrait: Portrait) -> None:
    bare = replace(portrait, rough=np.zeros_like(portrait.rough), grooves=())
    ratio = bare.lit(REFERENCE) / portrait.scene
    # skin that faces away from both lights is brightened by the least that is divided by
    assert np.quantile(np.abs(ratio - 1), 0.99) < 0.01
    low = bare.lit(Light(np.radians(40.0)))
    chin, forehead = (portrait.landmarks.points[k, :2].round().astype(int) for k in (152, 151))
    share = [low[y, x, 1] / portrait.scene[y, x, 1] for x, y in (chin, forehead)]
    assert share[0] < 0.8 * share[1], "light from above leaves the chin dark"


def test_grooves_darken_in_proportion_to_their_depth(portrait: Portrait) -> None:
    light = Light(np.radians(45.0))
    smooth, deep = (replace(portrait, rough=0 * portrait.rough).faded(fade).lit(light) for fade in (1.0, 0.0))
    half = replace(portrait, rough=0 * portrait.rough).faded(0.5).lit(light)
    darker, less = np.log(smooth / deep)[..., 1], np.log(smooth / half)[..., 1]
    strong = darker > 0.08
    assert strong.sum() > 50
    # shading is linear in shallow grooves; these have slopes up to a half
    assert np.median(less[strong] / darker[strong]) == pytest.approx(0.5, abs=0.06)


@pytest.mark.slow
def test_a_turn_is_found_again(portrait: Portrait, engine: FaceEngine) -> None:
    def pose(turn: tuple[float, float, float]):
        file = portrait.photograph(np.random.default_rng(1), camera=QUIET, turn=turn)
        pixels = np.rint(255 * np.clip(developed(file), 0, 1) ** (1 / 2.2)).astype(np.uint8)
        return fit_pose(engine.landmarks(Photo(pixels, portrait_exposure(), "0" * 64)))

    straight, turned = pose((0.0, 0.0, 0.0)), pose((np.radians(4.0), 0.0, np.radians(3.0)))
    # the landmarks of the network follow small turns to about a degree
    assert turned.yaw - straight.yaw == pytest.approx(4.0, abs=1.5)
    assert turned.roll - straight.roll == pytest.approx(3.0, abs=1.0)


def portrait_exposure():
    from zygoma.outcome.exposure import Exposure

    return Exposure()


def test_a_shift_is_a_bell_about_its_vertex(portrait: Portrait) -> None:
    shift = portrait.vertex_shift(50, 2e-3)
    assert shift.shape == (MESH, 2)
    assert shift[50] == pytest.approx([0.0, 2e-3])
    assert np.abs(shift).max() == shift[50, 1]
    points = portrait.landmarks.upright[:MESH] * portrait.pitch
    away = np.linalg.norm(points - points[50], axis=1)
    near = int(np.argmin(np.abs(away - 14e-3)))
    assert shift[near, 1] == pytest.approx(2e-3 * np.exp(-0.5 * (away[near] / 14e-3) ** 2))


def test_warped_points_lie_where_they_should() -> None:
    row, column = np.mgrid[0:200, 0:240].astype(float)
    scene = np.stack([column, row, np.ones_like(row)], axis=-1)
    rng = np.random.default_rng(2)
    start = rng.uniform(60, 140, (40, 2))
    target = start + np.array([6.0, -3.0]) + 0.03 * (start - 100.0)
    found = warped(scene, start, target)
    for (x, y), (u, v) in zip(start, target, strict=True):
        value = found[round(v), round(u), :2]
        # read at the nearest pixel, where the pull differs by a few per cent of a pixel
        assert value == pytest.approx([x + round(u) - u, y + round(v) - v], abs=0.2)
    assert found[0, 0, :2] == pytest.approx([0, 0], abs=0.5)
    assert found[-1, -1, :2] == pytest.approx([239, 199], abs=0.5)
