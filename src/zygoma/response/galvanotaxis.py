"""Whether cells move along the field (link L7)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.response.exposure import choice
from zygoma.response.perfusion import hill

Array = NDArray[np.float64]


def directedness(
    field: ArrayLike, seconds: ArrayLike, half: ArrayLike, slope: ArrayLike, largest: ArrayLike = 1.0
) -> Array:
    """Mean cosine between the movement of cells and the field, 0 to 1.

    ``D = Dmax E^h / (E50^h + E^h)``; 0 at 5 mV/mm and below, and for less than 10 min without interruption,
    where cells move at random. It is fitted to keratinocytes in a dish; fibroblasts in skin are a transfer.

    Parameters
    ----------
    field : array_like
        Steady field [V/m] (1 V/m is 1 mV/mm); that of a balanced current is 0.
    seconds : array_like
        Longest time without interruption at one place [s].
    half : array_like
        Field of half the effect [V/m].
    slope : array_like
        Hill slope.
    largest : array_like
        Dmax.

    References
    ----------
    Nishimura 1996, J Cell Sci 109:199.
    """
    E = np.asarray(field, dtype=float)
    least, long_enough = choice("galvanotaxis", "least_field"), choice("galvanotaxis", "least_exposure")
    responds = (least < E) & (np.asarray(seconds) >= long_enough)
    return np.asarray(np.where(responds, np.asarray(largest) * hill(E, half, slope), 0.0))
