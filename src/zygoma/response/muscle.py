"""What a course of sessions trains a muscle with, beside motor-level stimulation that made one thicker."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import RangeError
from zygoma.provenance import load_data
from zygoma.response.force import FILE, ForceModel, force, tetanus
from zygoma.response.pulses import Pulses

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SessionForce:
    """Force of the recruited fibres while a current excites them, over their force in a 100 Hz train at rest.

    Attributes
    ----------
    mean : float
        Over the whole time, fatigue included.
    first, last : float
        At the beginning, as soon as the force no longer rises, and at the end.
    """

    mean: float
    first: float
    last: float

    @property
    def left(self) -> float:
        """Force at the end over that at the beginning; 1 without force."""
        return self.last / self.first if self.first > 0 else 1.0


def session_force(model: ForceModel, pulses: Pulses, duration: float) -> SessionForce:
    """Mean, first and last force of fibres excited without a pause.

    Parameters
    ----------
    model : ForceModel
    pulses : Pulses
    duration : float
        Time for which the current excites in one session [s], taken as one stretch: a rest between would
        let the muscle recover.

    Raises
    ------
    RangeError
        A duration that is not above zero.
    """
    if not (math.isfinite(duration) and duration > 0):
        raise RangeError(f"excited for {duration!r} s; expected a time above zero")
    found, whole = force(model, pulses.over(duration), duration), tetanus(model)
    settle = load_data(FILE)["tetanus"]["settle"]["value"] * (model.t1 + model.t2)
    window = math.ceil(settle / pulses.period) * pulses.period
    if 2 * window > duration:  # too short for a beginning and an end of whole periods
        mean = found.mean(0.0, duration) / whole
        return SessionForce(mean, mean, mean)
    mean, first, last = (
        found.mean(begin, end) / whole
        for begin, end in ((0.0, duration), (window, 2 * window), (duration - window, duration))
    )
    return SessionForce(mean, first, last)


@dataclass(frozen=True, eq=False)
class TrainingDose:
    """Force over time that a course makes a muscle produce.

    Attributes
    ----------
    recruited : (n,) array
        Share of the muscle's fibres that the current excites.
    force_share : float
        Mean force of these over their greatest, as `SessionForce.mean`.
    on_time : float
        Time in a session for which the current excites the muscle [s].
    sessions : float
    """

    recruited: Array
    force_share: float
    on_time: float
    sessions: float

    @property
    def seconds(self) -> Array:
        """(n,) dose of the course in seconds at the muscle's greatest force (N s per N of that force)."""
        return np.asarray(self.recruited * (self.force_share * self.on_time * self.sessions))

    def over(self, comparison: str = "kavanagh2012") -> tuple[Array, Array]:
        """(n,) dose over that of a comparison, at its highest and at its lowest assumed dose."""
        low, high = comparison_dose(comparison)
        return self.seconds / high, self.seconds / low


def training_dose(
    recruited: ArrayLike,
    pulses: Pulses,
    on_time: float,
    sessions: float,
    model: ForceModel | None = None,
) -> TrainingDose:
    """Training dose of a course.

    Parameters
    ----------
    recruited : array_like (n,)
        Share of the muscle's fibres that the current excites, 0 to 1; see `Recruitment.share`.
    pulses : Pulses
        When the current excites them.
    on_time : float
        Time in a session for which it does [s]; 0 gives no dose.
    sessions : float
    model : ForceModel, optional
        The shipped one otherwise.

    Raises
    ------
    RangeError
        A share outside 0 to 1, a negative time or number of sessions.
    """
    share = np.atleast_1d(np.asarray(recruited, dtype=float))
    if not ((share >= 0) & (share <= 1)).all():
        raise RangeError(f"recruited {recruited!r}; expected shares of the fibres from 0 to 1")
    if not (math.isfinite(on_time) and on_time >= 0 and math.isfinite(sessions) and sessions >= 0):
        raise RangeError(f"{sessions!r} sessions of {on_time!r} s; expected numbers of 0 or more")
    mean = session_force(model or ForceModel.load(), pulses, on_time).mean if on_time > 0 else 0.0
    return TrainingDose(share, mean, on_time, sessions)


def comparison_dose(name: str = "kavanagh2012") -> tuple[float, float]:
    """Lowest and highest dose of a study in seconds at greatest force, over what it leaves open [s]."""
    entry: dict[str, Any] = load_data(FILE)["comparison"][name]
    time = entry["session"]["value"] * entry["sessions"]["value"]
    low, high = (time * entry["recruited_share"][end] * entry["force_share"][end] for end in ("low", "high"))
    return low, high
