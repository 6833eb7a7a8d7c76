"""How evenly the two sides of a face stand, and whether a treatment made them more even."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zygoma.outcome.face_difference import face_shape
from zygoma.outcome.face_landmarks import FaceLandmarks
from zygoma.outcome.visit_difference import VisitDifference, difference_json

# landmarks on the right and left side of the face: upper border of the brow, corner of the mouth
_PAIRS = {"brow": (105, 334), "mouth_corner": (61, 291)}


@dataclass(frozen=True)
class Symmetry:
    """Height of the left side over the right.

    Attributes
    ----------
    name : str
        ``brow`` or ``mouth_corner``.
    before : float
        At the first visit, from landmarks, which are drawn to where faces usually have them [m].
    change : float
        From the shift of the skin on both sides [m].
    difference : VisitDifference or None
        The same with its interval; None where nothing can be said.
    """

    name: str
    before: float
    change: float
    difference: VisitDifference | None

    @property
    def verdict(self) -> str:
        """``"more even"``, ``"less even"``, ``"not distinguishable"`` or ``"not comparable"``.

        A side that rises past the other, and as far beyond, is less even.
        """
        if self.difference is None:
            return "not comparable"
        nearer = abs(self.before + self.change) < abs(self.before)
        word = "more even" if nearer else "less even"
        return self.difference.told(word, word)

    def json(self) -> dict[str, Any]:
        """Plain values in millimetres, the left side over the right; null for what is not known."""
        before = {"before": round(1e3 * self.before, 4)}
        return {**before, **difference_json("change", self.difference, 1e3), "verdict": self.verdict}


def left_over_right(landmarks: FaceLandmarks, size: float = 1.0) -> Mapping[str, float]:
    """Height of the left side of a face over its right [m], the head upright.

    Parameters
    ----------
    landmarks : FaceLandmarks
    size : float
        Metres of this face to a metre of the canonical one.
    """
    shape = size * face_shape(landmarks)
    return {name: float(shape[left, 1] - shape[right, 1]) for name, (right, left) in _PAIRS.items()}
