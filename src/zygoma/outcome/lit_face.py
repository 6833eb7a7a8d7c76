"""One face in one pose, photographed in several lamps and laid flat on one grid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from zygoma.errors import FaceError, InputError
from zygoma.outcome.face_engine import FaceEngine
from zygoma.outcome.face_landmarks import MESH, FaceLandmarks
from zygoma.outcome.face_texture import FaceTexture, face_size, face_texture, finest_grid
from zygoma.outcome.lamps import FILE
from zygoma.outcome.photo import LUMINANCE, Photo
from zygoma.outcome.pose import fit_pose
from zygoma.outcome.scale import Scale, iris_scale
from zygoma.outcome.skin_mask import skin_mask
from zygoma.outcome.texture import Texture
from zygoma.outcome.texture_grid import TextureGrid
from zygoma.outcome.visit import Visit
from zygoma.provenance import load_data

Array = NDArray[Any]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class LitFace:
    """Photographs of a face in several lamps.

    Attributes
    ----------
    face : FaceTexture
        In the mean of the lamps, with the skin that is seen well in all photographs.
    textures : tuple of Texture
        Of each photograph, the same skin at the same pixel.
    shifts : (k,) array
        Largest distance by which the skin of a photograph was moved onto that of the first [m].
    """

    face: FaceTexture
    textures: tuple[Texture, ...]
    shifts: Array


def lay_lit(visit: Visit, scale: Scale | None, tell: Progress) -> LitFace:
    """Lay photographs of a head that is held still flat.

    Landmarks follow the light: they move by more than a millimetre where only the lamp is another. So all
    photographs get the mean of their landmarks, and what the head moved is found from the colour of the skin.

    Raises
    ------
    FaceError
        A photograph shows no face that can be measured; it is named.
    InputError
        The photographs differ in size, or the head has moved.
    """
    engine, found, sizes = FaceEngine(), list[FaceLandmarks](), list[tuple[int, int]]()
    for number, path in enumerate(visit.paths):
        photo = visit.photo(number)
        sizes.append((photo.columns, photo.rows))
        if sizes[-1] != sizes[0]:
            raise InputError(
                f"{path.name} has {sizes[-1][0]} x {sizes[-1][1]} pixels, {visit.paths[0].name} {sizes[0][0]}"
                f" x {sizes[0][1]}: take all photographs with one camera on a stand, and do not cut them"
            )
        try:
            found.append(engine.landmarks(photo))
        except FaceError as error:
            raise FaceError(f"{path.name}: {error}") from error
        tell("faces", number + 1, 2 * len(visit))
    common = replace(found[0], points=np.mean([one.points for one in found], axis=0))
    scale = scale or iris_scale(common)
    size = face_size(common, scale)
    _check_still(found, scale, [path.name for path in visit.paths])
    least = load_data(FILE)["relief"]["pitch_m"]["value"]
    grid = TextureGrid(max(finest_grid(common, size).pitch, least))
    faces = []
    for number in range(len(visit)):
        faces.append(_laid(visit.photo(number), scale, size, grid, common, visit.paths[number].name))
        tell("faces", len(visit) + number + 1, 2 * len(visit))
    seen = np.logical_and.reduce([face.colour.max(axis=2) > 0 for face in faces])
    colours, shifts = [faces[0].colour], [0.0]
    for face, path in zip(faces[1:], visit.paths[1:], strict=True):
        moved, shift = _onto(faces[0], face, path.name)
        colours.append(moved)
        shifts.append(shift)
    return _together(faces[0], colours, seen, np.array(shifts))


def _laid(
    photo: Photo, scale: Scale, size: float, grid: TextureGrid, landmarks: FaceLandmarks, name: str
) -> FaceTexture:
    try:
        return face_texture(photo, scale=scale, size=size, grid=grid, landmarks=landmarks)
    except FaceError as error:
        raise FaceError(f"{name}: {error}") from error


def _check_still(found: Sequence[FaceLandmarks], scale: Scale, names: Sequence[str]) -> None:
    """Refuse a head that has plainly moved between the photographs."""
    entry = {key: one["value"] for key, one in load_data(FILE)["moved"].items()}
    first, pose = found[0].points[:MESH, :2], fit_pose(found[0])
    for other, name in zip(found[1:], names[1:], strict=True):
        away = np.sqrt(((other.points[:MESH, :2] - first) ** 2).sum(axis=1).mean()) / scale.pixels_per_metre
        turn = fit_pose(other).angle_to(pose)
        if away > entry["landmarks_m"] or turn > entry["turn_deg"]:
            raise InputError(
                f"the head has moved between {names[0]} and {name}: by {1e3 * away:.1f} mm and {turn:.0f}"
                f" degrees, of which at most {1e3 * entry['landmarks_m']:g} mm and {entry['turn_deg']:g} may"
                " be the light's; camera on a stand, head on a rest, one photograph right after the other"
            )


def _onto(first: FaceTexture, second: FaceTexture, name: str) -> tuple[Any, float]:
    """Colours of a photograph moved onto the skin of the first, and the largest shift of skin [m]."""
    entry = {key: one["value"] for key, one in load_data(FILE)["moved"].items()}
    both = first.mask.skin & second.mask.skin
    pitch = first.texture.pitch
    # blood and melanin do not follow the light: red over green is the same from every side
    tones = [_tone(face, both) for face in (first, second)]
    way: Any = np.eye(2, 3, dtype=np.float32)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 100, 1e-5)
    try:
        alike, way = cv2.findTransformECC(
            tones[0], tones[1], way, cv2.MOTION_EUCLIDEAN, stop, both.astype(np.uint8) * 255, 5
        )
    except cv2.error:
        alike = 0.0
    rows, columns = np.nonzero(both)
    ends = np.array([[x, y, 1.0] for x in (columns.min(), columns.max()) for y in (rows.min(), rows.max())])
    shift = float(np.linalg.norm(ends @ way.T - ends[:, :2], axis=1).max()) * pitch
    if alike < entry["alike"] or shift > entry["skin_m"]:
        raise InputError(
            f"the skin of {name} does not lie on that of the first photograph: their colours are alike by"
            f" {alike:.2f} ({entry['alike']:g} expected) when moved by {1e3 * shift:.2f} mm (at most"
            f" {1e3 * entry['skin_m']:g} mm); hold the head still on a rest, and change nothing but the lamp"
        )
    size = both.shape[::-1]
    moved = cv2.warpAffine(second.colour, way, size, flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)
    return np.maximum(moved, 0.0), shift


def _tone(face: FaceTexture, skin: Array) -> Any:
    """Log of red over green, less its own slow part: what light cannot change."""
    from zygoma.outcome.darkening import masked_mean

    colour = np.maximum(face.colour, 1e-4)
    tone = np.where(skin, np.log(colour[..., 0]) - np.log(colour[..., 1]), 0.0)
    pitch = face.texture.pitch
    detail = masked_mean(tone, skin, 0.4e-3 / pitch) - masked_mean(tone, skin, 6e-3 / pitch)
    return np.where(skin, detail / max(float(detail[skin].std()), 1e-9), 0.0).astype(np.float32)


def _together(first: FaceTexture, colours: Sequence[Any], seen: Array, shifts: Array) -> LitFace:
    """The mean light of all lamps tells what is skin: in one lamp alone half a face is dark."""
    mean = np.mean([one / np.median(one[seen]) for one in colours], axis=0).astype(np.float32)
    mask = skin_mask(0.3 * mean, first.pose, first.grid)
    full = np.logical_or.reduce(
        [one[..., 1] >= load_data("face_texture.toml")["skin"]["clipped"] for one in colours]
    )
    lights = [(one @ np.array(LUMINANCE, np.float32)).astype(np.float32) for one in colours]
    skin = mask.skin & ~full & np.logical_and.reduce([light > 0 for light in lights])
    if not skin.any():
        raise FaceError("no skin is seen well in all photographs: expose none of them too long or too short")
    texture = first.texture
    textures = tuple(Texture(light, skin, texture.pitch, texture.regions) for light in lights)
    whole = replace(texture, light=np.mean(lights, axis=0).astype(np.float32), skin=skin)
    return LitFace(replace(first, texture=whole, colour=mean, mask=mask), textures, shifts)
