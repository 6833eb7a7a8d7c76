"""Reading a potential along a line: interpolation, smoothing, the passive cable that orders positions."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.errors import InputError
from zygoma.field import VolumeConductor
from zygoma.response.along import polarisation, smoothed
from zygoma.response.interpolation import interpolation
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
