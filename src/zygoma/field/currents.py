"""Currents as a caller gives them: into nodes or contacts, as numbers or text."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError
from zygoma.units import si

Current = float | str | Sequence[float | str] | None

BALANCE = 1e-9
"""Largest sum of the currents over the largest of them: what enters a body leaves it."""


def node_number(given: Any) -> int:
    """A node as a whole number; anything else is refused, not cut off.

    Raises
    ------
    InputError
        It is not a whole number.
    """
    try:
        return operator.index(given)
    except TypeError as error:
        raise InputError(f"a node is {given!r}; expected the whole number of a node of the body") from error


def as_amperes(given: Any) -> float:
    """A current [A] given as a number or as text such as ``"1 mA"``.

    Raises
    ------
    InputError
        It is neither.
    """
    return si(given, "A", "a current")


def contact_currents(current: Current, count: int) -> NDArray[np.float64]:
    """Current of each contact (count,) [A]; one value for two contacts enters at the first.

    Raises
    ------
    InputError
        There are too few contacts, or the currents are not one value each with the sum 0.
    """
    if count < 2:
        raise InputError(f"{count} contacts were given; expected two or more, or one mapping of node to A")
    if current is None:
        raise InputError("no current was given; expected current='400 uA' or a number in amperes")
    given = [current] if isinstance(current, str) or not np.iterable(current) else list(current)
    drive = np.array([as_amperes(value) for value in given])
    if drive.shape == (1,) and count == 2:
        drive = np.array([drive[0], -drive[0]])
    if drive.shape != (count,) or not np.isfinite(drive).all() or not drive.any():
        raise InputError(f"current is {current!r} for {count} contacts; expected one value each, not all 0 A")
    if abs(drive.sum()) > BALANCE * np.abs(drive).max():
        raise InputError(f"the currents {drive.tolist()} A sum to {drive.sum():.3g}; expected 0")
    return drive
