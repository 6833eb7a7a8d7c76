"""Change of a muscle's volume over a course (link L10)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import RangeError, UnknownNameError
from zygoma.response.draws import drawn

Array = NDArray[np.float64]

GAINS = {"face": "musc_face", "limb": "musc_limb"}
"""Prior of the gain at motor level by where the muscle is."""


def change(
    motor_ratio: ArrayLike, sessions: ArrayLike, draws: Mapping[str, ArrayLike], site: str = "face"
) -> Array:
    """Relative change of volume by training: exactly zero below the motor threshold.

    ``m x / (1 + x) (1 - exp(-sessions / n_s))`` with ``x = motor_ratio - 1`` above zero. The saturation in x
    and in the sessions are assumptions; nothing was fitted to them.

    Parameters
    ----------
    motor_ratio : array_like (n,)
        Used current over the motor threshold; 0 where no current tried excites.
    sessions : array_like
        Number of sessions, broadcast against the samples.
    draws : mapping
        ``musc_face`` or ``musc_limb``, and ``musc_sessions``, as `zygoma.evidence.Priors.draw` gives them.
    site : {"face", "limb"}
        Which gain holds.

    Returns
    -------
    ndarray (n,)
        0.1 is +10 %. The uncertainty that remains below threshold is `residual`, not part of this.

    Raises
    ------
    RangeError
        A negative or infinite ratio, or a negative number of sessions.
    UnknownNameError
        No such site.
    InputError
        The draws lack a prior.
    """
    ratio, number = np.asarray(motor_ratio, dtype=float), np.asarray(sessions, dtype=float)
    if not (np.isfinite(ratio).all() and (ratio >= 0).all()):
        raise RangeError("motor ratio; expected current over threshold, 0 or more and finite")
    if not (np.isfinite(number).all() and (number >= 0).all()):
        raise RangeError(f"{sessions!r} sessions; expected 0 or more")
    if site not in GAINS:
        raise UnknownNameError("site of a muscle", site, GAINS)
    above = np.maximum(ratio - 1, 0.0)
    grown = drawn(draws, GAINS[site]) * above / (1 + above)
    grown = grown * -np.expm1(-number / drawn(draws, "musc_sessions"))
    return np.asarray(np.where(above > 0, grown, 0.0))


def residual(draws: Mapping[str, ArrayLike]) -> Array:
    """(n,) relative change of volume that stays possible without a mechanism: noise around zero.

    To be shown beside `change`, which says what a mechanism gives.
    """
    return drawn(draws, "musc_sub")
