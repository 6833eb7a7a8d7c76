"""Compiled time stepping of a fibre.

Backward Euler with the modes of the internodes eliminated: the nodes make a tridiagonal system, the modes
follow from it one by one. A cable without modes may step with second order (Crank and Nicolson). Steps are
basic after every edge of the current; they grow while the nodes go their way and nothing begins to fire.
Loops run over the nodes of one array, so that the processor takes several at once.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from zygoma.errors import SolverError
from zygoma.response.gating import catch_up, follow, ionic_currents, look_ahead, look_up, relax
from zygoma.response.membrane import GATES
from zygoma.response.state import Rest, Work

SLOW, FAST, SUDDEN = 0.1e-6, 1.5e-6, 50e-6
"""Deviation of a node from its way so far, in a step [V]: below the first the next step doubles, above the
second it is halved, above the third it is basic."""
LEVELS = 7
"""Doublings of a step at most: 128 times its basic length."""
GROWTH = 64.0
"""While steps are long, nothing in the fibre may grow by more than a factor e in so many of them: a node that
begins to fire during a slow rise would be held back."""
QUIET, QUIET_AFTER = 2e-3, 1e-3
"""A fibre without current has come to rest if no node deviates by more [V], and not earlier than this [s]."""
SAFE = 8e-3
"""Depolarisation that cannot excite, as it follows from a small current in proportion [V]."""


@njit(cache=True, nogil=True)
def _work(nodes, modes):  # type: ignore[no-untyped-def]
    """Room for the steps of one fibre."""
    gates, pair = (GATES, nodes), (2, nodes)
    return Work(
        np.empty((3, modes)),
        np.empty(2),
        np.empty(gates),
        np.empty(gates),
        np.empty(gates),
        np.empty(gates),
        np.empty(gates),
        np.empty(gates),
        np.empty(pair),
        np.empty(pair),
        np.empty(pair),
        np.empty(pair),
        np.empty(nodes),
        np.empty(nodes),
        np.zeros(nodes),
    )


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _grows(cable, h, work):  # type: ignore[no-untyped-def]
    """Whether something grows faster than by a factor e in a time h [s], the ionic currents as they are.

    The matrix of an implicit step h is positive definite if, and only if, nothing does.
    """
    own, across = 0.0, 0.0
    for j in range(cable.decay.size):
        factor = h / (1.0 + h * cable.decay[j])
        own += factor * cable.left[j] * cable.left[j]
        across += factor * cable.left[j] * cable.right[j]
    link, beside = cable.link - own, cable.direct + across
    square, inertia = beside * beside, cable.capacitance / h
    n = work.diagonal.size
    pivot = inertia + link + work.ionic[0, 0]
    for k in range(1, n):
        if pivot <= 0.0:
            return True
        links = 2.0 * link if k < n - 1 else link
        pivot = inertia + links + work.ionic[0, k] - square / pivot
    return pivot <= 0.0


@njit(cache=True, fastmath=True, nogil=True)
def _internodes(cable, z, drive, forcing, work):  # type: ignore[no-untyped-def]
    """Modes half-way through a step, their currents into the nodes."""
    right, n = work.right, work.right.size
    onto_left, onto_right = work.onto[0], work.onto[1]
    onto_left[:] = 0.0
    onto_right[:] = 0.0
    for j in range(cable.decay.size):
        factor, left, beyond = work.factors[0, j], cable.left[j], cable.right[j]
        row, given = z[j], forcing[j]
        for k in range(n - 1):
            value = factor * (row[k] + drive * given[k])
            row[k] = value
            onto_left[k] += left * value
            onto_right[k] += beyond * value
    for k in range(n - 1):
        right[k] += onto_left[k]
    for k in range(n - 1):
        right[k + 1] += onto_right[k]


@njit(cache=True, fastmath=True, nogil=True)
def _eliminate(beside, diagonal, right):  # type: ignore[no-untyped-def]
    """Solve a symmetric tridiagonal system with -`beside` next to its diagonal, from both ends at once."""
    n = right.size
    middle = n // 2
    last, square = n - 1, beside * beside
    diagonal[0], diagonal[last] = 1.0 / diagonal[0], 1.0 / diagonal[last]
    for k in range(1, last - middle):
        j = last - k
        right[k] += beside * diagonal[k - 1] * right[k - 1]
        right[j] += beside * diagonal[j + 1] * right[j + 1]
        diagonal[k] = 1.0 / (diagonal[k] - square * diagonal[k - 1])
        diagonal[j] = 1.0 / (diagonal[j] - square * diagonal[j + 1])
    for k in range(max(1, last - middle), middle):
        right[k] += beside * diagonal[k - 1] * right[k - 1]
        diagonal[k] = 1.0 / (diagonal[k] - square * diagonal[k - 1])
    low, high = beside * diagonal[middle - 1], beside * diagonal[middle + 1]
    right[middle] += low * right[middle - 1] + high * right[middle + 1]
    right[middle] /= diagonal[middle] - beside * (low + high)
    for k in range(1, last - middle + 1):
        right[middle - k] = (right[middle - k] + beside * right[middle - k + 1]) * diagonal[middle - k]
        right[middle + k] = (right[middle + k] + beside * right[middle + k - 1]) * diagonal[middle + k]
    for k in range(2 * middle - last - 1, -1, -1):
        right[k] = (right[k] + beside * right[k + 1]) * diagonal[k]


@njit(cache=True, fastmath=True, nogil=True)
def _step(cable, v, z, h, implicit, work, source, forcing, current):  # type: ignore[no-untyped-def]
    """Potentials and modes a step h [s] on under a current [A]; how far a node leaves its way so far [V].

    `implicit` is 1 for backward Euler; below, a cable without modes is solved at this part of the step and
    extended from there, at 1/2 with second order.
    """
    n = v.size
    diagonal, right, ionic = work.diagonal, work.right, work.ionic
    inertia = cable.capacitance / (implicit * h)
    link, beside = cable.link - work.added[0], cable.direct + work.added[1]
    for k in range(n):
        diagonal[k] = inertia + 2.0 * link + ionic[0, k]
        right[k] = inertia * v[k] - ionic[1, k] + current * source[k]
    diagonal[0] -= link
    diagonal[n - 1] -= link
    if cable.decay.size:
        _internodes(cable, z, h * current, forcing, work)
    _eliminate(beside, diagonal, right)
    bend, speed = 0.0, work.speed
    for k in range(n):
        moved = (right[k] - v[k]) / implicit
        bend = max(bend, abs(moved - speed[k] * h))
        speed[k] = moved / h
        v[k] += moved
    for j in range(cable.decay.size):
        to_left, to_right, row = work.factors[1, j], work.factors[2, j], z[j]
        for k in range(n - 1):
            row[k] += to_left * v[k] + to_right * v[k + 1]
    return bend


@njit(cache=True, nogil=True)
def run(cable, membrane, rest, steps, source, forcing, amplitude, remote, arrival):  # type: ignore[no-untyped-def]
    """Whether an action potential passed a remote node, and the largest depolarisation [V].

    `arrival` receives the time at which each node first rises above the potential of detection [s], infinite
    where it does not. The run ends with the first passage of a remote node, or when the fibre is at rest.
    """
    v, gates, z = rest.v.copy(), rest.gates.copy(), rest.z.copy()
    n = v.size
    arrival[:] = math.inf
    work = _work(n, cable.decay.size)
    look_up(membrane, v, work)
    i, level, length, top, peak = 0, 0, 0.0, 0.0, 0.0
    edge, edge_time = 0, 0.0
    while i < steps.until.size:
        if steps.until[i] != edge:  # an edge begins here
            edge, edge_time, level = steps.until[i], steps.time[i], 0
        while True:
            number = min(1 << level, edge - i)
            h = steps.time[i + number] - steps.time[i]
            if level == 0:
                ionic_currents(membrane, cable.area, gates, work)
                break
            look_ahead(gates, h, work)
            ionic_currents(membrane, cable.area, work.ahead, work)
            follow(membrane, cable.area, v, work)
            if not _grows(cable, GROWTH * h, work):
                break
            level -= 1
        if abs(h - length) > 1e-9 * h:
            length = h
            _factors(cable, h, work)
        # long steps take the current at their end, where the gates are: a change of length is no jump then
        since = i if level == 0 else i + number - 1
        span = steps.time[i + number] - steps.time[since]
        current = amplitude * (steps.charge[i + number] - steps.charge[since]) / span
        implicit = cable.implicit if level == 0 else 1.0
        bend = _step(cable, v, z, h, implicit, work, source, forcing, current)
        look_up(membrane, v, work)
        if level == 0:
            relax(gates, h, work, gates)
        else:
            catch_up(gates, work)
        i += number
        top, away, highest = _extremes(v, rest.v)
        peak = max(peak, top)
        if highest > cable.detection:
            for k in range(n):
                if v[k] > cable.detection and arrival[k] == math.inf:
                    arrival[k] = steps.time[i]
            for k in remote:
                if v[k] > cable.detection:
                    return True, peak
        if i >= steps.flow and away < QUIET and steps.time[i] - steps.time[steps.flow] > QUIET_AFTER:
            break
        if steps.time[i] - edge_time >= steps.hold:
            if bend < SLOW and level < LEVELS:
                level += 1
            elif bend > FAST and level > 0:
                level = level - 1 if bend < SUDDEN else 0
    return False, peak


@njit(cache=True, fastmath=True, nogil=True)
def _extremes(v, rest):  # type: ignore[no-untyped-def]
    """Largest deviation from rest, its largest size, and the largest potential of the nodes [V]."""
    top, away, highest = 0.0, 0.0, v[0]
    for k in range(v.size):
        deviation = v[k] - rest[k]
        top = max(top, deviation)
        away = max(away, abs(deviation))
        highest = max(highest, v[k])
    return top, away, highest


@njit(cache=True, nogil=True)
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
                forcing[j, k] += cable.modes[s, j] * value


@njit(cache=True)
def _settle(cable, membrane, v, gates, z, h, count):  # type: ignore[no-untyped-def]
    """A time without current; the largest change of a node in the last step [V], conductances at rest [S]."""
    n = v.size
    work = _work(n, cable.decay.size)
    _factors(cable, h, work)
    source, forcing = np.zeros(n), np.zeros((cable.decay.size, n - 1))
    look_up(membrane, v, work)
    gates[:] = work.steady
    ionic_currents(membrane, cable.area, gates, work)
    bend = 0.0
    for _ in range(count):
        bend = _step(cable, v, z, h, 1.0, work, source, forcing, 0.0)
        look_up(membrane, v, work)
        relax(gates, h, work, gates)
        ionic_currents(membrane, cable.area, gates, work)
    return bend, work.ionic[0].copy()


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
    z = np.zeros((len(cable.decay), nodes - 1))
    change, slope = _settle(cable, membrane, v, gates, z, SETTLE_STEP, SETTLE_STEPS)
    if not change < SETTLED:
        raise SolverError(
            f"a fibre without current still moves by {change:g} V a step; check the parameters of its"
            " membrane"
        )
    return Rest(v, gates, z), float(slope[nodes // 2])
