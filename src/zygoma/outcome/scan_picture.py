"""Picture of a change between scans: outward and inward displacement painted on the face."""

from __future__ import annotations

import os

import numpy as np

from zygoma.face.picture import View, paint
from zygoma.outcome.scan_change import ScanChange
from zygoma.provenance import atomic_path

_FACING = 0.2  # cosine of the angle to the viewer above which the line of a wrinkle is drawn
_UNKNOWN = 0.8  # grey of skin that not all scans show


def save_picture(change: ScanChange, path: str | os.PathLike[str], largest: float | None = None) -> None:
    """Paint the displacement from before to after, and the wrinkles, from the front and both sides.

    Parameters
    ----------
    change : ScanChange
    path : path
        PNG, or any format of matplotlib by its ending.
    largest : float, optional
        Displacement of the strongest colours [m]; by default the 99.5th percentile, rounded up to 0.1 mm.

    Raises
    ------
    InputError
        The file cannot be written.
    """
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

    if largest is None:
        known = np.abs(change.displacement[np.isfinite(change.displacement)])
        largest = 1e-4 * max(1.0, float(np.ceil(np.percentile(known, 99.5) * 1e4)) if len(known) else 1.0)
    scale = Normalize(-largest * 1e3, largest * 1e3)
    values = change.displacement[change.surface.triangles].mean(axis=1)
    colours = np.full((len(values), 3), _UNKNOWN)
    seen = np.isfinite(values)
    colours[seen] = colormaps["RdBu_r"](scale(values[seen] * 1e3))[:, :3]
    figure = Figure(figsize=(11, 4.6), layout="constrained")
    axes = figure.subplots(1, 3)
    for axis, view in zip(axes, _views(change), strict=True):
        paint(axis, change.surface, colours, view)
        for line in change.lines:
            seen_here = line.out @ np.array(view.toward) > _FACING
            where = np.where(seen_here[:, None], view.project(line.places)[:, :2], np.nan)
            axis.plot(*where.T, color="#111111", linewidth=1.0)
    bar = figure.colorbar(ScalarMappable(scale, colormaps["RdBu_r"]), ax=axes, shrink=0.8)
    bar.set_label("displacement, outward positive [mm]")
    figure.suptitle(f"After less before: {change.verdict}; grey: not on all scans", fontsize=10)
    with atomic_path(path) as temporary:
        figure.savefig(temporary, dpi=110)


def _views(change: ScanChange) -> list[View]:
    """Front and both sides of the scan, its upward axis up."""
    front = change.surface.area_vectors.sum(axis=0)
    up = np.array([0.0, 1.0, 0.0]) if change.up is None else change.up
    toward = front - (front @ up) * up
    toward /= np.linalg.norm(toward)
    left = np.cross(up, toward)

    def looked(name: str, turn: float) -> View:
        there = np.cos(turn) * toward + np.sin(turn) * left
        right = np.cross(up, there)
        return View(name, tuple(right), tuple(up), tuple(there))

    return [looked("right side", -np.radians(50)), looked("front", 0.0), looked("left side", np.radians(50))]
