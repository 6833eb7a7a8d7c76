"""Arrays of a fibre in time: the steps of the current, the state at rest, room for a step."""

from __future__ import annotations

from typing import NamedTuple

from zygoma.device.rows import FloatArray, IntArray


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


class Work(NamedTuple):
    """Numbers that a step leaves behind for the next one.

    Attributes
    ----------
    factors : ndarray, shape (3, m)
        ``1 / (1 + h decay)`` of each mode, and what a volt at its left and right node adds to it.
    added : ndarray, shape (2,)
        Conductance that the modes add to a node, and between the nodes of an internode [S].
    steady, rate : ndarray, shape (4, nodes)
        Of the gates; [1/s].
    slope, offset : ndarray, shape (2, nodes)
        Driving forces; then, in the first row, the ionic current of the nodes as ``slope * v + offset`` [A].
    diagonal, right : ndarray, shape (nodes,)
        Of the tridiagonal system.
    """

    factors: FloatArray
    added: FloatArray
    steady: FloatArray
    rate: FloatArray
    slope: FloatArray
    offset: FloatArray
    diagonal: FloatArray
    right: FloatArray
