"""Fibre directions of the muscles, following every morph."""

from __future__ import annotations

import numpy as np

from zygoma.face.atlas import entry, muscle_names
from zygoma.face.shell import SLOTS
from zygoma.face.surface import Array, Surface, unit_vectors
from zygoma.face.template import HeadTemplate
from zygoma.face.thickness import choice


def surface_gradient(surface: Surface, values: Array) -> Array:
    """(m, 3) gradient of a field at the vertices, constant on each triangle [1/m]."""
    twice = 2 * surface.area_vectors
    square = np.einsum("ij,ij->i", twice, twice)[:, None]
    total = np.zeros_like(twice)
    for k in range(3):
        opposite = (
            surface.points[surface.triangles[:, (k + 2) % 3]]
            - surface.points[surface.triangles[:, (k + 1) % 3]]
        )
        total += values[surface.triangles[:, k], None] * np.cross(twice, opposite)
    return np.asarray(total / square)


def along_fibres(surface: Surface, coordinate: Array) -> Array:
    """(m, 3) unit vectors along which a fibre coordinate (n,) of a muscle grows.

    Where the coordinate is constant, at the very end of a muscle, its gradient is mere rounding: such
    triangles take the direction of their neighbours.
    """
    gradient = surface_gradient(surface, coordinate)
    size = np.linalg.norm(gradient, axis=1)
    weak = size < choice("weakest_gradient") * np.median(size)
    while weak.any():
        known = np.where(weak[:, None], 0.0, gradient * surface.areas[:, None])
        total = np.zeros_like(surface.points)
        np.add.at(total, surface.triangles.ravel(), np.repeat(known, 3, axis=0))
        around = total[surface.triangles].sum(axis=1)
        found = weak & around.any(axis=1)
        if not found.any():
            break
        gradient[found] = around[found]
        weak &= ~found
    return unit_vectors(gradient)


def fibres(template: HeadTemplate, levels: Array) -> Array:
    """Fibre direction of every wedge of the four muscle slots.

    The direction is the gradient of the muscle's fibre coordinate on the middle surface of the slot; in a
    ring it runs round the rim. Muscles that come from bone and end in the skin therefore follow the slope
    of the slots they fill.

    Parameters
    ----------
    template : HeadTemplate
    levels : (sheets + 1, n, 3) array
        Nodes of the levels [m].

    Returns
    -------
    (4, m, 3) array
        Unit vectors for each slot and triangle, zero where there is no muscle.
    """
    names = muscle_names()
    direction = np.zeros((4, len(template.skin.triangles), 3))
    for k, slot in enumerate(SLOTS):
        sheet = template.sheets.slot(slot)
        middle = (levels[sheet] + levels[sheet + 1]) / 2
        for number in np.unique(template.slots[k]):
            if number < 0:
                continue
            own = np.nonzero(template.slots[k] == number)[0]
            vertices, u = template.fibre_coordinate[names[number]]
            values = np.zeros(len(middle))
            values[vertices] = u
            part = Surface(middle, template.skin.triangles[own])
            along = along_fibres(part, values)
            if entry("muscle", names[number])["shape"] == "ring":
                along = np.cross(part.area_vectors, along)
            direction[k, own] = unit_vectors(along)
    return direction
