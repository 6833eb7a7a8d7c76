"""Force of a muscle from the pulses that excite it: Ding, Wexler and Binder-Macleod, with fatigue."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import RangeError, UnknownNameError
from zygoma.provenance import load_data

Array = NDArray[np.float64]

FILE = "force.toml"


@dataclass(frozen=True)
class ForceModel:
    """Activation and force of a whole muscle at constant length; values are those of the human quadriceps.

    With the pulses at times ``t_i`` and ``x = CN / (Km + CN)``::

        tc dCN/dt = sum_i R_i exp(-(t - t_i) / tc) - CN
        R_i = 1 + (R0 - 1) exp(-(t_i - t_(i-1)) / tc), R_1 = 1
        dF/dt = A x - F / (t1 + t2 x)
        dA/dt = (A_rest - A) / tau_fat + alpha_A F, and so for Km and t1

    Attributes
    ----------
    A : float
        Scaling factor of force at rest [N/s].
    Km : float
        Sensitivity to calcium at rest.
    t1, t2 : float
        Time constants of the fall of force, without and (added) with bound cross-bridges [s].
    tc : float
        Time constant of calcium [s].
    R0 : float
        Enhancement of a pulse that follows another at once.
    alpha_A, alpha_Km, alpha_t1 : float
        Fatigue coefficients [1/s2], [1/(s N)], [1/N]; zero without fatigue.
    tau_fat : float
        Time constant of recovery [s].

    References
    ----------
    Ding J, Wexler AS, Binder-Macleod SA 2003, J Electromyogr Kinesiol 13:575; numbers in ``data/force.toml``.
    """

    A: float
    Km: float
    t1: float
    t2: float
    tc: float
    R0: float
    alpha_A: float
    alpha_Km: float
    alpha_t1: float
    tau_fat: float

    @classmethod
    def load(cls, **readings: str) -> ForceModel:
        """The model with the shipped numbers.

        Parameters
        ----------
        **readings : str
            Parameters for which sources differ, by name of the reading: ``t2="table"`` (100 ms),
            ``"calculated"`` (124.4 ms, the default) or ``"code"`` (60 ms); ``alpha_Km="table"``
            (1.9e-5 per ms and N) or ``"per_second"`` (1.9e-5 per s and N, the default).

        Raises
        ------
        UnknownNameError
            There is no such parameter or reading.
        """
        parameters: Mapping[str, Any] = load_data(FILE)["parameter"]
        for name in readings:
            if name not in parameters:
                raise UnknownNameError("parameter of the force model", name, parameters)
        values = {}
        for name, entry in parameters.items():
            reading = readings.get(name, entry["default"])
            if reading not in entry["reading"]:
                raise UnknownNameError(f"reading of parameter {name!r}", reading, entry["reading"])
            values[name] = float(entry["reading"][reading]["value"])
        return cls(**values)

    def rescaled(self, factor: float) -> ForceModel:
        """The model of a muscle whose twitch takes `factor` times as long, with the same greatest force.

        Force over time becomes F(t / factor); recovery from fatigue keeps its time.

        Raises
        ------
        RangeError
            A factor outside the range of ``data/force.toml``.
        """
        allowed = load_data(FILE)["time_factor"]
        if not allowed["low"] <= factor <= allowed["high"]:
            raise RangeError(
                f"time factor {factor!r}; expected {allowed['low']:g} to {allowed['high']:g},"
                " 1 for the quadriceps"
            )
        return replace(
            self,
            A=self.A / factor,
            t1=self.t1 * factor,
            t2=self.t2 * factor,
            tc=self.tc * factor,
            alpha_A=self.alpha_A / factor,
            alpha_t1=self.alpha_t1 * factor,
        )

    @property
    def rested(self) -> ForceModel:
        """The model of a muscle that never tires."""
        return replace(self, alpha_A=0.0, alpha_Km=0.0, alpha_t1=0.0)


@dataclass(frozen=True, eq=False)
class Force:
    """Force over time.

    Attributes
    ----------
    time : (n,) array
        From 0; every pulse is one of the times [s].
    force : (n,) array
        [N] of the muscle that the parameters describe; only ratios carry over to another muscle.
    """

    time: Array
    force: Array

    def mean(self, begin: float, end: float) -> float:
        """Mean force between two times [N].

        Raises
        ------
        RangeError
            The times are not in order within those of the force.
        """
        if not self.time[0] <= begin < end <= self.time[-1] * (1 + 1e-12):
            raise RangeError(
                f"mean from {begin!r} to {end!r} s; expected times in order from 0 to {self.time[-1]:g} s"
            )
        inside = self.time[(self.time > begin) & (self.time < end)]
        time = np.concatenate([[begin], inside, [end]])
        return float(np.trapezoid(np.interp(time, self.time, self.force), time) / (end - begin))


@dataclass(frozen=True)
class Steady:
    """Force of a rested muscle under a long regular train.

    Attributes
    ----------
    mean, low, high : float
        Over the last interval between pulses [N].
    """

    mean: float
    low: float
    high: float

    @property
    def ripple(self) -> float:
        """Highest minus lowest force over the mean."""
        return (self.high - self.low) / self.mean


def force(model: ForceModel, pulses: ArrayLike, end: float, step: float | None = None) -> Force:
    """Force of a muscle that rests at time 0 and gets pulses.

    Calcium is exact between pulses. Force takes the exact solution of each step with ``x``, A, Km and t1 of
    its middle or beginning, so it never falls below zero; the error is of second order in the step.

    Parameters
    ----------
    model : ForceModel
    pulses : array_like (p,)
        Times of the pulses, rising, from 0 to `end` [s].
    end : float
        Length of the record [s].
    step : float, optional
        Longest time step [s]; that of ``data/force.toml`` otherwise.

    Raises
    ------
    RangeError
        Pulses that do not rise or lie outside, an end that is not above zero.
    """
    times = np.asarray(pulses, dtype=float)
    longest = load_data(FILE)["tetanus"]["step"]["value"] if step is None else step
    if not (math.isfinite(end) and end > 0 and longest > 0):
        raise RangeError(f"end {end!r} s, step {longest!r} s; expected times above zero")
    if times.ndim != 1 or not np.isfinite(times).all() or (np.diff(times) <= 0).any():
        raise RangeError("pulses; expected one row of times that rise [s]: sort them and drop doubles")
    if len(times) and not (times[0] >= 0 and times[-1] <= end):
        raise RangeError(
            f"pulses from {times[0]:g} to {times[-1]:g} s; expected 0 to the end of the record, {end:g} s"
        )
    edges = np.unique(np.concatenate([[0.0], times, [end]]))
    counts = np.maximum(1, np.ceil(np.diff(edges) / longest * (1 - 1e-12))).astype(np.int64)
    parameters = np.array([getattr(model, name) for name in ForceModel.__dataclass_fields__])
    return Force(*_integrate(edges, np.isin(edges, times), counts, parameters))


def train(frequency: float, duration: float) -> Array:
    """Times of regular pulses from 0 to below a duration [s]; none at 0 Hz.

    Raises
    ------
    RangeError
        A negative frequency or duration.
    """
    if not (math.isfinite(frequency) and frequency >= 0 and math.isfinite(duration) and duration >= 0):
        raise RangeError(f"train of {frequency!r} Hz for {duration!r} s; expected numbers of 0 or more")
    return np.arange(math.ceil(frequency * duration * (1 - 1e-12))) / max(frequency, 1e-300)


def steady(model: ForceModel, frequency: float, step: float | None = None) -> Steady:
    """Mean, lowest and highest force of a rested muscle under a regular train [Hz] that has long gone on.

    Raises
    ------
    RangeError
        A frequency that is not above zero.
    """
    if not (math.isfinite(frequency) and frequency > 0):
        raise RangeError(f"frequency {frequency!r} Hz; expected above zero")
    settle = load_data(FILE)["tetanus"]["settle"]["value"] * (model.t1 + model.t2)
    intervals = max(2, math.ceil(settle * frequency))
    pulses = np.arange(intervals) / frequency
    found = force(model.rested, pulses, intervals / frequency, step)
    last = found.time >= pulses[-1]
    mean = np.trapezoid(found.force[last], found.time[last]) * frequency
    return Steady(float(mean), float(found.force[last].min()), float(found.force[last].max()))


def tetanus(model: ForceModel) -> float:
    """Mean force of the rested muscle at the reference frequency, 100 Hz [N]."""
    return steady(model, load_data(FILE)["tetanus"]["frequency"]["value"]).mean


def share_of_tetanus(model: ForceModel, frequency: ArrayLike) -> Array:
    """Mean force over that of a 100 Hz train, of a rested muscle.

    Parameters
    ----------
    model : ForceModel
    frequency : array_like (...)
        Pulses a second [Hz]; 0 gives 0.

    Raises
    ------
    RangeError
        A negative frequency.
    """
    frequencies = np.asarray(frequency, dtype=float)
    whole = tetanus(model)
    shares = [steady(model, f).mean / whole if f != 0 else 0.0 for f in frequencies.ravel()]
    return np.array(shares).reshape(frequencies.shape)


def twitch_over_tetanus(model: ForceModel) -> float:
    """Highest force of a single twitch over the mean force of a 100 Hz train."""
    single = force(model.rested, [0.0], 10 * (model.t1 + model.t2))
    return float(single.force.max()) / tetanus(model)


@numba.njit(cache=True)
def _integrate(edges: Any, is_pulse: Any, counts: Any, parameters: Any) -> Any:
    """Time and force at the ends of all steps; `counts` equal steps between two edges."""
    A_rest, Km_rest, t1_rest, t2, tc, R0, alpha_A, alpha_Km, alpha_t1, tau_fat = parameters
    total = counts.sum() + 1
    time, forces = np.empty(total), np.zeros(total)
    time[0] = edges[0]
    A, Km, t1 = A_rest, Km_rest, t1_rest
    calcium, drive, F = 0.0, 0.0, 0.0  # drive: sum of R_i exp(-(t - t_i) / tc)
    last, row = -1.0, 0
    for k in range(len(counts)):
        if is_pulse[k]:
            drive += 1.0 if last < 0 else 1.0 + (R0 - 1.0) * np.exp(-(edges[k] - last) / tc)
            last = edges[k]
        h = (edges[k + 1] - edges[k]) / counts[k]
        whole, half, keep = np.exp(-h / tc), np.exp(-0.5 * h / tc), np.exp(-h / tau_fat)
        fill = tau_fat * (1.0 - keep)
        for j in range(counts[k]):
            middle = (calcium + drive * 0.5 * h / tc) * half
            x = middle / (Km + middle)
            tau = t1 + t2 * x
            left = np.exp(-h / tau)
            following = A * x * tau * (1.0 - left) + F * left
            mean = 0.5 * (F + following)
            A = A_rest + (A - A_rest) * keep + alpha_A * mean * fill
            Km = Km_rest + (Km - Km_rest) * keep + alpha_Km * mean * fill
            t1 = t1_rest + (t1 - t1_rest) * keep + alpha_t1 * mean * fill
            F = following
            calcium = (calcium + drive * h / tc) * whole
            drive *= whole
            row += 1
            time[row] = edges[k] + (j + 1) * h
            forces[row] = F
    return time, forces
