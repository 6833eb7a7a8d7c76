"""Reading a potential along a line: interpolation, smoothing, the passive cable that orders positions."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.errors import InputError
from zygoma.face import Face
from zygoma.field import VolumeConductor
from zygoma.response.along import _inside, _stretch, polarisation, smoothed
from zygoma.response.branches import dermal_branches, motor_branches
from zygoma.response.interpolation import interpolation
from zygoma.treatment import Programme
from zygoma.verification.meshes import box


def cube() -> VolumeConductor:
    nodes, tets = box(*(np.linspace(0, 0.04, 9),) * 3)
    return VolumeConductor(nodes, tets, np.full(len(tets), 0.3))


def test_interpolation_is_exact_for_linear_potentials() -> None:
    body = cube()
    points = np.random.default_rng(0).uniform(0, 0.04, (200, 3))
    slope = np.array([2.0, -3.0, 5.0])
    assert interpolation(body, points) @ (body.nodes @ slope) == pytest.approx(points @ slope, abs=1e-12)


@pytest.mark.parametrize("point", [[0.02, 0.02, 0.05], [9.0, 9.0, 9.0], [np.nan, 0.0, 0.0]])
def test_a_fibre_outside_the_conductor_is_refused(point: list[float]) -> None:
    with pytest.raises(InputError, match=r"outside the conducting part|not finite"):
        interpolation(cube(), np.array([[0.02, 0.02, 0.02], point]))


def test_smoothing_keeps_cubic_potentials() -> None:
    x = np.linspace(-1, 1, 101)
    values = np.array([1 - x + 2 * x**2 - 3 * x**3, x])
    assert smoothed(values, 0.5e-3, 4e-3) == pytest.approx(values, abs=1e-12)


def test_polarisation_of_a_sealed_cable_in_a_uniform_field() -> None:
    # closed form: V = E length sinh(x / length) / cosh(half / length), x from the middle
    field, length, half = 5.0, 2.5e-3, 15e-3
    error = []
    for count in (301, 601):
        x = np.linspace(-half, half, count)
        found = polarisation(-field * x[None], x[1] - x[0], length)[0]
        exact = field * length * np.sinh(x / length) / np.cosh(half / length)
        error.append(np.abs(found - exact).max() / exact.max())
    assert error[1] < 0.02
    assert error[1] < 0.6 * error[0]  # the sealed end is of first order


@pytest.mark.parametrize(
    ("runs", "last", "expected"),
    [
        ([(True, 30)], False, (0, 30)),
        ([(False, 4), (True, 50), (False, 2), (True, 20)], False, (4, 54)),
        ([(False, 4), (True, 50), (False, 2), (True, 20)], True, (56, 76)),
        ([(True, 50), (False, 2), (True, 3)], True, (0, 50)),
        ([(False, 5)], True, (0, 0)),
    ],
)
def test_the_stretch_inside_is_kept(
    runs: list[tuple[bool, int]], last: bool, expected: tuple[int, int]
) -> None:
    inside = np.concatenate([np.full(count, value) for value, count in runs])
    assert _stretch(inside, last) == expected


@pytest.mark.slow
@pytest.mark.parametrize(("sex", "age", "bmi"), [("male", 45, 23), ("male", 20, 40), ("female", 80, 30)])
def test_fibres_of_every_face_can_be_read(sex: str, age: float, bmi: float) -> None:
    face = Face.average(sex=sex, age=age, bmi=bmi, resolution="coarse")
    table = Programme.load("full-face").timetable(face, None, False, None, 5e-3)
    branches = (*motor_branches(face), *dermal_branches(face, table))
    kept, matrix = _inside(VolumeConductor.from_face(face), branches)
    assert {branch.where for branch in kept} == {branch.where for branch in branches}
    assert matrix.shape[0] == sum(len(branch.points) for branch in kept)
