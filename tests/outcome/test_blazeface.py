"""Answers of the detector become faces."""

from __future__ import annotations

import numpy as np

from zygoma.outcome.blazeface import anchors, decode


def answers() -> tuple[np.ndarray, np.ndarray]:
    return np.full(896, -20.0), np.zeros((896, 16))


def test_anchors_are_the_middles_of_cells() -> None:
    places = anchors()
    assert places.shape == (896, 2)
    assert tuple(places[0]) == (0.5 / 16, 0.5 / 16)
    assert tuple(places[2]) == (1.5 / 16, 0.5 / 16)  # two a cell, x first
    assert tuple(places[512]) == (0.5 / 8, 0.5 / 8)


def test_one_face_is_placed_and_sized() -> None:
    scores, boxes = answers()
    scores[512] = 3.0
    boxes[512, :6] = (12.8, 25.6, 32.0, 64.0, 1.28, 0.0)
    (face,) = decode(scores, boxes, gate=0.5)
    assert face.score == 1.0 / (1.0 + np.exp(-3.0))
    np.testing.assert_allclose(face.centre, [0.1 + 1 / 16, 0.2 + 1 / 16])
    np.testing.assert_allclose(face.size, [0.25, 0.5])
    np.testing.assert_allclose(face.points[0], [0.01 + 1 / 16, 1 / 16])


def test_overlapping_boxes_are_one_face_and_distant_ones_two() -> None:
    scores, boxes = answers()
    for anchor in (0, 1, 510):
        scores[anchor] = 2.0
        boxes[anchor, 2:4] = 20.0
    faces = decode(scores, boxes, gate=0.5)
    assert len(faces) == 2
    np.testing.assert_allclose(faces[0].centre, anchors()[0])


def test_huge_logits_do_not_overflow() -> None:
    scores, boxes = answers()
    scores[:] = 1e6
    with np.errstate(all="raise"):
        assert decode(scores, boxes, gate=0.5)[0].score == 1.0
