"""Files of scans: PLY, OBJ, STL and GLB."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError

SUFFIXES = (".ply", ".obj", ".stl", ".glb")
"""Endings of the files that are read."""


def read(path: Path) -> tuple[NDArray[np.float64], NDArray[np.int64] | None]:
    """Vertices (n, 3) in the unit of the file and triangles (m, 3), or None for a cloud of points.

    Raises
    ------
    InputError
        There is no such file, it is damaged or empty, or of another kind; or trimesh is missing.
    """
    kinds = ", ".join(SUFFIXES)
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path}: not a scan by its ending; expected one of {kinds}")
    if not path.is_file():
        raise InputError(f"{path}: no such file; give a scan ({kinds})")
    if path.stat().st_size == 0:
        raise InputError(f"{path}: the file is empty; export the scan again")
    try:
        import trimesh
    except ImportError as error:
        raise InputError(
            "scans need the package trimesh; install zygoma with its extra: zygoma[photo]"
        ) from error
    try:
        scene = trimesh.load_scene(path, process=False, skip_materials=True)
        parts = [(part, scene.graph.get(node)[0]) for node, part in _placed(scene)]
    except Exception as error:  # its readers raise whatever their parsing met
        raise InputError(
            f"{path}: cannot be read as {path.suffix[1:].upper()} ({error}); export the scan again"
        ) from error
    if not parts:
        raise InputError(f"{path}: holds no surface and no points; export the scan again")
    return _joined(parts)


def _placed(scene: Any) -> list[tuple[str, Any]]:
    """Nodes of a scene with the surface, or else the cloud, that each places."""
    placed = [(node, scene.geometry[scene.graph.get(node)[1]]) for node in scene.graph.nodes_geometry]
    full = [(node, part) for node, part in placed if len(getattr(part, "faces", ()))]
    return full or [(node, part) for node, part in placed if len(getattr(part, "vertices", ()))]


def _joined(
    parts: list[tuple[Any, NDArray[np.float64]]],
) -> tuple[NDArray[np.float64], NDArray[np.int64] | None]:
    """One surface of several, each moved to its place (4, 4)."""
    points, triangles, first = [], [], 0
    for part, place in parts:
        own = np.asarray(part.vertices, dtype=np.float64)
        points.append(own @ place[:3, :3].T + place[:3, 3])
        if len(getattr(part, "faces", ())):
            triangles.append(np.asarray(part.faces, dtype=np.int64) + first)
        first += len(own)
    return np.concatenate(points), np.concatenate(triangles) if triangles else None
