"""A coloured surface as binary glTF 2.0, the format that browsers draw."""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.report.tone import encoded

_FLOAT, _INDEX = 5126, 5125  # numbers of the component types in glTF
_CLAMP, _LINEAR = 33071, 9729  # the pale end of the strip must not bleed into the dark one
_STRENGTH, _SPECULAR = "KHR_materials_emissive_strength", "KHR_materials_specular"
_TYPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3"}


def glb(
    points: NDArray[np.floating],
    normals: NDArray[np.floating],
    triangles: NDArray[np.integer],
    place: NDArray[np.floating],
    light: NDArray[np.floating],
    own: float = 1.0,
) -> bytes:
    """Matt surface that glows in the colours of a strip: between corners too the colours are the strip's.

    Parameters
    ----------
    points, normals : (n, 3) array
        Corners and outward unit normals there.
    triangles : (m, 3) array of int
        Corners of each triangle.
    place : (n,) array
        Where on the strip each corner lies, 0 to 1.
    light : (k, 3) array
        The strip, linear light; it may exceed 1.
    own : float
        Share of the light that glows; the rest is left to a lamp of the scene.

    References
    ----------
    Khronos Group, glTF 2.0 specification, section 4 (binary glTF); KHR_materials_emissive_strength.
    """
    from PIL import Image

    strip, strength = io.BytesIO(), max(float(light.max()), 1.0)
    Image.fromarray(np.rint(encoded(light / strength) * 255).astype(np.uint8)[None]).save(strip, "png")
    arrays = [
        points.astype("<f4"),
        normals.astype("<f4"),
        np.c_[place, np.full(len(place), 0.5)].astype("<f4"),
        triangles.ravel().astype("<u4"),
    ]
    parts = [_padded(part, b"\0") for part in (*(array.tobytes() for array in arrays), strip.getvalue())]
    starts = np.cumsum([0, *map(len, parts)]).tolist()
    accessors: list[dict[str, Any]] = [
        {
            "bufferView": number,
            "componentType": _INDEX if array.dtype.kind == "u" else _FLOAT,
            "count": len(array),
            "type": _TYPES[array[0].size],
        }
        for number, array in enumerate(arrays)
    ]
    accessors[0] |= {"min": arrays[0].min(axis=0).tolist(), "max": arrays[0].max(axis=0).tolist()}
    attributes = {"POSITION": 0, "NORMAL": 1, "TEXCOORD_0": 2}
    material = {
        "pbrMetallicRoughness": {
            "baseColorTexture": {"index": 0},
            "metallicFactor": 0.0,
            "roughnessFactor": 1.0,
        },
        "emissiveTexture": {"index": 0},
        "emissiveFactor": [1.0, 1.0, 1.0],
        "extensions": {_STRENGTH: {"emissiveStrength": own * strength}, _SPECULAR: {"specularFactor": 0.0}},
    }
    scene = {
        "asset": {"version": "2.0"},
        "extensionsUsed": [_STRENGTH, _SPECULAR],
        "scenes": [{"nodes": [0]}],
        "scene": 0,
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": attributes, "indices": 3, "material": 0}]}],
        "materials": [material],
        "samplers": [{"wrapS": _CLAMP, "wrapT": _CLAMP, "magFilter": _LINEAR, "minFilter": _LINEAR}],
        "textures": [{"source": 0, "sampler": 0}],
        "images": [{"bufferView": len(arrays), "mimeType": "image/png"}],
        "accessors": accessors,
        "bufferViews": [
            {"buffer": 0, "byteOffset": start, "byteLength": len(part)}
            for start, part in zip(starts, parts, strict=False)
        ],
        "buffers": [{"byteLength": starts[-1]}],
    }
    chunks = ((b"JSON", _padded(json.dumps(scene).encode(), b" ")), (b"BIN\0", b"".join(parts)))
    body = b"".join(struct.pack("<I4s", len(data), kind) + data for kind, data in chunks)
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


def _padded(data: bytes, fill: bytes) -> bytes:
    return data + fill * (-len(data) % 4)
