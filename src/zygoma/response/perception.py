"""Whether the current is felt (link L3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def perception_threshold(
    measured: ArrayLike, tau: ArrayLike, study_pulse: ArrayLike, duration: ArrayLike
) -> Array:
    """Current that half of the people feel, at a phase of any length [A].

    The threshold was measured with a pulse of its own, so that already contains the factor ``1 + tau/PW`` of
    Weiss. Multiplying it by the factor of another pulse would count it twice: it is divided out first,

    ``I50(PW) = I50_measured * (1 + tau / PW) / (1 + tau / PW_study)``.

    A long phase is felt at a lower current than was measured, a shorter one at a higher current.

    Parameters
    ----------
    measured : array_like
        Median threshold as measured [A].
    tau : array_like
        Strength-duration time constant of sensory fibres [s].
    study_pulse : array_like
        Pulse width of the study [s]; an assumption, since it is not available.
    duration : array_like
        Longest phase of the waveform [s]; infinite for a direct current.

    References
    ----------
    Perception by body area, bipolar felt discs (evidence E078); Mogyoros 1996, Brain 119:439 (tau, limb).
    """
    tau = np.asarray(tau, dtype=float)
    return np.asarray(np.asarray(measured) * (1 + tau / duration) / (1 + tau / np.asarray(study_pulse)))


def feeling_probability(current: ArrayLike, threshold: ArrayLike, spread: ArrayLike) -> Array:
    """Share of people who feel a current: ``Phi(ln(I / I50) / s)``.

    Parameters
    ----------
    current : array_like
        Amplitude [A], above zero.
    threshold : array_like
        Current that half of the people feel [A].
    spread : array_like
        Standard deviation of the logarithm of the threshold between people.
    """
    from scipy.special import ndtr

    return np.asarray(ndtr(np.log(np.asarray(current, dtype=float) / threshold) / spread))
