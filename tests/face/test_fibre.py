"""Fibre directions where the fibre coordinate says nothing."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from zygoma.face import Face
from zygoma.face.fibre import along_fibres
from zygoma.face.surface import Surface


@cache
def sheet() -> Surface:
    x, y = np.meshgrid(np.arange(6.0), np.arange(6.0), indexing="ij")
    points = np.stack([x.ravel(), y.ravel(), 0 * x.ravel()], axis=1)
    first = np.arange(36).reshape(6, 6)[:-1, :-1].ravel()
    triangles = np.concatenate(
        [np.stack([first, first + 6, first + 7], axis=1), np.stack([first, first + 7, first + 1], axis=1)]
    )
    return Surface(points, triangles.astype(np.int32))


def test_a_constant_end_takes_the_direction_of_its_neighbours():
    coordinate = np.minimum(sheet().points[:, 0], 3.0)  # constant for x >= 3, as beyond an insertion edge
    noisy = coordinate + 1e-12 * np.random.default_rng(1).normal(size=len(coordinate))
    direction = along_fibres(sheet(), noisy)
    assert direction == pytest.approx(np.tile([1.0, 0.0, 0.0], (len(direction), 1)), abs=1e-9)


def test_left_fibres_are_the_mirror_image_of_the_right():
    face = Face.average(resolution="coarse")
    mirror, own = face.template.mirror_node, np.sort(face.tets, axis=1)
    image = np.sort(mirror[face.tets], axis=1)
    partner = np.empty(len(own), dtype=np.int64)
    partner[np.lexsort(own.T)] = np.lexsort(image.T)
    reflected = face.fibre[partner] * np.array([-1, 1, 1], dtype=np.float32)
    off = np.minimum(np.abs(reflected - face.fibre), np.abs(reflected + face.fibre)).max(axis=1)
    assert off.max() < 1e-6
