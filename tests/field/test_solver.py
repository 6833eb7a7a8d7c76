from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from zygoma.errors import InputError, SolverError
from zygoma.field import factorise
from zygoma.field.cholesky import Cholesky
from zygoma.field.elimination import Elimination
from zygoma.field.residual import column_squares, source_squares


def laplacian(n: int, shift: float = 0.01) -> sparse.csr_matrix:
    line = sparse.diags([-1.0, 2.0, -1.0], [-1, 0, 1], shape=(n, n))
    eye = sparse.eye(n)
    cube = sparse.kron(sparse.kron(line, eye), eye) + sparse.kron(sparse.kron(eye, line), eye)
    return sparse.csr_matrix(cube + sparse.kron(eye, sparse.kron(eye, line)) + shift * sparse.eye(n**3))


@pytest.mark.parametrize("name", ["cholesky", "amg"])
def test_many_right_hand_sides(name):
    matrix = laplacian(9)
    x = np.random.default_rng(0).normal(size=(matrix.shape[0], 70))
    solver = factorise(matrix, name)
    assert np.abs(solver.solve(matrix @ x) - x).max() < 1e-8
    assert 0 < solver.residual < 1e-10
    solver.free()


def test_both_solvers_agree():
    matrix = laplacian(14)
    rhs = np.zeros((matrix.shape[0], 3))
    rhs[[5, 700, 2000], [0, 1, 2]] = 1.0
    fast, slow = factorise(matrix, "cholesky").solve(rhs), factorise(matrix, "amg").solve(rhs)
    assert np.abs(fast - slow).max() < 1e-6 * np.abs(fast).max()


@pytest.mark.parametrize("size", [1, 2, 150, 700, 3000])
def test_factor_of_random_matrices(size):
    rng = np.random.default_rng(size)
    graph = sparse.random(size, size, density=min(1.0, 4 / size), rng=rng)
    matrix = sparse.csr_matrix(graph @ graph.T + sparse.diags(rng.uniform(0.5, 2.0, size)))
    rhs = rng.normal(size=(size, 5))
    exact = np.linalg.solve(matrix.toarray(), rhs)
    assert np.abs(factorise(matrix, "cholesky").solve(rhs) - exact).max() < 1e-10 * np.abs(exact).max()


def test_unconnected_unknowns_are_solved_too():
    matrix = sparse.block_diag([laplacian(7), sparse.eye(300) * 2.0, laplacian(3)], format="csr")
    rhs = np.random.default_rng(2).normal(size=(matrix.shape[0], 3))
    assert np.abs(matrix @ factorise(matrix, "cholesky").solve(rhs) - rhs).max() < 1e-12


def test_a_complex_symmetric_matrix():
    real = laplacian(10)
    matrix = sparse.csr_matrix(real + 1j * (2.0 * laplacian(10, shift=0.3) + 0.5 * sparse.eye(1000)))
    rhs = np.random.default_rng(3).normal(size=(1000, 66))
    solver = factorise(matrix, "cholesky")
    found = solver.solve(rhs)
    assert found.dtype == np.complex128
    assert np.abs(matrix @ found - rhs).max() < 1e-12
    assert 0 < solver.residual < 1e-12
    column = solver.columns(np.array([7]), np.arange(1000))
    assert column.dtype == np.complex64
    unit = np.zeros(1000)
    unit[7] = 1.0
    assert column[0] == pytest.approx(solver.solve(unit), abs=1e-6 * float(np.abs(column).max()))
    with pytest.raises(InputError, match="real matrices only"):
        factorise(matrix, "amg")


