"""Lift between two visits, with an interval from repeated photographs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zygoma.outcome.face_texture import FaceTexture
from zygoma.outcome.skin_shift import FILE, SkinShift, skin_shift
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
    low, high : float
        95 % interval [m]; NaN with fewer than two photographs a visit.
    smallest : float
        Shift that these photographs could tell from none [m].
    verdict : str
        ``"lifted"``, ``"lower"``, ``"not distinguishable"`` or ``"not comparable"``.
    """

    name: str
    up: float
    low: float
    high: float
    smallest: float
    verdict: str

    def json(self) -> dict[str, Any]:
        """Plain values in millimetres; null for what is not known."""

        def mm(value: float) -> float | None:
            return None if math.isnan(value) else round(1e3 * value, 4)

        return {
            "up": mm(self.up), "low": mm(self.low), "high": mm(self.high), "sdc": mm(self.smallest),
            "verdict": self.verdict,
        }  # fmt: skip


def lifts(
    before: Sequence[FaceTexture], after: Sequence[FaceTexture], comparable: bool = True
) -> tuple[tuple[Lift, ...], SkinShift]:
    """Lift of every place that is seen in all photographs.

    Parameters
    ----------
    before, after : sequence of FaceTexture
        Photographs of one person on one grid, with one size.
    comparable : bool
        Whether the visits can be compared; otherwise no verdict is given.

    Returns
    -------
    tuple of Lift, SkinShift
        And the shift from the first photograph to the first of the second visit, for a picture.

    Raises
    ------
    InputError
        A photograph does not show the same skin, or too little of the skin over bone.
    """
    first = before[0]
    shifts = {id(face): skin_shift(first, face) for face in (*before[1:], *after)}

    def at(face: FaceTexture, name: str) -> float:
        return 0.0 if face is first else shifts[id(face)].up.get(name, math.nan)

    names = sorted({name for shift in shifts.values() for name in shift.up})
    found = []
    for name in names:
        values = [np.array([at(face, name) for face in visit]) for visit in (before, after)]
        if all(np.isfinite(part).all() for part in values):
            found.append(_lift(name, values[0], values[1], comparable))
    return tuple(found), shifts[id(after[0])]


def _lift(name: str, before: Any, after: Any, comparable: bool) -> Lift:
    from scipy.stats import t

    up = float(after.mean() - before.mean())
    if min(len(before), len(after)) < 2:
        return Lift(name, up, math.nan, math.nan, math.nan, "not comparable")
    entry = load_data(FILE)["change"]
    free = len(before) + len(after) - 2
    scatter = sum(float(((part - part.mean()) ** 2).sum()) for part in (before, after)) / free
    repeats = scatter * (1 / len(before) + 1 / len(after))
    total = repeats + entry["left"] ** 2  # what a visit has in common shows in no repeat
    degrees = total**2 / (repeats**2 / free) if repeats > 0 else math.inf
    reach = float(t.ppf(0.975, min(degrees, 1e6)))
    half = reach * math.sqrt(total + (entry["gain"] * up) ** 2)
    verdict = "lifted" if up - half > 0 else "lower" if up + half < 0 else "not distinguishable"
    photographs = load_data("wrinkle_index.toml")["change"]["photographs"]["value"]
    enough = comparable and min(len(before), len(after)) >= photographs
    smallest = reach * math.sqrt(total)
    return Lift(name, up, up - half, up + half, smallest, verdict if enough else "not comparable")
