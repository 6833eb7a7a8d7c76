"""Natural current: the skin battery by age (link L1), and the device's field against that of a wound (L2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def transepidermal_potential(age: ArrayLike, young: ArrayLike, loss: ArrayLike) -> Array:
    """Voltage across intact skin by age, as a magnitude [V].

    ``TEP(age) = TEP25 * (1 - k * (age - 25) / 50)``, constant below 25 years and never below zero.

    Parameters
    ----------
    age : array_like
        [years]; the loss is stated from 25 to 75, beyond it is extrapolated.
    young : array_like
        Magnitude at 25 years [V].
    loss : array_like
        Share k that is lost from 25 to 75 years. It comes from currents of wounds, not from intact skin.

    References
    ----------
    Foulds & Barker 1983, Br J Dermatol 109:515 (potential); Smith 2025 (loss, wounds of old or diabetic
    people).
    """
    lost = np.asarray(loss) * np.maximum(np.asarray(age, dtype=float) - 25.0, 0.0) / 50.0
    return np.asarray(np.asarray(young) * np.maximum(1.0 - lost, 0.0), dtype=float)


def dermal_field(density: ArrayLike, conductivity: ArrayLike) -> Array:
    """Field in the dermis under a probe, ``E = J / sigma`` [V/m]; 1 V/m is 1 mV/mm.

    The model of the face has one tissue for all skin, so its current density is used and the conductivity of
    the dermis alone is a prior.

    Parameters
    ----------
    density : array_like
        |J| [A/m2].
    conductivity : array_like
        Of the dermis [S/m].
    """
    return np.asarray(np.asarray(density, dtype=float) / conductivity)


def wound_ratio(field: ArrayLike, wound_field: ArrayLike) -> Array:
    """Field over the field at the edge of a fresh wound; says nothing of a deficit in intact skin.

    References
    ----------
    Nuccitelli 2008, Wound Repair Regen 16:432 (177 +- 14 mV/mm, mouse).
    """
    return np.asarray(np.asarray(field, dtype=float) / wound_field)


def share_of_a_day(ratio: ArrayLike, seconds: ArrayLike, days: ArrayLike = 1.0) -> Array:
    """Field times time under the probe over a wound's field that lasts day and night.

    Parameters
    ----------
    ratio : array_like
        Field over wound field.
    seconds : array_like
        Time under a contact in a session [s].
    days : array_like
        From one session to the next.
    """
    return np.asarray(np.asarray(ratio) * seconds / (86400.0 * np.asarray(days, dtype=float)))
