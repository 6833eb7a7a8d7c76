"""What a photograph of a face is worth, and what is kept of it to compare it with others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zygoma.outcome.exposure import Exposure
from zygoma.outcome.expression import expression
from zygoma.outcome.face_landmarks import FaceLandmarks
from zygoma.outcome.face_texture import FaceTexture
from zygoma.outcome.gate import Gate, gate
from zygoma.outcome.pose import Pose
from zygoma.outcome.shading import Shading, shading
from zygoma.outcome.skin_contrast import SkinContrast, skin_contrast


@dataclass(frozen=True, eq=False)
class PhotoQuality:
    """What is kept of a photograph to compare it with others: no picture, but as private as one.

    Parameters
    ----------
    pose : Pose
    landmarks : FaceLandmarks
    expression : mapping of str to float
        Lengths that change with the expression [m].
    resolution : float
        [px/m] of skin.
    clipped : float
        Share of the skin that is blown out.
    contrast : SkinContrast
    shading : Shading
    exposure : Exposure
    """

    pose: Pose
    landmarks: FaceLandmarks
    expression: Mapping[str, float]
    resolution: float
    clipped: float
    contrast: SkinContrast
    shading: Shading
    exposure: Exposure

    def gates(self) -> tuple[Gate, ...]:
        """Conditions that the photograph must meet alone."""
        return (
            gate(
                "resolution",
                self.resolution,
                "the resolution on the skin",
                "come nearer, or use a camera with more pixels, with the face filling the picture",
            ),
            gate(
                "clipping",
                self.clipped,
                "the share of skin that is blown out",
                "expose less, and keep shiny skin dry or use crossed polarisers",
            ),
        )


def photo_quality(face: FaceTexture, exposure: Exposure | None = None) -> PhotoQuality:
    """Take from a face texture what the comparison of photographs needs.

    Parameters
    ----------
    face : FaceTexture
    exposure : Exposure, optional
        Of its photograph.
    """
    return PhotoQuality(
        face.pose,
        face.landmarks,
        expression(face.landmarks, face.size),
        face.resolution,
        face.mask.clipped,
        skin_contrast(face.texture),
        shading(face.texture, face.pose, face.grid),
        exposure or Exposure(),
    )
