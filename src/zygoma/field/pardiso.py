"""Sparse Cholesky by MKL PARDISO (matrix type 2), many right-hand sides at once.

PARDISO's type 2 takes the upper triangle only: given the whole matrix it crashes the interpreter,
so this file is the only one that calls it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from zygoma.errors import InputError, SolverError
from zygoma.field.solver import BLOCK, checked_residual

# PARDISO's own defaults refine every solution twice, at 2.5 times the cost and for a residual that is
# good enough without (1e-13); numbers of the manual: 1 own settings, 2 METIS ordering, 8 no refinement
_SETTINGS = {1: 1, 2: 2, 8: 0, 10: 8, 11: 0, 13: 0}

_owner: Pardiso | None = None  # PARDISO is kept to one factor a process


class Pardiso:
    """Cholesky factor of a symmetric positive definite matrix.

    Parameters
    ----------
    matrix : (n, n) csr_matrix of float64
        The whole matrix, sorted indices.
    tolerance : float
        Largest relative residual that is accepted.

    Raises
    ------
    InputError
        The matrix is not CSR float64.
    SolverError
        The matrix is not positive definite.
    """

    name = "pardiso"

    def __init__(self, matrix: sparse.csr_matrix, tolerance: float) -> None:
        self.matrix = matrix
        self.tolerance = tolerance
        self.residual = 0.0
        self._upper = _upper(matrix)
        self._engine: Any = None
        self._factor()

    def solve(self, rhs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Solutions (n, k); blocks of 64 columns, each checked.

        Raises
        ------
        SolverError
            A residual is above the tolerance.
        """
        if self._engine is None:
            self._factor()  # another matrix took the place
        rhs = np.asarray(rhs, dtype=np.float64)
        columns = rhs.reshape(len(rhs), -1)
        solution = np.empty(columns.shape)
        for start in range(0, columns.shape[1], BLOCK):
            part = columns[:, start : start + BLOCK]
            found = self._engine.solve(self._upper, np.asfortranarray(part)).reshape(part.shape)
            worst = checked_residual(self.matrix, found, part, self.tolerance, self.name)
            self.residual = max(self.residual, worst)
            solution[:, start : start + BLOCK] = found
        return solution.reshape(rhs.shape)

    def free(self) -> None:
        """Give the memory of the factor back."""
        global _owner
        if self._engine is not None:
            self._engine.free_memory(everything=True)
            self._engine = None
        if _owner is self:
            _owner = None

    def _factor(self) -> None:
        global _owner
        from pypardiso import PyPardisoSolver
        from pypardiso.pardiso_wrapper import PyPardisoError

        if _owner is not None:
            _owner.free()
        engine = PyPardisoSolver(mtype=2)
        for number, value in _SETTINGS.items():
            engine.set_iparm(number, value)
        try:
            engine.factorize(self._upper)
        except PyPardisoError as error:
            engine.free_memory(everything=True)
            raise SolverError(
                f"sparse Cholesky failed ({error}); the matrix is not positive definite or too large for the "
                "memory: check conductivities and connectivity, or use solver='amg'"
            ) from error
        self._engine = engine
        _owner = self


def _upper(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Upper triangle in the one form that PARDISO's Cholesky survives."""
    if matrix.format != "csr" or matrix.dtype != np.float64:
        raise InputError(f"the matrix is {matrix.format} of {matrix.dtype}; expected csr of float64")
    upper = sparse.triu(matrix, format="csr")
    upper.sum_duplicates()
    upper.sort_indices()
    rows = np.repeat(np.arange(upper.shape[0]), np.diff(upper.indptr))
    if np.any(upper.indices < rows) or np.any(np.diff(upper.indptr) == 0) or np.any(upper.diagonal() <= 0):
        raise SolverError("the matrix has a row without a positive diagonal; every node must conduct")
    return upper
