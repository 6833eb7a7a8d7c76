"""Where the face shows bare skin, seen well enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zygoma.outcome.canonical_mesh import canonical_mesh
from zygoma.outcome.face_regions import face_features
from zygoma.outcome.flattening import FILE
from zygoma.outcome.photo import LUMINANCE, Light
from zygoma.outcome.pose import Pose
from zygoma.outcome.texture_grid import TextureGrid
from zygoma.provenance import load_data

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class SkinMask:
    """What of a face can be measured, and why the rest cannot.

    Parameters
    ----------
    skin : (rows, columns) bool array
        Bare skin, seen well.
    seen : (rows, columns) bool array
        Skin or not, turned enough toward the camera and within the photograph.
    clipped : float
        Share of what would be skin that is blown out, 0 to 1.
    """

    skin: Mask
    seen: Mask
    clipped: float


def facing(pose: Pose, grid: TextureGrid) -> Light:
    """(rows, columns) cosine between the skin's normal and the way to the camera; 0 outside the face."""
    toward = canonical_mesh().normals @ pose.rotation[2]
    return np.asarray(grid.interpolated(toward), dtype=np.float32)


def skin_mask(colour: Light, pose: Pose, grid: TextureGrid, grey: bool = False) -> SkinMask:
    """Find the skin of a face laid flat.

    Brows, eyes, lips and nostrils go by the landmarks; hair, beard and spectacles by being darker,
    rougher or of another colour than most of this face's own skin.

    Parameters
    ----------
    colour : (rows, columns, 3) float32 array
        Linear light on the grid.
    pose : Pose
        Of the head in the photograph.
    grid : TextureGrid
    grey : bool
        The photograph has no colour to tell by.
    """
    import cv2

    entry = load_data(FILE)["skin"]
    size = (grid.shape[1], grid.shape[0])
    coarse = TextureGrid(max(grid.pitch, entry["pitch"]))
    small_size = (coarse.shape[1], coarse.shape[0])
    toward = np.asarray(cv2.resize(facing(pose, coarse), size, interpolation=cv2.INTER_LINEAR))
    seen = (toward > load_data(FILE)["view"]["facing"]) & (grid.triangles() >= 0) & (colour.max(axis=2) > 0.0)
    candidate = seen & ~face_features(grid)
    full = candidate & (colour[:, :, 1] >= entry["clipped"])

    small = np.maximum(cv2.resize(colour, small_size, interpolation=cv2.INTER_AREA), 0.0)
    share = cv2.resize(candidate.astype(np.float32), small_size, interpolation=cv2.INTER_AREA)
    rough = _roughness(colour, grid, coarse)
    like = _like_skin(small, share > 0.99, rough, coarse, grey)
    alike = cv2.resize(like.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST).astype(bool)
    return SkinMask(candidate & alike & ~full, seen, float(full.sum() / max(candidate.sum(), 1)))


def _roughness(colour: Light, grid: TextureGrid, coarse: TextureGrid) -> Light:
    """Root mean square of the fine detail of the logarithm of light, on the coarse grid."""
    import cv2

    entry = load_data(FILE)["skin"]
    light = colour @ np.array(LUMINANCE, np.float32)
    floor = entry["least"] * float(np.median(light[light > 0.0])) if (light > 0.0).any() else 1.0
    log = np.log(np.maximum(light, floor))
    sigma = entry["smooth"] / 2.0 / grid.pitch
    detail = (log - cv2.GaussianBlur(log, (0, 0), sigma)) ** 2
    small = cv2.resize(detail, (coarse.shape[1], coarse.shape[0]), interpolation=cv2.INTER_AREA)
    mean = cv2.GaussianBlur(small, (0, 0), entry["smooth"] / coarse.pitch)
    return np.asarray(np.sqrt(mean), dtype=np.float32)


def _like_skin(colour: Light, inside: Mask, rough: Light, grid: TextureGrid, grey: bool) -> Mask:
    """Pixels of the coarse grid that are like most of the face's skin."""
    import cv2

    entry = load_data(FILE)["skin"]
    if not inside.any():
        return inside
    light = colour @ np.array(LUMINANCE, np.float32)
    log = np.log(np.maximum(colour, entry["least"] * float(np.median(light[inside]))))
    bright = np.log(np.maximum(light, entry["least"] * float(np.median(light[inside]))))
    good = inside.copy()
    narrow = np.zeros_like(inside)
    for _ in range(4):  # each round fits what the one before took for skin
        sheet = _sheet(bright, good)
        narrow = inside & (sheet - bright > entry["black"])
        unlike = (sheet - bright > entry["dark"]) | (rough > entry["rough"])
        if not grey:
            for one, above in (
                (log[:, :, 0] - log[:, :, 1], entry["redder"]),
                (log[:, :, 1] - log[:, :, 2], 1.0),
            ):
                smooth = cv2.GaussianBlur(one, (0, 0), entry["smooth"] / 2.0 / grid.pitch)
                middle = float(np.median(smooth[good]))
                spread = 1.4826 * float(np.median(np.abs(smooth[good] - middle)))
                apart, most = smooth - middle, max(entry["chroma"] * spread, entry["chroma_least"])
                unlike |= (apart < -most) | (apart > above * most)
        if not (inside & ~unlike).any():
            break
        good = inside & ~unlike
    # what lies outside the candidates counts as unlike here, so that hair at the edge is no narrow strip
    broad = cv2.morphologyEx((~good).astype(np.uint8), cv2.MORPH_OPEN, _disc(entry["broad"], grid))
    other = (broad > 0) & inside | narrow
    return np.asarray(cv2.dilate(other.astype(np.uint8), _disc(entry["beyond"], grid)) == 0)


def _disc(radius: float, grid: TextureGrid) -> NDArray[np.uint8]:
    """A disc of a radius [m], for widening and narrowing masks."""
    import cv2

    reach = max(1, round(radius / grid.pitch))
    size = (2 * reach + 1, 2 * reach + 1)
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, size), dtype=np.uint8)


def _sheet(values: Light, mask: Mask) -> Light:
    """Second-order surface through the masked values: the light's own slow change over the face."""
    rows, columns = np.indices(values.shape, dtype=np.float32)
    x, y = 2.0 * columns / values.shape[1] - 1.0, 2.0 * rows / values.shape[0] - 1.0
    basis = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=2)
    found, *_ = np.linalg.lstsq(basis[mask], values[mask], rcond=None)
    return np.asarray(basis @ found, dtype=np.float32)
