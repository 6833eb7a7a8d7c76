"""Compiled time stepping of a fibre.

Steps are basic after every edge of the current; they grow while the nodes go their way and nothing begins to
fire. A function that numba keeps compiled does not notice a change of those it calls in other files: remove
``__pycache__/*.nbi`` after one.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from zygoma.errors import SolverError
from zygoma.response.gating import catch_up, follow, ionic_currents, look_ahead, look_up, relax
from zygoma.response.implicit_step import factors_of, grows, implicit_step, work_room
from zygoma.response.membrane import GATES
from zygoma.response.state import Rest

SLOW, FAST, SUDDEN = 0.1e-6, 1.5e-6, 50e-6
"""Deviation of a node from its way so far, in a step [V]: below the first the next step doubles, above the
second it is halved, above the third it is basic."""
LEVELS = 7
"""Doublings of a step at most: 128 times its basic length."""
GROWTH = 24.0
"""While steps are long, nothing in the fibre may grow by more than a factor e in so many of them: a node that
begins to fire during a slow rise would be held back."""
QUIET, QUIET_AFTER = 2e-3, 1e-3
"""A fibre without current has come to rest if no node deviates by more [V], and not earlier than this [s]."""
STILL = 2e-6
"""Under a current that repeats, nothing is excited any more once no depolarised node rises by more [V] in a
turn of it, of half a millisecond or more."""
SAFE = 8e-3
"""Depolarisation that cannot excite, as it follows from a small current in proportion [V]."""


@njit(cache=True, nogil=True)
def run(cable, membrane, rest, steps, source, forcing, amplitude, remote, arrival):  # type: ignore[no-untyped-def]
    """Whether an action potential passed a remote node, and the largest depolarisation [V].

    `arrival` receives the time at which each node first rises above the potential of detection [s], infinite
    where it does not. The run ends with the first passage of a remote node, or when the fibre is at rest.
    """
    v, gates, z = rest.v.copy(), rest.gates.copy(), rest.z.copy()
    n = v.size
    arrival[:] = math.inf
    work = work_room(n, cable.decay.size)
    look_up(membrane, v, work)
    i, level, length, previous, top, peak = 0, 0, 0.0, 0.0, 0.0, 0.0
    edge, edge_time, before = 0, 0.0, rest.v.copy()
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
            if not grows(cable, GROWTH * h, work):
                break
            level -= 1
        back = previous if level > 0 else 0.0
        own = h / (1.0 + h / (h + back)) if level > 0 else h
        if abs(own - length) > 1e-9 * own:
            length = own
            factors_of(cable, own, work)
        # long steps take the current at their end, where the gates are: a change of length is no jump then
        since = i if level == 0 else i + number - 1
        span = steps.time[i + number] - steps.time[since]
        current = amplitude * (steps.charge[i + number] - steps.charge[since]) / span
        implicit = cable.implicit if level == 0 else 1.0
        bend = implicit_step(cable, v, z, h, back, implicit, work, source, forcing, current)
        previous = h
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
        if steps.turn > 0 and i % steps.turn == 0:
            if not _rises(v, before, rest.v):
                break
            before[:] = v
        if steps.time[i] - edge_time >= steps.hold:
            if bend < SLOW and level < LEVELS:
                level += 1
            elif bend > FAST and level > 0:
                level = level - 1 if bend < SUDDEN else 0
    return False, peak


@njit(cache=True, nogil=True)
def _rises(v, before, rest):  # type: ignore[no-untyped-def]
    """Whether a node that is depolarised has come farther up."""
    rise = 0.0
    for k in range(v.size):
        if v[k] - rest[k] > QUIET:
            rise = max(rise, v[k] - before[k])
    return rise > STILL


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
    work = work_room(n, cable.decay.size)
    factors_of(cable, h, work)
    source, forcing = np.zeros(n), np.zeros((cable.decay.size, n - 1))
    look_up(membrane, v, work)
    gates[:] = work.steady
    ionic_currents(membrane, cable.area, gates, work)
    bend = 0.0
    for _ in range(count):
        bend = implicit_step(cable, v, z, h, 0.0, 1.0, work, source, forcing, 0.0)
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
