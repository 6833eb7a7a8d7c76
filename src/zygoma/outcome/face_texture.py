"""From a photograph to the skin of its face, laid flat and in metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import FaceError
from zygoma.outcome.canonical_mesh import canonical_mesh
from zygoma.outcome.face_engine import FaceEngine
from zygoma.outcome.face_landmarks import EYE_OUTER_L, EYE_OUTER_R, MESH, FaceLandmarks
from zygoma.outcome.face_regions import face_regions
from zygoma.outcome.flattening import FILE
from zygoma.outcome.photo import LUMINANCE, Light, Photo
from zygoma.outcome.pose import Pose, fit_pose
from zygoma.outcome.scale import Scale, check_scale, iris_scale
from zygoma.outcome.skin_mask import SkinMask, skin_mask
from zygoma.outcome.texture import Texture
from zygoma.outcome.texture_grid import TextureGrid
from zygoma.outcome.unwrap import sampling, unwrapped
from zygoma.provenance import load_data

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FaceTexture:
    """The face of one photograph, laid flat.

    Parameters
    ----------
    texture : Texture
        Light, skin and regions; its pitch is in metres of this person's skin.
    colour : (rows, columns, 3) float32 array
        Linear light of the three colours, of which the texture's is the luminance.
    grid : TextureGrid
        The raster, in metres of the canonical face: photographs on one grid have the same skin at the
        same pixel, within the error of the landmarks.
    landmarks : FaceLandmarks
        Where the face lies in the photograph.
    pose : Pose
        How it stands there.
    mask : SkinMask
        What is skin, what was seen, and how much is blown out.
    scale : Scale
        From which the metres come.
    size : float
        Metres of this face to a metre of the canonical one. Use it again for the person's other
        photographs, so that their millimetres are the same.
    resolution : float
        Pixels of the photograph to a metre of skin that faces the camera, at the depth of the eyes [px/m].
    """

    texture: Texture
    colour: Light
    grid: TextureGrid
    landmarks: FaceLandmarks
    pose: Pose
    mask: SkinMask
    scale: Scale
    size: float
    resolution: float

    def __str__(self) -> str:
        share = self.mask.skin.sum() / max(self.mask.seen.sum(), 1)
        return (
            f"face texture of {1e3 * self.texture.pitch:.3f} mm a pixel from "
            f"{self.resolution / 1e3:.1f} px/mm, {share:.0%} of the face seen is skin\n"
            f"{self.pose}; {self.scale}"
        )


def face_texture(
    photo: Photo,
    engine: FaceEngine | None = None,
    scale: Scale | None = None,
    size: float | None = None,
    grid: TextureGrid | None = None,
    landmarks: FaceLandmarks | None = None,
) -> FaceTexture:
    """Find the face in a photograph and lay its skin flat.

    Parameters
    ----------
    photo : Photo
    engine : FaceEngine, optional
        To use again for many photographs; else a new one.
    scale : Scale, optional
        Pixels to a metre at the depth of the eyes; by default from the width of the irises.
    size : float, optional
        Size of this person's face from an earlier photograph; then `scale` is only kept.
    grid : TextureGrid, optional
        Raster; by default the finest that the photograph fills. Photographs to be compared need one and
        the same, that of the coarsest.
    landmarks : FaceLandmarks, optional
        Of this photograph, where they are at hand.

    Raises
    ------
    FaceError
        The photograph shows no face that can be measured, or no skin.
    InputError
        The scale is far from that of the irises.
    """
    landmarks = landmarks or (engine or FaceEngine()).landmarks(photo)
    pose = fit_pose(landmarks)
    scale = scale or iris_scale(landmarks)
    if size is None:
        size = face_size(landmarks, scale)
    grid = grid or finest_grid(landmarks, size)
    colour = unwrapped(photo, landmarks, grid)
    mask = skin_mask(colour, pose, grid, photo.grey)
    if not mask.skin.any():
        raise FaceError(
            "the face shows no skin that can be measured: it is covered, blown out or black; "
            "take the photograph anew, in even light and without spectacles"
        )
    light = (colour @ np.array(LUMINANCE, np.float32)).astype(np.float32)
    skin = mask.skin & (light > 0.0)
    texture = Texture(light, skin, grid.pitch * size, face_regions(grid))
    return FaceTexture(
        texture, colour, grid, landmarks, pose, mask, scale, size, _eye_scale(landmarks, pose) / size
    )


def face_size(landmarks: FaceLandmarks, scale: Scale) -> float:
    """Metres of a face to a metre of the canonical one, across the eyes.

    Raises
    ------
    InputError
        The scale is far from that of the irises.
    """
    check_scale(scale, landmarks)
    return _eye_scale(landmarks, fit_pose(landmarks)) / scale.pixels_per_metre


def finest_grid(landmarks: FaceLandmarks, size: float) -> TextureGrid:
    """The finest raster that a photograph fills: about one pixel of it for each of the grid.

    Parameters
    ----------
    landmarks : FaceLandmarks
    size : float
        Metres of this face to a metre of the canonical one.
    """
    entry = load_data(FILE)["pitch"]
    one = TextureGrid(entry["fine"])
    own = one.pitch / sampling(landmarks.points[:MESH, :2], one)  # a photograph's pixel on the canonical face
    enough = [step for step in entry["steps"] if step >= own * (1.0 - entry["slack"])]
    return TextureGrid(enough[0] if enough else entry["steps"][-1])


def _eye_scale(landmarks: FaceLandmarks, pose: Pose) -> float:
    """Pixels of the photograph to a metre of the canonical face, across the eyes, free of the turn."""
    ends = canonical_mesh().vertices[[EYE_OUTER_R, EYE_OUTER_L]]
    across = pose.rotation @ (ends[1] - ends[0])
    return float(landmarks.eye_distance / np.linalg.norm(across[:2]))
