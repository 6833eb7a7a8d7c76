"""Files of a depth measurement: picture, map of 32-bit floats, numbers, and the lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from zygoma.outcome import wrinkle
from zygoma.outcome.face_depth import FaceDepth
from zygoma.provenance import atomic_path, write_text

_UNITS, _ACROSS, _DOWN, _CENTIMETRE = 296, 282, 283, 3  # tags of TIFF 6.0: resolution and its unit


def write_depth(found: FaceDepth, folder: Path) -> dict[str, Any]:
    """Write ``depth.png``, ``depth.tif`` [um; NaN where unknown], ``wrinkles.json`` and ``depth.json``.

    Returns
    -------
    dict
        What stands in ``depth.json``.

    Raises
    ------
    InputError
        A file cannot be written.
    """
    from PIL import Image, TiffImagePlugin

    relief = found.relief
    depth = np.where(relief.skin, -1e6 * relief.height, np.nan).astype(np.float32)
    _picture(found, depth, folder / "depth.png")
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[_UNITS] = _CENTIMETRE
    tags[_ACROSS] = tags[_DOWN] = 0.01 / relief.pitch
    with atomic_path(folder / "depth.tif") as temporary:
        Image.fromarray(depth).save(temporary, format="TIFF", tiffinfo=tags)
    wrinkle.save(folder / "wrinkles.json", found.wrinkles)
    content = {
        **found.json(),
        "map": {
            "file": "depth.tif",
            "unit": "um below the skin around, NaN where unknown",
            "pixel_mm": 1e3 * relief.pitch,
        },
        "picture": "depth.png",
        "lines": "wrinkles.json",
    }
    write_text(folder / "depth.json", json.dumps(content, indent=1))
    return content


def _picture(found: FaceDepth, depth: Any, path: Path) -> None:
    """Depth in colours over the face in the mean of the lamps, the wrinkles with their numbers."""
    from matplotlib.figure import Figure

    seen = np.isfinite(depth)
    known = [1e6 * one.depth for one in found.depths if np.isfinite(one.depth)]
    most = max([1.3 * value for value in known], default=float(np.percentile(np.abs(depth[seen]), 95)))
    largest = max(50.0, 50.0 * float(np.ceil(most / 50)))
    grey = np.clip(found.face.colour.mean(axis=2), 0, None)
    grey = (grey / max(float(np.percentile(grey, 99)), 1e-9)).clip(0, 1) ** 0.45
    rows, columns = np.nonzero(found.face.mask.seen)
    figure = Figure(figsize=(11, 9.5), layout="constrained")
    axes = figure.subplots()
    axes.imshow(0.5 + 0.5 * grey, cmap="gray", vmin=0, vmax=1)
    shown = axes.imshow(depth, cmap="RdBu_r", vmin=-largest, vmax=largest)
    pitch = found.relief.pitch
    for number, (line, one) in enumerate(zip(found.wrinkles, found.depths, strict=True), 1):
        x, y = (line.points / pitch).T
        known = np.isfinite(one.depth)
        axes.plot(x, y, color="black", linewidth=0.8, linestyle="-" if known else ":")
        text = f"{1e6 * one.depth:.0f}" if known else f"{number}?"
        axes.annotate(
            text, (x[-1], y[-1]), fontsize=8, color="black", textcoords="offset points", xytext=(3, 2)
        )
    axes.set_xlim(columns.min(), columns.max())
    axes.set_ylim(rows.max(), rows.min())
    axes.set_axis_off()
    bar = figure.colorbar(shown, ax=axes, shrink=0.7, extend="both")
    bar.set_label("depth below the skin around [um]: red in a wrinkle, blue on a ridge")
    axes.set_title(
        "Depth from photographs in known lamps; grey: fewer than three lamps, or no skin", fontsize=11
    )
    with atomic_path(path) as temporary:
        figure.savefig(temporary, dpi=130)
