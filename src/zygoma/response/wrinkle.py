"""Wrinkles: the judgement of a net effect, and what a photograph would show without any (L11, L12)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.response.exposure import Exposure, choice

Array = NDArray[np.float64]


def judged_course() -> tuple[int, float]:
    """Sessions and their length [s] of the study for which the net effect was judged."""
    return int(choice("wrinkle", "sessions")), choice("wrinkle", "session")


def judged(exposure: Exposure) -> bool:
    """Whether the net effect was judged for a course like this one."""
    sessions, session = judged_course()
    return exposure.sessions == sessions and math.isclose(exposure.session, session, rel_tol=0.01)


def shrunk(
    observed: float, bias: tuple[float, float], standard_error: float, sceptic: tuple[float, float]
) -> tuple[float, float]:
    """Mean and standard deviation of the net improvement behind an uncontrolled result [same unit as given].

    The observation is net effect plus bias plus error, all normal; the prior of the net effect is sceptical.

    Parameters
    ----------
    observed : float
        Improvement that an uncontrolled study found.
    bias : tuple of float
        Mean and standard deviation of placebo, drift of the raters and regression to the mean.
    standard_error : float
        Of the observation.
    sceptic : tuple of float
        Mean and standard deviation of the net effect before the study.

    Examples
    --------
    >>> mean, sd = shrunk(13.0, (10.0, 6.0), 4.0, (0.0, 7.0))
    >>> round(mean, 1), round(sd, 1)
    (1.5, 5.0)
    """
    noise = bias[1] ** 2 + standard_error**2
    weight = sceptic[1] ** 2 / (sceptic[1] ** 2 + noise)
    mean = sceptic[0] + weight * (observed - bias[0] - sceptic[0])
    return mean, math.sqrt(sceptic[1] ** 2 * (1 - weight))


def uncontrolled(net: ArrayLike, bias: ArrayLike) -> Array:
    """Improvement that photographs before and after show without a control group: net effect plus bias."""
    return np.asarray(np.asarray(net, dtype=float) + bias)


def grade_from_muscle(volume_change: ArrayLike, grade_per_volume: ArrayLike) -> Array:
    """Change of a wrinkle grade with the volume of the muscle below, ``c dV/V`` (link L11).

    Parameters
    ----------
    volume_change : array_like
        dV/V.
    grade_per_volume : array_like
        c, grades for a muscle of twice the volume; its sign is not known. Relaxing the frontalis removes
        lines of the forehead.
    """
    return np.asarray(np.asarray(volume_change, dtype=float) * grade_per_volume)
