"""Sparse factorisation ``A = L L^T``, made for very many right-hand sides with few entries each.

A column of a lead field has its current at one node. Its forward substitution then runs along one path of the
elimination tree only, and blocks of columns share the dense products of the backward substitution.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from zygoma.errors import SolverError
from zygoma.field import front as dense
from zygoma.field.elimination import Elimination, Indices
from zygoma.field.residual import column_squares, source_squares, turn
from zygoma.field.solver import BLOCK, accepted

_PARTS = 30  # of the work: a subtree with less is left to one thread


class Cholesky:
    """Factor of a symmetric matrix whose real part is positive definite.

    Parameters
    ----------
    matrix : (n, n) csr_matrix of float64 or complex128
        The whole matrix, sorted indices.
    tolerance : float
        Largest relative residual that is accepted.
    elimination : Elimination, optional
        That of a matrix with the same pattern, which saves finding it again.
    threads : int, optional
        By default as many as numba uses.

    Raises
    ------
    SolverError
        The matrix is not positive definite.
    """

    name = "cholesky"

    def __init__(
        self,
        matrix: sparse.csr_matrix,
        tolerance: float,
        elimination: Elimination | None = None,
        threads: int | None = None,
    ) -> None:
        import numba

        self.tolerance = tolerance
        self.residual = 0.0
        self.elimination = Elimination.of(matrix) if elimination is None else elimination
        self.threads = numba.get_num_threads() if threads is None else threads
        self._matrix = self.elimination.permuted(matrix)
        self._factor = np.empty(0, dtype=matrix.dtype)
        self._rooms: list[_Room] = []
        self._factorise()

    @property
    def bytes(self) -> int:
        """Size of the factor."""
        return int(self._factor.nbytes)

    def solve(self, rhs: NDArray[Any]) -> NDArray[Any]:
        """Solutions (n, k) of right-hand sides (n, k), each checked.

        Raises
        ------
        SolverError
            A residual is above the tolerance.
        """
        e, kind = self.elimination, np.result_type(self._factor.dtype, np.asarray(rhs).dtype)
        columns = np.asarray(rhs, dtype=kind).reshape(len(rhs), -1)
        found = np.empty(columns.shape, dtype=kind)

        width = self._width(columns.shape[1])

        def work(first: int, room: _Room) -> float:
            given = columns[e.order, first : first + width]
            x = room.of(given.shape[1])
            x[:] = given
            self._substitute(x, np.ones(len(e.parent), dtype=bool), room)
            found[e.order, first : first + width] = x
            return self._worst(column_squares(self._matrix, x, given))

        self._blocks(work, range(0, columns.shape[1], width))
        return found.reshape(np.shape(rhs))

    def columns(self, sources: Indices, kept: Indices) -> NDArray[Any]:
        """Solutions for 1 at one unknown each, in single precision.

        Parameters
        ----------
        sources : (k,) array
            Unknown of each column.
        kept : (t,) array
            Unknowns that are wanted; -1 gives 0.

        Returns
        -------
        (k, t) array of float32 or complex64

        Raises
        ------
        SolverError
            A residual is above the tolerance.
        """
        e = self.elimination
        single = np.complex64 if np.iscomplexobj(self._factor) else np.float32
        found = np.empty((len(sources), len(kept)), dtype=single)
        place = np.where(kept < 0, -1, e.place[kept])
        places = e.place[sources]
        order = np.argsort(places, kind="stable")  # neighbours of the elimination share their paths
        width = self._width(len(sources))

        def work(first: int, room: _Room) -> float:
            chosen = order[first : first + width]
            x = room.of(len(chosen))
            x[:] = 0
            x[places[chosen], np.arange(len(chosen))] = 1
            self._substitute(x, e.path(places[chosen]), room)
            turn(x, place, chosen, found)
            return self._worst(source_squares(self._matrix, x, places[chosen]))

        self._blocks(work, range(0, len(sources), width))
        return found

    def free(self) -> None:
        """Give the memory of the factor back; what is solved later factorises again."""
        self._rooms.clear()
        self._factor = np.empty(0, dtype=self._factor.dtype)

    def _width(self, columns: int) -> int:
        """Columns of a block: few are shared by the threads, many are cut into the fastest size."""
        return max(1, min(BLOCK, -(-columns // self.threads)))

    def _substitute(self, x: NDArray[Any], touched: NDArray[np.bool_], room: _Room) -> None:
        e = self.elimination
        dense.forward(x, touched, e.start, e.row_start, e.rows, e.block_start, self._factor, room.front)
        dense.backward(x, e.start, e.row_start, e.rows, e.block_start, self._factor, room.front)

    def _worst(self, squares: NDArray[np.float64]) -> float:
        return accepted(squares, self.tolerance, self.name)

    def _blocks(self, work: Callable[[int, _Room], float], firsts: range) -> None:
        """Work on blocks of columns, one thread each; the threads keep their space from call to call."""
        from threadpoolctl import threadpool_limits

        if not len(self._factor):
            self._factorise()

        def task(first: int) -> float:
            room = self._rooms.pop() if self._rooms else _Room(self.elimination, self._factor.dtype)
            try:
                return work(first, room)
            finally:
                self._rooms.append(room)

        with threadpool_limits(1), ThreadPoolExecutor(self.threads) as pool:
            try:
                self.residual = max(self.residual, *pool.map(task, firsts), 0.0)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _factorise(self) -> None:
        """Subtrees side by side, what remains above them one after another, its parts side by side."""
        from threadpoolctl import threadpool_limits

        e = self.elimination
        self._factor = np.empty(e.block_start[-1], dtype=self._factor.dtype)
        roots, own = _subtrees(e)
        left: dict[int, NDArray[Any]] = {}

        def subtree(root: int) -> None:
            left[root] = self._subtree(root, own[root])

        inside = np.zeros(len(e.parent), dtype=bool)
        children: dict[int, list[int]] = {}
        for root in roots:
            inside[root - own[root] + 1 : root + 1] = True
            children.setdefault(int(e.parent[root]), []).append(root)
        local = np.empty(len(e.order), dtype=np.int64)
        with threadpool_limits(1), ThreadPoolExecutor(self.threads) as pool:
            try:
                list(pool.map(subtree, roots))
                for g in np.flatnonzero(~inside).tolist():
                    left[g] = self._group(g, [(c, left.pop(c)) for c in children.get(g, ())], local, pool)
                    children.setdefault(int(e.parent[g]), []).append(g)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _subtree(self, root: int, groups: int) -> NDArray[Any]:
        """What a subtree of so many groups leaves for the parent of its root, lower triangle."""
        e, matrix = self.elimination, self._matrix
        first = root - groups + 1
        sizes = (e.columns + e.below)[first : root + 1]
        stack = np.empty(_stack(e.parent, e.below, first, root + 1), dtype=matrix.dtype)
        room = np.empty(int(sizes.max()) ** 2, dtype=matrix.dtype)
        local = np.empty(len(e.order), dtype=np.int64)
        good = dense.eliminate_subtree(
            first, root + 1, matrix.indptr, matrix.indices, matrix.data, e.start, e.parent, e.row_start,
            e.rows, e.block_start, self._factor, stack, room, local,
        )  # fmt: skip
        below = int(e.below[root])
        return _checked(good, stack[: below * below].reshape(below, below).copy())

    def _group(
        self, g: int, children: list[tuple[int, NDArray[Any]]], local: Indices, pool: ThreadPoolExecutor
    ) -> NDArray[Any]:
        """What a group leaves for its parent, lower triangle; the threads share the work on its front."""
        e, matrix = self.elimination, self._matrix
        columns, size = int(e.columns[g]), int(e.columns[g] + e.below[g])
        begin, end = int(e.start[g]), int(e.start[g + 1])
        own = e.rows[e.row_start[g] : e.row_start[g + 1]]
        front = np.empty((size, size), dtype=matrix.dtype)
        dense.assemble(front, matrix.indptr, matrix.indices, matrix.data, begin, end, own, local)
        for child, update in children:
            dense.extend(front, update, e.rows[e.row_start[child] : e.row_start[child + 1]], local)
        block = self._factor[e.block_start[g] : e.block_start[g + 1]].reshape(size, columns)
        return _checked(_eliminate(front, columns, block, pool), front[columns:, columns:].copy())


def _eliminate(front: NDArray[Any], columns: int, block: NDArray[Any], pool: ThreadPoolExecutor) -> bool:
    """`zygoma.field.front.eliminate`, step by step with the same numbers, strips side by side."""
    size = len(front)

    def strips(first: int, last: int, work: Callable[[int, int], None]) -> None:
        begins = range(first, last, dense.STRIP)
        list(pool.map(lambda begin: work(begin, min(begin + dense.STRIP, last)), begins))

    for first in range(0, columns, dense.PANEL):
        last = min(first + dense.PANEL, columns)
        if not dense.eliminate_panel(front, first, last):
            return False
        panel = front[last:, first:last].copy()
        strips(last, columns, partial(dense.update_strip, front, panel, last))
    block[columns:] = front[columns:, :columns]
    strips(columns, size, partial(dense.update_rows, front, block, columns))
    strips(0, columns, partial(dense.invert_strip, front, columns, block))
    return True


class _Room:
    """Space in which one thread solves a block."""

    def __init__(self, elimination: Elimination, kind: Any) -> None:
        largest = int(max(elimination.columns.max(), elimination.below.max()))
        self._size = len(elimination.order)
        self._columns = np.empty(self._size * BLOCK, dtype=kind)
        self.front = np.empty((2, largest * BLOCK), dtype=kind)

    def of(self, width: int) -> NDArray[Any]:
        """Space for so many right-hand sides (n, width)."""
        return self._columns[: self._size * width].reshape(self._size, width)


def _checked(good: bool, left: NDArray[Any]) -> NDArray[Any]:
    if not good:
        raise SolverError(
            "the factorisation met a pivot that is not positive: the matrix is not positive definite; check "
            "conductivities, connectivity and the ground node"
        )
    return left


def _subtrees(e: Elimination) -> tuple[list[int], dict[int, int]]:
    """Roots of subtrees with a small part of the work, the largest first, and the groups of each."""
    work, groups = e.work.copy(), np.ones(len(e.parent), dtype=np.int64)
    for g, parent in enumerate(e.parent.tolist()):
        if parent != -1:
            work[parent] += work[g]
            groups[parent] += groups[g]
    small = work <= e.work.sum() / _PARTS
    below_large = (e.parent < 0) | ~small[e.parent]
    roots = np.flatnonzero(small & below_large)
    roots = roots[np.argsort(-work[roots], kind="stable")]
    return roots.tolist(), {int(g): int(groups[g]) for g in roots}


def _stack(parent: Indices, below: Indices, first: int, last: int) -> int:
    """Numbers that wait on the stack of a subtree at most."""
    sizes: list[int] = []
    owners: list[int] = []
    top, most = 0, 0
    for g in range(first, last):
        while owners and parent[owners[-1]] == g:
            owners.pop()
            top -= sizes.pop()
        owners.append(g)
        sizes.append(int(below[g]) ** 2)
        top += sizes[-1]
        most = max(most, top)
    return most
