"""BlazeFace: from what the detector's network answers to faces in a photograph."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from zygoma.outcome.face_model import FILE
from zygoma.provenance import load_data

Array = NDArray[np.float64]

_LOGIT_LIMIT = 100.0  # beyond it the exponential overflows and the score is 0 or 1 anyway


@dataclass(frozen=True, eq=False)
class Detection:
    """A face found in a photograph.

    Parameters
    ----------
    score : float
        Confidence, 0 to 1.
    centre : (2,) array
        Middle of the box, x and y [px].
    size : (2,) array
        Width and height of the box [px].
    points : (6, 2) array
        Right eye, left eye, tip of the nose, mouth, right ear, left ear [px]; sides are the face's own.
    """

    score: float
    centre: Array
    size: Array
    points: Array


@cache
def anchors() -> Array:
    """(896, 2) middles of the boxes that the network corrects, as shares of its square."""
    entry = load_data(FILE)["detector"]
    middles = []
    for cells, a_cell in entry["grids"]:
        line = (np.arange(cells) + entry["centre"]) / cells
        y, x = np.meshgrid(line, line, indexing="ij")
        middles.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), a_cell, axis=0))
    return np.concatenate(middles)


def decode(scores: Array, boxes: Array, gate: float) -> list[Detection]:
    """Faces in the network's square, best first, where each overlap counts as one face.

    Parameters
    ----------
    scores : (896,) array
        Logits of the anchors.
    boxes : (896, 16) array
        Corrections [px of the network]: x, y, width, height, then x and y of six points.
    gate : float
        Least score.

    Returns
    -------
    list of Detection
        In shares of the square's side. Overlapping boxes are averaged by score.

    References
    ----------
    Bazarevsky et al. 2019, BlazeFace, arXiv:1907.05047: anchors and blending.
    """
    entry = load_data(FILE)["detector"]
    certainty = 1.0 / (1.0 + np.exp(-np.clip(scores, -_LOGIT_LIMIT, _LOGIT_LIMIT)))
    kept = np.flatnonzero(certainty >= gate)
    kept = kept[np.argsort(-certainty[kept], kind="stable")]
    values = boxes[kept] / entry["side"]
    middle = anchors()[kept]
    places = values[:, [0, 1]] + middle
    points = values[:, 4:].reshape(-1, 6, 2) + middle[:, None, :]
    faces = []
    left = np.arange(len(kept))
    while left.size:
        same = _overlap(places[left], values[left, 2:4]) > entry["overlap"]
        same[0] = True
        group = left[same]
        weight = certainty[kept[group]]
        weight = weight / weight.sum()
        faces.append(
            Detection(
                float(certainty[kept[left[0]]]),
                weight @ places[group],
                weight @ values[group, 2:4],
                np.einsum("i,ijk->jk", weight, points[group]),
            )
        )
        left = left[~same]
    return faces


def _overlap(centres: Array, sizes: Array) -> Array:
    """Intersection over union of each box with the first."""
    low, high = centres - sizes / 2, centres + sizes / 2
    shared = np.prod(np.clip(np.minimum(high, high[0]) - np.maximum(low, low[0]), 0.0, None), axis=1)
    areas = np.prod(sizes, axis=1)
    return np.asarray(shared / np.maximum(areas + areas[0] - shared, 1e-12))
