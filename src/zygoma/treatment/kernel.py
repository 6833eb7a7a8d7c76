"""Compiled loops over nodes, elements and stiffness rows for a batch of positions at once.

Positions are the last, contiguous axis (`WIDTH` of them), so each inner loop is one SIMD instruction wide
or two. Fields are float32, sums over time float64. Chunks of the outer axis are shared by the threads;
every chunk writes its own rows only, so results do not depend on the number of threads.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

WIDTH = 16
"""Positions of one batch."""

UNROLL = 8
"""Columns that `mix` takes at once."""

_NODES = 1024
_ELEMENTS = 4096
_ROWS = 1024


@njit(parallel=True, fastmath=True, cache=True)
def mix(columns, rows, weights, seconds, potential, charge):  # type: ignore[no-untyped-def]
    """Potentials of a batch: columns of the lead field times nodal currents.

    Parameters
    ----------
    columns : (k, n) float32
        Potential per unit current [ohm], one row per skin node.
    rows : (r,) int
        The rows of `columns` that the batch uses; r is a multiple of `UNROLL`.
    weights : (r, WIDTH) float32
        Nodal currents of every position [A], which sum to 0 for each.
    seconds : (WIDTH,) float64
        Time of every position times mean |i| / amplitude [s].
    potential : (n, WIDTH) float32
        Written: potentials [V].
    charge : (n,) float64
        Added to: sum of potential times `seconds` [V s].
    """
    n = columns.shape[1]
    # As the currents sum to 0, one column may be taken away from all. What they have in common, the sink at
    # the ground above all, is large and would cost digits of float32 far from the contacts.
    common = columns[rows[0]]
    for chunk in prange((n + _NODES - 1) // _NODES):
        start, stop = chunk * _NODES, min(n, (chunk + 1) * _NODES)
        potential[start:stop] = 0.0
        for r in range(0, rows.shape[0], UNROLL):
            # eight columns a pass: the potentials are loaded and stored an eighth as often
            c0, c1, c2, c3 = (
                columns[rows[r]],
                columns[rows[r + 1]],
                columns[rows[r + 2]],
                columns[rows[r + 3]],
            )
            c4, c5, c6, c7 = (
                columns[rows[r + 4]],
                columns[rows[r + 5]],
                columns[rows[r + 6]],
                columns[rows[r + 7]],
            )
            for i in range(start, stop):
                c = common[i]
                v0, v1, v2, v3 = c0[i] - c, c1[i] - c, c2[i] - c, c3[i] - c
                v4, v5, v6, v7 = c4[i] - c, c5[i] - c, c6[i] - c, c7[i] - c
                for p in range(WIDTH):
                    potential[i, p] += (
                        v0 * weights[r, p] + v1 * weights[r + 1, p] + v2 * weights[r + 2, p]
                        + v3 * weights[r + 3, p] + v4 * weights[r + 4, p] + v5 * weights[r + 5, p]
                        + v6 * weights[r + 6, p] + v7 * weights[r + 7, p]
                    )  # fmt: skip
        for i in range(start, stop):
            total = 0.0
            for p in range(WIDTH):
                total += seconds[p] * potential[i, p]
            charge[i] += total


@njit(parallel=True, fastmath=True, cache=True)
def accumulate(  # type: ignore[no-untyped-def]
    tets, gradient, sigma, fibre, volume, tissue, potential, seconds, squares, held, threshold, shares,
    charge, square, peak, along, residence, power,
):  # fmt: skip
    """Current densities of a batch and what they add to the session.

    Parameters
    ----------
    tets : (m, 4) int32
        Nodes of the elements.
    gradient : (m, 9) float32
        Gradients of the last three basis functions [1/m].
    sigma : (m, 6) float32
        Conductivity xx, yy, zz, xy, xz, yz [S/m].
    fibre : (m, 3) float32
        Unit vectors along the fibres, 0 where there are none.
    volume : (m,) float32
        Volumes [m3].
    tissue : (m,) uint8
        Tissue codes.
    potential : (n, WIDTH) float32
        Potentials at the current's amplitude [V].
    seconds, squares, held : (WIDTH,) float32
        Time of every position [s]: times mean |i| / amplitude, times (rms / amplitude)^2, plain.
    threshold : float
        Level of the residence time [A/m2].
    shares : (b,) float32
        Share of time with |i| above x times the amplitude, at the middles of b equal bins of x.
    charge, square, residence : (m,) float64
        Added to: integral of |J| [C/m2], of J^2 [A2 s/m4], time above the threshold [s].
    peak, along : (m,) float32
        Raised: |J| [A/m2] and |E along the fibre| [V/m] at the amplitude.
    power : (chunks, tissues, WIDTH) float64
        Written: power dissipated by the amplitude in every tissue [W], one block per chunk.
    """
    m = tets.shape[0]
    bins = shares.shape[0]
    level = np.float32(threshold)
    for chunk in prange((m + _ELEMENTS - 1) // _ELEMENTS):
        watts = np.zeros((power.shape[1], WIDTH), np.float32)
        size = np.empty(WIDTH, np.float32)
        lengthwise = np.empty(WIDTH, np.float32)
        dissipated = np.empty(WIDTH, np.float32)
        for e in range(chunk * _ELEMENTS, min(m, (chunk + 1) * _ELEMENTS)):
            pa, pb = potential[tets[e, 0]], potential[tets[e, 1]]
            pc, pd = potential[tets[e, 2]], potential[tets[e, 3]]
            g0, g1, g2 = gradient[e, 0], gradient[e, 1], gradient[e, 2]
            g3, g4, g5 = gradient[e, 3], gradient[e, 4], gradient[e, 5]
            g6, g7, g8 = gradient[e, 6], gradient[e, 7], gradient[e, 8]
            xx, yy, zz = sigma[e, 0], sigma[e, 1], sigma[e, 2]
            xy, xz, yz = sigma[e, 3], sigma[e, 4], sigma[e, 5]
            f0, f1, f2 = fibre[e, 0], fibre[e, 1], fibre[e, 2]
            v = volume[e]
            # several short loops: the compiler turns each into SIMD code, one long one not
            for p in range(WIDTH):
                origin = pa[p]
                u1, u2, u3 = origin - pb[p], origin - pc[p], origin - pd[p]
                ex = g0 * u1 + g3 * u2 + g6 * u3
                ey = g1 * u1 + g4 * u2 + g7 * u3
                ez = g2 * u1 + g5 * u2 + g8 * u3
                jx = xx * ex + xy * ey + xz * ez
                jy = xy * ex + yy * ey + yz * ez
                jz = xz * ex + yz * ey + zz * ez
                size[p] = jx * jx + jy * jy + jz * jz
                lengthwise[p] = abs(f0 * ex + f1 * ey + f2 * ez)
                dissipated[p] = v * (jx * ex + jy * ey + jz * ez)
            total = np.float32(0.0)
            total_square = np.float32(0.0)
            highest = np.float32(0.0)
            for p in range(WIDTH):
                j2 = size[p]
                j = np.sqrt(j2)
                size[p] = j
                total += seconds[p] * j
                total_square += squares[p] * j2
                highest = j if j > highest else highest
            highest_along = np.float32(0.0)
            for p in range(WIDTH):
                highest_along = lengthwise[p] if lengthwise[p] > highest_along else highest_along
            here = watts[tissue[e]]
            for p in range(WIDTH):
                here[p] += dissipated[p]
            charge[e] += total
            square[e] += total_square
            if highest > peak[e]:
                peak[e] = highest
            if highest_along > along[e]:
                along[e] = highest_along
            if highest > level:
                above = 0.0
                for p in range(WIDTH):
                    if size[p] > level:
                        above += held[p] * shares[int(level / size[p] * bins)]
                residence[e] += above
        power[chunk] = watts


@njit(parallel=True, fastmath=True, cache=True)
def drawn(nodes, starts, neighbours, values, potential, total):  # type: ignore[no-untyped-def]
    """Sum of the absolute nodal currents that a part of the body draws at the nodes of its face.

    Parameters
    ----------
    nodes : (r,) int32
        Node of every row.
    starts : (r + 1,) int64
        Where the entries of every row start.
    neighbours : (k,) int32
        Column nodes.
    values : (k,) float32
        Stiffness of the part [S].
    potential : (n, WIDTH) float32
        Potentials [V].
    total : (chunks, WIDTH) float64
        Written: sums of every chunk of rows [A].
    """
    r = nodes.shape[0]
    for chunk in prange((r + _ROWS - 1) // _ROWS):
        current = np.empty(WIDTH, np.float32)
        amount = np.zeros(WIDTH, np.float64)
        for i in range(chunk * _ROWS, min(r, (chunk + 1) * _ROWS)):
            node = nodes[i]
            current[:] = 0.0
            for k in range(starts[i], starts[i + 1]):
                other, value = neighbours[k], values[k]
                for p in range(WIDTH):
                    # rows of a stiffness matrix sum to zero: differences keep the digits of float32
                    current[p] += value * (potential[other, p] - potential[node, p])
            for p in range(WIDTH):
                amount[p] += abs(current[p])
        total[chunk] = amount


def chunks(elements: int) -> int:
    """Chunks into which `accumulate` cuts the elements."""
    return -(-elements // _ELEMENTS)


def row_chunks(rows: int) -> int:
    """Chunks into which `drawn` cuts the rows."""
    return -(-rows // _ROWS)
