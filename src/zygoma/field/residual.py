"""What is done with a block of solutions, compiled: its true residual, and its turn into columns."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray
from scipy import sparse


def column_squares(
    matrix: sparse.csr_matrix, solution: NDArray[Any], rhs: NDArray[Any]
) -> NDArray[np.float64]:
    """Squares of the residual and of the right-hand side of each column (2, k).

    Parameters
    ----------
    matrix : (n, n) csr_matrix
        The whole symmetric matrix, not only its upper triangle.
    solution, rhs : (n, k) arrays
        Solutions and right-hand sides.
    """
    x = np.ascontiguousarray(solution)
    size = np.asarray(rhs)
    left = _products(matrix.indptr, matrix.indices, matrix.data, x) - size
    return np.stack([_squares(left), _squares(size)])


def source_squares(
    matrix: sparse.csr_matrix, solution: NDArray[Any], rows: NDArray[Any]
) -> NDArray[np.float64]:
    """The same (2, k) where column c has the right-hand side 1 at `rows[c]` and 0 elsewhere."""
    at = np.full(matrix.shape[0], -1)
    at[rows] = np.arange(len(rows))
    squares = _source_squares(matrix.indptr, matrix.indices, matrix.data, solution, at)
    return np.stack([squares, np.ones(len(rows))])


@numba.njit(cache=True, nogil=True)
def turn(solution: Any, place: Any, rows: Any, into: Any) -> None:
    """Copy solutions (n, k) at the places (t,), 0 where one is -1, to rows of single precision (any, t)."""
    step = 128  # places at a time stay in the nearest cache
    for begin in range(0, len(place), step):
        for c in range(solution.shape[1]):
            row = into[rows[c]]
            for i in range(begin, min(begin + step, len(place))):
                row[i] = solution[place[i], c] if place[i] >= 0 else 0.0


def _squares(values: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray((values.real**2 + values.imag**2).sum(axis=0))


@numba.njit(cache=True, nogil=True)
def _products(starts: Any, indices: Any, data: Any, x: Any) -> Any:
    """Matrix times solutions (n, k)."""
    n, k = x.shape
    out = np.zeros((n, k), x.dtype)
    for i in range(n):
        row = out[i]
        for j in range(starts[i], starts[i + 1]):
            a, other = data[j], x[indices[j]]
            for c in range(k):
                row[c] += a * other[c]
    return out


@numba.njit(cache=True, nogil=True)
def _source_squares(starts: Any, indices: Any, data: Any, x: Any, at: Any) -> Any:
    n, k = x.shape
    sums, row = np.zeros(k), np.empty(k, x.dtype)
    for i in range(n):
        row[:] = 0
        if at[i] >= 0:
            row[at[i]] = -1
        for j in range(starts[i], starts[i + 1]):
            a, other = data[j], x[indices[j]]
            for c in range(k):
                row[c] += a * other[c]
        for c in range(k):
            sums[c] += row[c].real ** 2 + row[c].imag ** 2
    return sums
