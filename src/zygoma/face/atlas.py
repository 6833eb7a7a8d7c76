"""Landmarks, muscle outlines and skin regions of the atlas, on either side of the face."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from zygoma.face.source import HeadSource
from zygoma.face.surface import Array
from zygoma.provenance import load_data

_FIRST_POINT = 100000


def sided(names: Mapping[str, bool]) -> tuple[str, ...]:
    """Names with ``_r`` and ``_l`` where the entry has two sides, bare where it has not."""
    return tuple(
        full for name, paired in names.items() for full in ([f"{name}_r", f"{name}_l"] if paired else [name])
    )


def muscle_names() -> tuple[str, ...]:
    """All muscles of the atlas, by side."""
    return sided({name: m["paired"] for name, m in load_data("atlas.toml")["muscle"].items()})


def region_names() -> tuple[str, ...]:
    """All skin regions of the atlas, by side; a midline region is one, both halves together."""
    return sided({name: not r["midline"] for name, r in load_data("atlas.toml")["region"].items()})


def landmark_names() -> tuple[str, ...]:
    """All landmarks of the atlas, by side."""
    return sided({name: m["side"] != "midline" for name, m in load_data("atlas.toml")["landmark"].items()})


def side_of(name: str) -> str:
    """``r``, ``l`` or ``mid``."""
    return name[-1] if name.endswith(("_r", "_l")) else "mid"


def stem(name: str) -> str:
    """The name without its side."""
    return name[:-2] if side_of(name) != "mid" else name


def title(name: str) -> str:
    """Heading of an id without its side: ``zygomaticus_major_r`` is "Zygomaticus major"."""
    base = stem(name)
    known: str | None = load_data("names.toml")["name"].get(base)
    return known or base.replace("_", " ").capitalize()


def entry(kind: str, name: str) -> Any:
    """The atlas entry behind a sided name of a ``muscle``, ``region`` or ``landmark``."""
    return load_data("atlas.toml")[kind][stem(name)]


def positions(source: HeadSource, vertices: Array, points: Sequence[int], side: str = "r") -> Array:
    """Positions of atlas points on a morphed source head.

    Parameters
    ----------
    source : HeadSource
        Gives the local numbers and the mirror partners of base-mesh vertices.
    vertices : (n, 3) array
        Morphed vertices of the source [m].
    points : sequence of int
        Base-mesh vertices, or 100000 and more for rows of the atlas's ``points``.
    side : str
        ``"l"`` takes the mirror partners.

    Returns
    -------
    (k, 3) array
        Positions [m].
    """
    table = load_data("atlas.toml")["points"]
    found = np.empty((len(points), 3))
    for row, point in enumerate(points):
        if point < _FIRST_POINT:
            ids, weights = source.index(np.array([point])), np.ones(1)
        else:
            ids = source.index(np.array(table["ids"][point - _FIRST_POINT]))
            weights = np.array(table["w"][point - _FIRST_POINT])
        if side == "l":
            ids = source.mirror[ids]
        found[row] = weights @ vertices[ids] / weights.sum()
    return found
