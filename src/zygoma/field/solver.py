"""Solver of the grounded system: sparse Cholesky where it exists, multigrid everywhere."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from zygoma.errors import InputError, SolverError

Choice = Literal["auto", "pardiso", "amg"]
BLOCK = 64  # right-hand sides at once: fastest on two cores, measured
TOLERANCE = 1e-10


class Solver(Protocol):
    """A matrix made ready for many right-hand sides."""

    name: str
    residual: float

    def solve(self, rhs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Solutions (n, k) of right-hand sides (n, k), each checked against the matrix."""
        ...

    def free(self) -> None:
        """Give the memory back."""
        ...


def choose(solver: Choice = "auto") -> str:
    """Which solver will be used here: ``pardiso`` or ``amg``.

    Raises
    ------
    InputError
        The solver is unknown or not installed.
    """
    here = find_spec("pypardiso") is not None
    if solver == "auto":
        return "pardiso" if here else "amg"
    if solver not in ("pardiso", "amg"):
        raise InputError(f"unknown solver {solver!r}; expected 'auto', 'pardiso' or 'amg'")
    if solver == "pardiso" and not here:
        raise InputError("the solver 'pardiso' is not installed here; use 'amg' or 'auto'")
    return solver


def factorise(matrix: sparse.csr_matrix, solver: Choice = "auto", *, tolerance: float = TOLERANCE) -> Solver:
    """Make a symmetric positive definite matrix ready for many right-hand sides.

    Parameters
    ----------
    matrix : (n, n) csr_matrix of float64
        The grounded stiffness matrix [S].
    solver : {"auto", "pardiso", "amg"}
        Which solver; "auto" takes sparse Cholesky where it is installed.
    tolerance : float
        Largest relative residual that is accepted (and the goal of the iteration).

    Raises
    ------
    InputError
        The matrix is not square, or the solver does not exist here.
    SolverError
        The matrix is not positive definite.
    """
    matrix = sparse.csr_matrix(matrix, dtype=np.float64)
    if matrix.shape[0] != matrix.shape[1] or matrix.shape[0] == 0:
        raise InputError(f"the matrix has shape {matrix.shape}; expected a square one")
    matrix.sort_indices()
    if choose(solver) == "pardiso":
        from zygoma.field.pardiso import Pardiso

        return Pardiso(matrix, tolerance)
    from zygoma.field.amg import Multigrid

    return Multigrid(matrix, tolerance)


def checked_residual(
    matrix: sparse.csr_matrix, solution: NDArray[Any], rhs: NDArray[Any], tolerance: float, name: str
) -> float:
    """Largest relative residual ``|b - A x| / |b|`` of the columns of a block.

    Raises
    ------
    SolverError
        It is above the tolerance.
    """
    from zygoma.field.residual import block_residual

    worst = float(block_residual(matrix, solution, rhs).max())
    if not worst <= tolerance:
        raise SolverError(
            f"{name} reached a relative residual of {worst:.1e}, the goal is {tolerance:.0e}; "
            "check the mesh for flat elements and the conductivities for extreme contrast"
        )
    return worst
