"""The fibre as an electric cable: nodes, and between them internodes as modes or as one resistance."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from zygoma.device.rows import FloatArray
from zygoma.provenance import load_data
from zygoma.response.membrane import Membrane

SAMPLES = {"mrg": 11, "senn": 1}
"""Points of an internode, its first node included, at which the potential outside acts."""


class Cable(NamedTuple):
    """What the time stepping needs of a fibre; nodal potentials are deviations from `membrane.rest`.

    Each internode obeys ``z_j' = -decay_j z_j + left_j v_left + right_j v_right + (window @ modes)_j``, where
    `window` holds the potential outside from its first node to its second. A node receives
    ``left @ z - link v + direct v_next + window @ onto_left`` from the internode on its right, and the mirror
    of it from that on its left. The potentials inside are relative to the potential outside at the same
    place, which therefore acts through its differences along the fibre only, and not through its rate.

    Attributes
    ----------
    capacitance, area : float
        Of one node [F], [m2].
    link, direct : float
        Conductance from a node into an internode, and straight to the next node [S].
    decay : ndarray, shape (m,)
        Eigenvalues of the internode [1/s]; none for a cable whose myelin insulates perfectly.
    left, right : ndarray, shape (m,)
        Coupling of the modes to the two nodes.
    modes : ndarray, shape (s + 1, m)
    onto_left, onto_right : ndarray, shape (s + 1,)
        Action of the potential outside on the modes and on the two nodes.
    detection : float
        Deviation above which a node is taken to carry an action potential [V].
    implicit : float
        Implicit part of a basic time step: 1 for backward Euler, 1/2 for second order, without modes only.
    """

    capacitance: float
    area: float
    link: float
    direct: float
    decay: FloatArray
    left: FloatArray
    right: FloatArray
    modes: FloatArray
    onto_left: FloatArray
    onto_right: FloatArray
    detection: float
    implicit: float


def senn_cable(diameter: float, membrane: Membrane) -> Cable:
    """Nodes joined by the resistance of the axoplasm (McNeal; Reilly)."""
    data = load_data("fibres.toml")["senn"]
    axon = data["axon_to_fibre_diameter"] * diameter
    area = math.pi * axon * data["node_gap_um"] * 1e-6
    resistivity = data["axoplasm_resistivity_ohm_cm"] * 1e-2
    spacing = data["internode_length_over_diameter"] * diameter
    axial = math.pi * axon**2 / (4 * resistivity * spacing)
    none = np.zeros(0)
    toward = axial * np.array([-1.0, 1.0])
    capacitance = data["nodal_capacitance_uF_cm2"] * 1e-2 * area
    detection = data["detection_mV"] * 1e-3 - membrane.rest
    return Cable(
        capacitance, area, axial, axial, none, none, none, np.zeros((2, 0)), toward, -toward, detection, 0.5
    )


def mrg_geometry(diameter: float) -> dict[str, float]:
    """The rows of the published table at an outer diameter [m], straight between them; all in um."""
    table = load_data("fibres.toml")["mrg"]["geometry"]
    at, known = diameter * 1e6, table["fibre_diameter_um"]
    rows = ("node_spacing_um", "axon_diameter_um", "node_diameter_um", "flut_length_um", "lamellae")
    return {key.removesuffix("_um"): float(np.interp(at, known, table[key])) for key in rows}


def mrg_compartments(diameter: float) -> dict[str, FloatArray]:
    """Lengths, diameters, periaxonal gaps and centres of node, internode and next node; all in um."""
    data = load_data("fibres.toml")["mrg"]
    shape, fixed = mrg_geometry(diameter), data["geometry"]
    lengths = {
        "node": fixed["node_length_um"],
        "MYSA": fixed["mysa_length_um"],
        "FLUT": shape["flut_length"],
    }
    rest = shape["node_spacing"] - lengths["node"] - 2 * lengths["MYSA"] - 2 * lengths["FLUT"]
    lengths["STIN"] = rest / data["stin_count"]
    names = [*data["segment_order"], "node"]
    length = np.array([lengths[name] for name in names])
    narrow = np.isin(names, ["node", "MYSA"])
    axon = np.where(narrow, shape["node_diameter"], shape["axon_diameter"])
    gap = np.array([fixed[f"periaxonal_width_{name.lower()}_um"] for name in names])
    centre = np.cumsum(length) - 0.5 * length
    return {"length": length, "axon": axon, "gap": gap, "centre": centre - centre[0]}


def mrg_cable(diameter: float, membrane: Membrane) -> Cable:
    """The double cable with its ten compartments an internode turned into modes.

    Unknowns are the potentials inside the axon and in the periaxonal space, 20 an internode. With M of the
    membrane's and the myelin's capacitances and K of all conductances, ``K phi = decay M phi``.
    """
    from scipy.linalg import eigh

    data = load_data("fibres.toml")["mrg"]
    passive, parts = data["passive"], mrg_compartments(diameter)
    length, axon, gap = (parts[key] * 1e-6 for key in ("length", "axon", "gap"))
    annulus = math.pi * ((0.5 * axon + gap) ** 2 - (0.5 * axon) ** 2)
    inside = _links(passive["axoplasm_resistivity_ohm_cm"] * 1e-2, length, 0.25 * math.pi * axon**2)
    between = _links(passive["periaxonal_resistivity_ohm_cm"] * 1e-2, length, annulus)

    area = math.pi * axon[1:-1] * length[1:-1]
    names = data["segment_order"][1:]
    leak = area * np.array([passive[f"g_passive_{name.lower()}_S_cm2"] for name in names]) * 1e4
    capacity = area * passive["axolemma_capacitance_uF_cm2"] * 1e-2
    membranes = 2 * mrg_geometry(diameter)["lamellae"]
    outer = math.pi * diameter * length[1:-1] / membranes
    myelin = outer * passive["myelin_conductance_per_membrane_S_cm2"] * 1e4
    sheath = outer * passive["myelin_capacitance_per_membrane_uF_cm2"] * 1e-2

    n = len(names)
    stiffness, mass = np.zeros((2 * n, 2 * n)), np.zeros((2 * n, 2 * n))
    for matrix, across, around in ((stiffness, leak, myelin), (mass, capacity, sheath)):
        matrix[:n, :n] += np.diag(across)
        matrix[n:, n:] += np.diag(across + around)
        matrix[:n, n:] -= np.diag(across)
        matrix[n:, :n] -= np.diag(across)
    forcing = np.zeros((2 * n, n + 2))
    for first, along in ((0, inside), (n, between)):
        chain = _chain(along)
        stiffness[first : first + n, first : first + n] -= chain[:, 1:-1]
        forcing[first : first + n] = chain
    decay, shapes = eigh(stiffness, mass)
    toward = inside[0] * (np.eye(1, n + 2, 1) - np.eye(1, n + 2, 0))[0]
    node = math.pi * axon[0] * length[0]
    return Cable(
        capacitance=node * passive["axolemma_capacitance_uF_cm2"] * 1e-2,
        area=node,
        link=float(inside[0]),
        direct=0.0,
        decay=decay,
        left=np.ascontiguousarray(inside[0] * shapes[0]),
        right=np.ascontiguousarray(inside[-1] * shapes[n - 1]),
        modes=np.ascontiguousarray(forcing.T @ shapes),
        onto_left=toward,
        onto_right=np.ascontiguousarray(toward[::-1]),
        detection=data["detection_mV"] * 1e-3 - membrane.rest,
        implicit=1.0,
    )


def _links(resistivity: float, length: FloatArray, section: FloatArray) -> FloatArray:
    """Conductances [S] between the centres of neighbours."""
    half = 0.5 * resistivity * length / section
    return np.asarray(1.0 / (half[:-1] + half[1:]))


def _chain(along: FloatArray) -> FloatArray:
    """Current into each inner point of a chain per volt at every point, the two ends included."""
    n = len(along) - 1
    matrix = np.zeros((n, n + 2))
    inner = np.arange(n)
    matrix[inner, inner] = along[:-1]
    matrix[inner, inner + 2] = along[1:]
    matrix[inner, inner + 1] = -(along[:-1] + along[1:])
    return matrix


def steady_response(cable: Cable, conductance: float, potentials: FloatArray) -> FloatArray:
    """Depolarisation of the nodes [V] that the membrane at rest would reach, were the potentials to last.

    Parameters
    ----------
    conductance : float
        Of one node's membrane at rest [S].
    potentials : ndarray, shape (n, k)
        Outside, at the offsets of the fibre [V].

    Returns
    -------
    ndarray, shape (n, nodes)
    """
    from scipy.linalg import solve_banded

    width = cable.modes.shape[0]
    windows = np.lib.stride_tricks.sliding_window_view(potentials, width, axis=1)[:, :: width - 1]
    weight_left = cable.onto_left + cable.modes @ (cable.left / cable.decay)
    weight_right = cable.onto_right + cable.modes @ (cable.right / cable.decay)
    own = cable.link - float(np.sum(cable.left**2 / cable.decay))
    across = cable.direct + float(np.sum(cable.left * cable.right / cable.decay))
    nodes = windows.shape[1] + 1
    source = np.zeros((len(potentials), nodes))
    source[:, :-1] += windows @ weight_left
    source[:, 1:] += windows @ weight_right
    bands = np.zeros((3, nodes))
    bands[0, 1:] = bands[2, :-1] = -across
    bands[1] = conductance + 2 * own
    bands[1, [0, -1]] -= own
    return np.asarray(solve_banded((1, 1), bands, source.T).T)
