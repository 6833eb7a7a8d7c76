"""Order in which the unknowns of a sparse symmetric matrix are eliminated, and where its factor fills in.

Found once for a pattern of entries; matrices of the same body with other conductivities share it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import sparse

Indices = NDArray[np.int64]

_FEW = 200  # unknowns below which the order does not matter
_MERGE = (8, 32, 96)  # columns up to which a group may be merged with more and more ...
_ZEROS = (1.0, 0.8, 0.15, 0.05)  # ... of its entries zero: larger dense blocks are worth some of them


@dataclass(frozen=True, eq=False)
class Elimination:
    """Groups of unknowns that are eliminated together, each with one dense block of the factor.

    Attributes
    ----------
    order : (n,) array
        Unknown that comes at each place of the elimination.
    start : (g + 1,) array
        First place of each group.
    parent : (g,) array
        Group that takes over what a group leaves; -1 for a root. Parents come after their children.
    row_start : (g + 1,) array
        Where the rows of each group begin in `rows`.
    rows : (r,) int32 array
        Places behind a group that its block reaches, ascending.
    """

    order: Indices
    start: Indices
    parent: Indices
    row_start: Indices
    rows: NDArray[np.int32]

    @classmethod
    def of(cls, matrix: sparse.csr_matrix) -> Elimination:
        """Elimination of a matrix with a symmetric pattern, by nested dissection.

        References
        ----------
        Order: METIS (Karypis and Kumar 1998). Tree and structure: Davis, Direct Methods for Sparse Linear
        Systems, SIAM 2006, chapter 4; relaxed groups: Ashcraft and Grimes 1989.
        """
        order = _dissected(matrix)
        lower = _permuted(matrix, order)
        order = order[_postorder(_tree(lower.indptr, lower.indices))]
        lower = _permuted(matrix, order)
        tree = _tree(lower.indptr, lower.indices)
        counts = _counts(lower.indptr, lower.indices, tree)
        start, parent = _groups(tree, counts, np.array(_MERGE), np.array(_ZEROS))
        row_start, rows = _structure(lower.indptr, lower.indices, start, parent)
        return cls(order, start, parent, row_start, rows)

    @cached_property
    def place(self) -> Indices:
        """Place in the elimination of each unknown (n,)."""
        place = np.empty_like(self.order)
        place[self.order] = np.arange(len(self.order))
        return place

    @cached_property
    def group(self) -> Indices:
        """Group of each place (n,)."""
        return np.repeat(np.arange(len(self.parent)), self.columns)

    @cached_property
    def columns(self) -> Indices:
        """Unknowns of each group (g,)."""
        return np.diff(self.start)

    @cached_property
    def below(self) -> Indices:
        """Rows of each group behind its own (g,)."""
        return np.diff(self.row_start)

    @cached_property
    def block_start(self) -> Indices:
        """Where the block of each group begins in the factor (g + 1,)."""
        return np.concatenate([[0], np.cumsum(self.columns * (self.columns + self.below))])

    @cached_property
    def work(self) -> NDArray[np.float64]:
        """Multiplications that each group takes (g,)."""
        k, b = self.columns.astype(float), self.below.astype(float)
        return np.asarray(k**3 / 3 + k**2 * b + k * b**2)

    def permuted(self, matrix: sparse.csr_matrix) -> sparse.csr_matrix:
        """The matrix with rows and columns in the order of the elimination."""
        return _permuted(matrix, self.order)

    def path(self, places: Indices) -> NDArray[np.bool_]:
        """Groups that a right-hand side at some places changes on its way to the roots (g,)."""
        touched = np.zeros(len(self.parent), dtype=bool)
        _mark(np.unique(self.group[places]), self.parent, touched)
        return touched


def _dissected(matrix: sparse.csr_matrix) -> Indices:
    size = matrix.shape[0]
    if size < _FEW:
        return np.arange(size)
    import pymetis

    graph = matrix.copy()
    graph.setdiag(0)
    graph.eliminate_zeros()
    adjacency = pymetis.CSRAdjacency(graph.indptr, graph.indices)
    order, _ = pymetis.nested_dissection(adjacency)
    return np.asarray(order, dtype=np.int64)


def _permuted(matrix: sparse.csr_matrix, order: Indices) -> sparse.csr_matrix:
    permuted = matrix[order][:, order].tocsr()
    permuted.sort_indices()
    return permuted


@njit(cache=True)
def _tree(starts: Any, columns: Any) -> Any:
    """Parent of each column in the elimination tree, -1 for a root."""
    n = len(starts) - 1
    parent, ancestor = np.full(n, -1), np.full(n, -1)
    for i in range(n):
        for p in range(starts[i], starts[i + 1]):
            k = columns[p]
            while k != -1 and k < i:
                above = ancestor[k]
                ancestor[k] = i
                if above == -1:
                    parent[k] = i
                k = above
    return parent


@njit(cache=True)
def _postorder(parent: Any) -> Any:
    """Order of the columns with every subtree in one piece."""
    n = len(parent)
    child, sibling = np.full(n, -1), np.full(n, -1)
    for j in range(n - 1, -1, -1):
        if parent[j] != -1:
            sibling[j] = child[parent[j]]
            child[parent[j]] = j
    order, stack, done = np.empty(n, np.int64), np.empty(n, np.int64), 0
    for root in range(n):
        if parent[root] != -1:
            continue
        top, stack[0] = 0, root
        while top >= 0:
            j = stack[top]
            if child[j] == -1:
                order[done] = j
                done, top = done + 1, top - 1
            else:
                top += 1
                stack[top] = child[j]
                child[j] = sibling[child[j]]
    return order


@njit(cache=True)
def _counts(starts: Any, columns: Any, parent: Any) -> Any:
    """Entries of each column of the factor, the diagonal included."""
    n = len(parent)
    count, mark = np.ones(n, np.int64), np.full(n, -1)
    for i in range(n):
        mark[i] = i
        for p in range(starts[i], starts[i + 1]):
            k = columns[p]
            while k < i and mark[k] != i:
                count[k] += 1
                mark[k] = i
                k = parent[k]
    return count


@njit(cache=True)
def _groups(parent: Any, counts: Any, merge: Any, zeros: Any) -> Any:
    """First column of each group, and the parent of each group."""
    n = len(parent)
    children = np.zeros(n, np.int64)
    for j in range(n):
        if parent[j] != -1:
            children[parent[j]] += 1
    # columns of the same structure, one behind the other
    first, group, groups = np.empty(n + 1, np.int64), np.empty(n, np.int64), 0
    for j in range(n):
        same = j > 0 and parent[j - 1] == j and children[j] == 1 and counts[j - 1] == counts[j] + 1
        if not same:
            first[groups] = j
            groups += 1
        group[j] = groups - 1
    first[groups] = n
    size, rows, above = np.empty(groups, np.int64), np.empty(groups, np.int64), np.full(groups, -1)
    for g in range(groups):
        last = first[g + 1] - 1
        size[g], rows[g] = last - first[g] + 1, counts[first[g]]
        if parent[last] != -1:
            above[g] = group[parent[last]]
    # a group takes in the child that lies right before it, while the zeros that this stores are few
    begin, into, empty = first[:groups].copy(), np.arange(groups), np.zeros(groups)
    for g in range(groups):
        while begin[g] > 0:
            c = group[begin[g] - 1]
            while into[c] != c:
                c = into[c]
            if above[c] != g:
                break
            columns, height = size[c] + size[g], size[c] + rows[g]
            stored = _trapezoid(columns, height)
            used = _trapezoid(size[c], rows[c]) + _trapezoid(size[g], rows[g])
            idle = empty[c] + empty[g] + stored - used
            allowed = zeros[3]
            for k in range(2, -1, -1):
                if columns <= merge[k]:
                    allowed = zeros[k]
            if idle > allowed * stored:
                break
            into[c], begin[g], size[g], rows[g], empty[g] = g, begin[c], columns, height, idle
    number, kept = np.full(groups, -1), 0
    for g in range(groups):
        if into[g] == g:
            number[g] = kept
            kept += 1
    start, top = np.empty(kept + 1, np.int64), np.full(kept, -1)
    for g in range(groups):
        if into[g] == g:
            start[number[g]] = begin[g]
            p = above[g]
            while p != -1 and into[p] != p:
                p = into[p]
            if p != -1:
                top[number[g]] = number[p]
    start[kept] = n
    return start, top


@njit(cache=True)
def _trapezoid(columns: int, rows: int) -> int:
    return rows * columns - columns * (columns - 1) // 2


@njit(cache=True)
def _structure(starts: Any, columns: Any, start: Any, parent: Any) -> Any:
    """Rows of each group behind its own columns: those of the matrix and those that its children leave."""
    groups, n = len(parent), len(starts) - 1
    rows, filled = np.empty(40 * n + 64, np.int32), 0
    row_start = np.zeros(groups + 1, np.int64)
    child, sibling, mark = np.full(groups, -1), np.full(groups, -1), np.full(n, -1)
    for g in range(groups):
        begin, end = filled, start[g + 1]
        if len(rows) - filled < n:
            longer = np.empty(2 * len(rows), np.int32)
            longer[:filled] = rows[:filled]
            rows = longer
        for p in range(starts[start[g]], starts[end]):
            i = columns[p]
            if i >= end and mark[i] != g:
                mark[i] = g
                rows[filled] = i
                filled += 1
        c = child[g]
        while c != -1:
            for p in range(row_start[c], row_start[c + 1]):
                i = rows[p]
                if i >= end and mark[i] != g:
                    mark[i] = g
                    rows[filled] = i
                    filled += 1
            c = sibling[c]
        rows[begin:filled] = np.sort(rows[begin:filled])
        row_start[g + 1] = filled
        if parent[g] != -1:
            sibling[g] = child[parent[g]]
            child[parent[g]] = g
    return row_start, rows[:filled].copy()


@njit(cache=True)
def _mark(groups: Any, parent: Any, touched: Any) -> None:
    for g in groups:
        while g != -1 and not touched[g]:
            touched[g] = True
            g = parent[g]
