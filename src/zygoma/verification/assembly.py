"""Independent assembly of the stiffness matrix by numpy alone, to check the one by scikit-fem."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


def assemble_numpy(nodes: NDArray[Any], tets: NDArray[Any], tensors: NDArray[Any]) -> sparse.csr_matrix:
    """Stiffness matrix [S] from the inverse of each element's 4 x 4 coordinate matrix.

    Parameters
    ----------
    nodes : (n, 3) array
        Coordinates [m].
    tets : (m, 4) array of int
        Elements.
    tensors : (m, 3, 3) array
        Conductivity [S/m].
    """
    corners = np.concatenate([np.ones((len(tets), 4, 1)), nodes[tets]], axis=2)
    volume = np.abs(np.linalg.det(corners)) / 6.0
    gradient = np.linalg.inv(corners)[:, 1:, :]
    local = np.einsum("m,mai,mab,mbj->mij", volume, gradient, tensors, gradient, optimize=True)
    rows, columns = np.repeat(tets, 4, axis=1).ravel(), np.tile(tets, (1, 4)).ravel()
    return sparse.csr_matrix((local.ravel(), (rows, columns)), shape=(len(nodes), len(nodes)))


def solve_with_fixed(
    matrix: sparse.csr_matrix, fixed: NDArray[Any], values: NDArray[Any], rhs: NDArray[Any]
) -> NDArray[np.float64]:
    """Potential (n,) [V] with given values at some nodes and nodal currents `rhs` (n,) [A] at the others."""
    from zygoma.field.solver import factorise

    free = np.setdiff1d(np.arange(matrix.shape[0]), fixed)
    potential = np.zeros(matrix.shape[0])
    potential[fixed] = values
    load = (rhs - matrix @ potential)[free]
    solver = factorise(matrix[free][:, free])
    potential[free] = solver.solve(load[:, None])[:, 0]
    solver.free()
    return potential
