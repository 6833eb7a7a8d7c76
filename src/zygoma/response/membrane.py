"""The excitable membrane of a node: rates of the gates and driving forces, tabulated over the potential."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from zygoma.device.rows import FloatArray
from zygoma.provenance import load_data

LOWEST, HIGHEST, POINTS = -250e-3, 200e-3, 9001
"""Range of the tables [V, absolute membrane potential] and their number of points, one every 0.05 mV."""

GATES = 4


class Membrane(NamedTuple):
    """Currents of one node over its membrane potential, per area.

    The current is ``first * drive_1 + second * drive_2 + leak * (V - leak_potential)``. With the gates of the
    MRG node (m, h, p, s) ``first = g[0] m^3 h + g[1] p^3`` and ``second = g[2] s``; with those of
    Frankenhaeuser and Huxley (m, h, p, n) ``first = g[0] m^2 h + g[1] p^2`` and ``second = g[2] n^2``.

    Attributes
    ----------
    table : ndarray, shape (POINTS, 10)
        Steady value and rate [1/s] of the four gates in turn, then the two driving forces: V less the
        reversal potential [V], or the current of the constant-field equation per permeability [A s/m3].
    cubic : bool
        Whether the gates are those of the MRG node.
    g : ndarray, shape (3,)
        Conductances [S/m2] or permeabilities [m/s].
    leak, leak_potential : float
        [S/m2], [V].
    rest : float
        Potential to which all deviations refer [V].
    """

    table: FloatArray
    cubic: bool
    g: FloatArray
    leak: float
    leak_potential: float
    rest: float


def linoid(x: FloatArray) -> FloatArray:
    """``x / (1 - exp(-x))``, 1 + x/2 about zero."""
    small = np.abs(x) < 1e-6
    safe = np.where(small, 1.0, x)
    with np.errstate(over="ignore"):
        return np.where(small, 1.0 + 0.5 * x, safe / -np.expm1(-safe))


def _sigmoid(x: FloatArray) -> FloatArray:
    with np.errstate(over="ignore"):
        return np.asarray(1.0 / (1.0 + np.exp(-x)))


_Rate = Callable[[FloatArray, float, float, float], FloatArray]
FORMS: dict[str, _Rate] = {
    "A*(V+B)/(1-exp(-(V+B)/C))": lambda V, A, B, C: A * C * linoid((V + B) / C),
    "A*(-(V+B))/(1-exp((V+B)/C))": lambda V, A, B, C: A * C * linoid(-(V + B) / C),
    "A/(1+exp(-(V+B)/C))": lambda V, A, B, C: A * _sigmoid((V + B) / C),
    "A*(v-B)/(1-exp((B-v)/C))": lambda v, A, B, C: A * C * linoid((v - B) / C),
    "A*(B-v)/(1-exp((v-B)/C))": lambda v, A, B, C: A * C * linoid((B - v) / C),
    "A/(1+exp((B-v)/C))": lambda v, A, B, C: A * _sigmoid((v - B) / C),
}
"""Rates [1/ms] of a potential in mV, as they stand in `fibres.toml`."""


def rate(law: Mapping[str, Any], millivolt: FloatArray) -> FloatArray:
    """Rate of a gate [1/ms] at potentials in mV, by a form of `FORMS`."""
    return FORMS[law["form"]](millivolt, law["A"], law["B"], law["C"])


def mrg_membrane(rates: str) -> Membrane:
    """Node of McIntyre, Richardson and Grill; `rates` is "code" or "paper", see `Fibre`."""
    data = load_data("fibres.toml")["mrg"]
    volt = np.linspace(LOWEST, HIGHEST, POINTS)
    columns = []
    for gate in ("m", "h", "p", "s"):
        law = data["rates"][gate]
        factor = law["q10"] ** ((data["temperature_degC"] - law["q10_ref_degC"]) / 10.0)
        alpha = law["alpha"]
        if gate == "m":
            alpha = alpha | {"B": data["conflict"]["alpha_m_B"][rates]}
        columns += _columns(factor * rate(alpha, volt * 1e3), factor * rate(law["beta"], volt * 1e3))
    channels = data["node_channels"]
    columns += [volt - 1e-3 * channels["e_na_mV"], volt - 1e-3 * channels["e_k_mV"]]
    g = np.array([channels[f"g_{name}_S_cm2"] for name in ("naf", "nap", "ks")]) * 1e4
    leak, potential = channels["g_leak_S_cm2"] * 1e4, channels["e_leak_mV"] * 1e-3
    return Membrane(_table(columns), True, g, leak, potential, data["v_rest_mV"] * 1e-3)


def frankenhaeuser_huxley() -> Membrane:
    """Node of Frankenhaeuser and Huxley as Reilly uses it."""
    data = load_data("fibres.toml")["senn"]["fh"]
    rest = data["v_rest_mV"] * 1e-3
    volt = np.linspace(LOWEST, HIGHEST, POINTS)
    columns = []
    for gate in "mhpn":
        alpha, beta = (data["rates"][f"{side}_{gate}"] for side in ("alpha", "beta"))
        above = (volt - rest) * 1e3
        columns += _columns(rate(alpha, above), rate(beta, above))
    for ion in ("na", "k"):
        columns.append(_constant_field(volt, data[f"{ion}_out_mM"], data[f"{ion}_in_mM"], data))
    permeability = np.array([data[f"p_{ion}_cm_s"] for ion in ("na", "p", "k")]) * 1e-2
    leak = data["g_leak_mS_cm2"] * 10.0
    return Membrane(_table(columns), False, permeability, leak, rest + data["v_leak_rel_mV"] * 1e-3, rest)


def _columns(alpha: FloatArray, beta: FloatArray) -> list[FloatArray]:
    """Steady value and rate [1/s] of a gate with rates in 1/ms."""
    return [alpha / (alpha + beta), 1e3 * (alpha + beta)]


def _constant_field(volt: FloatArray, out: float, inside: float, data: Mapping[str, Any]) -> FloatArray:
    """Current density per permeability [A s/m3] of the constant-field equation, concentrations in mol/m3."""
    faraday = data["faraday_C_mol"]
    x = volt * faraday / (data["gas_J_mol_K"] * data["temperature_K"])
    # F x (out - in e^x) / (1 - e^x), with linoid(-x) = x / (e^x - 1)
    return np.asarray(faraday * (inside * linoid(x) - out * linoid(-x)))


def _table(columns: list[FloatArray]) -> FloatArray:
    return np.ascontiguousarray(np.column_stack(columns))
