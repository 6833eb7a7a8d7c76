"""Solver of the grounded system: sparse factorisation where its order can be found, multigrid everywhere."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from zygoma.errors import InputError, SolverError

if TYPE_CHECKING:
    from zygoma.field.elimination import Elimination

Choice = Literal["auto", "cholesky", "amg"]
BLOCK = 128  # right-hand sides that are solved together by one thread: fastest, measured
TOLERANCE = 1e-10


class Solver(Protocol):
    """A matrix made ready for many right-hand sides."""

    name: str
    residual: float

    def solve(self, rhs: NDArray[Any]) -> NDArray[Any]:
        """Solutions (n, k) of right-hand sides (n, k), each checked against the matrix."""
        ...

    def columns(self, sources: NDArray[np.int64], kept: NDArray[np.int64]) -> NDArray[Any]:
        """Solutions (k, t) in single precision for 1 at each of `sources` (k,), at unknowns `kept` (t,)."""
        ...

    def free(self) -> None:
        """Give the memory back."""
        ...


def choose(solver: Choice = "auto") -> str:
    """Which solver will be used here: ``cholesky`` or ``amg``.

    Raises
    ------
    InputError
        The solver is unknown or what it needs is not installed.
    """
    here = find_spec("pymetis") is not None
    if solver == "auto":
        return "cholesky" if here else "amg"
    if solver not in ("cholesky", "amg"):
        raise InputError(f"unknown solver {solver!r}; expected 'auto', 'cholesky' or 'amg'")
    if solver == "cholesky" and not here:
        raise InputError(
            "the solver 'cholesky' needs pymetis, which is not installed here; use 'amg' or 'auto'"
        )
    return solver


def factorise(
    matrix: sparse.csr_matrix,
    solver: Choice = "auto",
    *,
    tolerance: float = TOLERANCE,
    elimination: Elimination | None = None,
) -> Solver:
    """Make a symmetric positive definite matrix ready for many right-hand sides.

    Parameters
    ----------
    matrix : (n, n) csr_matrix of float64, or of complex128 for "cholesky"
        The grounded stiffness matrix [S]; of a complex symmetric one the real part is positive definite.
    solver : {"auto", "cholesky", "amg"}
        Which solver; "auto" takes the factorisation where it can run.
    tolerance : float
        Largest relative residual that is accepted (and the goal of the iteration).
    elimination : Elimination, optional
        That of a matrix with the same pattern of entries, for "cholesky".

    Raises
    ------
    InputError
        The matrix is not square, or the solver does not exist here.
    SolverError
        The matrix is not positive definite.
    """
    complex_valued = np.iscomplexobj(matrix)
    matrix = sparse.csr_matrix(matrix, dtype=np.complex128 if complex_valued else np.float64)
    if matrix.shape[0] != matrix.shape[1] or matrix.shape[0] == 0:
        raise InputError(f"the matrix has shape {matrix.shape}; expected a square one")
    matrix.sort_indices()
    if choose(solver) == "cholesky":
        from zygoma.field.cholesky import Cholesky

        return Cholesky(matrix, tolerance, elimination)
    if complex_valued:
        raise InputError(
            "the solver 'amg' takes real matrices only, this body has a complex admittivity; use 'cholesky' "
            "(it needs pymetis), or real conductivity"
        )
    from zygoma.field.amg import Multigrid

    return Multigrid(matrix, tolerance)


def accepted(squares: NDArray[np.float64], tolerance: float, name: str) -> float:
    """Largest relative residual ``|b - A x| / |b|`` of some columns.

    Parameters
    ----------
    squares : (2, k) array
        Squares of the residual and of the right-hand side of each column.

    Raises
    ------
    SolverError
        It is above the tolerance, or not a number.
    """
    worst = float(np.sqrt(squares[0] / np.where(squares[1] > 0, squares[1], 1.0)).max(initial=0.0))
    if not worst <= tolerance:
        raise SolverError(
            f"{name} reached a relative residual of {worst:.1e}, the goal is {tolerance:.0e}; "
            "check the mesh for flat elements and the conductivities for extreme contrast"
        )
    return worst
