"""How far the skin of a face moved between two photographs, the movement of the head taken out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError
from zygoma.outcome.face_landmarks import MESH
from zygoma.outcome.face_regions import mirrored_landmarks
from zygoma.outcome.face_texture import FaceTexture
from zygoma.outcome.registration import refined, registered
from zygoma.outcome.sampling import sampled
from zygoma.outcome.texture import Texture
from zygoma.outcome.texture_grid import TextureGrid
from zygoma.provenance import load_data

Array = NDArray[Any]

FILE = "skin_shift.toml"


@dataclass(frozen=True, eq=False)
class SkinShift:
    """Shift of the skin in the plane of the picture, at points of the first photograph.

    Attributes
    ----------
    points : (n, 2) array
        Column and row on the grid of the textures [px].
    shift : (n, 2) array
        To the head's own left as it appears on the right, and up along the head [m].
    up : mapping of str to float
        Median upward shift of each place that was seen [m]: ``brow``, ``cheek``, ``mouth_corner``, ``jowl``
        with ``_r`` and ``_l``.
    turn : mapping of str to float
        Turn of the ``jawline_r`` and ``jawline_l``, as seen from the front [rad]: above 0 the border of the
        jaw rises more steeply from the chin.
    residual : float
        Root mean square shift of the skin that should hold still [m].
    """

    points: Array
    shift: Array
    up: Mapping[str, float]
    turn: Mapping[str, float]
    residual: float


def skin_shift(first: FaceTexture, second: FaceTexture) -> SkinShift:
    """Shift from one photograph of a face to another.

    Every point of skin is found in both photographs: laid flat by the landmarks, then followed by the flow.
    Turn, tilt, shift and scale of the head are fitted to skin over bone, with the depth of the face from its
    landmarks; what is left is the shift of the skin. Landmarks alone would hide most of it, because they
    are drawn to where a face usually has them.

    Parameters
    ----------
    first, second : FaceTexture
        On one grid, with one size.

    Raises
    ------
    InputError
        The textures are not on one grid, do not show the same skin, or too little of the skin over bone.
    """
    grid = first.grid
    if second.grid != grid:
        raise InputError("two face textures on different grids; lay both photographs flat on one grid")
    one, other = _all_seen(first), _all_seen(second)
    way = refined(one, other, registered(one, other))
    limits = load_data(FILE)["read"]
    step = max(1, round(limits["step"] / first.texture.pitch))
    rows, columns = np.mgrid[0 : grid.shape[0] : step, 0 : grid.shape[1] : step]
    points = np.column_stack([columns.ravel(), rows.ravel()])
    there = points + sampled(way.flow, points) / first.texture.pitch
    inside = grid.triangles()[points[:, 1], points[:, 0]] >= 0
    seen = inside & _within_mask(first.mask.seen, points) & _within_mask(second.mask.seen, there)
    points, there = points[seen], there[seen]
    start, target = _places(first, grid, points), _places(second, grid, there)[:, :2]
    still = _within(grid, "still", points)
    if still.sum() < 3 * limits["least"]:
        raise InputError(
            f"{int(still.sum())} points of skin over bone are seen in both photographs, at least "
            f"{3 * limits['least']} are needed: show forehead, nose and cheekbones in both"
        )
    head = _head_moved(start, target, still)
    left = (target - head) / (first.resolution * _scale(start, head))
    shift = left @ _upright(second)
    places = (start[:, :2] - start[still, :2].mean(axis=0)) @ _upright(first) / first.resolution
    turn = {}
    for name in _lines("border"):
        own = _within(grid, f"border.{name}", points)
        if own.sum() >= limits["least"]:
            turn[name] = _rise(places[own] + shift[own]) - _rise(places[own])
    up = {}
    for name in _lines("place"):
        own = _within(grid, f"place.{name}", points)
        if own.sum() >= limits["least"]:
            up[name] = float(np.median(shift[own, 1]))
    return SkinShift(points, shift, up, turn, float(np.sqrt((shift[still] ** 2).sum(axis=1).mean())))


def _all_seen(face: FaceTexture) -> Texture:
    """The texture with brows, lips and lids: they move with the skin, and the flow holds on to them."""
    return replace(face.texture, skin=face.mask.seen & (face.texture.light > 0))


def _within_mask(mask: NDArray[np.bool_], points: Array) -> NDArray[np.bool_]:
    return np.asarray(sampled(mask.astype(np.float32), points, outside=0.0) > 0.99)


def _places(face: FaceTexture, grid: TextureGrid, points: Array) -> Array:
    """(n, 3) where points of the grid lie in the photograph, y up and z to the camera [px]."""
    return np.asarray(sampled(grid.interpolated(face.landmarks.upright[:MESH]), points), dtype=float)


def _head_moved(start: Array, target: Array, still: NDArray[np.bool_]) -> Array:
    """(n, 2) where all points would be had only the head moved [px].

    Scaled orthographic: turn and scale in the plane, and a shift with the depth for small turns out of it.
    Least squares over the still points, reweighted so that those which do move count less.
    """
    entry = load_data(FILE)["fit"]
    middle = start[still].mean(axis=0)
    x, y, z = (start - middle).T
    zero, one = np.zeros_like(x), np.ones_like(x)
    design = np.stack(
        [np.column_stack([x, -y, z, zero, one, zero]), np.column_stack([y, x, zero, z, zero, one])], axis=1
    )
    weight = np.ones(int(still.sum()))
    for _ in range(entry["rounds"]):
        root = np.sqrt(np.repeat(weight, 2))
        known, *_ = np.linalg.lstsq(
            design[still].reshape(-1, 6) * root[:, None], target[still].ravel() * root, rcond=None
        )
        miss = np.linalg.norm(target[still] - design[still] @ known, axis=1)
        spread = entry["outlier"] * np.median(miss) / 1.18  # median of a distance in the plane: 1.18 sd
        weight = np.clip(1 - (miss / max(spread, 1e-12)) ** 2, 0.0, None) ** 2
    return np.asarray(design @ known)


def _rise(places: Array) -> float:
    """Angle of a strip of skin to the horizontal [rad], above 0 where it rises away from the middle."""
    out, up = np.abs(places[:, 0]), places[:, 1]
    return float(np.arctan(np.polyfit(out - out.mean(), up, 1)[0]))


def _scale(start: Array, head: Array) -> float:
    """Pixels of the second photograph to one of the first."""
    spans = (np.linalg.norm(points - points.mean(axis=0), axis=1) for points in (head, start[:, :2]))
    second, first = (float(np.sqrt((span**2).mean())) for span in spans)
    return second / first


def _upright(face: FaceTexture) -> Array:
    """(2, 2) columns: to the side and up along the head, in the picture's axes with y up."""
    up = face.pose.rotation[:2, 1]
    up = up / np.linalg.norm(up)
    return np.array([[up[1], up[0]], [-up[0], up[1]]])


@cache
def _lines(kind: str) -> Mapping[str, tuple[int, ...]]:
    """Closed lines through landmarks by name; both sides of what is paired."""
    mirror = mirrored_landmarks()
    found: dict[str, tuple[int, ...]] = {}
    for name, entry in load_data(FILE)[kind].items():
        if not isinstance(entry, dict):
            continue
        left = tuple(entry["landmarks"])
        right = tuple(mirror[one] for one in left)
        if entry["paired"]:
            found |= {f"{name}_l": left, f"{name}_r": right}
        else:
            found[name] = left + right[::-1]
    return found


def _within(grid: TextureGrid, what: str, points: Array) -> NDArray[np.bool_]:
    """Points on the grid within one line of a kind, or within any of them."""
    kind, _, name = what.partition(".")
    own = [line for key, line in _lines(kind).items() if not name or key == name]
    mask = np.any([grid.polygon(list(line)) for line in own], axis=0)
    return np.asarray(mask[points[:, 1], points[:, 0]])
