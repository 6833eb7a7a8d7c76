"""The regions of a face laid flat, each with the wrinkles it has."""

from __future__ import annotations

import numpy as np

from zygoma.outcome.render.patch import Patch
from zygoma.outcome.render.relief import Groove, curve, roughness
from zygoma.outcome.render.skin import albedo
from zygoma.provenance import load_data


def flat_face(
    rng: np.random.Generator, *, phototype: str = "II", pitch: float = 0.125e-3, deep: float = 1.0
) -> Patch:
    """Forehead, glabella, crow's feet, under-eyes, nasolabial folds laid flat with random wrinkles.

    Sizes of the regions and their wrinkles stand in ``data/skin_render.toml``. All lie in one plane: one
    light falls on all of them.

    Parameters
    ----------
    rng : numpy Generator
    phototype : str
        ``"I"`` to ``"VI"``.
    pitch : float
        [m] a pixel.
    deep : float
        Factor on all depths.
    """
    layout = load_data("skin_render.toml")["face"]
    shape = tuple(round(length / pitch) for length in layout["size_m"]["value"])
    grid = (shape[0], shape[1])
    regions, grooves = {}, []
    for name, part in layout["region"].items():
        x, y, width, height = part["box_m"]
        mask = np.zeros(grid, dtype=bool)
        mask[
            round(y / pitch) : round((y + height) / pitch), round(x / pitch) : round((x + width) / pitch)
        ] = True
        regions[name] = mask
        for line in part["lines"]:
            start = np.array([x, y]) + np.array(line["start"]) * (width, height)
            end = np.array([x, y]) + np.array(line["end"]) * (width, height)
            start, end = start + rng.normal(0.0, 0.7e-3, 2), end + rng.normal(0.0, 0.7e-3, 2)
            run = end - start
            length = float(np.hypot(*run)) * rng.uniform(0.85, 1.0)
            points = curve(rng, start, float(np.arctan2(run[1], run[0])), length)
            depth, sigma = rng.uniform(*part["depth_m"]), rng.uniform(*part["sigma_m"])
            grooves.append(Groove(points, deep * depth, sigma))
    return Patch(
        pitch, tuple(grooves), roughness(rng, grid, pitch), albedo(rng, grid, pitch, phototype), regions
    )
