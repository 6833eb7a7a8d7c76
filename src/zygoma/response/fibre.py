"""A myelinated nerve fibre: model, diameter, number of nodes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zygoma.device.rows import FloatArray
from zygoma.errors import RangeError, UnknownNameError
from zygoma.provenance import load_data
from zygoma.response.cable import SAMPLES, Cable, mrg_cable, mrg_compartments, mrg_geometry, senn_cable
from zygoma.response.membrane import Membrane, frankenhaeuser_huxley, mrg_membrane
from zygoma.units import si

_ROUNDING = 1e-9
NODES_MIN, NODES_MAX = 3, 10_000


@dataclass(frozen=True)
class Fibre:
    """A straight or bent fibre with sealed ends.

    Parameters
    ----------
    model : {"mrg", "senn"}
        The double cable of McIntyre, Richardson and Grill (2002) at 37 C, published for nine diameters and
        taken as straight between them (an assumption); or Reilly's SENN with the nodes of Frankenhaeuser and
        Huxley (frog, 22 C).
    diameter : float or str
        Of the fibre with its myelin [m], or text such as ``"10 um"``; 5.7 to 16 um for "mrg".
    nodes : int
        At least 3.
    rates : {"code", "paper"}
        Which offset of the sodium gate of "mrg" is used, 21.4 mV of the authors' published code or 20.4 mV as
        printed. It does nothing for "senn".

    Raises
    ------
    UnknownNameError
        A model or rates that do not exist.
    RangeError
        A diameter outside the model's range, or too few or too many nodes.

    References
    ----------
    McIntyre CC, Richardson AG, Grill WM. J Neurophysiol 2002;87:995-1006.
    Reilly JP, Freeman VT, Larkin WD. IEEE Trans Biomed Eng 1985;32:1001-1011.
    """

    model: str
    diameter: float
    nodes: int
    rates: str = "code"

    def __post_init__(self) -> None:
        object.__setattr__(self, "diameter", si(self.diameter, "m", "the diameter of the fibre"))
        if self.model not in SAMPLES:
            raise UnknownNameError("fibre model", str(self.model), SAMPLES)
        if self.rates not in (known := load_data("fibres.toml")["mrg"]["conflict"]["alpha_m_B"]):
            raise UnknownNameError("rates of a fibre", str(self.rates), known)
        _check_diameter(self.model, self.diameter)
        if isinstance(self.nodes, bool) or not isinstance(self.nodes, int | np.integer):
            raise RangeError(f"{self.nodes!r} nodes of a fibre; expected a whole number")
        if not NODES_MIN <= self.nodes <= NODES_MAX:
            raise RangeError(
                f"{self.nodes} nodes of a fibre; expected {NODES_MIN} to {NODES_MAX:,}: change its length"
            )

    @classmethod
    def of(cls, model: str, diameter: float | str, *, length: float | str, rates: str = "code") -> Fibre:
        """The shortest fibre of at least a length [m].

        Raises
        ------
        RangeError
            A length that is not above zero, and as for the fibre itself.
        """
        metres = si(length, "m", "the length of the fibre")
        if not (math.isfinite(metres) and metres > 0):
            raise RangeError(f"length {metres!r} m of a fibre; expected above zero")
        spacing = cls(model, si(diameter, "m", "the diameter of the fibre"), NODES_MIN, rates).spacing
        nodes = max(NODES_MIN, math.ceil(metres / spacing - _ROUNDING) + 1)
        return cls(model, si(diameter, "m", "the diameter of the fibre"), nodes, rates)

    @cached_property
    def spacing(self) -> float:
        """From node to node, centre to centre [m]."""
        if self.model == "mrg":
            return mrg_geometry(self.diameter)["node_spacing"] * 1e-6
        ratio: float = load_data("fibres.toml")["senn"]["internode_length_over_diameter"]
        return ratio * self.diameter

    @property
    def length(self) -> float:
        """From the first node to the last [m]."""
        return (self.nodes - 1) * self.spacing

    @property
    def samples(self) -> int:
        """Points of `offsets`."""
        return (self.nodes - 1) * SAMPLES[self.model] + 1

    @cached_property
    def offsets(self) -> FloatArray:
        """Distances from the first node at which the potential outside is wanted [m], (samples,).

        For "mrg" the centres of every node and of the ten compartments after it; for "senn" the nodes.
        """
        inside = np.zeros(1)
        if self.model == "mrg":
            inside = mrg_compartments(self.diameter)["centre"][:-1] * 1e-6
        starts = np.arange(self.nodes - 1)[:, None] * self.spacing
        return np.append((starts + inside).ravel(), self.length)

    @property
    def node_offsets(self) -> FloatArray:
        """Distances of the nodes from the first [m], (nodes,)."""
        return np.asarray(self.spacing * np.arange(self.nodes), dtype=float)

    @property
    def interpolated(self) -> bool:
        """Whether the geometry lies between published diameters, which is an assumption."""
        known = load_data("fibres.toml")["mrg"]["geometry"]["fibre_diameter_um"]
        return self.model == "mrg" and not np.isclose(self.diameter * 1e6, known, rtol=1e-9).any()

    @property
    def travel_time(self) -> float:
        """The longest that an action potential may take from end to end [s]."""
        speed: float = load_data("fibres.toml")[self.model]["slowest_conduction_m_s_per_um"]
        return self.length / (speed * self.diameter * 1e6)

    @cached_property
    def membrane(self) -> Membrane:
        """The membrane of its nodes."""
        return mrg_membrane(self.rates) if self.model == "mrg" else frankenhaeuser_huxley()

    @cached_property
    def cable(self) -> Cable:
        """Its nodes and internodes."""
        build = mrg_cable if self.model == "mrg" else senn_cable
        return build(self.diameter, self.membrane)


def _check_diameter(model: str, diameter: float) -> None:
    if not (math.isfinite(diameter) and diameter > 0):
        raise RangeError(f"diameter {diameter!r} m of a fibre; expected above zero, such as '10 um'")
    if model == "mrg":
        low, high = load_data("fibres.toml")["mrg"]["diameter_range_um"]
        if not low * (1 - _ROUNDING) <= diameter * 1e6 <= high * (1 + _ROUNDING):
            raise RangeError(
                f"an MRG fibre of {diameter * 1e6:g} um; the model is published from {low:g} to {high:g} um:"
                " choose a diameter in this range or the model 'senn'"
            )
