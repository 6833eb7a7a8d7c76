"""A movement of a probe pair over the skin."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np

from zygoma.device import Electrode
from zygoma.errors import RangeError, UnknownNameError
from zygoma.provenance import load_data
from zygoma.treatment.geodesic import Array, Geodesics, Path, SkinSurface

Technique = Literal["toward", "apart", "glide", "hold"]


def _default(key: str) -> Callable[[], Any]:
    return lambda: load_data("programmes.toml")["stroke_defaults"][key]


def least_spacing(contact_radius: float) -> float:
    """Smallest admissible distance [m] between the centres of two contacts of one radius [m]."""
    return float(2 * contact_radius + load_data("programmes.toml")["clearance"]["between_m"])


def generic_radius() -> float:
    """Contact radius of the probe that the strokes assume [m]."""
    return Electrode.load(load_data("programmes.toml")["stroke_defaults"]["electrode"]).contact_radius


@dataclass(frozen=True, eq=False)
class Stroke:
    """One technique along the shortest line on the skin from `origin` to `insertion`.

    ``toward``: A rests at the origin, B glides from the insertion to `gap` before A and holds.
    ``apart``: both start `gap` apart in the middle of the line and glide to its two ends.
    ``glide``: both, `gap` apart along the line, travel together from insertion to origin.
    ``hold``: both rest on the two ends.

    A line that is shorter than the gap is held at its two ends; where these are too near for two contacts,
    both are moved out along the line to the smallest admissible spacing.

    Parameters
    ----------
    technique : {"toward", "apart", "glide", "hold"}
        What the probes do.
    origin, insertion : (3,) array
        Ends of the line, on the skin [m].
    speed : float
        Of each moving probe along the skin [m/s].
    hold : float
        Time at rest of ``toward`` and ``hold`` [s].
    gap : float
        Distance between the probes along the skin [m].
    passes : int
        How often the movement is made.
    rate : float
        Positions a second [Hz].
    contact_radius : float
        Radius of the contacts [m]; decides how near they may come.

    Other defaults than those of ``data/programmes.toml`` are given by name.

    Raises
    ------
    UnknownNameError
        No such technique.
    RangeError
        A speed, gap, rate, radius or number of passes that is not positive, a negative hold, or a gap at
        which the contacts overlap.

    Examples
    --------
    >>> stroke = Stroke("toward", origin, insertion)                 # doctest: +SKIP
    >>> t, a, b = stroke.positions(face.skin)                        # doctest: +SKIP
    """

    technique: Technique
    origin: Array
    insertion: Array
    speed: float = field(default_factory=_default("speed_m_s"))
    hold: float = field(default_factory=_default("hold_s"))
    gap: float = field(default_factory=_default("gap_m"))
    passes: int = field(default_factory=_default("passes"))
    rate: float = field(default_factory=_default("rate_hz"))
    contact_radius: float = field(default_factory=generic_radius)

    def __post_init__(self) -> None:
        if self.technique not in get_args(Technique):
            raise UnknownNameError("technique", self.technique, get_args(Technique))
        for name, unit in (
            ("speed", "m/s"),
            ("gap", "m"),
            ("rate", "Hz"),
            ("contact_radius", "m"),
            ("passes", ""),
        ):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise RangeError(f"{name} is {value:g} {unit}".rstrip() + "; expected a value above 0")
        if not (math.isfinite(self.hold) and self.hold >= 0) or (self.technique == "hold" and self.hold == 0):
            raise RangeError(f"hold is {self.hold:g} s; expected a time, above 0 for technique 'hold'")
        if self.gap < self.spacing and self.technique != "hold":
            raise RangeError(
                f"the gap is {self.gap * 1e3:g} mm; expected at least {self.spacing * 1e3:g} mm, "
                f"so that contacts of {self.contact_radius * 1e3:g} mm radius do not touch"
            )

    @property
    def spacing(self) -> float:
        """Smallest admissible distance between the centres of the contacts [m]."""
        return least_spacing(self.contact_radius)

    def positions(self, surface: SkinSurface) -> tuple[Array, Array, Array]:
        """Times (k,) [s] from the start of the stroke and positions (k, 3) of A and B [m], all passes.

        Raises
        ------
        ContactError
            An end is off the skin, or the skin ends where a short line has to be widened.
        """
        lines = Geodesics(surface, [self.origin, self.insertion])
        line = lines.path(0, 1)
        if line.length < self.spacing:
            line = lines.extended(0, 1, self.widening(line))
        a, b = self.along(line)
        a, b = np.tile(a, (self.passes, 1)), np.tile(b, (self.passes, 1))
        return np.arange(len(a)) / self.rate, a, b

    def widening(self, line: Path) -> float:
        """How far [m] both contacts are moved past the ends of a line (0 if it is long enough for two)."""
        return max(0.0, (self.spacing - line.length) / 2)

    def along(self, line: Path) -> tuple[Array, Array]:
        """Positions (k, 3) of A and B [m] in one pass along a line, `rate` of them a second."""
        a, b = self._arcs(line)
        return line.at(a), line.at(b)

    def _arcs(self, line: Path) -> tuple[Array, Array]:
        """Lengths of A and B from the origin of the line [m]."""
        length, rest = line.length, max(1, round(self.hold * self.rate))
        if self.technique == "hold" or length <= self.gap:
            out = self.widening(line)
            return np.full(rest, -out), np.full(rest, length + out)
        if self.technique == "toward":
            b = length - self._moved(length - self.gap)
            b = np.concatenate([b, np.full(rest - 1, b[-1])])
            return np.zeros(len(b)), b
        if self.technique == "apart":
            moved = self._moved((length - self.gap) / 2)
            return (length - self.gap) / 2 - moved, (length + self.gap) / 2 + moved
        moved = self._moved(length - self.gap)
        return length - self.gap - moved, length - moved

    def _moved(self, distance: float) -> Array:
        """Distance moved [m] at each tick, the last one at the end."""
        step = self.speed / self.rate
        count = math.ceil(distance / step - 1e-9)
        return np.asarray(np.minimum(np.arange(count + 1) * step, distance))

    def adapted(self, line: Path) -> str | None:
        """What had to be changed because the line is short, as a clause; None if nothing."""
        if out := self.widening(line):
            return (
                f"its line of {line.length * 1e3:.1f} mm is too short for two contacts: "
                f"both are held {out * 1e3:.1f} mm past its ends"
            )
        if self.technique != "hold" and line.length <= self.gap:
            return (
                f"its line of {line.length * 1e3:.1f} mm is not longer than the gap of "
                f"{self.gap * 1e3:g} mm: the contacts are held at its ends"
            )
        return None