@pytest.mark.parametrize("name", ["cholesky", "amg"])
def test_columns_are_solutions_for_one_source_each(name):
    matrix = laplacian(12)
    solver = factorise(matrix, name)
    sources, kept = np.array([1000, 3, 1727, 512]), np.array([3, -1, 0, 1727])
    rhs = np.zeros((1728, 4))
    rhs[sources, np.arange(4)] = 1.0
    whole = solver.solve(rhs).T
    found = solver.columns(sources, kept)
    assert found.dtype == np.float32
    assert (found[:, 1] == 0).all()
    assert found[:, [0, 2, 3]] == pytest.approx(whole[:, [3, 0, 1727]], abs=1e-6 * np.abs(whole).max())
    assert solver.columns(sources[:0], kept).shape == (0, 4)


def test_a_pattern_serves_several_matrices_and_any_number_of_threads():
    one, two = laplacian(13), laplacian(13, shift=3.0)
    rhs = np.random.default_rng(4).normal(size=(2197, 130))
    shared = Elimination.of(one)
    for matrix in (one, two):
        for threads in (1, 3):
            found = Cholesky(matrix, 1e-10, shared, threads).solve(rhs)
            assert np.abs(matrix @ found - rhs).max() < 1e-12


def test_every_group_of_the_elimination_has_its_rows():
    matrix = laplacian(11)
    e = Elimination.of(matrix)
    assert sorted(e.order) == list(range(1331))
    assert (e.parent[:-1] > np.arange(len(e.parent) - 1)).all()  # one root, children before parents
    root = np.linalg.cholesky(e.permuted(matrix).toarray())
    filled = np.zeros(root.shape, dtype=bool)
    for g in range(len(e.parent)):
        own = slice(e.start[g], e.start[g + 1])
        filled[own, own] = True
        filled[e.rows[e.row_start[g] : e.row_start[g + 1]], own] = True
    assert not np.abs(root[~filled]).any()
    touched = e.path(e.place[[0]])
    unit = np.zeros(1331)
    unit[e.place[0]] = 1.0
    reached = np.abs(np.linalg.solve(root, unit)) > 0
    assert set(e.group[reached]) <= set(np.flatnonzero(touched))


def test_wrong_matrices_are_refused():
    with pytest.raises(SolverError, match="not positive definite"):
        factorise(sparse.csr_matrix((5, 5)), "cholesky")
    with pytest.raises(InputError, match="square"):
        factorise(sparse.csr_matrix((3, 4)))
    with pytest.raises(InputError, match="unknown solver 'lu'"):
        factorise(laplacian(3), "lu")


def test_an_indefinite_matrix_is_an_error_not_an_answer():
    with pytest.raises(SolverError):
        factorise(laplacian(5, shift=-5.0), "cholesky").solve(np.ones((125, 1)))


def test_a_factor_that_was_freed_comes_back():
    matrix, rhs = laplacian(6), np.ones((216, 2))
    solver = factorise(matrix, "cholesky")
    solver.free()
    assert np.abs(matrix @ solver.solve(rhs) - rhs).max() < 1e-10


def test_a_wrong_solution_has_a_residual():
    matrix = laplacian(5)
    x = np.random.default_rng(1).normal(size=(125, 3))
    rhs = matrix @ x
    found = x.copy()
    found[7, 1] += 1e-3
    expected = np.linalg.norm(rhs - matrix @ found, axis=0) / np.linalg.norm(rhs, axis=0)
    squares = column_squares(matrix, found, np.asfortranarray(rhs))
    assert np.sqrt(squares[0] / squares[1]) == pytest.approx(expected, abs=1e-14)
    assert expected[1] > 1e-4
    unit = np.zeros((125, 3))
    unit[[3, 99, 0], [0, 1, 2]] = 1.0
    squares = source_squares(matrix, found, np.array([3, 99, 0]))
    assert squares[0] == pytest.approx(np.linalg.norm(unit - matrix @ found, axis=0) ** 2, rel=1e-12)


def test_a_goal_out_of_reach_fails():
    with pytest.raises(SolverError, match=r"the goal is 1e-18"):
        factorise(laplacian(8), tolerance=1e-18).solve(np.ones((512, 1)))
