"""The canonical face: an average surface with the same vertices as the landmarks of a photograph."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import ZygomaError
from zygoma.outcome.face_model import model_bytes

Array = NDArray[np.float64]
Index = NDArray[np.int32]

_CENTIMETRE = 1e-2
# numbers of fields in MediaPipe's face_geometry messages
_MESH, _BASIS = 1, 2
_VERTICES, _TRIANGLES = 3, 4
_LANDMARK, _WEIGHT = 1, 2
_FLOATS_A_VERTEX = 5


@dataclass(frozen=True, eq=False)
class CanonicalMesh:
    """An average face in metres: x to its left, y up, z forward.

    Parameters
    ----------
    vertices : (468, 3) array
        Points [m]; vertex i is landmark i of the face engine. The face ends at jaw and hairline; eyes
        and mouth are covered.
    uv : (468, 2) array
        Place in the square texture of the model's maker, from its upper left corner.
    triangles : (898, 3) int array
        Corners, anticlockwise seen from outside.
    weights : (468,) array
        How well a vertex holds still when the face moves; most are 0. They sum to 1.
    """

    vertices: Array
    uv: Array
    triangles: Index
    weights: Array

    @property
    def normals(self) -> Array:
        """(468, 3) outward unit normals of the vertices, means of their triangles by area."""
        return vertex_normals(self.vertices, self.triangles)


def vertex_normals(vertices: Array, triangles: Index) -> Array:
    """Outward unit normals (n, 3) of the vertices (n, 3) of a surface, means of their triangles by area."""
    a, b, c = (vertices[triangles[:, corner]] for corner in range(3))
    of_triangles = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], of_triangles)
    return np.asarray(normals / np.linalg.norm(normals, axis=1, keepdims=True))


@cache
def canonical_mesh() -> CanonicalMesh:
    """The canonical mesh that ships with the face model; its arrays are read-only.

    Raises
    ------
    ZygomaError
        The model file is missing or damaged.
    """
    vertices: list[float] = []
    triangles: list[int] = []
    weights: dict[int, float] = {}
    for number, content in _fields(model_bytes("mesh")):
        if number == _MESH:
            for part, value in _fields(content):
                if part == _VERTICES:
                    vertices.append(value)
                elif part == _TRIANGLES:
                    triangles.append(value)
        elif number == _BASIS:
            pair = dict(_fields(content))
            weights[pair[_LANDMARK]] = pair[_WEIGHT]
    table = np.array(vertices).reshape(-1, _FLOATS_A_VERTEX)
    weight = np.zeros(len(table))
    weight[list(weights)] = list(weights.values())
    mesh = CanonicalMesh(
        table[:, :3] * _CENTIMETRE,
        table[:, 3:],
        np.array(triangles, dtype=np.int32).reshape(-1, 3),
        weight / weight.sum(),
    )
    for array in (mesh.vertices, mesh.uv, mesh.triangles, mesh.weights):
        array.setflags(write=False)
    return mesh


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """Numbers and values of the fields of a protocol-buffer message."""
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        number, kind = key >> 3, key & 7
        value: float | bytes
        if kind == 0:
            value, place = _varint(message, place)
        elif kind == 5:
            value = struct.unpack_from("<f", message, place)[0]
            place += 4
        elif kind == 2:
            length, place = _varint(message, place)
            value = message[place : place + length]
            place += length
        else:
            raise ZygomaError(f"the canonical mesh has a field of wire type {kind}, expected 0, 2 or 5")
        yield number, value


def _varint(message: bytes, place: int) -> tuple[int, int]:
    """An integer of seven bits a byte, least first, and the place behind it."""
    value = shift = 0
    while True:
        byte = message[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place
