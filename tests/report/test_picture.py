"""Pictures show what is nearest, in its colour, and hide what lies behind."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from zygoma.report.palette import Scale
from zygoma.report.paths import ProbePath
from zygoma.report.picture import FRONT, RIGHT, paint
from zygoma.report.raster import fill
from zygoma.report.surfaces import LayerSurface

RED, BLUE = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)


def drawn(points: list, triangles: list, colours: list) -> np.ndarray:
    picture, nearness = np.ones((8, 8, 3), np.float32), np.full((8, 8), -np.inf, np.float32)
    fill(np.array(points, float), np.array(triangles), np.array(colours, float), picture, nearness)
    return picture


def test_nearest_triangle_shows_whatever_the_order() -> None:
    far, near = [(0, 8, 0), (8, 8, 0), (0, 0, 0)], [(0, 8, 1), (4, 8, 1), (0, 0, 1)]
    for order in ([[0, 1, 2], [3, 4, 5]], [[3, 4, 5], [0, 1, 2]]):
        picture = drawn(far + near, order, [RED] * 3 + [BLUE] * 3)
        assert np.allclose(picture[7, 0], BLUE)
        assert np.allclose(picture[7, 6], RED)
        assert np.allclose(picture[0, 7], 1.0)


def test_triangle_turned_away_is_not_drawn() -> None:
    assert np.allclose(drawn([(0, 8, 0), (8, 8, 0), (0, 0, 0)], [[0, 2, 1]], [RED] * 3), 1.0)


def test_colours_are_blended_and_the_outside_is_cut_off() -> None:
    picture = drawn([(-8, 16, 0), (24, 16, 0), (-8, -16, 0)], [[0, 1, 2]], [RED, BLUE, RED])
    assert np.allclose(picture[:, 0], picture[0, 0], atol=1e-6)  # blue grows from left to right only
    assert np.allclose(picture[4, :, 2], (np.arange(8) + 8.5) / 32, atol=1e-6)


def test_path_shows_on_its_own_side_only() -> None:
    corners = np.array([[-1.0, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * 0.1
    lift = np.array([0, 0, 0.01])
    front, back = corners + lift, corners - lift
    surface = LayerSurface(
        np.vstack([front, back]),
        np.array([[0, 1, 2], [0, 2, 3], [4, 6, 5], [4, 7, 6]]),
        np.zeros(4, dtype=np.int64),
    )
    values = np.array([5.0])
    for z, count in ((0.011, 1), (-0.011, 0)):
        rest = ProbePath(np.empty((0, 2, 3)), np.array([[0.05, 0.05, z]]), "#00ff00")
        address = paint(surface, values, Scale(0.01, 10.0, ""), (FRONT,), (rest,), height=100)
        picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))), dtype=int)
        green = picture[..., 1] - picture[..., [0, 2]].max(axis=2) > 60
        assert picture.shape == (100, 100, 3)
        assert green.any() == count
        if count:
            assert np.allclose(np.argwhere(green).mean(axis=0), [25, 75], atol=2)


def test_views_stand_side_by_side_in_one_measure() -> None:
    corners = np.array([[-0.1, -0.1, 0.0], [0.1, -0.1, 0.2], [0.1, 0.1, 0.2], [-0.1, 0.1, 0.0]])
    surface = LayerSurface(corners, np.array([[0, 1, 2], [0, 2, 3]]), np.zeros(2, dtype=np.int64))
    address = paint(surface, np.array([1.0]), Scale(0.01, 10.0, ""), (FRONT, RIGHT), height=100)
    width, height = Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))).size
    assert (width, height) == (100 + 24 + 100, 100)
