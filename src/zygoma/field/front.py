"""Dense blocks of a sparse factorisation, compiled: assembled, eliminated, applied to right-hand sides.

Works for real matrices and for complex symmetric ones: nothing is conjugated. Each group of unknowns has a
front, the dense lower triangle of what couples it to the rows behind it. Its block of the factor holds
``inv(L11)`` above ``L21``, so that a solution needs products only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

TILE, PANEL, STRIP = 64, 256, 256
"""Edges of the blocks of a front; fastest here, measured."""


@njit(cache=True, nogil=True)
def eliminate(front: Any, columns: int, block: Any) -> bool:
    """Eliminate the first columns of a front; says whether every pivot was usable.

    Parameters
    ----------
    front : (m, m) array
        Lower triangle given; on return its last rows and columns hold the Schur complement, lower triangle.
    columns : int
        How many are eliminated.
    block : (m, columns) array
        Written: ``inv(L11)`` with zeros above its diagonal, and ``L21``.
    """
    m = front.shape[0]
    for first in range(0, columns, PANEL):
        last = min(first + PANEL, columns)
        if not eliminate_panel(front, first, last):
            return False
        if last < columns:
            panel = front[last:m, first:last].copy()
            for begin in range(last, columns, STRIP):
                update_strip(front, panel, last, begin, min(begin + STRIP, columns))
    if columns < m:
        block[columns:] = front[columns:, :columns]
        for begin in range(columns, m, STRIP):
            update_rows(front, block, columns, begin, min(begin + STRIP, m))
    for begin in range(0, columns, STRIP):
        invert_strip(front, columns, block, begin, min(begin + STRIP, columns))
    return True


@njit(cache=True, nogil=True)
def eliminate_panel(front: Any, first: int, last: int) -> bool:
    """Columns `first` to `last` of L, but inverted tiles on the diagonal."""
    m = front.shape[0]
    for begin in range(first, last, TILE):
        end = min(begin + TILE, last)
        inverse = np.zeros((end - begin, end - begin), front.dtype)
        if not _inverse_root(front[begin:end, begin:end], inverse):
            return False
        front[begin:end, begin:end] = inverse
        if end < m:
            reached = np.dot(front[end:m, begin:end].copy(), inverse.T)
            front[end:m, begin:end] = reached
            if end < last:
                front[end:m, end:last] -= np.dot(reached, reached[: last - end].T)
    return True


@njit(cache=True, nogil=True)
def update_strip(front: Any, panel: Any, start: int, begin: int, end: int) -> None:
    """Take a panel, the rows from `start` on of some columns of L, from columns `begin` to `end`."""
    front[begin:, begin:end] -= np.dot(panel[begin - start :], panel[begin - start : end - start].T)


@njit(cache=True, nogil=True)
def update_rows(front: Any, block: Any, columns: int, begin: int, end: int) -> None:
    """Rows `begin` to `end` of the Schur complement, lower triangle."""
    front[begin:end, columns:end] -= np.dot(block[begin:end], block[columns:end].T)


@njit(cache=True, nogil=True)
def invert_strip(front: Any, columns: int, block: Any, first: int, last: int) -> None:
    """Columns `first` to `last` of ``inv(L11)``."""
    block[:columns, first:last] = 0
    found = np.zeros((columns - first, last - first), front.dtype)
    for begin in range(first, columns, TILE):
        end = min(begin + TILE, columns)
        tile = front[begin:end, begin:end].copy()
        rows = found[begin - first : end - first]
        if begin < last:  # the diagonal tile itself
            rows[:, begin - first : end - first] = tile
        if begin > first:
            left = np.dot(front[begin:end, first:begin].copy(), found[: begin - first])
            rows -= np.dot(tile, left)
    block[first:columns, first:last] = found


@njit(cache=True, nogil=True)
def _inverse_root(tile: Any, inverse: Any) -> bool:
    """Inverse of the lower triangular L with ``L L^T`` equal to a small tile, which is overwritten by L."""
    n = tile.shape[0]
    for j in range(n):
        pivot = tile[j, j]
        for p in range(j):
            pivot -= tile[j, p] * tile[j, p]
        if not pivot.real > 0:  # of an admittivity too: its real part is positive definite
            return False
        root = np.sqrt(pivot)
        tile[j, j] = root
        for i in range(j + 1, n):
            value = tile[i, j]
            for p in range(j):
                value -= tile[i, p] * tile[j, p]
            tile[i, j] = value / root
    for j in range(n):
        inverse[j, j] = 1 / tile[j, j]
        for i in range(j + 1, n):
            value = tile[i, j] * inverse[j, j]
            for p in range(j + 1, i):
                value += tile[i, p] * inverse[p, j]
            inverse[i, j] = -value / tile[i, i]
    return True


@njit(cache=True, nogil=True)
def assemble(
    front: Any, starts: Any, indices: Any, data: Any, begin: int, end: int, rows: Any, local: Any
) -> None:
    """Fill a front with the entries of the matrix.

    Parameters
    ----------
    front : (m, m) array
        Its lower triangle is written.
    starts, indices, data
        The matrix in the order of the elimination, compressed rows.
    begin, end : int
        Places that the group eliminates.
    rows : (b,) array
        Places behind them that it reaches.
    local : (n,) array
        Written: row in the front of each place that it has.
    """
    size = end - begin
    for i in range(front.shape[0]):
        front[i, : i + 1] = 0
    for j in range(begin, end):
        local[j] = j - begin
    for i in range(len(rows)):
        local[rows[i]] = size + i
    for j in range(begin, end):
        for p in range(starts[j], starts[j + 1]):
            if indices[p] >= j:
                front[local[indices[p]], j - begin] += data[p]


@njit(cache=True, nogil=True)
def extend(front: Any, update: Any, rows: Any, local: Any) -> None:
    """Add to a front what a child left: lower triangle (b, b) at the places `rows` (b,)."""
    count = len(rows)
    where = np.empty(count, np.int64)
    for i in range(count):
        where[i] = local[rows[i]]
    for i in range(count):
        target, source = front[where[i]], update[i]
        for j in range(i + 1):
            target[where[j]] += source[j]


@njit(cache=True, nogil=True)
def eliminate_subtree(
    first: int, last: int, starts: Any, indices: Any, data: Any, start: Any, parent: Any, row_start: Any,
    rows: Any, block_start: Any, factor: Any, stack: Any, room: Any, local: Any,
) -> bool:  # fmt: skip
    """Eliminate the groups from `first` to before `last`, a subtree whose root is the last of them.

    What children leave waits on a stack, in the order in which their parents come to need it; what the root
    leaves is at the bottom of the stack at the end.

    Parameters
    ----------
    factor : array
        Written: the blocks of the groups.
    stack, room : array
        Space for what is left by children, and for one front.
    local : (n,) array
        Space.
    """
    where, owner = np.empty(last - first, np.int64), np.empty(last - first, np.int64)
    top, waiting = 0, 0
    for g in range(first, last):
        begin, end = start[g], start[g + 1]
        own = rows[row_start[g] : row_start[g + 1]]
        columns, below = end - begin, len(own)
        size = columns + below
        front = room[: size * size].reshape(size, size)
        assemble(front, starts, indices, data, begin, end, own, local)
        while waiting and parent[owner[waiting - 1]] == g:
            waiting -= 1
            child, top = owner[waiting], where[waiting]
            left = rows[row_start[child] : row_start[child + 1]]
            extend(front, stack[top : top + len(left) ** 2].reshape(len(left), len(left)), left, local)
        block = factor[block_start[g] : block_start[g + 1]].reshape(size, columns)
        if not eliminate(front, columns, block):
            return False
        if below:
            update = stack[top : top + below * below].reshape(below, below)
            for i in range(below):
                update[i, : i + 1] = front[columns + i, columns : columns + i + 1]
            where[waiting], owner[waiting] = top, g
            waiting, top = waiting + 1, top + below * below
    return True


@njit(cache=True, nogil=True)
def forward(
    x: Any, touched: Any, start: Any, row_start: Any, rows: Any, block_start: Any, factor: Any, room: Any
) -> None:
    """Forward substitution for right-hand sides (n, w) in place, through the groups that they touch only.

    Of the two lines of `room` each has space for one front times w numbers.
    """
    width = x.shape[1]
    for g in range(len(touched)):
        if not touched[g]:
            continue
        own = rows[row_start[g] : row_start[g + 1]]
        columns = start[g + 1] - start[g]
        block = factor[block_start[g] : block_start[g + 1]].reshape(columns + len(own), columns)
        found = room[0, : columns * width].reshape(columns, width)
        np.dot(block[:columns], x[start[g] : start[g + 1]], found)
        x[start[g] : start[g + 1]] = found
        if len(own):
            passed = room[1, : len(own) * width].reshape(len(own), width)
            np.dot(block[columns:], found, passed)
            for i in range(len(own)):
                target, source = x[own[i]], passed[i]
                for c in range(width):
                    target[c] -= source[c]


@njit(cache=True, nogil=True)
def backward(x: Any, start: Any, row_start: Any, rows: Any, block_start: Any, factor: Any, room: Any) -> None:
    """Backward substitution for right-hand sides (n, w) in place; `room` as in `forward`."""
    width = x.shape[1]
    for g in range(len(start) - 2, -1, -1):
        own = rows[row_start[g] : row_start[g + 1]]
        columns = start[g + 1] - start[g]
        block = factor[block_start[g] : block_start[g + 1]].reshape(columns + len(own), columns)
        part = x[start[g] : start[g + 1]]
        known = room[0, : columns * width].reshape(columns, width)
        if len(own):
            behind = room[1, : len(own) * width].reshape(len(own), width)
            for i in range(len(own)):
                behind[i] = x[own[i]]
            np.dot(block[columns:].T, behind, known)
            for i in range(columns):
                for c in range(width):
                    known[i, c] = part[i, c] - known[i, c]
        else:
            known[:] = part
        np.dot(block[:columns].T, known, part)
