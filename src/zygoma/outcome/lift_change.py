"""What the skin of a face did between two visits: lift, jawline and symmetry, with intervals from repeats."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zygoma.outcome.face_texture import FaceTexture
from zygoma.outcome.skin_shift import FILE, SkinShift, skin_shift
from zygoma.outcome.symmetry import Symmetry, left_over_right
from zygoma.outcome.visit_difference import VisitDifference, difference_json
from zygoma.provenance import load_data


@dataclass(frozen=True)
class Lift:
    """Upward shift of the skin at one place between two visits.

    Attributes
    ----------
    name : str
        ``brow``, ``cheek``, ``mouth_corner`` or ``jowl``, with ``_r`` or ``_l``.
    up : float
        [m]; below 0 it moved down.
    difference : VisitDifference or None
        The same with its interval; None where nothing can be said.
    """

    name: str
    up: float
    difference: VisitDifference | None

    @property
    def verdict(self) -> str:
        """``"lifted"``, ``"lower"``, ``"not distinguishable"`` or ``"not comparable"``."""
        return _told(self.difference, "lifted", "lower")

    def json(self) -> dict[str, Any]:
        """Plain values in millimetres; null for what is not known."""
        return {**difference_json("up", self.difference, 1e3), "verdict": self.verdict}


@dataclass(frozen=True)
class Jawline:
    """Turn of the border of the jaw, as seen from the front.

    Attributes
    ----------
    name : str
        ``jawline_r`` or ``jawline_l``.
    turn : float
        Of its angle to the horizontal [rad]; above 0 it rises more steeply from the chin.
    difference : VisitDifference or None
        The same with its interval; None where nothing can be said.
    """

    name: str
    turn: float
    difference: VisitDifference | None

    @property
    def verdict(self) -> str:
        """``"steeper"``, ``"flatter"``, ``"not distinguishable"`` or ``"not comparable"``."""
        return _told(self.difference, "steeper", "flatter")

    def json(self) -> dict[str, Any]:
        """Plain values in degrees; null for what is not known."""
        return {**difference_json("change", self.difference, math.degrees(1.0)), "verdict": self.verdict}


@dataclass(frozen=True, eq=False)
class LiftChange:
    """How the skin moved between two visits.

    Attributes
    ----------
    lifts : tuple of Lift
        Of every place that is seen in all photographs.
    jawlines : tuple of Jawline
    symmetries : tuple of Symmetry
    shift : SkinShift or None
        From the first photograph to the first of the second visit, for a picture; None where no skin
        was followed.
    """

    lifts: tuple[Lift, ...] = ()
    jawlines: tuple[Jawline, ...] = ()
    symmetries: tuple[Symmetry, ...] = ()
    shift: SkinShift | None = None


def lift_change(
    before: Sequence[FaceTexture], after: Sequence[FaceTexture], comparable: bool = True
) -> LiftChange:
    """Follow the skin from the first photograph to all others.

    Parameters
    ----------
    before, after : sequence of FaceTexture
        Photographs of one person on one grid, with one size.
    comparable : bool
        Whether the visits can be compared; otherwise no verdict is given.

    Raises
    ------
    InputError
        A photograph does not show the same skin, or too little of the skin over bone.
    """
    first = before[0]
    shifts = {id(face): skin_shift(first, face) for face in (*before[1:], *after)}
    photographs = load_data("wrinkle_index.toml")["change"]["photographs"]["value"]
    enough = comparable and min(len(before), len(after)) >= photographs
    choice = load_data(FILE)["change"]

    def changes(
        values: Callable[[SkinShift], Mapping[str, float]], left: float
    ) -> dict[str, tuple[float, VisitDifference | None]]:
        """Of every place that each photograph shows; the first has not moved against itself."""
        every = {key: values(shift) for key, shift in shifts.items()}
        found = {}
        for name in sorted(set.intersection(*(set(own) for own in every.values()))):
            one, other = (
                [0.0 if face is first else every[id(face)][name] for face in visit]
                for visit in (before, after)
            )
            difference = None
            if enough:
                difference = VisitDifference.of(one, other, between=left / math.sqrt(2), gain=choice["gain"])
            found[name] = float(np.mean(other) - np.mean(one)), difference
        return found

    at_first = [left_over_right(face.landmarks, face.size) for face in before]
    evenness = changes(lambda shift: _left_over_right(shift.up, at_first[0]), math.sqrt(2) * choice["left"])
    return LiftChange(
        tuple(Lift(name, *own) for name, own in changes(lambda s: s.up, choice["left"]).items()),
        tuple(Jawline(name, *own) for name, own in changes(lambda s: s.turn, choice["turn_left"]).items()),
        tuple(
            Symmetry(name, float(np.mean([height[name] for height in at_first])), *own)
            for name, own in evenness.items()
        ),
        shifts[id(after[0])],
    )


def _told(difference: VisitDifference | None, above: str, below: str) -> str:
    return "not comparable" if difference is None else difference.told(above, below)


def _left_over_right(up: Mapping[str, float], names: Iterable[str]) -> dict[str, float]:
    """How much further the left side went up than the right [m], of the places that are seen on both."""
    both = [name for name in names if f"{name}_l" in up and f"{name}_r" in up]
    return {name: up[f"{name}_l"] - up[f"{name}_r"] for name in both}
