"""Light that a three.js page shows as a given colour: the inverse of the film curve it puts over a scene."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_EXPOSURE = 1 / 0.6
_TO_CURVE = np.array([[0.59719, 0.35458, 0.04823], [0.07600, 0.90834, 0.01566], [0.02840, 0.13383, 0.83777]])
_FROM_CURVE = np.array(
    [[1.60475, -0.53108, -0.07367], [-0.10208, 1.10813, -0.00605], [-0.00327, -0.07276, 1.07602]]
)
_ABOVE = (0.0245786, -0.000090537)  # v² + a v + b, over
_BELOW = (0.983729, 0.4329510, 0.238081)  # c v² + d v + e


def light_of(colours: NDArray[np.floating]) -> NDArray[np.float64]:
    """Linear light (n, 3), which may exceed 1, that is shown as these colours (n, 3), sRGB 0 to 1.

    References
    ----------
    three.js, ``ACESFilmicToneMapping`` (fit of the ACES film curve by S. Hill).
    """
    (a, b), (c, d, e) = _ABOVE, _BELOW
    y = linear(colours) @ np.linalg.inv(_FROM_CURVE).T
    first, second, third = 1 - c * y, a - d * y, b - e * y
    v = (-second + np.sqrt(second**2 - 4 * first * third)) / (2 * first)
    return np.asarray(np.maximum(v @ np.linalg.inv(_TO_CURVE).T / _EXPOSURE, 0.0))


def linear(colours: NDArray[np.floating]) -> NDArray[np.float64]:
    """Linear light of sRGB colours (IEC 61966-2-1)."""
    return np.asarray(np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4))


def encoded(light: NDArray[np.floating]) -> NDArray[np.float64]:
    """The colours in sRGB of linear light 0 to 1 (IEC 61966-2-1)."""
    return np.asarray(np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055))
