"""ATP in skin (link L5)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def atp_ratio(
    density: ArrayLike,
    seconds: ArrayLike,
    gain: ArrayLike,
    half: ArrayLike,
    inhibition: ArrayLike,
    time_constant: ArrayLike,
    transfer: ArrayLike = 1.0,
) -> Array:
    """ATP over that of untreated skin.

    ``F = 1 + w A J/(J50 + J) / (1 + (J/Ji)^2) (1 - exp(-T/tau))``. Only the direction is fitted, to excised
    rat skin under constant direct current for hours; all numbers are judgement. The one measurement in
    people found, of ATP in blood plasma, went the other way.

    Parameters
    ----------
    density : array_like
        |J| in the skin [A/m2].
    seconds : array_like
        Time under a contact in a session [s].
    gain : array_like
        A, largest relative gain in vitro.
    half, inhibition : array_like
        Densities of half the effect, and from which it falls again [A/m2].
    time_constant : array_like
        tau [s].
    transfer : array_like
        w, share of it that occurs in living skin; 1 in vitro.

    References
    ----------
    Cheng 1982, Clin Orthop 171:264 (direction, rat skin); Seegers 2002 (plasma ATP of people fell).
    """
    J = np.asarray(density, dtype=float)
    dose = J / (np.asarray(half) + J) / (1 + (J / np.asarray(inhibition)) ** 2)
    return np.asarray(
        1 + np.asarray(transfer) * gain * dose * -np.expm1(-np.asarray(seconds) / np.asarray(time_constant))
    )
