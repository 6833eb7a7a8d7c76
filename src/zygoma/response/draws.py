"""Values drawn from the priors of the chain, in SI units."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import InputError, UnknownNameError
from zygoma.evidence import Priors

Array = NDArray[np.float64]

_SI = {"%": 1e-2, "kPa": 1e3, "mm": 1e-3, "N": 1.0, "1": 1.0, "sessions": 1.0}


def drawn(draws: Mapping[str, ArrayLike], id: str) -> Array:
    """Draws of a prior in SI units; a share where the prior is in per cent.

    Parameters
    ----------
    draws : mapping of str to array_like
        As `zygoma.evidence.Priors.draw` gives them, in the unit of each prior.
    id : str
        Name of the prior.

    Raises
    ------
    UnknownNameError
        There is no such prior.
    InputError
        The draws lack it.
    """
    units = _units()
    if id not in units:
        raise UnknownNameError("prior", id, units)
    if id not in draws:
        raise InputError(f"draws of {', '.join(draws) or 'nothing'}; expected {id!r} too: draw it as well")
    return np.asarray(draws[id], dtype=float) * _SI[units[id]]


@cache
def _units() -> dict[str, str]:
    """Unit of every prior; an override changes the distribution only."""
    return {id: prior.unit for id, prior in Priors.load().items()}
