"""How lamps before a face shine on each place of its skin laid flat."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from zygoma.outcome.canonical_mesh import canonical_mesh
from zygoma.outcome.darkening import masked_mean
from zygoma.outcome.face_landmarks import EYE_OUTER_L, EYE_OUTER_R, MESH
from zygoma.outcome.face_texture import FaceTexture
from zygoma.outcome.flattening import flat_face
from zygoma.outcome.lamps import FILE, Lamps
from zygoma.outcome.light_field import LightField
from zygoma.outcome.skin_normals import lit_normals
from zygoma.provenance import load_data

Array = NDArray[Any]

_COARSE = 1e-3  # [m] raster of what changes slowly over the face


def lamp_field(face: FaceTexture, lights: Array, lamps: Lamps) -> tuple[LightField, Array]:
    """The lamps as each place of the skin sees them, and its unit normals.

    Parameters
    ----------
    face : FaceTexture
        Its landmarks, pose, grid and skin.
    lights : (k, rows, columns) array
        Linear light of the photographs.
    lamps : Lamps

    Returns
    -------
    LightField
        On the grid of the face.
    (rows, columns, 3) array
        Normals; x to the right in the picture, y up, z towards the camera.
    """
    pitch, skin = face.texture.pitch, face.texture.skin
    stride = max(1, round(_COARSE / pitch))
    mesh = canonical_mesh()
    canonical = face.grid.interpolated(mesh.normals @ face.pose.rotation.T)[::stride, ::stride]
    canonical[np.linalg.norm(canonical, axis=-1) < 0.5] = (0.0, 0.0, 1.0)
    canonical /= np.linalg.norm(canonical, axis=-1, keepdims=True)
    points = _metres(face)
    places = face.grid.interpolated(points)[::stride, ::stride]
    ways = np.stack([lamp.vectors(places) / _slant(lamp.place) for lamp in lamps.lamps])
    smooth = load_data(FILE)["normal"]["smooth_m"]["value"] / pitch
    logs = (np.log(np.where(skin, light, 1.0)) for light in lights)
    slow = np.stack([masked_mean(log, skin, smooth)[::stride, ::stride] for log in logs])
    normal, clear = lit_normals(slow, ways, canonical, skin[::stride, ::stride], lamps)
    field = _field(normal, _along(face, points, stride), ways, clear, lamps)
    shape = face.texture.light.shape

    def fine(values: Array) -> Array:
        return np.asarray(cv2.resize(values.astype(np.float32), shape[::-1], interpolation=cv2.INTER_LINEAR))

    direction, view = (
        np.stack([np.stack([fine(part) for part in one]) for one in group])
        for group in (field.direction, field.view[None])
    )
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    view /= np.linalg.norm(view, axis=1, keepdims=True)
    ambient, weight = (np.stack([fine(one) for one in group]) for group in (field.ambient, field.weight))
    whole = np.stack([fine(part) for part in np.moveaxis(normal, -1, 0)], axis=-1)
    whole /= np.linalg.norm(whole, axis=-1, keepdims=True)
    weight[weight < 1e-3] = 0.0
    return LightField(direction, ambient, field.softness, weight, view[0]), whole


def _field(normal: Array, along: Array, ways: Array, clear: Array, lamps: Lamps) -> LightField:
    """Lamps in the axes of the flat skin.

    The skin is laid flat with some stretch. A relief ``z`` over flat coordinates u is lit as
    ``n . L - dz/du . (T^u . L)``, with the dual T^u of the tangents: no other trace of the stretch is left.
    """
    tangent = np.concatenate(
        [along, -np.einsum("xyti,xyi->xyt", along, normal[..., :2])[..., None] / normal[..., None, 2:]],
        axis=-1,
    )
    basis = np.concatenate([tangent, normal[..., None, :]], axis=-2)
    dual = np.swapaxes(np.linalg.inv(basis), -1, -2)
    local = np.einsum("xyij,kxyj->kixy", dual, ways)
    view = np.einsum("xyij,j->ixy", dual, [0.0, 0.0, 1.0])
    up = np.einsum("xyj,kxyj->kxy", normal, ways)
    height = np.degrees(np.arcsin(np.clip(up / np.linalg.norm(ways, axis=-1), -1.0, 1.0)))
    entry = load_data(FILE)["light"]
    low, full = entry["low_deg"]["value"], entry["full_deg"]["value"]
    weight = np.clip((height - low) / (full - low), 0.0, 1.0) * clear
    even = max(lamps.ambient, 1e-6)
    ambient = even / (even + (1 - even) * np.maximum(up, 1e-3))
    return LightField(
        local / np.linalg.norm(local, axis=1, keepdims=True),
        ambient,
        np.full(len(ways), lamps.softness),
        weight,
        view / np.linalg.norm(view, axis=0),
    )


def _metres(face: FaceTexture) -> Array:
    """(468, 3) landmarks [m] from between the eyes; x to the right, y up, z towards the camera.

    Across the picture as they were seen; in depth, which one camera cannot see, by the canonical face.
    """
    upright = face.landmarks.upright[:MESH]
    scale = 1 / face.resolution
    points = np.column_stack([upright[:, :2], (canonical_mesh().vertices @ face.pose.rotation.T)[:, 2]])
    points[:, :2] *= scale
    points[:, 2] *= face.size
    return np.asarray(points - points[[EYE_OUTER_R, EYE_OUTER_L]].mean(axis=0))


def _along(face: FaceTexture, points: Array, stride: int) -> Array:
    """(rows, columns, 2, 2) step in the picture (x, y up) with one right and down on the flat skin."""
    corners = canonical_mesh().triangles
    flat = flat_face().points * face.size
    edges = [
        np.stack([one[corners[:, k]] - one[corners[:, 0]] for k in (1, 2)], axis=1) for one in (flat, points)
    ]
    of_triangles = np.linalg.solve(edges[0], edges[1][..., :2])
    area = np.abs(np.linalg.det(edges[0]))
    total, weight = np.zeros((len(points), 2, 2)), np.zeros(len(points))
    for k in range(3):
        np.add.at(total, corners[:, k], area[:, None, None] * of_triangles)
        np.add.at(weight, corners[:, k], area)
    found = face.grid.interpolated(total / weight[:, None, None])[::stride, ::stride]
    found[np.abs(np.linalg.det(found)) < 1e-3] = [[1.0, 0.0], [0.0, -1.0]]
    return np.asarray(found)


def _slant(place: Array) -> float:
    return float(place[2] / np.linalg.norm(place))
