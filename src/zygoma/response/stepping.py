"""Compiled time stepping of a fibre, and the search for its threshold.

Backward Euler with the modes of the internodes eliminated: the nodes make a tridiagonal system, the modes
follow from it one by one. A cable without modes may step with second order (Crank and Nicolson). The gates
step exponentially after the potentials, half a step behind them. Each case runs on one thread from its own
arrays, so results do not depend on the number of threads.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit, prange

from zygoma.errors import SolverError
from zygoma.response.membrane import GATES, HIGHEST, LOWEST, POINTS
from zygoma.response.state import Rest, Work

PER_VOLT = (POINTS - 1) / (HIGHEST - LOWEST)

SLOW, FAST = 5e-6, 20e-6
"""Change of a node in a step [V]: below the first the next one doubles, above the second it is quartered."""
LEVELS = 6
"""Doublings of a step at most: 64 times its basic length."""
CAREFUL, STEADY, AFTERWARDS = 2, 1e-7, 30e-3
"""Doublings at most under a current that changes, by more of its peak in a step, and for a time afterwards
[s], while a node is depolarised by more than `SAFE`: during a slow rise a node begins to fire from near rest,
and long implicit steps would hold it back. After a jump what fires does so at once."""
QUIET, QUIET_AFTER = 2e-3, 1e-3
"""A fibre without current has come to rest if no node deviates by more [V], and not earlier than this [s]."""
SAFE = 8e-3
"""Depolarisation that cannot excite, as it follows from a small current in proportion [V]."""
STRIDE = 1.3
"""Ratio of currents on the way up: small enough not to jump over those that excite into those that block."""
FOUND, NOTHING, HIGHEST_TRIED = 0, 1, 2


@njit(cache=True)
def _work(nodes, modes):  # type: ignore[no-untyped-def]
    """Room for the steps of one fibre."""
    gates, forces = (GATES, nodes), (2, nodes)
    return Work(
        np.empty((3, modes)),
        np.empty(2),
        np.empty(gates),
        np.empty(gates),
        np.empty(forces),
        np.empty(forces),
        np.empty(nodes),
        np.empty(nodes),
    )


@njit(cache=True)
def _factors(cable, h, work):  # type: ignore[no-untyped-def]
    """What the modes need for steps of h [s]."""
    work.added[:] = 0.0
    for j in range(cable.decay.size):
        factor = 1.0 / (1.0 + h * cable.decay[j])
        work.factors[0, j] = factor
        work.factors[1, j] = h * factor * cable.left[j]
        work.factors[2, j] = h * factor * cable.right[j]
        work.added[0] += work.factors[1, j] * cable.left[j]
        work.added[1] += work.factors[1, j] * cable.right[j]


@njit(cache=True, fastmath=True)
def _membrane(membrane, area, v, gates, h, work):  # type: ignore[no-untyped-def]
    """Gates a step h [s] on, at constant v; then the ionic currents."""
    n = v.size
    steady, rate, slope, offset = work.steady, work.rate, work.slope, work.offset
    for k in range(n):
        place = (v[k] + membrane.rest - LOWEST) * PER_VOLT
        i = min(max(int(place), 0), POINTS - 2)
        beyond = place - i  # driving forces go on straight beyond the table, gates stop at its ends
        part = min(max(beyond, 0.0), 1.0)
        low, high = membrane.table[i], membrane.table[i + 1]
        for g in range(GATES):
            steady[g, k] = low[2 * g] + part * (high[2 * g] - low[2 * g])
            rate[g, k] = low[2 * g + 1] + part * (high[2 * g + 1] - low[2 * g + 1])
        for f in range(2):
            rise = high[2 * GATES + f] - low[2 * GATES + f]
            slope[f, k] = rise * PER_VOLT
            offset[f, k] = low[2 * GATES + f] + beyond * rise
    for g in range(GATES):
        for k in range(n):
            # exp(-x) as the fourth power of a rational function of x / 4: within 1e-5 below x = 1
            x = 0.25 * h * rate[g, k]
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
def _step(cable, v, z, h, implicit, work, source, forcing, current):  # type: ignore[no-untyped-def]
    """Potentials and modes a step h [s] on under a mean current [A]; the largest change of a node [V].

    `implicit` is 1 for backward Euler; below, a cable without modes is solved at this part of the step and
    extended from there, at 1/2 with second order.
    """
    n, modes = v.size, cable.decay.size
    diagonal, right = work.diagonal, work.right
    factor, to_left, to_right = work.factors[0], work.factors[1], work.factors[2]
    inertia, drive = cable.capacitance / (implicit * h), h * current
    link, beside = cable.link - work.added[0], cable.direct + work.added[1]
    for k in range(n):
        diagonal[k] = inertia + work.slope[0, k]
        right[k] = inertia * v[k] - work.offset[0, k] + current * source[k]
    for k in range(n - 1):
        onto_left, onto_right = 0.0, 0.0
        for j in range(modes):
            value = factor[j] * (z[k, j] + drive * forcing[k, j])
            z[k, j] = value
            onto_left += cable.left[j] * value
            onto_right += cable.right[j] * value
        right[k] += onto_left
        right[k + 1] += onto_right
        diagonal[k] += link
        diagonal[k + 1] += link
    for k in range(1, n):
        share = beside / diagonal[k - 1]
        diagonal[k] -= share * beside
        right[k] += share * right[k - 1]
    following, change = 0.0, 0.0
    for k in range(n - 1, -1, -1):
        following = (right[k] + beside * following) / diagonal[k]
        moved = (following - v[k]) / implicit
        change = max(change, abs(moved))
        v[k] += moved
    for k in range(n - 1):
        for j in range(modes):
            z[k, j] += to_left[j] * v[k] + to_right[j] * v[k + 1]
    return change


@njit(cache=True)
def run(cable, membrane, rest, steps, source, forcing, amplitude, remote, arrival):  # type: ignore[no-untyped-def]
    """Whether an action potential passed a remote node, and the largest depolarisation [V].

    `arrival` receives the time at which each node first rises above the potential of detection [s], infinite
    where it does not. The run ends with the first passage of a remote node, or when the fibre is at rest.
    """
    v, gates, z = rest.v.copy(), rest.gates.copy(), rest.z.copy()
    n = v.size
    arrival[:] = math.inf
    work = _work(n, cable.decay.size)
    _membrane(membrane, cable.area, v, gates, 0.0, work)
    i, level, length, peak = 0, 0, 0.0, 0.0
    edge, edge_time, before, changed = 0, 0.0, 0.0, -math.inf
    while i < steps.until.size:
        if steps.until[i] != edge:  # an edge begins here
            edge, edge_time, level, before = steps.until[i], steps.time[i], 0, math.nan
        number = min(1 << level, edge - i)
        h = steps.time[i + number] - steps.time[i]
        if abs(h - length) > 1e-9 * h:
            length = h
            _factors(cable, h, work)
        current = amplitude * (steps.charge[i + number] - steps.charge[i]) / h
        if abs(current - before) > STEADY * amplitude:  # not so at an edge, where there is no current before
            changed = steps.time[i]
        before = current
        implicit = cable.implicit if level == 0 else 1.0
        change = _step(cable, v, z, length, implicit, work, source, forcing, current)
        _membrane(membrane, cable.area, v, gates, length, work)
        i += number
        away, top = 0.0, 0.0
        for k in range(n):
            deviation = v[k] - rest.v[k]
            top = max(top, deviation)
            away = max(away, abs(deviation))
            if v[k] > cable.detection and arrival[k] == math.inf:
                arrival[k] = steps.time[i]
        peak = max(peak, top)
        for k in remote:
            if v[k] > cable.detection:
                return True, peak
        if i >= steps.flow and away < QUIET and steps.time[i] - steps.time[steps.flow] > QUIET_AFTER:
            break
        if steps.time[i] - edge_time >= steps.hold:
            if change < SLOW and level < LEVELS:
                level += 1
            elif change > FAST and level > 0:
                level = max(level - 2, 0)
            if top > SAFE and steps.time[i] - changed < AFTERWARDS:
                level = min(level, CAREFUL)
    return False, peak


@njit(cache=True)
def force(cable, potentials, source, forcing):  # type: ignore[no-untyped-def]
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
    source, forcing, arrival = np.empty(n), np.empty((n - 1, cable.decay.size)), np.empty(n)
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
    work = _work(n, cable.decay.size)
    _factors(cable, h, work)
    source, forcing = np.zeros(n), np.zeros((n - 1, cable.decay.size))
    _membrane(membrane, cable.area, v, gates, 1e9, work)  # gates become steady
    change = 0.0
    for _ in range(count):
        change = _step(cable, v, z, h, 1.0, work, source, forcing, 0.0)
        _membrane(membrane, cable.area, v, gates, h, work)
    return change, work.slope[0].copy()


SETTLE_STEP, SETTLE_STEPS, SETTLED = 50e-6, 4000, 1e-9
"""Length of a step [s], their number and the change allowed in the last [V]; the slowest gate has 30 ms."""


def settle(cable: Any, membrane: Any, nodes: int) -> tuple[Rest, float]:
    """The fibre at rest, and the conductance of its middle node's membrane there [S].

    Raises
    ------
    SolverError
        It does not come to rest.
    """
    v, gates = np.zeros(nodes), np.zeros((GATES, nodes))
    z = np.zeros((nodes - 1, len(cable.decay)))
    change, slope = _settle(cable, membrane, v, gates, z, SETTLE_STEP, SETTLE_STEPS)
    if not change < SETTLED:
        raise SolverError(
            f"a fibre without current still moves by {change:g} V a step; check the parameters of its"
            " membrane"
        )
    return Rest(v, gates, z), float(slope[nodes // 2])
