"""Blood flow of the skin (link L6)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def hill(dose: ArrayLike, half: ArrayLike, slope: ArrayLike = 1.0) -> Array:
    """``x^h / (k^h + x^h)``: 0 without dose, a half at `half`."""
    from scipy.special import expit

    x = np.maximum(np.asarray(dose, dtype=float), 0.0)
    with np.errstate(divide="ignore"):  # of no dose the logarithm is minus infinity, and the result 0
        return np.asarray(expit(np.asarray(slope) * (np.log(x) - np.log(half))))


def galvanic_increase(
    cathodal: ArrayLike,
    anodal: ArrayLike,
    largest: ArrayLike,
    cathodal_half: ArrayLike,
    anodal_half: ArrayLike,
    anodal_slope: ArrayLike,
) -> Array:
    """Peak of the flow above baseline, over baseline, after net charge at one place.

    ``Emax H(Qc; Qc50, 1) + Emax H(Qa; Qa50, h)``. A place that is both gets the sum. The charge is the *net,
    signed* charge through the electrode of the study, whose area is not stated: it cannot be set against a
    charge density. The response is a flare of pain-sensing fibres; local anaesthesia abolishes it.

    Parameters
    ----------
    cathodal, anodal : array_like
        Net charge in a session that leaves, and that enters, the skin there [C].
    largest : array_like
        Emax, largest increase over baseline.
    cathodal_half, anodal_half : array_like
        Charges of half the effect [C].
    anodal_slope : array_like
        Hill slope; not identified by the data.

    References
    ----------
    Durand 2002: 0.1 mA of direct current on the forearm, 6 to 30 mC, recorded for 20 min.
    """
    increase = hill(cathodal, cathodal_half) + hill(anodal, anodal_half, anodal_slope)
    return np.asarray(np.asarray(largest) * increase)


def c_fibre_increase(current: ArrayLike, threshold: ArrayLike, largest: ArrayLike) -> Array:
    """Flow above baseline from pulses that excite C fibres, over baseline: 0 for what is not felt.

    ``c_max (1 - I_th / I)`` above the threshold of perception. The form between the threshold and the largest
    value is an assumption.

    Parameters
    ----------
    current : array_like
        Amplitude [A].
    threshold : array_like
        A person's threshold of perception [A].
    largest : array_like
        c_max.

    References
    ----------
    Westerman & Low: 2 Hz pulses raise skin flux by up to 50 % (evidence E072).
    """
    return np.asarray(largest * np.maximum(1 - np.asarray(threshold) / np.asarray(current, dtype=float), 0.0))


def flow_after(increase: ArrayLike, seconds: ArrayLike, decay: ArrayLike) -> Array:
    """Flow over baseline a time after the session, ``1 + increase exp(-t / tau)``; times in [s].

    The time constant is assumed: the study recorded 20 min and saw little decay.
    """
    return np.asarray(1 + np.asarray(increase) * np.exp(-np.asarray(seconds, dtype=float) / decay))
