"""The raster of face textures: the same skin lies at the same pixel in every photograph of a person."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import RangeError
from zygoma.outcome.canonical_mesh import canonical_mesh
from zygoma.outcome.flattening import FILE, flat_face
from zygoma.provenance import load_data

Array = NDArray[np.float64]
Index = NDArray[np.int32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class TextureGrid:
    """Pixels over the canonical face laid flat.

    Parameters
    ----------
    pitch : float
        Side of a pixel [m] on the canonical face. On a person's face it is as much larger as the face is.

    Raises
    ------
    RangeError
        The pitch is not between 0.05 and 2 mm.
    """

    pitch: float

    def __post_init__(self) -> None:
        low, high = load_data(FILE)["pitch"]["low"], load_data(FILE)["pitch"]["high"]
        if not low <= self.pitch <= high:
            raise RangeError(
                f"pitch {1e3 * self.pitch:g} mm of a face texture, expected {1e3 * low:g} to "
                f"{1e3 * high:g} mm"
            )

    @property
    def corner(self) -> Array:
        """(2,) x and y of the centre of the first pixel [m]."""
        return np.asarray(flat_face().points.min(axis=0))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        extent = np.ptp(flat_face().points, axis=0) / self.pitch
        return int(np.ceil(extent[1])) + 1, int(np.ceil(extent[0])) + 1

    @cached_property
    def vertices(self) -> Array:
        """(468, 2) vertices of the canonical mesh as column and row [px]."""
        return np.asarray((flat_face().points - self.corner) / self.pitch)

    def triangles(self) -> Index:
        """(rows, columns) number of the triangle that holds a pixel; -1 outside the face."""
        return _triangles(self.pitch)

    def polygon(self, landmarks: list[int]) -> Mask:
        """(rows, columns) pixels within a closed line through landmarks."""
        return self.filled(self.vertices[landmarks])

    def filled(self, line: Array) -> Mask:
        """(rows, columns) pixels within a closed line (n, 2) of columns and rows."""
        import cv2

        drawn = np.zeros(self.shape, np.uint8)
        cv2.fillPoly(drawn, [_fixed(line)], 1, shift=_SHIFT)
        return drawn.astype(bool)

    def interpolated(self, values: Array) -> Array:
        """(rows, columns, ...) values (468, ...) of the vertices, linear within each triangle; 0 outside."""
        held = self.triangles()
        inside = held >= 0
        rows, columns = np.nonzero(inside)
        corners = canonical_mesh().triangles[held[inside]]
        shares = _barycentric(self.vertices[corners], np.stack([columns, rows], axis=1))
        found = np.zeros((*self.shape, *values.shape[1:]))
        found[inside] = np.einsum("ni,ni...->n...", shares, values[corners])
        return found


_SHIFT = 4  # bits of a pixel's fraction that OpenCV's polygons keep


def _fixed(line: Array) -> Index:
    return np.rint(line * (1 << _SHIFT)).astype(np.int32)


@cache
def _triangles(pitch: float) -> Index:
    import cv2

    grid = TextureGrid(pitch)
    held = np.full(grid.shape, -1, np.int32)
    for number, corners in enumerate(grid.vertices[canonical_mesh().triangles]):
        cv2.fillConvexPoly(held, _fixed(corners), number, shift=_SHIFT)
    held.setflags(write=False)
    return held


def _barycentric(corners: Array, points: Array) -> Array:
    """(n, 3) weights of the corners (n, 3, 2) of a triangle at points (n, 2)."""
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    p = points - corners[:, 0]
    area = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    second = (p[:, 0] * b[:, 1] - p[:, 1] * b[:, 0]) / area
    third = (a[:, 0] * p[:, 1] - a[:, 1] * p[:, 0]) / area
    return np.stack([1.0 - second - third, second, third], axis=1)
