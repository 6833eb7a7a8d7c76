"""Static pictures of surfaces, without any 3D library."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zygoma.report.palette import Scale
from zygoma.report.paths import ProbePath
from zygoma.report.raster import fill
from zygoma.report.surfaces import LayerSurface

if TYPE_CHECKING:
    from PIL.Image import Image

_LIGHT = np.array([-0.25, 0.35, 0.9])  # from the viewer's upper left
_FINE = 2  # drawn in pixels this much smaller, whose mean is shown: smooth outlines
_GAP = 24  # between two panels [pixels]
_LINE, _DOT = 1.9, 4.7  # widths of a path and of a place of rest [pixels]
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
    height: int = 580,
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
        Drawn where the surface does not hide them.
    above : float
        Only what lies above this y is shown [m].
    height : int
        Height of the picture [pixels].

    Returns
    -------
    str
        A WebP image as a ``data:`` address.
    """
    from PIL import Image

    colours = scale.colours(surface.at_corners(values))
    panels = [_panel(surface, colours, view, paths, above, height * _FINE) for view in views]
    width = sum(panel.width for panel in panels) + _GAP * _FINE * (len(panels) - 1)
    whole = Image.new("RGB", (width, height * _FINE), "white")
    left = 0
    for panel in panels:
        whole.paste(panel, (left, 0))
        left += panel.width + _GAP * _FINE
    small = io.BytesIO()
    whole.reduce(_FINE).save(small, "webp", quality=86, method=2)
    return "data:image/webp;base64," + base64.b64encode(small.getvalue()).decode("ascii")


def _panel(
    surface: LayerSurface,
    colours: NDArray[np.float64],
    view: View,
    paths: tuple[ProbePath, ...],
    above: float,
    rows: int,
) -> Image:
    """One view; `colours` (n, 3) are those of the surface's points without light and shadow."""
    from PIL import Image, ImageDraw

    flat = view.project(surface.points)
    shown = flat[surface.points[:, 1] >= above]
    low, high = shown.min(axis=0), shown.max(axis=0)
    pixels = rows / (high[1] - low[1])

    def place(points: NDArray[np.floating]) -> NDArray[np.float64]:
        return np.asarray((points - (low[0], high[1], 0.0)) * (pixels, -pixels, 1.0))

    shadow = 1.0 - np.clip(view.project(surface.normals) @ (_LIGHT / np.linalg.norm(_LIGHT)), 0.0, 1.0)
    columns = int(np.ceil((high[0] - low[0]) * pixels))
    picture, nearness = np.ones((rows, columns, 3), np.float32), np.full((rows, columns), -np.inf, np.float32)
    fill(place(flat), surface.triangles, colours * (1.0 - shadow[:, None] * _SHADE), picture, nearness)
    panel = Image.fromarray(np.rint(picture * 255).astype(np.uint8))
    pen = ImageDraw.Draw(panel)

    def visible(points: NDArray[np.float64]) -> NDArray[np.bool_]:
        column, row = np.clip(points[:, :2].astype(int), 0, (columns - 1, rows - 1)).T
        return np.asarray(points[:, 2] >= nearness[row, column])

    for path in paths:
        ends = place(view.project(path.lines.reshape(-1, 3))).reshape(-1, 2, 3)
        for line in ends[visible(ends.mean(axis=1))]:
            pen.line(line[:, :2].ravel().tolist(), path.colour, round(_LINE * _FINE))
        rests = place(view.project(path.rests))
        for x, y, _ in rests[visible(rests)].tolist():
            pen.circle((x, y), _DOT / 2 * _FINE, path.colour)
    return panel
