"""One compiled implicit time step of a fibre as a cable.

Backward Euler, or by two steps back (BDF2), with the modes of the internodes eliminated: the nodes make a
tridiagonal system, the modes follow from it one by one. A cable without modes may step by Crank and Nicolson.
Loops run over the nodes of one array, so that the processor takes several at once.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from zygoma.response.membrane import GATES
from zygoma.response.state import Work


@njit(cache=True, nogil=True)
def work_room(nodes, modes):  # type: ignore[no-untyped-def]
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
        np.zeros((modes, nodes)),
    )


@njit(cache=True, nogil=True)
def factors_of(cable, h, work):  # type: ignore[no-untyped-def]
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
def grows(cable, h, work):  # type: ignore[no-untyped-def]
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
def internodes(cable, z, drive, forcing, ahead, work):  # type: ignore[no-untyped-def]
    """Modes half-way through a step, their currents into the nodes."""
    right, n = work.right, work.right.size
    onto_left, onto_right = work.onto[0], work.onto[1]
    onto_left[:] = 0.0
    onto_right[:] = 0.0
    for j in range(cable.decay.size):
        factor, left, beyond = work.factors[0, j], cable.left[j], cable.right[j]
        row, given, last = z[j], forcing[j], work.last[j]
        for k in range(n - 1):
            value = factor * (row[k] + ahead * (row[k] - last[k]) + drive * given[k])
            last[k] = row[k]
            row[k] = value
            onto_left[k] += left * value
            onto_right[k] += beyond * value
    for k in range(n - 1):
        right[k] += onto_left[k]
    for k in range(n - 1):
        right[k + 1] += onto_right[k]


@njit(cache=True, fastmath=True, nogil=True)
def eliminate(beside, diagonal, right):  # type: ignore[no-untyped-def]
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
def implicit_step(cable, v, z, h, before, implicit, work, source, forcing, current):  # type: ignore[no-untyped-def]
    """Potentials and modes a step h [s] on under a current [A]; how far a node leaves its way so far [V].

    With `before`, the length of the last step [s], by BDF2: a step of backward Euler of the length
    h / (1 + r), r = h / (h + before), from a state that has moved on by r times that length at its last
    speed; `factors_of` must have been called for this length. With 0 by backward Euler; or, where `implicit`
    is below 1, a cable without modes is solved at this part of the step and extended from there, at 1/2 with
    second order.
    """
    n = v.size
    diagonal, right, ionic, speed = work.diagonal, work.right, work.ionic, work.speed
    ratio = h / (h + before) if before > 0.0 else 0.0
    length = h / (1.0 + ratio)
    ahead = length * ratio
    inertia = cable.capacitance / (implicit * length)
    link, beside = cable.link - work.added[0], cable.direct + work.added[1]
    for k in range(n):
        diagonal[k] = inertia + 2.0 * link + ionic[0, k]
        right[k] = inertia * (v[k] + ahead * speed[k]) - ionic[1, k] + current * source[k]
    diagonal[0] -= link
    diagonal[n - 1] -= link
    if cable.decay.size:
        internodes(cable, z, length * current, forcing, ahead / before if before > 0.0 else 0.0, work)
    eliminate(beside, diagonal, right)
    bend = 0.0
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
