"""The course session by session, and what is left after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.provenance import load_data
from zygoma.response.exposure import FILE, choice
from zygoma.response.outcome import Outcome
from zygoma.response.perfusion import flow_after
from zygoma.response.response import LEVELS
from zygoma.response.skin import Skin
from zygoma.response.spot import FACE
from zygoma.response.volume import residual

Array = NDArray[np.float64]

_POINTS = 61


@dataclass(frozen=True, eq=False)
class TimeCourse:
    """Curves over a course and its follow-up; bands hold 5, 25, 50, 75 and 95 % in their rows.

    Attributes
    ----------
    day : (k,) array
        Days since the first session.
    session_day : (sessions,) array
        Days with a session.
    collagen : (5, k) array
        Against no treatment [%].
    collagen_I, collagen_III : (k,) array
        Medians of both types, over all collagen of the start, with treatment.
    untreated : (k,) array
        Median of all collagen without treatment, over that of the start.
    hour : (h,) array
        Hours since the end of a session.
    flow : (5, h) array
        Blood flow over its baseline after each session; sessions are at least a day apart and do not add up.
    volume : (5, sessions) array
        Volume of the most excited muscle after each session: training and uncertainty around zero [%].
    note : str
        What is not known of the time after the course.
    """

    day: Array
    session_day: NDArray[np.int64]
    collagen: Array
    collagen_I: Array
    collagen_III: Array
    untreated: Array
    hour: Array
    flow: Array
    volume: Array
    note: str

    @classmethod
    def of(cls, skin: Skin, outcome: Outcome) -> TimeCourse:
        """Curves of one exposure."""
        collagen = skin.collagen_course
        hour = np.linspace(0.0, choice("course", "after_session"), _POINTS)
        flow = flow_after(
            skin.flow_increase(skin.exposure.face), 3600 * hour[:, None], skin.draws["flow_decay"]
        )
        number = np.arange(1, skin.exposure.sessions + 1)[:, None]
        trained = outcome.trained(FACE, number.astype(float))
        grown = trained + residual(skin.draws.values)
        types = collagen.types
        return cls(
            day=collagen.day,
            session_day=skin.session_days,
            collagen=100 * _band(collagen.change),
            collagen_I=np.median(types["I"], axis=1),
            collagen_III=np.median(types["III"], axis=1),
            untreated=np.median(collagen.untreated, axis=1),
            hour=hour,
            flow=_band(flow),
            volume=100 * _band(grown),
            note=load_data(FILE)["course"]["after"]["text"],
        )

    def json(self) -> dict[str, Any]:
        """Plain values; the bands by name."""

        def named(band: Array) -> dict[str, list[float]]:
            return dict(zip(("p05", "p25", "median", "p75", "p95"), band.tolist(), strict=True))

        return {
            "day": self.day.tolist(),
            "session_day": self.session_day.tolist(),
            "collagen_percent": named(self.collagen),
            "collagen_I": self.collagen_I.tolist(),
            "collagen_III": self.collagen_III.tolist(),
            "collagen_untreated": self.untreated.tolist(),
            "hour": self.hour.tolist(),
            "flow": named(self.flow),
            "volume_percent": named(self.volume),
            "note": self.note,
        }


def _band(samples: Array) -> Array:
    """(5, k) quantiles of samples (k, n)."""
    return np.asarray(np.quantile(samples, LEVELS, axis=1))
