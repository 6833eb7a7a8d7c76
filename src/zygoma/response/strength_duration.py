"""Laws of strength and duration: how much current a pulse of a given length needs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from zygoma.device.rows import FloatArray
from zygoma.errors import InputError, RangeError, UnknownNameError
from zygoma.units import show, si

Law = Literal["weiss", "lapicque"]
LAWS: tuple[Law, ...] = ("weiss", "lapicque")


@dataclass(frozen=True)
class StrengthDuration:
    """Threshold of rectangular pulses over their length.

    Weiss: ``rheobase * (1 + time_constant / t)``; Lapicque: ``rheobase / (1 - exp(-t / time_constant))``.
    Both need the charge ``rheobase * time_constant`` when t is short, and the rheobase when it is long. They
    describe about 0.02 to 1 ms; the plateau of a fibre beyond is higher than the rheobase fitted there.

    Parameters
    ----------
    law : {"weiss", "lapicque"}
    rheobase : float or str
        [A] (a law fitted to thresholds in V/m has V/m here).
    time_constant : float or str
        [s].

    Raises
    ------
    UnknownNameError
        Another law.
    RangeError
        A rheobase or a time constant that is not above zero.

    References
    ----------
    Weiss G. Arch Ital Biol 1901;35:413-446. Lapicque L. J Physiol Pathol Gen 1907;9:620-635.
    """

    law: Law
    rheobase: float
    time_constant: float

    def __post_init__(self) -> None:
        if self.law not in LAWS:
            raise UnknownNameError("law of strength and duration", str(self.law), LAWS)
        for name, unit in (("rheobase", "A"), ("time_constant", "s")):
            object.__setattr__(self, name, si(getattr(self, name), unit, f"the {name}"))
            if not (math.isfinite(value := getattr(self, name)) and value > 0):
                raise RangeError(f"{name} {value!r} {unit}; expected above zero")

    @property
    def chronaxie(self) -> float:
        """Length of the pulse that needs twice the rheobase [s]."""
        return self.time_constant * (1.0 if self.law == "weiss" else math.log(2.0))

    def threshold(self, duration: npt.ArrayLike) -> FloatArray:
        """Threshold [unit of the rheobase] of pulses [s], same shape.

        Raises
        ------
        RangeError
            A duration that is not above zero.
        """
        share = _positive(duration, "a pulse", "s") / self.time_constant
        if self.law == "weiss":
            return np.asarray(self.rheobase * (1.0 + 1.0 / share))
        return np.asarray(self.rheobase / -np.expm1(-share))

    @classmethod
    def fit(cls, law: Law, duration: npt.ArrayLike, threshold: npt.ArrayLike) -> StrengthDuration:
        """The law whose charges fit those of the thresholds best, by least squares.

        For Weiss this is the straight line of charge over duration.

        Parameters
        ----------
        duration : array_like, shape (n,)
            [s], at least two different ones.
        threshold : array_like, shape (n,)
            [A], or another unit, which the rheobase then has.

        Raises
        ------
        InputError
            Shapes that differ, fewer than two durations, or thresholds that do not fall towards a plateau.
        RangeError
            Numbers that are not above zero.
        """
        if law not in LAWS:
            raise UnknownNameError("law of strength and duration", str(law), LAWS)
        time, needed = _positive(duration, "a pulse", "s"), _positive(threshold, "a threshold", "A")
        if time.shape != needed.shape or time.ndim != 1 or len(np.unique(time)) < 2:
            raise InputError(
                f"durations of shape {time.shape} and thresholds of shape {needed.shape}; expected as many of"
                " one as of the other, of at least two different durations"
            )
        charges, longest = needed * time, float(time.max())
        columns = np.column_stack([time / longest, np.ones(len(time))])
        rheobase, charge = np.linalg.lstsq(columns, charges, rcond=None)[0] / [longest, 1.0]
        if not (rheobase > 0 and charge > 0):
            raise InputError(
                "thresholds that do not fall with the duration towards a plateau; no law fits:"
                " give thresholds of shorter and longer pulses"
            )
        if law == "lapicque":
            from scipy.optimize import least_squares

            def missed(logarithms: FloatArray) -> FloatArray:
                height, constant = np.exp(logarithms)
                return np.asarray((height * time / -np.expm1(-time / constant) - charges) / charges.max())

            found = least_squares(missed, np.log([rheobase, charge / rheobase]), xtol=1e-12, ftol=1e-12)
            rheobase, constant = np.exp(found.x)
            return cls(law, float(rheobase), float(constant))
        return cls(law, float(rheobase), float(charge / rheobase))

    def __str__(self) -> str:
        return f"{self.law.capitalize()}: rheobase {self.rheobase:.3g}, chronaxie {show(self.chronaxie, 's')}"


def _positive(given: npt.ArrayLike, what: str, unit: str) -> FloatArray:
    value = np.asarray(given, dtype=float)
    if not (np.isfinite(value) & (value > 0)).all():
        wrong = value[~(np.isfinite(value) & (value > 0))].ravel()[0]
        raise RangeError(f"{what} of {float(wrong)!r} {unit}; expected a finite number above zero")
    return value
