"""What is done with a block of solutions, compiled: its true residual, and its turn into columns."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray
from scipy import sparse


def block_residual(
    matrix: sparse.csr_matrix, solution: NDArray[Any], rhs: NDArray[Any]
) -> NDArray[np.float64]:
    """Relative residual of each column (k,).

    Parameters
    ----------
    matrix : (n, n) csr_matrix
        The whole symmetric matrix, not only its upper triangle.
    solution, rhs : (n, k) arrays
        Solutions and right-hand sides.
    """
    x = np.ascontiguousarray(solution)
    parts = 4 * numba.get_num_threads()
    squares = _squares(matrix.indptr, matrix.indices, matrix.data, x, np.asarray(rhs), parts)
    return np.asarray(np.sqrt(squares[0] / np.where(squares[1] > 0, squares[1], 1.0)))


@numba.njit(parallel=True, cache=True)
def _squares(indptr: Any, indices: Any, data: Any, x: Any, rhs: Any, parts: int) -> Any:
    """Sums of squares of the residual and of the right-hand side, column by column (2, k)."""
    n, k = x.shape
    sums = np.zeros((parts, 2, k))
    for part in numba.prange(parts):
        row = np.empty(k)
        for i in range(part * n // parts, (part + 1) * n // parts):
            for c in range(k):
                row[c] = rhs[i, c]
                sums[part, 1, c] += row[c] * row[c]
            for j in range(indptr[i], indptr[i + 1]):
                a = data[j]
                col = indices[j]
                for c in range(k):
                    row[c] -= a * x[col, c]
            for c in range(k):
                sums[part, 0, c] += row[c] * row[c]
    return sums.sum(axis=0)


@numba.njit(parallel=True, cache=True)
def turned(solution: Any, place: Any) -> Any:
    """Rows `place` (t,) of solutions (n, k) as float32 columns (k, t), 0 where the place is -1."""
    k, t = solution.shape[1], len(place)
    out = np.empty((k, t), dtype=np.float32)
    step = 256  # rows at a time stay in the nearest cache
    for part in numba.prange((t + step - 1) // step):
        for c in range(k):
            for i in range(part * step, min((part + 1) * step, t)):
                out[c, i] = solution[place[i], c] if place[i] >= 0 else 0.0
    return out
