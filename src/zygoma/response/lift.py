"""Lift of the skin by a muscle that pulls: a membrane on a shear spring."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import RangeError
from zygoma.response.draws import drawn

Array = NDArray[np.float64]

PRIORS = ("lift_E", "lift_h", "lift_G", "lift_t", "lift_b", "lift_F")
"""Priors that the closed forms need: skin modulus and thickness, fat modulus and thickness, width, force."""


def full_shift(draws: Mapping[str, ArrayLike]) -> Array:
    """(n,) shift of the skin at the insertion under the muscle's greatest force [m].

    ``u0 = F / (2 b sqrt(E h G / t))``: skin of stiffness E h, which goes on to both sides of the insertion,
    held by fat of shear stiffness G / t, pulled by the force F over the width b.
    """
    E, h, G, t, b, F = (drawn(draws, id) for id in PRIORS)
    return np.asarray(F / (2 * b * np.sqrt(E * h * G / t)))


def decay_length(draws: Mapping[str, ArrayLike]) -> Array:
    """(n,) distance over which the shift falls to 1/e [m]: ``lambda = sqrt(E h t / G)``."""
    E, h, G, t = (drawn(draws, id) for id in PRIORS[:4])
    return np.asarray(np.sqrt(E * h * t / G))


def shift(tone_change: ArrayLike, draws: Mapping[str, ArrayLike]) -> Array:
    """(n,) shift of the skin at the insertion, towards the origin [m].

    Parameters
    ----------
    tone_change : array_like (n,)
        Change of the resting force as a share of the muscle's greatest force, 1 for a full contraction.
    draws : mapping
        `PRIORS`, as `zygoma.evidence.Priors.draw` gives them.
    """
    return np.asarray(np.asarray(tone_change, dtype=float) * full_shift(draws))


def at_distance(shift: ArrayLike, distance: ArrayLike, decay: ArrayLike) -> Array:
    """Shift at a distance from the insertion [m]: ``shift exp(-distance / decay)``; all broadcast.

    Raises
    ------
    RangeError
        A negative distance, or a decay length that is not above zero.
    """
    far, length = np.asarray(distance, dtype=float), np.asarray(decay, dtype=float)
    if not ((far >= 0).all() and (length > 0).all()):
        raise RangeError("distance and decay length; expected metres of 0 or more, and above 0")
    return np.asarray(np.asarray(shift) * np.exp(-far / length))


def field(points: ArrayLike, insertion: ArrayLike, direction: ArrayLike, shift: float, decay: float) -> Array:
    """Displacement of points of the skin around an insertion.

    The shear-lag model is one-dimensional; here its decay is taken in every direction of the skin, with the
    straight distance.

    Parameters
    ----------
    points : array_like (n, 3)
        On the skin [m].
    insertion, direction : array_like (3,)
        Where and which way the muscle pulls [m]; the direction has any length above zero.
    shift, decay : float
        At the insertion, and the decay length [m].

    Returns
    -------
    ndarray (n, 3)
        [m].

    Raises
    ------
    RangeError
        No direction, or a decay length that is not above zero.
    """
    way = np.asarray(direction, dtype=float)
    length = float(np.linalg.norm(way))
    if not length > 0:
        raise RangeError(f"direction {direction!r}; expected a vector with a length")
    distance = np.linalg.norm(np.asarray(points, dtype=float) - np.asarray(insertion), axis=1)
    return np.asarray(at_distance(shift, distance, decay)[:, None] * (way / length))


def bulge(thickness: float, volume_change: ArrayLike) -> Array:
    """(n,) outward bulge of a muscle that grows in thickness alone, at the same length and width [m].

    Parameters
    ----------
    thickness : float
        Of the muscle [m].
    volume_change : array_like (n,)
        Relative change of volume.
    """
    return np.asarray(thickness * np.asarray(volume_change, dtype=float))
