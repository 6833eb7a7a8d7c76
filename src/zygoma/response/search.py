"""Compiled search for the threshold of a fibre."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from zygoma.response.stepping import SAFE, force, run

STRIDE = 1.3
"""Ratio of currents on the way up: small enough not to jump over those that excite into those that block."""
FOUND, NOTHING, HIGHEST_TRIED = 0, 1, 2


@njit(cache=True, nogil=True)
def search(cable, membrane, rest, steps, potentials, remote, start, highest, tolerance):  # type: ignore[no-untyped-def]
    """Threshold of one case, without the lock of the interpreter.

    Parameters
    ----------
    potentials : (k,) float64
        Outside, at the offsets of the fibre, per ampere [V/A].
    remote : (2,) int
        Nodes at which an action potential is looked for.
    start, highest : float
        Current at which the search begins at the latest, and the largest that is tried [A].
    tolerance : float
        Of the threshold, relative.

    Returns
    -------
    current : float
        Threshold [A].
    node, outcome, runs : int
        Where the action potential began, what happened, how many runs it took.
    """
    n = rest.v.size
    source, forcing, arrival = np.empty(n), np.empty((cable.decay.size, n - 1)), np.empty(n)
    force(cable, potentials, source, forcing)
    spread = potentials.max() - potentials.min()
    if spread == 0.0:
        return math.inf, -1, NOTHING, 0
    small = 1e-3 / spread  # the membrane cannot see more than the spread of the potential, here 1 mV
    _, peak = run(cable, membrane, rest, steps, source, forcing, small, remote, arrival)
    runs = 1
    if peak <= 0.0:
        return math.inf, -1, NOTHING, runs
    current = min(start, small * SAFE / peak, highest)
    below, above, node = 0.0, 0.0, -1
    while True:
        fired, _ = run(cable, membrane, rest, steps, source, forcing, current, remote, arrival)
        runs += 1
        if fired:
            above, node = current, int(arrival.argmin())
            if below > 0.0:
                break
            current /= STRIDE
        else:
            below = current
            if above > 0.0:
                break
            if current >= highest:
                return math.inf, -1, HIGHEST_TRIED, runs
            current = min(current * STRIDE, highest)
    while above - below > tolerance * above:
        current = 0.5 * (below + above)
        fired, _ = run(cable, membrane, rest, steps, source, forcing, current, remote, arrival)
        runs += 1
        if fired:
            above, node = current, int(arrival.argmin())
        else:
            below = current
    return above, node, FOUND, runs
