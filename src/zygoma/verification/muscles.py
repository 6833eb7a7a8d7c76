"""Cases of muscles held at both ends on the average head: convergence of mean |J|, left against right."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from zygoma.face import Face
from zygoma.face.template import LayerFields
from zygoma.field.conductor import VolumeConductor
from zygoma.treatment.geodesic import Geodesics
from zygoma.treatment.stroke import Stroke, generic_radius
from zygoma.verification.pairs import Pairs
from zygoma.verification.record import Record

CURRENT = 400e-6

Ends = tuple[NDArray[np.float64], NDArray[np.float64]]


def convergence() -> list[Record]:
    """Mean |J| of every right-sided or unpaired muscle held at its two ends, standard against fine."""
    standard, fine = held_means("standard"), held_means("fine")
    off = {name: abs(standard[name] / fine[name] - 1) for name in fine}
    case, source = "muscle held at its ends, standard", "the same on the fine head"
    records = [
        Record(
            f"convergence-{name.replace('_', '-')}",
            f"{case}: {name}",
            "mean |J|, relative difference",
            value,
            0.05,
            source,
        )
        for name, value in off.items()
    ]
    median = float(np.median(list(off.values())))
    middle = Record(
        "convergence-median", f"{case}: median", "mean |J|, relative difference", median, 0.05, source
    )
    return [*records, middle]


def coarse_mesh() -> list[Record]:
    """Mean |J| of every muscle held at its two ends, coarse against standard."""
    coarse, standard = (held_means(resolution, sides=("r", "l")) for resolution in ("coarse", "standard"))
    off = [abs(coarse[name] / standard[name] - 1) for name in standard]
    return [
        Record(
            "coarse-mesh-median",
            f"{len(off)} muscles held at their ends, coarse head",
            "mean |J|, median of the relative differences",
            float(np.median(off)),
            0.05,
            "the same on the standard head",
        )
    ]


def mirror(resolution: str = "standard") -> list[Record]:
    """Mean |J| of every left muscle held at its ends against its right partner, average head."""
    means = held_means(resolution, sides=("r", "l"))
    pairs = [(name, f"{name[:-2]}_l") for name in means if name.endswith("_r")]
    worst = max(abs(means[left] / means[right] - 1) for right, left in pairs)
    return [
        Record(
            "mirror",
            f"left against right muscle, {resolution}",
            f"largest relative difference of mean |J| of {len(pairs)} muscles",
            worst,
            0.02,
            "mirror symmetry",
        )
    ]


@cache
def held_means(resolution: str, sides: tuple[str, ...] = ("r",)) -> dict[str, float]:
    """Mean |J| [A/m2] of muscles, each while contacts rest at its own two ends at 400 uA.

    Parameters
    ----------
    resolution : str
        Of the average head.
    sides : tuple of str
        Sides of the paired muscles; those without a side belong to the right.
    """
    face = Face.average(resolution=resolution)
    names = muscles_with_ends(face, sides)
    body = VolumeConductor.from_face(face)
    pairs = Pairs.solve(body, held_ends(face, names), generic_radius(), CURRENT)
    return {name: pairs.mean(k, face.muscle_elements(name)) for k, name in enumerate(names)}


def muscles_with_ends(face: Face, sides: Sequence[str]) -> list[str]:
    """Names of the muscles of some sides that have two ends; those without a side belong to the right."""
    side = {name: name[-1] if name.endswith(("_r", "_l")) else "r" for name in face.muscles}
    return [name for name in face.muscles if side[name] in sides and name in LayerFields.load().muscle_ends]


def held_ends(face: Face, names: Sequence[str]) -> list[Ends]:
    """Where two contacts rest on each muscle: on its ends, or past them where these are too near."""
    ends = [face.muscle_ends(name) for name in names]
    lines = Geodesics(face.skin, [point for pair in ends for point in pair])
    found = []
    for k, (origin, insertion) in enumerate(ends):
        stroke = Stroke("hold", origin, insertion)
        line = lines.path(2 * k, 2 * k + 1)
        if out := stroke.widening(line):
            line = lines.extended(2 * k, 2 * k + 1, out)
        a, b = stroke.along(line)
        found.append((a[0], b[0]))
    return found
