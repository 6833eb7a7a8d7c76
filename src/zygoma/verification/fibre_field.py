"""Case of a nerve fibre in a computed field: its threshold against that in the exact potential."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zygoma.device import Waveform
from zygoma.field.leadfield import LeadField
from zygoma.response.along import smoothed
from zygoma.response.fibre import Fibre
from zygoma.response.interpolation import interpolation
from zygoma.response.nerve import thresholds
from zygoma.response.stimulus import Stimulus
from zygoma.verification.flat import flat_body
from zygoma.verification.layered import Layers, point_on_half_space
from zygoma.verification.record import Record

_SIGMA, _HALF, _STEP = 0.3, 7.5e-3, 0.5e-3
_GOALS = {
    "mrg": 0.03,
    "senn": 0.07,
}  # SENN has nodes 1 mm apart and nothing between: it sees more of the mesh


def fibre_in_field(cell: float = 1e-3) -> list[Record]:
    """Two point electrodes on a half-space, 15 mm apart, a fibre below them: passing, and ending under one.

    Cells of 1 mm below the electrodes; the error falls with their size.
    """
    body = flat_body(Layers((0.04,), (_SIGMA,), (_SIGMA,)), inner=(30e-3, 6e-3), step=cell)
    lead = LeadField(body, cache=False)
    wanted = np.array([[-_HALF, 0.0, 0.0], [_HALF, 0.0, 0.0]])
    into, out = (int(np.argmin(np.linalg.norm(body.nodes - p, axis=1))) for p in wanted)
    potential = lead.direct({into: 0.5, out: -0.5})  # the body is half of the half-space
    lead.close()
    found = []
    for kind, last in (("passing", 30e-3), ("ending", _HALF + 2e-3)):
        x = np.arange(-40e-3, last, _STEP)
        for depth in (4.6e-3, 8e-3):
            points = np.column_stack([x, np.full_like(x, 0.3e-3), np.full_like(x, -depth)])
            computed = smoothed((interpolation(body, points) @ potential)[None], _STEP, 4e-3)[0]
            away = [np.linalg.norm(points[:, :2] - body.nodes[node, :2], axis=1) for node in (into, out)]
            exact = np.subtract(*(point_on_half_space(r, depth, _SIGMA) for r in away))
            for model in ("mrg", "senn"):
                ours, theirs = (_threshold(model, x, one) for one in (computed, exact))
                found.append(
                    Record(
                        f"fibre-field-{model}-{kind}-{depth * 1e3:g}-mm".replace(".", "-"),
                        f"{model.upper()} 10 um {kind}, {depth * 1e3:g} mm below two points, 8.33 Hz square",
                        "relative error of the threshold",
                        abs(ours / theirs - 1),
                        _GOALS[model],
                        "potential of points on a half-space in closed form",
                    )
                )
    return found


def _threshold(model: str, x: NDArray[np.float64], potential: NDArray[np.float64]) -> float:
    from scipy.interpolate import CubicSpline

    spacing = Fibre(model, 10e-6, 3).spacing
    fibre = Fibre(model, 10e-6, int((x[-1] - x[0]) / spacing) + 1)
    at = CubicSpline(x, potential)(x[-1] - fibre.length + fibre.offsets)
    return float(thresholds(fibre, at[None], Stimulus.of(Waveform.square(1.0, 8.33))).current[0])
