"""Whether a facial muscle twitches, by the human anchors (link L4)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def twitch_threshold(rheobase: ArrayLike, tau: ArrayLike, duration: ArrayLike) -> Array:
    """Threshold at a phase of any length, ``I_th = I_rh * (1 + tau / PW)`` (Weiss) [A].

    Parameters
    ----------
    rheobase : array_like
        Threshold of an endless phase [A].
    tau : array_like
        Strength-duration time constant of motor fibres [s].
    duration : array_like
        Longest phase of the waveform [s]; infinite for a direct current.

    References
    ----------
    Mogyoros 1996, Brain 119:439 (limb nerve, 0.02 to 1 ms).
    """
    return np.asarray(np.asarray(rheobase) * (1 + np.asarray(tau, dtype=float) / duration))


def rheobase_from_study(mean: float, sd: float, duration: float, tau: ArrayLike, z: ArrayLike) -> Array:
    """Rheobase [A] of people whose threshold was measured at one pulse width.

    The threshold is taken as log-normal with the stated mean and standard deviation; its Weiss factor is
    divided out with each person's own time constant.

    Parameters
    ----------
    mean, sd : float
        Of the measured threshold [A].
    duration : float
        Pulse width of the measurement [s].
    tau : array_like
        Time constants [s].
    z : array_like
        Standard normal numbers, a person's place among all.

    References
    ----------
    Frigerio 2015, 10.1097/PRS.0000000000001639: 4.6 +- 1.7 mA at 0.7 ms, adhesive electrodes, acute palsy.
    """
    variance = np.log1p((sd / mean) ** 2)
    measured = mean * np.exp(np.sqrt(variance) * np.asarray(z) - variance / 2)
    return np.asarray(measured / (1 + np.asarray(tau, dtype=float) / duration))


def conditional_rheobase(rheobase: ArrayLike, tau: ArrayLike, study_duration: float) -> tuple[Array, float]:
    """Median of the rheobase given the time constant, and spread of its logarithm that is then left.

    The rheobase was found by dividing the Weiss factor of the study out, so a person with a long time
    constant has a low one. Drawing both as if they were independent would widen the threshold at short
    pulses.

    Parameters
    ----------
    rheobase : array_like (n,)
        Draws of the rheobase over people [A].
    tau : array_like (n,)
        Draws of the time constant [s].
    study_duration : float
        Pulse width of the study behind the rheobase [s].

    Returns
    -------
    median : ndarray (n,)
        [A].
    spread : float
        Standard deviation of the logarithm.
    """
    logs, factor = np.log(np.asarray(rheobase)), np.log1p(np.asarray(tau, dtype=float) / study_duration)
    left = max(0.0, float(logs.var() - factor.var()))
    return np.asarray(np.exp(np.median(logs) - (factor - factor.mean()))), float(np.sqrt(left))


def twitch_probability(current: ArrayLike, threshold: ArrayLike, spread: ArrayLike) -> Array:
    """Share of people in whom a current makes the muscle twitch: ``Phi(ln(I / I_th) / s)``.

    A spread of zero gives 0, a half or 1.

    Parameters
    ----------
    current, threshold : array_like
        Amplitude and median threshold [A].
    spread : array_like
        Standard deviation of the logarithm of the threshold between people.
    """
    from scipy.special import ndtr

    away = np.log(np.asarray(current, dtype=float) / threshold)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(away == 0, 0.0, away / np.asarray(spread, dtype=float))
    return np.asarray(ndtr(z))
