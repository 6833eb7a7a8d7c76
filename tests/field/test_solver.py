from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from zygoma.errors import InputError, SolverError
from zygoma.field import factorise
from zygoma.field.pardiso import Pardiso, _upper
from zygoma.field.residual import block_residual


def laplacian(n: int, shift: float = 0.01) -> sparse.csr_matrix:
    line = sparse.diags([-1.0, 2.0, -1.0], [-1, 0, 1], shape=(n, n))
    eye = sparse.eye(n)
    cube = sparse.kron(sparse.kron(line, eye), eye) + sparse.kron(sparse.kron(eye, line), eye)
    return sparse.csr_matrix(cube + sparse.kron(eye, sparse.kron(eye, line)) + shift * sparse.eye(n**3))


@pytest.mark.parametrize("name", ["pardiso", "amg"])
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
    fast, slow = factorise(matrix, "pardiso").solve(rhs), factorise(matrix, "amg").solve(rhs)
    assert np.abs(fast - slow).max() < 1e-6 * np.abs(fast).max()


def test_only_the_upper_triangle_reaches_pardiso():
    upper = _upper(laplacian(4))
    assert upper.format == "csr"
    assert upper.has_sorted_indices
    rows = np.repeat(np.arange(64), np.diff(upper.indptr))
    assert (upper.indices >= rows).all()
    assert abs(upper + sparse.triu(upper, 1).T - laplacian(4)).max() == 0


def test_wrong_matrices_are_refused_before_the_call():
    with pytest.raises(InputError, match="expected csr"):
        _upper(laplacian(4).tocsc())
    empty = sparse.csr_matrix((5, 5))
    with pytest.raises(SolverError, match="positive diagonal"):
        Pardiso(empty, 1e-10)
    with pytest.raises(InputError, match="square"):
        factorise(sparse.csr_matrix((3, 4)))
    with pytest.raises(InputError, match="unknown solver 'lu'"):
        factorise(laplacian(3), "lu")


def test_an_indefinite_matrix_is_an_error_not_an_answer():
    with pytest.raises(SolverError):
        factorise(laplacian(5, shift=-5.0), "pardiso").solve(np.ones((125, 1)))


def test_an_older_factor_comes_back_when_it_is_used_again():
    one, two = laplacian(6), laplacian(6, shift=3.0)
    rhs = np.ones((216, 2))
    first, second = factorise(one, "pardiso"), factorise(two, "pardiso")
    for matrix, solver in ((one, first), (two, second), (one, first)):
        assert np.abs(matrix @ solver.solve(rhs) - rhs).max() < 1e-10


def test_a_wrong_solution_has_a_residual():
    matrix = laplacian(5)
    x = np.random.default_rng(1).normal(size=(125, 3))
    rhs = matrix @ x
    found = x.copy()
    found[7, 1] += 1e-3
    expected = np.linalg.norm(rhs - matrix @ found, axis=0) / np.linalg.norm(rhs, axis=0)
    assert block_residual(matrix, found, np.asfortranarray(rhs)) == pytest.approx(expected, abs=1e-14)
    assert expected[1] > 1e-4


def test_a_goal_out_of_reach_fails():
    with pytest.raises(SolverError, match=r"the goal is 1e-18"):
        factorise(laplacian(8), tolerance=1e-18).solve(np.ones((512, 1)))
