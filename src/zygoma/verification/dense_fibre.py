"""A fibre of McIntyre, Richardson and Grill as one dense system in absolute potentials, for comparison only.

Written apart from the package's solver: no modes, no tables, no potentials relative to the outside. All
lengths in um, currents in nA, potentials in mV, times in ms, conductances in uS, capacitances in nF.
"""

from __future__ import annotations

import numpy as np

from zygoma.device.rows import FloatArray
from zygoma.provenance import load_data

_TO_REST = 800  # steps of 0.5 ms without current


def _trap(x: FloatArray) -> FloatArray:
    small = np.abs(x) < 1e-9
    return np.where(small, 1.0 + x / 2, x / (1.0 - np.exp(-np.where(small, 1.0, x))))


def gate_rates(v: FloatArray) -> list[tuple[FloatArray, FloatArray]]:
    """Alpha and beta [1/ms] of m, h, p, s at 37 C, as printed, with 21.4 mV."""
    fast, slow, outward = 2.2**1.7, 2.9**1.7, 3.0**0.1
    m = (1.86 * 10.3 * _trap((v + 21.4) / 10.3), 0.086 * 9.16 * _trap(-(v + 25.7) / 9.16))
    h = (0.062 * 11.0 * _trap(-(v + 114.0) / 11.0), 2.3 / (1 + np.exp(-(v + 31.8) / 13.4)))
    p = (0.01 * 10.2 * _trap((v + 27.0) / 10.2), 0.00025 * 10.0 * _trap(-(v + 34.0) / 10.0))
    s = (0.3 / (1 + np.exp(-(v + 53.0) / 5.0)), 0.03 / (1 + np.exp(-(v + 90.0))))
    return [(f * a, f * b) for f, (a, b) in zip((fast, slow, fast, outward), (m, h, p, s), strict=True)]


def simulate(
    diameter: float, nodes: int, potential: FloatArray, current: FloatArray, step: float
) -> FloatArray:
    """Membrane potentials of the nodes from rest on, (steps + 1, nodes) [mV].

    Parameters
    ----------
    diameter : float
        One of the published ones [um].
    nodes : int
    potential : ndarray
        At the centre of every node and compartment [mV per unit of current].
    current : ndarray
        One value a step.
    step : float
        [ms].
    """
    table = load_data("fibres.toml")["mrg"]["geometry"]
    k = table["fibre_diameter_um"].index(diameter)
    axon, narrow = table["axon_diameter_um"][k], table["node_diameter_um"][k]
    flut, spacing = table["flut_length_um"][k], table["node_spacing_um"][k]
    membranes = 2 * table["lamellae"][k]
    stin = (spacing - 1 - 6 - 2 * flut) / 6
    kinds = ["n", "m", "f", *"ssssss", "f", "m"] * (nodes - 1) + ["n"]
    length = np.array([{"n": 1.0, "m": 3.0, "f": flut, "s": stin}[c] for c in kinds])
    wide = np.array([narrow if c in "nm" else axon for c in kinds])
    gap = np.array([0.002 if c in "nm" else 0.004 for c in kinds])
    leak = np.array([{"n": 0.0, "m": 1e-3, "f": 1e-4, "s": 1e-4}[c] for c in kinds])  # S/cm2
    node = np.array([c == "n" for c in kinds])
    n = len(kinds)
    rho = 0.7  # Mohm um
    inside = rho * length / (np.pi * wide**2 / 4)
    between = rho * length / (np.pi * ((wide / 2 + gap) ** 2 - (wide / 2) ** 2))
    area = np.pi * wide * length * 1e-8  # cm2
    outer = np.pi * diameter * length * 1e-8
    membrane_c, membrane_g = 2.0 * area * 1e3, leak * area * 1e6  # nF, uS
    myelin_c, myelin_g = 0.1 / membranes * outer * 1e3, 1e-3 / membranes * outer * 1e6
    K, M = np.zeros((2 * n, 2 * n)), np.zeros((2 * n, 2 * n))
    for first, resistance in ((0, inside), (n, between)):
        for i in range(n - 1):
            g = 1.0 / (0.5 * (resistance[i] + resistance[i + 1]))
            a, b = first + i, first + i + 1
            K[a, a] += g
            K[b, b] += g
            K[a, b] -= g
            K[b, a] -= g
    for i in range(n):
        for matrix, across in ((K, membrane_g), (M, membrane_c)):
            matrix[i, i] += across[i]
            matrix[n + i, n + i] += across[i]
            matrix[i, n + i] -= across[i]
            matrix[n + i, i] -= across[i]
    around_g = np.where(node, 1e9, myelin_g)  # the node's periaxonal space is shorted to the outside
    around_c = np.where(node, 0.0, myelin_c)
    K[np.arange(n, 2 * n), np.arange(n, 2 * n)] += around_g
    M[np.arange(n, 2 * n), np.arange(n, 2 * n)] += around_c
    at = np.flatnonzero(node)
    conductance = area[at] * 1e6
    y: FloatArray = np.zeros(2 * n)
    outside: FloatArray = np.zeros(n)  # inside: deviation from -80 mV
    v = np.full(len(at), -80.0)
    gates = [a / (a + b) for a, b in gate_rates(v)]
    trace: list[FloatArray] = []
    for value in np.concatenate([np.zeros(_TO_REST), current]):
        m, h_gate, p, s = gates
        sodium = conductance * (3.0 * m**3 * h_gate + 0.01 * p**3)
        potassium, passive = conductance * 0.08 * s, conductance * 0.007
        total = sodium + potassium + passive
        drive = sodium * 50 - potassium * 90 - passive * 90 + total * 80  # over deviations from -80
        h = 0.5 if len(trace) < _TO_REST else step
        A = M / h + K
        A[at, at] += total
        A[at, n + at] -= total
        A[n + at, n + at] += total
        A[n + at, at] -= total
        right = M @ y / h
        right[at] += drive
        right[n + at] -= drive
        new = value * potential
        right[n:] += around_g * new + around_c * (new - outside) / h
        y, outside = np.asarray(np.linalg.solve(A, right), dtype=float), new
        v = y[at] - y[n + at] - 80.0
        gates = [
            a / (a + b) + (gate - a / (a + b)) * np.exp(-h * (a + b))
            for gate, (a, b) in zip(gates, gate_rates(v), strict=True)
        ]
        trace.append(v)
    return np.array(trace)[_TO_REST - 1 :]
