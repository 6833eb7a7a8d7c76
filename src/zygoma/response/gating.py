"""Compiled gates and ionic currents of all nodes of a fibre.

In basic steps the gates relax at the potentials that the last step has reached, half a step behind them. In
longer ones the current at the end of a step takes into account how the gates will follow the node, exactly so
where it moves straight.
"""

from __future__ import annotations

from numba import njit

from zygoma.response.membrane import GATES, HIGHEST, LOWEST, POINTS

PER_VOLT = (POINTS - 1) / (HIGHEST - LOWEST)


@njit(cache=True, fastmath=True, nogil=True)
def look_up(membrane, v, work):  # type: ignore[no-untyped-def]
    """Where the gates go at v and how fast; driving forces there as ``slope * v + offset``."""
    steady, rate, tilt, slope, offset = work.steady, work.rate, work.tilt, work.slope, work.offset
    for k in range(v.size):
        place = (v[k] + membrane.rest - LOWEST) * PER_VOLT
        i = min(max(int(place), 0), POINTS - 2)
        beyond = place - i  # driving forces go on straight beyond the table, gates stop at its ends
        part = min(max(beyond, 0.0), 1.0)
        low, high = membrane.table[i], membrane.table[i + 1]
        for g in range(GATES):
            rise = high[2 * g] - low[2 * g]
            steady[g, k] = low[2 * g] + part * rise
            tilt[g, k] = rise * PER_VOLT
            rate[g, k] = low[2 * g + 1] + part * (high[2 * g + 1] - low[2 * g + 1])
        for f in range(2):
            rise = high[2 * GATES + f] - low[2 * GATES + f]
            slope[f, k] = rise * PER_VOLT
            offset[f, k] = low[2 * GATES + f] + beyond * rise - slope[f, k] * v[k]


@njit(cache=True, fastmath=True, nogil=True)
def relax(gates, h, work, onto):  # type: ignore[no-untyped-def]
    """Gates a step h [s] on where the potentials stand still."""
    steady, rate = work.steady, work.rate
    for g in range(GATES):
        for k in range(gates.shape[1]):
            # exp(-x) as the fourth power of a rational function of x / 4: within 1e-5 below x = 1
            x = 0.25 * h * rate[g, k]
            q = 1.0 / (1.0 + x * (1.0 + x * (0.5 + x * (1.0 / 6.0 + x / 24.0))))
            q *= q
            onto[g, k] = steady[g, k] + (gates[g, k] - steady[g, k]) * q * q


@njit(cache=True, fastmath=True, nogil=True)
def look_ahead(gates, h, work):  # type: ignore[no-untyped-def]
    """Gates at the end of a step h [s] if the nodes stand still, and the share that follows their move.

    While a node moves straight, a gate is ``steady - rise (1 - q) / (h rate)`` behind, with q what a step
    leaves of a difference.
    """
    steady, rate, ahead, share, before = work.steady, work.rate, work.ahead, work.share, work.before
    for g in range(GATES):
        for k in range(gates.shape[1]):
            x = h * rate[g, k]
            y = 0.25 * x
            q = 1.0 / (1.0 + y * (1.0 + y * (0.5 + y * (1.0 / 6.0 + y / 24.0))))
            q *= q
            q *= q
            ahead[g, k] = steady[g, k] + (gates[g, k] - steady[g, k]) * q
            share[g, k] = 1.0 - (1.0 - q) / x
            before[g, k] = steady[g, k]


@njit(cache=True, fastmath=True, nogil=True)
def catch_up(gates, work):  # type: ignore[no-untyped-def]
    """Gates at the end of a step from those of `look_ahead`, the nodes where they have come."""
    ahead, share, before, steady = work.ahead, work.share, work.before, work.steady
    for g in range(GATES):
        for k in range(gates.shape[1]):
            gates[g, k] = ahead[g, k] + share[g, k] * (steady[g, k] - before[g, k])


@njit(cache=True, fastmath=True, nogil=True)
def ionic_currents(membrane, area, gates, work):  # type: ignore[no-untyped-def]
    """Ionic currents of the nodes at given gates, as ``ionic[0] * v + ionic[1]`` [A]."""
    slope, offset, ionic = work.slope, work.offset, work.ionic
    g0, g1, g2 = membrane.g[0] * area, membrane.g[1] * area, membrane.g[2] * area
    leak = membrane.leak * area
    back = leak * (membrane.rest - membrane.leak_potential)
    for k in range(gates.shape[1]):
        m, y, p, w = gates[0, k], gates[1, k], gates[2, k], gates[3, k]
        if membrane.cubic:
            first, second = g0 * m * m * m * y + g1 * p * p * p, g2 * w
        else:
            first, second = g0 * m * m * y + g1 * p * p, g2 * w * w
        ionic[0, k] = first * slope[0, k] + second * slope[1, k] + leak
        ionic[1, k] = first * offset[0, k] + second * offset[1, k] + back


@njit(cache=True, fastmath=True, nogil=True)
def follow(membrane, area, v, work):  # type: ignore[no-untyped-def]
    """Add to the ionic currents at the gates of `look_ahead` what these do as the node moves from v."""
    slope, offset, ionic, tilt = work.slope, work.offset, work.ionic, work.tilt
    ahead, share = work.ahead, work.share
    g0, g1, g2 = membrane.g[0] * area, membrane.g[1] * area, membrane.g[2] * area
    for k in range(v.size):
        m, y, p, w = ahead[0, k], ahead[1, k], ahead[2, k], ahead[3, k]
        dm, dy = tilt[0, k] * share[0, k], tilt[1, k] * share[1, k]
        dp, dw = tilt[2, k] * share[2, k], tilt[3, k] * share[3, k]
        if membrane.cubic:
            first = g0 * m * m * (3.0 * y * dm + m * dy) + 3.0 * g1 * p * p * dp
            second = g2 * dw
        else:
            first = g0 * m * (2.0 * y * dm + m * dy) + 2.0 * g1 * p * dp
            second = 2.0 * g2 * w * dw
        own = first * (slope[0, k] * v[k] + offset[0, k]) + second * (slope[1, k] * v[k] + offset[1, k])
        ionic[0, k] += own
        ionic[1, k] -= own * v[k]
