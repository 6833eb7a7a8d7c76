"""Triangles into pixels: at each pixel the nearest shows."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray


@numba.njit(cache=True)
def fill(
    points: NDArray[Any],
    triangles: NDArray[Any],
    colours: NDArray[Any],
    picture: NDArray[Any],
    nearness: NDArray[Any],
) -> None:  # pragma: no cover - compiled
    """Draw the triangles that are turned to the viewer; what lies outside the picture is left out.

    Parameters
    ----------
    points : (n, 3) array
        Columns to the right and rows downward [pixels], and nearness to the viewer.
    triangles : (m, 3) int array
        Corners, counter-clockwise where a triangle faces the viewer.
    colours : (n, 3) array
        Colour of each point, blended over a triangle.
    picture : (rows, columns, 3) array
        Drawn into.
    nearness : (rows, columns) array
        Of what is drawn so far; updated.
    """
    rows, columns = nearness.shape
    for i, j, k in triangles:
        xi, yi, zi = points[i]
        xj, yj, zj = points[j]
        xk, yk, zk = points[k]
        area = (xj - xi) * (yk - yi) - (xk - xi) * (yj - yi)
        if area >= 0.0:  # rows count downward: seen from behind, or a line
            continue
        left = max(0, int(np.ceil(min(xi, xj, xk) - 0.5)))
        right = min(columns, int(np.floor(max(xi, xj, xk) - 0.5)) + 1)
        top = max(0, int(np.ceil(min(yi, yj, yk) - 0.5)))
        bottom = min(rows, int(np.floor(max(yi, yj, yk) - 0.5)) + 1)
        for row in range(top, bottom):
            for column in range(left, right):
                x, y = column + 0.5 - xi, row + 0.5 - yi
                share_j = (x * (yk - yi) - (xk - xi) * y) / area
                share_k = ((xj - xi) * y - x * (yj - yi)) / area
                share_i = 1.0 - share_j - share_k
                if min(share_i, share_j, share_k) < 0.0:
                    continue
                near = share_i * zi + share_j * zj + share_k * zk
                if near > nearness[row, column]:
                    nearness[row, column] = near
                    for c in range(3):
                        picture[row, column, c] = (
                            share_i * colours[i, c] + share_j * colours[j, c] + share_k * colours[k, c]
                        )
