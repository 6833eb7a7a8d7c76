"""Values of a map between its pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_NO_SECOND: Any = None  # map: both coordinates stand in the first
_COLUMNS = 1024  # OpenCV's remap takes fewer than 32767 rows


def sampled(values: Array, places: Array, *, cubic: bool = False, outside: float | None = None) -> Array:
    """Values (n,) or (n, c) of a map (rows, columns) or (rows, columns, c) at places (n, 2) (x, y) [pixels].

    Parameters
    ----------
    values, places : array
    cubic : bool
        By cubic instead of linear interpolation.
    outside : float, optional
        Value beyond the edge; without it that of the edge.
    """
    import cv2

    rest = -len(places) % _COLUMNS
    grid: Any = np.pad(places, ((0, rest), (0, 0)), mode="edge").astype(np.float32).reshape(-1, _COLUMNS, 2)
    source: Any = np.asarray(values, dtype=np.float32)
    found = cv2.remap(
        source,
        grid,
        _NO_SECOND,
        cv2.INTER_CUBIC if cubic else cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE if outside is None else cv2.BORDER_CONSTANT,
        borderValue=0.0 if outside is None else outside,
    )
    return np.asarray(found.reshape(-1, *source.shape[2:])[: len(places)])
