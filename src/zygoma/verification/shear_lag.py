"""Case of the lift of the skin: the closed form of shear lag against finite differences."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from zygoma.response import lift
from zygoma.verification.record import Record

# middle of the priors: kPa, mm, kPa, mm, mm, N
DRAWS = {"lift_E": 100.0, "lift_h": 1.5, "lift_G": 1.2, "lift_t": 3.5, "lift_b": 22.5, "lift_F": 2.0}
_REACH = 16.0  # decay lengths to each side: what a clamped end takes away there is exp(-32)


def shear_lag() -> list[Record]:
    """Shift along the skin around an insertion, and the order of the differences."""
    errors = [solution_error(cells) for cells in (200, 400, 800, 1600)]
    order = math.log2(errors[-2] / errors[-1])
    problem, source = (
        "skin on fat, pulled at one place",
        "u0 exp(-|x| / lambda), the closed form of shear lag",
    )
    return [
        Record(
            "shear-lag-shift",
            problem,
            "shift, largest difference over that at the insertion",
            errors[-1],
            1e-4,
            source,
        ),
        Record(
            "shear-lag-order",
            problem,
            "observed order of finite differences",
            order,
            1.9,
            source,
            at_least=True,
        ),
    ]


def solution_error(cells: int) -> float:
    """Largest difference of the closed form to finite differences with `cells` to a side, over u0."""
    x, u = differences(cells)
    decay = float(lift.decay_length(DRAWS))
    exact = lift.at_distance(lift.shift(1.0, DRAWS), np.abs(x), decay)
    return float(np.abs(u - exact).max() / exact.max())


def differences(cells: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places and shift from ``E h u'' - G/t u = -F/b delta(x)`` by central differences, ends held [m].

    It balances the pull of the skin on both sides of a strip with the hold of the fat under it.
    """
    from scipy.linalg import solve_banded

    E, h, G, t, b, F = 100e3, 1.5e-3, 1.2e3, 3.5e-3, 22.5e-3, 2.0
    reach = _REACH * math.sqrt(E * h * t / G)
    x = np.linspace(-reach, reach, 2 * cells + 1)
    step, n = x[1] - x[0], len(x)
    bands = np.zeros((3, n))
    bands[0, 1:] = bands[2, :-1] = -E * h / step**2
    bands[1] = 2 * E * h / step**2 + G / t
    load = np.zeros(n)
    load[cells] = F / b / step
    for end, beside in ((0, (0, 1)), (n - 1, (2, n - 2))):  # u = 0 at the ends
        bands[1, end], load[end] = 1.0, 0.0
        bands[beside] = 0.0
    return x, np.asarray(solve_banded((1, 1), bands, load))
