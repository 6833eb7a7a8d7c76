"""Static pictures of surfaces, painted from back to front, without any 3D library."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zygoma.report.palette import Scale
from zygoma.report.paths import ProbePath
from zygoma.report.surfaces import LayerSurface

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LIGHT = np.array([-0.25, 0.35, 0.9])  # from the viewer's upper left
_SHADE = np.array([0.24, 0.28, 0.20])  # what a surface turned from the light loses of red, green and blue


@dataclass(frozen=True)
class View:
    """A direction to look from.

    Attributes
    ----------
    name : str
        ``"front"``, ``"right"`` or ``"left"``.
    right, toward : tuple
        Axes of the body (x to its left, y up, z to the front): to the picture's right and to the viewer.
    """

    name: str
    right: tuple[float, float, float]
    toward: tuple[float, float, float]

    def project(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Picture coordinates and nearness (n, 3) of points (n, 3) [m]."""
        return np.asarray(points @ np.array([self.right, (0.0, 1.0, 0.0), self.toward]).T)


FRONT = View("front", (1.0, 0.0, 0.0), (0.0, 0.0, 1.0))
RIGHT = View("right", (0.0, 0.0, 1.0), (-1.0, 0.0, 0.0))
LEFT = View("left", (0.0, 0.0, -1.0), (1.0, 0.0, 0.0))


def paint(
    surface: LayerSurface,
    values: NDArray[np.floating],
    scale: Scale,
    views: tuple[View, ...],
    paths: tuple[ProbePath, ...] = (),
    above: float = -np.inf,
    height: float = 3.4,
) -> str:
    """Paint a surface side by side from several directions.

    Parameters
    ----------
    surface : LayerSurface
        What is painted.
    values : array (M,)
        Quantity of every element of the body; its unit is that of `scale`.
    scale : Scale
        Colours.
    views : tuple of View
        One panel each.
    paths : tuple of ProbePath
        Drawn in the half of the body that is nearer to the viewer.
    above : float
        Only what lies above this y is shown [m].
    height : float
        Height of the picture [inches].

    Returns
    -------
    str
        A WebP image as a ``data:`` address.
    """
    from matplotlib.collections import LineCollection, PolyCollection
    from matplotlib.figure import Figure

    projected = [view.project(surface.points) for view in views]
    shown = surface.points[:, 1] >= above
    widths = [float(np.ptp(flat[shown, 0])) for flat in projected]
    tall = float(np.ptp(surface.points[shown, 1]))
    figure = Figure(figsize=(height * sum(widths) / tall * 1.04, height), dpi=170)
    axes = figure.subplots(1, len(views), squeeze=False, width_ratios=widths)[0]
    figure.subplots_adjust(0.0, 0.0, 1.0, 1.0, wspace=0.04)
    colours = scale.colours(surface.at_corners(values)[surface.triangles].mean(axis=1))
    for axis, view, flat in zip(axes, views, projected, strict=True):
        corners = flat[surface.triangles]
        normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-30)
        seen = np.flatnonzero((normal[:, 2] > 0) & shown[surface.triangles].any(axis=1))
        seen = seen[np.argsort(corners[seen, :, 2].mean(axis=1))]
        shadow = 1.0 - np.clip(normal[seen] @ (_LIGHT / np.linalg.norm(_LIGHT)), 0.0, 1.0)
        shaded = colours[seen] * (1.0 - shadow[:, None] * _SHADE)
        flat_corners: Any = corners[seen, :, :2]  # an array is drawn far faster than the list that is typed
        axis.add_collection(
            PolyCollection(flat_corners, facecolors=shaded, edgecolors=shaded, linewidths=0.3),
            autolim=False,
        )
        halfway = np.median(flat[:, 2])
        for path in paths:
            drawn, dots = view.project(path.lines.reshape(-1, 3)).reshape(-1, 2, 3), view.project(path.rests)
            near = drawn[drawn[:, :, 2].mean(axis=1) > halfway]
            axis.add_collection(
                LineCollection(list(near[:, :, :2]), colors=path.colour, linewidths=0.8), autolim=False
            )
            axis.scatter(*dots[dots[:, 2] > halfway, :2].T, s=4, color=path.colour, linewidths=0, zorder=3)
        axis.set_xlim(flat[shown, 0].min(), flat[shown, 0].max())
        axis.set_ylim(flat[shown, 1].min(), flat[shown, 1].max())
        axis.set_aspect("equal")
        axis.set_axis_off()
    return _web(figure)


def _web(figure: Figure) -> str:
    """A figure as a WebP image in a ``data:`` address."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    small = io.BytesIO()
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    Image.fromarray(pixels).convert("RGB").save(small, "webp", quality=86, method=2)
    return "data:image/webp;base64," + base64.b64encode(small.getvalue()).decode("ascii")
