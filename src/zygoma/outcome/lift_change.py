"""What the skin of a face did between two visits: lift, jawline and symmetry, with intervals from repeats."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zygoma.outcome.face_texture import FaceTexture
from zygoma.outcome.repeated_change import RepeatedChange, repeated_change
from zygoma.outcome.skin_shift import FILE, SkinShift, skin_shift
from zygoma.outcome.symmetry import Symmetry, left_over_right
from zygoma.provenance import load_data


@dataclass(frozen=True)
class Lift:
    """Upward shift of the skin at one place between two visits.

    Attributes
    ----------
    name : str
        ``brow``, ``cheek``, ``mouth_corner`` or ``jowl``, with ``_r`` or ``_l``.
    change : RepeatedChange
        Upward [m].
    verdict : str
        ``"lifted"``, ``"lower"``, ``"not distinguishable"`` or ``"not comparable"``.
    """

    name: str
    change: RepeatedChange
    verdict: str

    @property
    def up(self) -> float:
        """Upward shift [m]; below 0 it moved down."""
        return self.change.value

    def json(self) -> dict[str, Any]:
        """Plain values in millimetres; null for what is not known."""
        return self.change.json("up", 1e3, self.verdict)


@dataclass(frozen=True)
class Jawline:
    """Turn of the border of the jaw, as seen from the front.

    Attributes
    ----------
    name : str
        ``jawline_r`` or ``jawline_l``.
    change : RepeatedChange
        Of its angle to the horizontal [rad]; above 0 it rises more steeply from the chin.
    verdict : str
        ``"steeper"``, ``"flatter"``, ``"not distinguishable"`` or ``"not comparable"``.
    """

    name: str
    change: RepeatedChange
    verdict: str

    def json(self) -> dict[str, Any]:
        """Plain values in degrees; null for what is not known."""
        return self.change.json("change", math.degrees(1.0), self.verdict)


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
    entry = load_data(FILE)["change"]

    def changes(values: Callable[[SkinShift], Mapping[str, float]], left: float) -> dict[str, RepeatedChange]:
        """Of every place that each photograph shows; the first has not moved against itself."""
        every = {key: values(shift) for key, shift in shifts.items()}
        found = {}
        for name in sorted(set.intersection(*(set(own) for own in every.values()))):
            first_visit, second_visit = (
                np.array([0.0 if face is first else every[id(face)][name] for face in visit])
                for visit in (before, after)
            )
            found[name] = repeated_change(first_visit, second_visit, left, entry["gain"])
        return found

    at_first = [left_over_right(face.landmarks, face.size) for face in before]
    evenness = changes(lambda shift: _left_over_right(shift.up, at_first[0]), math.sqrt(2) * entry["left"])
    return LiftChange(
        tuple(
            Lift(name, change, change.told("lifted", "lower", enough))
            for name, change in changes(lambda shift: shift.up, entry["left"]).items()
        ),
        tuple(
            Jawline(name, change, change.told("steeper", "flatter", enough))
            for name, change in changes(lambda shift: shift.turn, entry["turn_left"]).items()
        ),
        tuple(
            Symmetry.of(name, float(np.mean([height[name] for height in at_first])), change, enough)
            for name, change in evenness.items()
        ),
        shifts[id(after[0])],
    )


def _left_over_right(up: Mapping[str, float], names: Iterable[str]) -> dict[str, float]:
    """How much further the left side went up than the right [m], of the places that are seen on both."""
    both = [name for name in names if f"{name}_l" in up and f"{name}_r" in up]
    return {name: up[f"{name}_l"] - up[f"{name}_r"] for name in both}
