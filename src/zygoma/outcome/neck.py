"""The skin of the neck below the chin, laid out in the plane of the picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import FaceError
from zygoma.outcome.face_landmarks import CHIN
from zygoma.outcome.face_texture import FaceTexture
from zygoma.outcome.photo import LUMINANCE, Photo
from zygoma.outcome.texture import Texture
from zygoma.provenance import load_data

Array = NDArray[Any]

FILE = "neck.toml"


def neck_texture(photo: Photo, face: FaceTexture) -> Texture:
    """The neck as a texture of one region, ``"neck"``, upright along the head and in its metres.

    It is no more than a rectangle below the chin in which the colour of the face's skin goes on: hold the
    chin on a rest, in all photographs alike. The neck is not turned to the camera and not unrolled.

    Parameters
    ----------
    photo : Photo
    face : FaceTexture
        Of this photograph.

    Raises
    ------
    FaceError
        Too little of the neck is seen, or it is covered.
    """
    import cv2

    box = load_data(FILE)["box"]
    pitch, chin = face.texture.pitch, face.landmarks.points[CHIN, :2]
    shape = (round(box["below"] / pitch) + 1, round(2 * box["beside"] / pitch) + 1)
    up = face.pose.rotation[:2, 1] / np.linalg.norm(face.pose.rotation[:2, 1])
    down, aside = np.array([-up[0], up[1]]), np.array([up[1], up[0]])  # in the picture, y downward
    step = face.resolution * pitch
    column, row = np.meshgrid(
        np.arange(shape[1]) - (shape[1] - 1) / 2, np.arange(shape[0]) + box["gap"] / pitch
    )
    places = chin + step * (column[..., None] * aside + row[..., None] * down)
    x, y = (places[..., axis].astype(np.float32) for axis in (0, 1))
    low = np.clip(np.floor([x.min(), y.min()]) - 2, 0, [photo.columns - 2, photo.rows - 2]).astype(int)
    high = np.clip(np.ceil([x.max(), y.max()]) + 3, low + 2, [photo.columns, photo.rows]).astype(int)
    light: Any = photo.light(slice(low[1], high[1]), slice(low[0], high[0]))
    if step > 1:
        light = cv2.GaussianBlur(light, (0, 0), 0.4 * step)
    inside = (x >= 0) & (y >= 0) & (x <= photo.columns - 1) & (y <= photo.rows - 1)
    colour = np.clip(
        cv2.remap(light, x - np.float32(low[0]), y - np.float32(low[1]), cv2.INTER_CUBIC), 0, None
    )
    skin = _skin(colour, face, pitch) & inside
    found = float(skin.sum()) * pitch**2
    if found < (least := load_data(FILE)["skin"]["least"]):
        raise FaceError(
            f"{1e4 * found:.1f} cm2 of the neck are seen, at least {1e4 * least:g} cm2 are needed: open the "
            "collar, lift the chin onto a rest and keep the neck in the picture"
        )
    bright = (colour @ np.array(LUMINANCE, np.float32)).astype(np.float32)
    return Texture(bright, skin & (bright > 0), pitch, {"neck": np.ones(shape, dtype=bool)})


def _skin(colour: Array, face: FaceTexture, pitch: float) -> NDArray[np.bool_]:
    """Pixels (rows, columns) of the colour of the skin below the chin, and connected with it."""
    import cv2

    limits, seed = load_data(FILE)["skin"], load_data(FILE)["seed"]
    smooth: Any = cv2.GaussianBlur(colour, (0, 0), 1e-3 / pitch)
    top, bottom = (round(edge / pitch) for edge in seed["below"])
    middle, half = colour.shape[1] // 2, max(1, round(seed["beside"] / pitch))
    begin = (slice(top, bottom + 1), slice(middle - half, middle + half + 1))
    look = np.dstack([_chroma(smooth), np.log(np.maximum(smooth @ np.array(LUMINANCE, np.float32), 1e-6))])
    own = np.median(look[begin].reshape(-1, 3), axis=0)
    skin = face.texture.skin
    away = own - np.append(
        np.median(_chroma(face.colour[skin]), axis=0), np.median(np.log(face.texture.light[skin]))
    )
    low = [seed["chroma"][0], seed["yellow"][0], -seed["dark"]]
    if (away < low).any() or away[0] > seed["chroma"][1] or away[1] > seed["yellow"][1]:
        return np.zeros(colour.shape[:2], dtype=bool)
    alike = (np.abs(look - own) < [limits["chroma"], limits["chroma"], limits["dark"]]).all(axis=-1)
    reach = max(1, round(limits["margin"] / pitch))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    mask: Any = cv2.erode(cv2.morphologyEx(alike.astype(np.uint8), cv2.MORPH_CLOSE, disc), disc)
    _, pieces = cv2.connectedComponents(mask)
    names, counts = np.unique(pieces[begin][pieces[begin] > 0], return_counts=True)
    return np.asarray(pieces == names[counts.argmax()]) if len(names) else np.zeros(pieces.shape, bool)


def _chroma(colour: Array) -> Array:
    """(..., 2) logarithms of red over green and green over blue."""
    log = np.log(np.maximum(colour, 1e-6))
    return np.stack([log[..., 0] - log[..., 1], log[..., 1] - log[..., 2]], axis=-1)
