"""Heat: an upper bound of the warming, and what a temperature does in a time."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.provenance import load_data
from zygoma.response.exposure import FILE, choice

Array = NDArray[np.float64]

KELVIN = 273.15
"""Absolute temperature of 0 degC [K]."""

Process = Literal["collagen", "skin_burn"]


def warming_bound(rms_density: ArrayLike, conductivity: ArrayLike, seconds: ArrayLike) -> Array:
    """Largest possible rise of the temperature of skin [K]: all heat stays where it is made.

    ``J_rms^2 t / (sigma rho c)``; conduction, blood and air would only lower it.

    Parameters
    ----------
    rms_density : array_like
        Rms of J over the time [A/m2].
    conductivity : array_like
        [S/m].
    seconds : array_like
        [s].
    """
    skin = load_data("tissues.toml")["thermal"]["skin"]
    heat = np.asarray(rms_density, dtype=float) ** 2 / np.asarray(conductivity) * seconds
    return np.asarray(heat / (skin["rho"] * skin["c"]))


def cem43(temperature: ArrayLike, seconds: ArrayLike) -> Array:
    """Cumulative equivalent minutes at 43 degC of a constant temperature [min].

    ``t R^(43 - T)`` with R = 0.5 above and 0.25 below 43 degC.

    Parameters
    ----------
    temperature : array_like
        [degC].
    seconds : array_like
        [s].

    References
    ----------
    Sapareto & Dewey 1984, Int J Radiat Oncol Biol Phys 10:787.
    """
    table = load_data(FILE)["heat"]["cem43"]
    away = table["reference"] - np.asarray(temperature, dtype=float)
    base = np.where(away < 0, table["above"], table["below"])
    return np.asarray(np.asarray(seconds) / 60.0 * base**away)


def damage(temperature: ArrayLike, seconds: ArrayLike, process: Process) -> Array:
    """Arrhenius integral Omega of a constant temperature; 1 means that 63 % are changed.

    ``A t exp(-Ea / (R T))``.

    Parameters
    ----------
    temperature : array_like
        [degC].
    seconds : array_like
        [s].
    process : {"collagen", "skin_burn"}
        Shrinkage of collagen, or a burn.
    """
    A, Ea = _arrhenius(process)
    kelvin = np.asarray(temperature, dtype=float) + KELVIN
    return np.asarray(A * np.asarray(seconds) * np.exp(-Ea / (_R() * kelvin)))


def damage_temperature(seconds: ArrayLike, process: Process) -> Array:
    """Temperature at which Omega reaches 1 in a time [degC]: ``Ea / (R ln(A t)) - 273.15``."""
    A, Ea = _arrhenius(process)
    return np.asarray(Ea / (_R() * np.log(A * np.asarray(seconds, dtype=float))) - KELVIN)


def _arrhenius(process: Process) -> tuple[float, float]:
    entry = load_data(FILE)["heat"]["arrhenius"][process]
    return entry["A"], entry["Ea"]


def _R() -> float:
    return choice("heat", "gas_constant")
