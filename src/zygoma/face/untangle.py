"""Turn inverted tetrahedra the right way round by moving the nodes round them."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from zygoma.face.surface import Array, Index

_RINGS = 3
_ROUNDS = 30
_UNIT = 1e-3


def untangle(nodes: Array, rest: Array, tets: Index, fixed: int) -> Array:
    """Nodes without inverted tetrahedra, if moving interior nodes can do it.

    Minimises the regularised distortion |J|^2 / chi(det J)^(2/3) of the elements round the inverted ones,
    with J the Jacobian from the rest shape and chi a smooth positive part of the determinant.

    Parameters
    ----------
    nodes, rest : (n, 3) arrays
        Present nodes and the shape in which all elements are good [m].
    tets : (m, 4) int array
        Tetrahedra.
    fixed : int
        The first nodes, which stay.

    Returns
    -------
    (n, 3) array
        Nodes [m]; inverted elements remain only where the fixed nodes force them.

    References
    ----------
    Garanzha et al. 2021, Foldover-free maps in 50 lines of code, ACM Trans. Graph. 40:102.
    """
    inverse = np.asarray(
        np.linalg.inv((rest[tets[:, 1:]] - rest[tets[:, :1]]).transpose(0, 2, 1)), dtype=np.float64
    )
    out = nodes.copy()
    for _ in range(_ROUNDS):
        det = np.linalg.det((out[tets[:, 1:]] - out[tets[:, :1]]).transpose(0, 2, 1) @ inverse)
        bad = np.flatnonzero(det < 0.02)
        if not len(bad):
            break
        free = np.zeros(len(out), dtype=bool)
        free[tets[bad]] = True
        for _ in range(_RINGS):
            free[tets[free[tets].any(axis=1)]] = True
        free[:fixed] = False
        own = np.flatnonzero(free[tets].any(axis=1))
        number = np.flatnonzero(free)
        eps = float(np.sqrt(1e-4 + max(0.0, -det.min()) ** 2 * 0.04))

        problem = _Local(out, tets[own], inverse[own], number, eps)
        found = minimize(
            problem, out[number].ravel() / _UNIT, jac=True, method="L-BFGS-B", options={"maxiter": 60}
        )
        out[number] = found.x.reshape(-1, 3) * _UNIT
    return out


@dataclass
class _Local:
    """Distortion of some elements as a function of the free nodes, in units that keep steps of order one."""

    nodes: Array
    tets: Index
    inverse: Array
    free: NDArray[np.int64]
    eps: float

    def __call__(self, x: Array) -> tuple[float, Array]:
        self.nodes[self.free] = x.reshape(-1, 3) * _UNIT
        value, slope = _distortion(self.nodes, self.tets, self.inverse, self.eps)
        return value, slope[self.free].ravel() * _UNIT


@numba.njit(cache=True)
def _distortion(
    nodes: Array, tets: Index, inverse: Array, eps: float
) -> tuple[float, Array]:  # pragma: no cover - compiled
    total, slope = 0.0, np.zeros_like(nodes)
    for t in range(len(tets)):
        edges = np.empty((3, 3))
        for k in range(3):
            for a in range(3):
                edges[a, k] = nodes[tets[t, k + 1], a] - nodes[tets[t, 0], a]
        j = edges @ inverse[t]
        c0, c1 = np.cross(j[:, 1], j[:, 2]), np.cross(j[:, 2], j[:, 0])
        c2 = np.cross(j[:, 0], j[:, 1])
        det = (j[:, 0] * c0).sum()
        root = np.sqrt(eps * eps + det * det)
        chi = (det + root) / 2
        square = (j * j).sum()
        scale = chi ** (-2.0 / 3.0)
        total += square * scale
        steep = -2.0 / 3.0 * square * scale / chi * (0.5 + det / root / 2)
        g = 2 * scale * j
        g[:, 0] += steep * c0
        g[:, 1] += steep * c1
        g[:, 2] += steep * c2
        h = g @ inverse[t].T
        for k in range(3):
            for a in range(3):
                slope[tets[t, k + 1], a] += h[a, k]
                slope[tets[t, 0], a] -= h[a, k]
    return total, slope
