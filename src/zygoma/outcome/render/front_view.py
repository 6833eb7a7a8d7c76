"""A head seen from the front: which point of it is nearest to a camera far away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from zygoma.face.atlas import entry, positions, side_of
from zygoma.face.morph import Person
from zygoma.face.source import HeadSource

Array = NDArray[Any]

PARTS = ("body", "r-eye", "l-eye")


@dataclass(frozen=True, eq=False)
class FrontView:
    """A picture of heights of a head, the subject's right on the left.

    Attributes
    ----------
    height : (rows, columns) array
        Towards the camera [m]; NaN beside the head.
    part : (rows, columns) int array
        Place in `PARTS`; -1 beside the head.
    pitch : float
        [m] a pixel.
    corner : (x, y)
        Point of the head (x to the subject's left, y up) in the middle of the first pixel [m].
    vertices : (n, 3) array
        Of the source head [m].
    """

    height: Array
    part: Array
    pitch: float
    corner: tuple[float, float]
    vertices: Array

    def place(self, point: Array) -> Array:
        """(x, y) in the picture [m] of points (..., 3) of the head."""
        return np.stack([point[..., 0] - self.corner[0], self.corner[1] - point[..., 1]], axis=-1)

    def landmark(self, name: str) -> Array:
        """(x, y) of a landmark of the atlas in the picture [m]."""
        source = HeadSource.load()
        found = positions(source, self.vertices, [entry("landmark", name)["id"]], side_of(name))
        return self.place(found[0])

    def joint(self, name: str) -> Array:
        """(x, y) of a joint, as the middle of an eye, in the picture [m]."""
        return self.place(HeadSource.load().joint(name, self.vertices))

    def rim(self, name: str) -> Array:
        """(n, 2) rim of an eye or the mouth in the picture [m]."""
        return self.place(self.vertices[HeadSource.load().rims[name]])


def front_view(person: Person, pitch: float, size: tuple[float, float]) -> FrontView:
    """Heights of a head, the middle of the face in the middle of the picture.

    Parameters
    ----------
    person : Person
    pitch : float
        [m] a pixel.
    size : (width, height)
        Of the picture on the head [m].
    """
    source, vertices = HeadSource.load(), person.vertices()
    sellion = positions(source, vertices, [entry("landmark", "sellion")["id"]])[0]
    # the face reaches further below the root of the nose than above it
    corner = (sellion[0] - size[0] / 2, sellion[1] - 0.03 + size[1] / 2)
    shape = (round(size[1] / pitch), round(size[0] / pitch))
    height = np.full(shape, -np.inf)
    part = np.full(shape, -1, dtype=np.int64)
    for code, name in enumerate(PARTS):
        quads = source.parts[name]
        triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
        corners = vertices[triangles].copy()
        corners[..., 0] = (corners[..., 0] - corner[0]) / pitch
        corners[..., 1] = (corner[1] - corners[..., 1]) / pitch
        _fill(corners, code, height, part)
    return FrontView(np.where(part < 0, np.nan, height), part, pitch, corner, vertices)


@njit(cache=True)
def _fill(corners: Array, code: int, height: Array, part: Array) -> None:
    """Put triangles (m, 3, 3) of (column, row, height) into the picture where they are nearest."""
    rows, columns = height.shape
    for t in range(corners.shape[0]):
        x0, y0, z0 = corners[t, 0]
        x1, y1, z1 = corners[t, 1]
        x2, y2, z2 = corners[t, 2]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if area == 0.0:
            continue
        for i in range(max(0, int(np.ceil(min(y0, y1, y2)))), min(rows - 1, int(max(y0, y1, y2))) + 1):
            for j in range(max(0, int(np.ceil(min(x0, x1, x2)))), min(columns - 1, int(max(x0, x1, x2))) + 1):
                a = ((x1 - j) * (y2 - i) - (x2 - j) * (y1 - i)) / area
                b = ((x2 - j) * (y0 - i) - (x0 - j) * (y2 - i)) / area
                c = 1.0 - a - b
                if a >= -1e-9 and b >= -1e-9 and c >= -1e-9:
                    z = a * z0 + b * z1 + c * z2
                    if z > height[i, j]:
                        height[i, j] = z
                        part[i, j] = code
