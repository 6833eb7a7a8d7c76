"""Regions of the face on a texture grid: where wrinkles are measured, and what is never skin."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from zygoma.outcome.canonical_mesh import canonical_mesh
from zygoma.outcome.flattening import FILE, flat_face
from zygoma.outcome.texture_grid import TextureGrid
from zygoma.provenance import load_data

Mask = NDArray[np.bool_]


@cache
def mirrored_landmarks() -> tuple[int, ...]:
    """For each of the 468 vertices of the canonical mesh the one on the other side of the face."""
    vertices = canonical_mesh().vertices
    _, other = cKDTree(vertices).query(vertices * np.array([-1.0, 1.0, 1.0]))
    return tuple(int(one) for one in other)


def face_regions(grid: TextureGrid) -> Mapping[str, Mask]:
    """Regions by name, each a (rows, columns) mask: the same skin on every grid.

    Parameters
    ----------
    grid : TextureGrid

    Returns
    -------
    mapping
        ``forehead``, ``glabella``, ``perioral``, ``chin`` and, with ``_r`` and ``_l``, ``crows_feet``,
        ``under_eye`` and ``nasolabial``. They do not overlap.
    """
    return {
        name + side: mask
        for name, entry in _entries("region").items()
        for side, mask in _sides(grid, entry["landmarks"], entry["paired"])
    }


def face_features(grid: TextureGrid) -> Mask:
    """(rows, columns) where brows, eyes, lips and nostrils are, with the hair and shade about them."""
    import cv2

    found = np.zeros(grid.shape, np.uint8)
    for entry in _entries("feature").values():
        drawn = np.zeros(grid.shape, np.uint8)
        for _, mask in _sides(grid, entry["landmarks"], entry["paired"]):
            drawn |= mask.astype(np.uint8)
        reach = max(1, round(entry["beyond"] / grid.pitch))
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
        found |= np.asarray(cv2.dilate(drawn, disc), dtype=np.uint8)
    return found.astype(bool)


def eye_lines() -> tuple[list[int], list[int]]:
    """Closed lines through landmarks round both eyes: what is masked in pictures that are shown."""
    left = list(_entries("feature")["eye"]["landmarks"])
    mirror = mirrored_landmarks()
    return [mirror[one] for one in left], left


def eye_regions(grid: TextureGrid) -> Mask:
    """(rows, columns) both eyes within their lids."""
    right, left = eye_lines()
    return np.asarray(grid.polygon(right) | grid.polygon(left))


def region_areas(grid: TextureGrid) -> Mapping[str, float]:
    """Area of each region on the canonical face itself, without the stretch of laying it flat [m2]."""
    held = grid.triangles()
    true = grid.pitch**2 / np.append(flat_face().area_factor, np.inf)
    return {name: float(true[held[mask]].sum()) for name, mask in face_regions(grid).items()}


def _entries(kind: str) -> Mapping[str, Any]:
    return {name: entry for name, entry in load_data(FILE)[kind].items() if isinstance(entry, dict)}


def _sides(grid: TextureGrid, landmarks: list[int], paired: bool) -> list[tuple[str, Mask]]:
    """Masks of the two sides, or of the whole where the landmarks are a half with its ends in the middle."""
    mirror = mirrored_landmarks()
    other = [mirror[one] for one in landmarks]
    if paired:
        return [("_r", grid.polygon(other)), ("_l", grid.polygon(landmarks))]
    return [("", grid.polygon(landmarks + other[::-1]))]
