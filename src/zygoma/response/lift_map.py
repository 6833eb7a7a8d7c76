"""Shift of the skin all over a face: what the lift of every muscle adds up to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import UnknownNameError
from zygoma.evidence import Priors
from zygoma.response.lift import decay_length
from zygoma.response.pull import face_vectors
from zygoma.response.reach import Reach
from zygoma.response.spot import FACE

if TYPE_CHECKING:
    from zygoma.face import Face
    from zygoma.response.chain import Chain
    from zygoma.response.response import Response

Array = NDArray[np.float64]

_MM = 1e-3


@dataclass(frozen=True, eq=False)
class LiftMap:
    """Displacement of the skin by all muscles together.

    Attributes
    ----------
    low, median, high : (v, 3) array
        Of every skin vertex, with every muscle at 5 %, at the median and at 95 % of its lift [m].
    decay : float
        Decay length, that of the medians of the mechanical priors [m].
    muscles : tuple of str
        Muscles that pull at skin and have two ends.
    """

    low: Array
    median: Array
    high: Array
    decay: float
    muscles: tuple[str, ...]

    @classmethod
    def of(cls, face: Face, chain: Chain, priors: Priors | None = None) -> LiftMap:
        """Map of the shifts at the insertions; a muscle without one of its own takes the most excited one's.

        All muscles stand at the same quantile together. Most of the lift's interval is one unknown change of
        tone, the same draw for every muscle, so this is close to the quantile of the sum.
        """
        known = priors or Priors.load()
        middle = {
            name: known[name].quantile(np.array([0.5])) for name in ("lift_E", "lift_h", "lift_G", "lift_t")
        }
        decay = float(decay_length(middle)[0])
        muscles = (chain.reach or Reach.of(face)).muscles
        lifts = {name: _shift(chain, name) for name in muscles}
        low, median, high = (
            face_vectors(face, {name: _MM * getattr(lift, quantile) for name, lift in lifts.items()}, decay)
            for quantile in ("p05", "median", "p95")
        )
        return cls(low, median, high, decay, muscles)

    @property
    def largest(self) -> float:
        """Largest shift in any of the three cases [m]."""
        return float(max(np.linalg.norm(field, axis=1).max() for field in (self.low, self.median, self.high)))


def _shift(chain: Chain, muscle: str) -> Response:
    try:
        return chain.response("lift_insertion", muscle)
    except UnknownNameError:
        return chain.response("lift_insertion", FACE)
