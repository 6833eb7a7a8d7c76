"""Compiled time stepping of a fibre, and the search for its threshold.

Backward Euler with the modes of the internodes eliminated: the nodes make a tridiagonal system, the modes
follow from it one by one. The gates step exponentially after the potentials, half a step behind them.
Each case runs on one thread from its own arrays, so results do not depend on the number of threads.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit, prange

from zygoma.device.rows import FloatArray, IntArray
from zygoma.response.membrane import GATES, HIGHEST, LOWEST, POINTS

PER_VOLT = (POINTS - 1) / (HIGHEST - LOWEST)

SLOW, FAST = 0.02e-3, 0.1e-3
"""Changes of a node in a step [V]: below the first the next step doubles, above the second it halves."""
LEVELS = 6
"""Doublings of a step at most: 64 times its basic length."""
QUIET, QUIET_AFTER = 2e-3, 1e-3
"""A fibre without current has come to rest if no node deviates by more [V], and not earlier than this [s]."""
SAFE = 8e-3
"""Depolarisation that cannot excite, as it follows from a small current in proportion [V]."""
STRIDE = 1.3
"""Ratio of currents on the way up: small enough not to jump over those that excite into those that block."""
FOUND, NOTHING, HIGHEST_TRIED = 0, 1, 2


class Steps(NamedTuple):
    """Time steps of a current with a peak of 1 A.

    Attributes
    ----------
    time, charge : ndarray, shape (s + 1,)
        Beginnings of the steps and the end [s]; charge that has flowed by then [C].
    until : ndarray of int, shape (s,)
        Number of the step at which the next edge begins; no step reaches over it.
    flow : int
        Number of the step from which no current flows any more.
    hold : float
        Time after an edge during which steps stay basic [s]; infinite for fixed steps.
    """

    time: FloatArray
    charge: FloatArray
    until: IntArray
    flow: int
    hold: float


class Rest(NamedTuple):
    """State of a fibre without current: deviations of the nodes [V], gates, modes."""

    v: FloatArray
    gates: FloatArray
    z: FloatArray


@njit(cache=True)
def _factors(cable, h, a, to_left, to_right):  # type: ignore[no-untyped-def]
    """Factors of the modes for a step h [s]; conductances that they add to a node and between two [S]."""
    own, across = 0.0, 0.0
    for j in range(cable.decay.size):
        a[j] = 1.0 / (1.0 + h * cable.decay[j])
        to_left[j] = h * a[j] * cable.left[j]
        to_right[j] = h * a[j] * cable.right[j]
        own += to_left[j] * cable.left[j]
        across += to_left[j] * cable.right[j]
    return own, across


@njit(cache=True, fastmath=True)
def _membrane(membrane, area, v, gates, h, steady, decay, slope, offset):  # type: ignore[no-untyped-def]
    """Gates a step h [s] on, at constant v; then ionic currents as ``slope * v + offset`` [A]."""
    n = v.size
    for k in range(n):
        place = (v[k] + membrane.rest - LOWEST) * PER_VOLT
        i = min(max(int(place), 0), POINTS - 2)
        beyond = place - i  # driving forces go on straight beyond the table, gates stop at its ends
        part = min(max(beyond, 0.0), 1.0)
        low, high = membrane.table[i], membrane.table[i + 1]
        for g in range(GATES):
            steady[g, k] = low[2 * g] + part * (high[2 * g] - low[2 * g])
            decay[g, k] = low[2 * g + 1] + part * (high[2 * g + 1] - low[2 * g + 1])
        slope[0, k] = (high[8] - low[8]) * PER_VOLT
        slope[1, k] = (high[9] - low[9]) * PER_VOLT
        offset[0, k] = low[8] + beyond * (high[8] - low[8])
        offset[1, k] = low[9] + beyond * (high[9] - low[9])
    for g in range(GATES):
        for k in range(n):
            # exp(-x) as the fourth power of a rational function of x / 4: within 1e-5 below x = 1
            x = 0.25 * h * decay[g, k]
            q = 1.0 / (1.0 + x * (1.0 + x * (0.5 + x * (1.0 / 6.0 + x / 24.0))))
            q *= q
            gates[g, k] = steady[g, k] + (gates[g, k] - steady[g, k]) * q * q
    for k in range(n):
        m, y, p, w = gates[0, k], gates[1, k], gates[2, k], gates[3, k]
        if membrane.cubic:
            first = membrane.g[0] * m * m * m * y + membrane.g[1] * p * p * p
            second = membrane.g[2] * w
        else:
            first = membrane.g[0] * m * m * y + membrane.g[1] * p * p
            second = membrane.g[2] * w * w
        conductance = first * slope[0, k] + second * slope[1, k] + membrane.leak
        current = first * offset[0, k] + second * offset[1, k]
        current += membrane.leak * (v[k] + membrane.rest - membrane.leak_potential)
        slope[0, k] = area * conductance
        offset[0, k] = area * (current - conductance * v[k])


@njit(cache=True, fastmath=True)
def _step(cable, v, z, h, factors, own, across, slope, offset, source, forcing, current, diagonal, right):  # type: ignore[no-untyped-def]
    """Potentials and modes a step h [s] on under a mean current [A]; the largest change of a node [V]."""
    n, modes = v.size, cable.decay.size
    a, to_left, to_right = factors[0], factors[1], factors[2]
    inertia, link, drive = cable.capacitance / h, cable.link - own, h * current
    for k in range(n):
        diagonal[k] = inertia + slope[0, k]
        right[k] = inertia * v[k] - offset[0, k] + current * source[k]
    for k in range(n - 1):
        onto_left, onto_right = 0.0, 0.0
        for j in range(modes):
            value = a[j] * (z[k, j] + drive * forcing[k, j])
            z[k, j] = value
            onto_left += cable.left[j] * value
            onto_right += cable.right[j] * value
        right[k] += onto_left
        right[k + 1] += onto_right
        diagonal[k] += link
        diagonal[k + 1] += link
    beside = cable.direct + across
    for k in range(1, n):
        share = beside / diagonal[k - 1]
        diagonal[k] -= share * beside
        right[k] += share * right[k - 1]
    following, change = 0.0, 0.0
    for k in range(n - 1, -1, -1):
        following = (right[k] + beside * following) / diagonal[k]
        change = max(change, abs(following - v[k]))
        v[k] = following
    for k in range(n - 1):
        for j in range(modes):
            z[k, j] += to_left[j] * v[k] + to_right[j] * v[k + 1]
    return change


@njit(cache=True)
def _run(cable, membrane, rest, steps, source, forcing, amplitude, remote):  # type: ignore[no-untyped-def]
    """Whether an action potential passed a remote node, where it began, the largest depolarisation [V]."""
    v, gates, z = rest.v.copy(), rest.gates.copy(), rest.z.copy()
    n = v.size
    factors = np.empty((3, cable.decay.size))
    steady, decay = np.empty((GATES, n)), np.empty((GATES, n))
    slope, offset = np.empty((2, n)), np.empty((2, n))
    diagonal, right = np.empty(n), np.empty(n)
    _membrane(membrane, cable.area, v, gates, 0.0, steady, decay, slope, offset)
    count, i, level, length, peak, began = steps.until.size, 0, 0, 0.0, 0.0, -1
    own, across = 0.0, 0.0
    edge, edge_time = 0, 0.0
    while i < count:
        if steps.until[i] != edge:  # an edge begins here
            edge, edge_time, level = steps.until[i], steps.time[i], 0
        number = min(1 << level, edge - i)
        h = steps.time[i + number] - steps.time[i]
        if abs(h - length) > 1e-9 * h:
            length = h
            own, across = _factors(cable, h, factors[0], factors[1], factors[2])
        current = amplitude * (steps.charge[i + number] - steps.charge[i]) / h
        change = _step(
            cable,
            v,
            z,
            length,
            factors,
            own,
            across,
            slope,
            offset,
            source,
            forcing,
            current,
            diagonal,
            right,
        )
        _membrane(membrane, cable.area, v, gates, length, steady, decay, slope, offset)
        i += number
        top, top_at, away = -1.0, 0, 0.0
        for k in range(n):
            deviation = v[k] - rest.v[k]
            if deviation > top:
                top, top_at = deviation, k
            away = max(away, abs(deviation))
        peak = max(peak, top)
        if began < 0 and v[top_at] > cable.detection:
            began = top_at
        for k in remote:
            if v[k] > cable.detection:
                return True, began, peak
        if i >= steps.flow and away < QUIET and steps.time[i] - steps.time[steps.flow] > QUIET_AFTER:
            break
        if steps.time[i] - edge_time >= steps.hold:
            if change < SLOW and level < LEVELS:
                level += 1
            elif change > FAST and level > 0:
                level -= 1
    return False, began, peak


@njit(cache=True)
def _force(cable, potentials, source, forcing):  # type: ignore[no-untyped-def]
    """What potentials per ampere at the offsets of a fibre do: currents into nodes [A/A], drive of modes."""
    width = cable.modes.shape[0]
    source[:] = 0.0
    forcing[:] = 0.0
    for k in range(source.size - 1):
        for s in range(width):
            value = potentials[k * (width - 1) + s]
            source[k] += cable.onto_left[s] * value
            source[k + 1] += cable.onto_right[s] * value
            for j in range(cable.decay.size):
                forcing[k, j] += cable.modes[s, j] * value


@njit(cache=True)
def _search(cable, membrane, rest, steps, potentials, remote, start, highest, tolerance):  # type: ignore[no-untyped-def]
    """Threshold [A], node where the action potential began, what happened, number of runs."""
    n = rest.v.size
    source, forcing = np.empty(n), np.empty((n - 1, cable.decay.size))
    _force(cable, potentials, source, forcing)
    spread = potentials.max() - potentials.min()
    if spread == 0.0:
        return math.inf, -1, NOTHING, 0
    small = 1e-3 / spread  # the membrane cannot see more than the spread of the potential, here 1 mV
    _, _, peak = _run(cable, membrane, rest, steps, source, forcing, small, remote)
    runs = 1
    if peak <= 0.0:
        return math.inf, -1, NOTHING, runs
    current = min(start, small * SAFE / peak, highest)
    below, above, node = 0.0, 0.0, -1
    while True:
        fired, began, _ = _run(cable, membrane, rest, steps, source, forcing, current, remote)
        runs += 1
        if fired:
            above, node = current, began
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
        fired, began, _ = _run(cable, membrane, rest, steps, source, forcing, current, remote)
        runs += 1
        if fired:
            above, node = current, began
        else:
            below = current
    return above, node, FOUND, runs


@njit(parallel=True, cache=True)
def search(cable, membrane, rest, steps, potentials, remote, start, highest, tolerance):  # type: ignore[no-untyped-def]
    """Thresholds of many cases.

    Parameters
    ----------
    potentials : (n, k) float64
        Outside, at the offsets of the fibre, per ampere [V/A].
    remote : (n, 2) int
        Nodes at which an action potential is looked for.
    start, highest : float
        Current at which the search begins at the latest, and the largest that is tried [A].
    tolerance : float
        Of the threshold, relative.

    Returns
    -------
    current : (n,) float64
    node, outcome, runs : (n,) int64
    """
    n = potentials.shape[0]
    current, found = np.empty(n), np.empty((3, n), dtype=np.int64)
    for case in prange(n):
        current[case], found[0, case], found[1, case], found[2, case] = _search(
            cable, membrane, rest, steps, potentials[case], remote[case], start, highest, tolerance
        )
    return current, found[0], found[1], found[2]


@njit(cache=True)
def _settle(cable, membrane, v, gates, z, h, count):  # type: ignore[no-untyped-def]
    """A time without current; the largest change of a node in the last step [V], conductances at rest [S]."""
    n = v.size
    factors = np.empty((3, cable.decay.size))
    own, across = _factors(cable, h, factors[0], factors[1], factors[2])
    steady, decay = np.empty((GATES, n)), np.empty((GATES, n))
    slope, offset = np.empty((2, n)), np.empty((2, n))
    diagonal, right = np.empty(n), np.empty(n)
    source, forcing = np.zeros(n), np.zeros((n - 1, cable.decay.size))
    _membrane(membrane, cable.area, v, gates, 1e9, steady, decay, slope, offset)  # gates become steady
    change = 0.0
    for _ in range(count):
        change = _step(
            cable, v, z, h, factors, own, across, slope, offset, source, forcing, 0.0, diagonal, right
        )
        _membrane(membrane, cable.area, v, gates, h, steady, decay, slope, offset)
    return change, slope[0].copy()


def settle(cable: Any, membrane: Any, nodes: int) -> tuple[Rest, float]:
    """The fibre at rest, and the conductance of its middle node's membrane there [S]."""
    v, gates = np.zeros(nodes), np.zeros((GATES, nodes))
    z = np.zeros((nodes - 1, len(cable.decay)))
    change, slope = _settle(cable, membrane, v, gates, z, SETTLE_STEP, SETTLE_STEPS)
    if not change < SETTLED:
        raise ArithmeticError(f"the fibre does not come to rest: {change:g} V in the last step")
    return Rest(v, gates, z), float(slope[nodes // 2])


SETTLE_STEP, SETTLE_STEPS, SETTLED = 50e-6, 4000, 1e-9
"""0.2 s: the slowest gate has a time constant of 30 ms at rest."""
