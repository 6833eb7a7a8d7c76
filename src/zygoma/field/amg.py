"""Smoothed aggregation multigrid with conjugate gradients: slower than Cholesky, runs everywhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from zygoma.field.residual import column_squares
from zygoma.field.solver import accepted

_STEPS = 1000


class Multigrid:
    """Multigrid hierarchy of a symmetric positive definite matrix.

    Parameters
    ----------
    matrix : (n, n) csr_matrix of float64
        The whole matrix.
    tolerance : float
        Relative residual at which the iteration stops.
    """

    name = "amg"

    def __init__(self, matrix: sparse.csr_matrix, tolerance: float) -> None:
        import pyamg

        self.matrix = matrix
        self.tolerance = tolerance
        self.residual = 0.0
        with np.errstate(all="ignore"):
            self._levels = pyamg.smoothed_aggregation_solver(matrix, max_coarse=500)

    def solve(self, rhs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Solutions (n, k), one after another, each checked.

        Raises
        ------
        SolverError
            A residual is above the tolerance.
        """
        rhs = np.asarray(rhs, dtype=np.float64)
        columns = rhs.reshape(len(rhs), -1)
        solution = np.empty(columns.shape)
        for k in range(columns.shape[1]):
            solution[:, k] = self._levels.solve(
                columns[:, k], tol=0.5 * self.tolerance, maxiter=_STEPS, accel="cg"
            )
        worst = accepted(column_squares(self.matrix, solution, columns), self.tolerance, self.name)
        self.residual = max(self.residual, worst)
        return solution.reshape(rhs.shape)

    def columns(self, sources: NDArray[np.int64], kept: NDArray[np.int64]) -> NDArray[np.float32]:
        """Solutions (k, t) for 1 at each of `sources` (k,), at the unknowns `kept` (t,); 0 where one is -1.

        Raises
        ------
        SolverError
            A residual is above the tolerance.
        """
        found = np.zeros((len(sources), len(kept)), dtype=np.float32)
        for row, source in enumerate(sources):
            rhs = np.zeros(self.matrix.shape[0])
            rhs[source] = 1.0
            found[row] = np.where(kept < 0, 0.0, self.solve(rhs)[kept])
        return found

    def free(self) -> None:
        """Give the memory of the hierarchy back."""
        self._levels = None
