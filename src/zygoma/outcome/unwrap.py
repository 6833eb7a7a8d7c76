"""The face of a photograph laid flat."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zygoma.outcome.canonical_mesh import canonical_mesh
from zygoma.outcome.face_landmarks import MESH, FaceLandmarks
from zygoma.outcome.flattening import FILE
from zygoma.outcome.photo import Light, Photo
from zygoma.outcome.texture_grid import TextureGrid
from zygoma.provenance import load_data

Array = NDArray[np.float64]

_SPARE = 1.25  # pixels of the photograph, after reducing, for each of the texture
_BORDER = 8  # [px] kept round the face, for the interpolation


def unwrapped(photo: Photo, landmarks: FaceLandmarks, grid: TextureGrid) -> Light:
    """Linear light of the face on a texture grid.

    Each triangle of the mesh is carried by the affine map between its three landmarks and its three
    places on the grid. Where the photograph has more pixels than the grid it is averaged first.

    Returns
    -------
    (rows, columns, 3) float32 array
        0 outside the face and outside the photograph.
    """
    import cv2

    points = landmarks.points[:MESH, :2]
    rows, columns = _box(points[:, 1], photo.rows), _box(points[:, 0], photo.columns)
    light = photo.light(rows, columns)
    points = points - [columns.start, rows.start]
    reduction = min(1.0, _SPARE / max(sampling(points, grid), 1e-9))
    if reduction < 1.0:
        size = (max(1, round(light.shape[1] * reduction)), max(1, round(light.shape[0] * reduction)))
        factor = np.array(size) / [light.shape[1], light.shape[0]]
        light = np.asarray(cv2.resize(light, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
        points = (points + 0.5) * factor - 0.5
    x, y = places(points, grid)
    return np.asarray(
        cv2.remap(light, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT).clip(0.0), dtype=np.float32
    )


def sampling(points: Array, grid: TextureGrid) -> float:
    """Pixels of the photograph for each pixel of the grid, along a line: the median over the
    front of the face.

    Parameters
    ----------
    points : (468, 2) array
        Landmarks in the photograph [px].
    grid : TextureGrid
    """
    mesh = canonical_mesh()
    front = mesh.normals[mesh.triangles, 2].mean(axis=1) > load_data(FILE)["view"]["facing"]
    corners = mesh.triangles[front]
    seen, drawn = _area(points[corners]), _area(grid.vertices[corners])
    order = np.argsort(seen / drawn)
    half = np.searchsorted(np.cumsum(drawn[order]), drawn.sum() / 2.0)
    return float(np.sqrt((seen / drawn)[order[half]]))


def _area(corners: Array) -> Array:
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return np.asarray(np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2.0)


def _box(values: Array, length: int) -> slice:
    """Pixels of the photograph that the face takes up along one axis."""
    low = int(np.clip(np.floor(values.min()) - _BORDER, 0, length - 1))
    return slice(low, int(np.clip(np.ceil(values.max()) + _BORDER, low + 1, length)))


def places(points: Array, grid: TextureGrid) -> tuple[Light, Light]:
    """(rows, columns) x and y in the picture of each pixel of the grid; outside the face -1 by far.

    Landmarks (468, 2) are given in the picture [px].
    """
    corners = canonical_mesh().triangles
    drawn = np.concatenate([grid.vertices[corners], np.ones((len(corners), 3, 1))], axis=2)
    maps = np.linalg.solve(drawn, points[corners])  # (m, 3, 2): column, row and 1 to x and y
    maps = np.concatenate([maps, np.full((1, 3, 2), [[0.0], [0.0], [-1e4]])]).astype(np.float32)
    held = grid.triangles()  # -1 takes the last map, which leads outside
    column = np.arange(grid.shape[1], dtype=np.float32)[None, :]
    row = np.arange(grid.shape[0], dtype=np.float32)[:, None]
    x, y = (maps[held, 0, k] * column + maps[held, 1, k] * row + maps[held, 2, k] for k in range(2))
    return x, y
