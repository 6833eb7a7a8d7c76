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
    turn : int
        Steps after which the current is the same again, all the time; 0 where it is not.
    hold : float
        Time after an edge during which steps stay basic [s]; infinite for fixed steps.
    """

    time: FloatArray
    charge: FloatArray
    until: IntArray
    flow: int
    turn: int
    hold: float


class Rest(NamedTuple):
    """State of a fibre without current: deviations of the nodes [V], gates, modes (m, internodes)."""

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
    steady, tilt, rate : ndarray, shape (4, nodes)
        Of the gates: where they go, its derivative by the potential [1/V], how fast [1/s].
    ahead, share, before : ndarray, shape (4, nodes)
        Of the gates: at the end of a step if the nodes stand still; how much of what they go to when a node
        moves they follow; where they went before it [1].
    slope, offset : ndarray, shape (2, nodes)
        Driving forces as ``slope * v + offset``.
    ionic : ndarray, shape (2, nodes)
        Ionic current of the nodes as ``ionic[0] * v + ionic[1]`` [A].
    diagonal, right : ndarray, shape (nodes,)
        Of the tridiagonal system.
    speed : ndarray, shape (nodes,)
        Of the nodes in the step before [V/s].
    last : ndarray, shape (m, nodes)
        Modes before the last step.
    onto : ndarray, shape (2, nodes)
        Current of the modes into the node on their left and on their right [A].
    """

    factors: FloatArray
    added: FloatArray
    steady: FloatArray
    tilt: FloatArray
    rate: FloatArray
    ahead: FloatArray
    share: FloatArray
    before: FloatArray
    slope: FloatArray
    offset: FloatArray
    ionic: FloatArray
    onto: FloatArray
    diagonal: FloatArray
    right: FloatArray
    speed: FloatArray
    last: FloatArray
