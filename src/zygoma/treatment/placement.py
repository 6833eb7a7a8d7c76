"""The strokes of a programme placed on one face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zygoma.errors import ContactError, RangeError, UnknownNameError
from zygoma.provenance import load_data
from zygoma.treatment.clearance import Clearance, FaceLike
from zygoma.treatment.geodesic import Array, Geodesics, Path
from zygoma.treatment.stroke import Stroke, Technique, generic_radius, least_spacing

if TYPE_CHECKING:
    from zygoma.treatment.programme import Step


@dataclass(frozen=True, eq=False)
class Placed:
    """One step on one face: positions (k, 3) of A and B [m] in one pass, made `passes` times."""

    label: str
    passes: int
    a: Array
    b: Array
    paired: bool

    @property
    def ticks(self) -> int:
        """Ticks that all passes take."""
        return self.passes * len(self.a)


class Placement:
    """Strokes of every side, with what had to be left out, shortened or assumed.

    Parameters
    ----------
    face : FaceLike
        Whose skin, muscles, landmarks and regions.
    steps : sequence of Step
        What is to be done.
    sides : sequence of str
        ``"r"`` and ``"l"`` in their order.
    rate : float
        Positions a second [Hz].
    contact_radius : float or None
        [m]; None takes that of the generic probe.

    Attributes
    ----------
    strokes : dict of str to list
        For every side what is done, in order.
    messages, assumptions : list of str
        Sentences.
    """

    def __init__(
        self,
        face: FaceLike,
        steps: Sequence[Step],
        sides: Sequence[str],
        rate: float,
        contact_radius: float | None,
    ) -> None:
        self.contact_radius = generic_radius() if contact_radius is None else contact_radius
        if not self.contact_radius > 0:
            raise RangeError(f"the contact radius is {self.contact_radius:g} m; expected a value above 0")
        self.messages: list[str] = []
        self.assumptions: list[str] = []
        self.strokes: dict[str, list[Placed]] = {side: [] for side in sides}
        self._face = face
        self._rate = rate
        self._rings = {ring["muscle"]: ring for ring in load_data("programmes.toml")["ring"]}
        self._clearance = Clearance(face, self.contact_radius)
        wanted = [(side, step, name) for side in sides for step, name in self._named(steps, side, sides[0])]
        ends = [self._ends(step, name, side) for side, step, name in wanted]
        lines = Geodesics(face.skin, [end for pair in ends for end in pair])
        for k, (side, step, name) in enumerate(wanted):
            self._place(lines, 2 * k, side, step, name)

    def _named(self, steps: Sequence[Step], side: str, first: str) -> list[tuple[Step, str]]:
        """Steps of one side with the ids of their muscles on this face."""
        found = []
        for step in steps:
            if step.muscle in self._face.muscles:
                found += [(step, step.muscle)] if side == first else []
            elif f"{step.muscle}_{side}" in self._face.muscles:
                found.append((step, f"{step.muscle}_{side}"))
            else:
                raise UnknownNameError("muscle", f"{step.muscle}_{side}", self._face.muscles)
        return found

    def _ends(self, step: Step, name: str, side: str) -> tuple[Array, Array]:
        ring = self._rings.get(step.muscle)
        if ring is None:
            origin, insertion = self._face.muscle_ends(name)
            return np.asarray(origin, dtype=float), np.asarray(insertion, dtype=float)
        one, other = (
            (mark if mark in self._face.landmarks else f"{mark}_{side}") for mark in ring["contacts"]
        )
        text = f"The ring {step.muscle} has no ends: the contacts rest on {' and '.join(ring['contacts'])}."
        if text not in self.assumptions:
            self.assumptions.append(text)
        return np.asarray(self._face.landmark(one)), np.asarray(self._face.landmark(other))

    def _place(self, lines: Geodesics, first: int, side: str, step: Step, name: str) -> None:
        technique: Technique = "hold" if step.muscle in self._rings else step.technique
        gap = self._gap(step)
        whole = lines.path(first, first + 1)
        stroke = Stroke(
            technique, whole.points[0], whole.points[-1], step.speed, step.hold, gap,
            step.passes, self._rate, self.contact_radius,
        )  # fmt: skip
        line = self._clear(stroke, lines, first, whole, name)
        if line is None:
            return
        if clause := stroke.adapted(line):
            self.assumptions.append(f"{name}: {clause}.")
        a, b = stroke.along(line)
        self.strokes[side].append(Placed(f"{name} {technique}", step.passes, a, b, name != step.muscle))

    def _gap(self, step: Step) -> float:
        least = least_spacing(self.contact_radius)
        if step.gap >= least:
            return step.gap
        text = (
            f"The gap of {step.gap * 1e3:g} mm is widened to {least * 1e3:g} mm, "
            f"so that contacts of {self.contact_radius * 1e3:g} mm radius do not touch."
        )
        if text not in self.assumptions:
            self.assumptions.append(text)
        return least

    def _clear(self, stroke: Stroke, lines: Geodesics, first: int, whole: Path, name: str) -> Path | None:
        """The part of the line that may be treated; None where the step has to be left out."""
        if stroke.widening(whole):
            return self._widened(stroke, lines, first, name)
        if stroke.technique == "hold" and not any(self._clearance.touched(whole.points[[0, -1]])):
            return whole  # only the ends are touched; a ring's line may cross the lips
        line, place = self._clearance.clear_part(whole)
        if place is None:
            return whole
        if line is None or line.length < stroke.spacing or name.rsplit("_", 1)[0] in self._rings:
            self.messages.append(f"Step {name} is left out: its contacts would lie over {place}.")
            return None
        self.messages.append(
            f"Step {name} is shortened from {whole.length * 1e3:.0f} to {line.length * 1e3:.0f} mm: "
            f"the rest would lie over {place}."
        )
        return line

    def _widened(self, stroke: Stroke, lines: Geodesics, first: int, name: str) -> Path | None:
        try:
            line = lines.extended(first, first + 1, stroke.widening(lines.path(first, first + 1)))
        except ContactError as error:
            self.messages.append(f"Step {name} is left out: {error}.")
            return None
        place = next((place for place in self._clearance.touched(line.points[[0, -1]]) if place), None)
        if place is None:
            return line
        self.messages.append(f"Step {name} is left out: its widened contacts would lie over {place}.")
        return None
