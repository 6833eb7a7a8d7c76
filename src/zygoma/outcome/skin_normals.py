"""Which way the skin of a face turns: by the canonical face, and by how it is lit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.outcome.lamps import FILE, Lamps
from zygoma.outcome.render.shading import mirrored
from zygoma.provenance import load_data

Array = NDArray[Any]


def lit_normals(slow: Array, ways: Array, first: Array, skin: Array, lamps: Lamps) -> tuple[Array, Array]:
    """Unit normals that explain the slow light of photographs in known lamps.

    The most probable ones between the canonical face, whose skin turns otherwise than a person's by some
    degrees, and the light of each photograph: ``gain_k (rho ((1 - a) n . w_k + a) + gloss)``, where the
    exposure of each photograph is free and a place that is far darker than that lies in a shadow cast on it.

    Parameters
    ----------
    slow : (k, rows, columns) array
        Log of the slow part of each photograph's light.
    ways : (k, rows, columns, 3) array
        To each lamp, of length 1 over the cosine of the lamp to the camera's direction.
    first : (rows, columns, 3) array
        Unit normals of the canonical face.
    skin : (rows, columns) bool array
    lamps : Lamps
        Their even light, a, their softness, and the reflectance of the skin for its gloss.

    Returns
    -------
    (rows, columns, 3) array
    (k, rows, columns) bool array
        Whether a place lies in no cast shadow of a lamp.
    """
    entry = {key: one["value"] for key, one in load_data(FILE)["normal"].items()}
    deep = load_data(FILE)["light"]["shadow"]["value"]
    spread = math.radians(entry["spread_deg"])
    normal, gain = first.copy(), np.zeros(len(slow))
    above = np.einsum("kxyc,xyc->kxy", ways, first) > 0.15
    clear = above.copy()
    units, view = ways / np.linalg.norm(ways, axis=-1, keepdims=True), np.array([0.0, 0.0, 1.0])

    def model(out: Array) -> Array:
        facing = np.clip(np.einsum("kxyc,xyc->kxy", ways, out), 0.0, None)
        light = (1 - lamps.ambient) * facing + max(lamps.ambient, 1e-3)
        if lamps.reflectance is not None:
            light = light + mirrored(out, units, view, lamps.softness, lamps.ambient) / lamps.reflectance
        return np.asarray(np.log(light))

    for _ in range(int(entry["rounds"])):
        expected = model(normal)
        left = slow - expected - gain[:, None, None]
        count = np.maximum(clear.sum(axis=0), 1)
        left = left - (left * clear).sum(axis=0) / count
        step = np.array(
            [
                np.median(one[skin & own]) if (skin & own).any() else 0.0
                for one, own in zip(left, clear, strict=True)
            ]
        )
        gain += step - step.mean()
        left = left - (step - step.mean())[:, None, None]
        brightest = np.where(above, left, -np.inf).max(axis=0)
        clear = above & (left > brightest - deep)
        weight = clear / entry["noise"] ** 2
        one = np.cross(normal, [0.0, 1.0, 0.0])
        one /= np.maximum(np.linalg.norm(one, axis=-1, keepdims=True), 1e-9)
        other = np.cross(normal, one)
        slopes = [(model(normal + 1e-3 * axis) - expected) / 1e-3 for axis in (one, other)]
        rise = np.stack([*slopes, np.ones_like(expected)], axis=-1)
        system = np.einsum("kxyi,kxy,kxyj->xyij", rise, weight, rise)
        target = np.einsum("kxyi,kxy,kxy->xyi", rise, weight, left)
        away = normal - first
        for number, axis in enumerate((one, other)):
            system[..., number, number] += spread**-2
            target[..., number] -= (away * axis).sum(axis=-1) * spread**-2
        system[..., 2, 2] += 1e-6
        move = np.clip(np.linalg.solve(system, target[..., None])[..., 0], -0.2, 0.2)
        normal = normal + move[..., :1] * one + move[..., 1:2] * other
        normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-9)
    return np.where(skin[..., None], normal, first), clear | ~skin
