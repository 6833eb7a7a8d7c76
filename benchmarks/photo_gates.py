"""How often pairs of visits are refused, by what was changed between them: the table of docs/outcome.md.

    python benchmarks/photo_gates.py --photos 3 --pairs 10 [--light camera|head] [--seed 0]

Two real faces (from matplotlib and from the tests), carved, lit and photographed anew with `Portrait`: each
photograph with the head turned by 1 degree (standard deviation, each way), 2 % exposure, noise and JPEG.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from matplotlib import get_data_path
from scipy.spatial.transform import Rotation

from zygoma.outcome.exposure import Exposure
from zygoma.outcome.face_engine import FaceEngine
from zygoma.outcome.face_landmarks import MESH
from zygoma.outcome.face_texture import face_texture
from zygoma.outcome.ingest import read_photo
from zygoma.outcome.light import Light
from zygoma.outcome.photo import Photo
from zygoma.outcome.photo_quality import PhotoQuality, photo_quality
from zygoma.outcome.render.camera import Camera
from zygoma.outcome.render.portrait import Portrait
from zygoma.outcome.visit_comparison import compare_visits

FACES = (
    Path(get_data_path()) / "sample_data" / "grace_hopper.jpg",
    Path(__file__).parent.parent / "tests" / "outcome" / "photos" / "astronaut.jpg",
)
SHARP = 0.08e-3  # [m] blur of the camera itself
EXPOSURE = 0.16  # mean of the picture: faces are brighter than what is round them
GATES = ("sharpness", "light_direction", "light_contrast", "mouth_width", "pose")


class Rig:
    """One person before one camera and lamp, photographed again and again."""

    def __init__(self, seed: int, light_frame: str) -> None:
        self.rng = np.random.default_rng(seed)
        self.engine = FaceEngine()
        photo = read_photo(FACES[seed % len(FACES)])
        self.portrait = Portrait.of(photo, self.rng, resolution=6e3, engine=self.engine)
        self.light = Light(math.radians(self.rng.uniform(35, 75)))
        self.light_frame = light_frame
        self.known: dict[str, Any] = {}

    def photograph(self, portrait: Portrait, light: Light, shift: Any, **camera: float) -> PhotoQuality:
        """One photograph, with the head not quite where it was."""
        turn = np.radians(self.rng.normal(0.0, 1.0, 3))
        if self.light_frame == "camera":  # the lamp stays: seen from the head it turns the other way
            head = Rotation.from_euler("z", turn[2]) * Rotation.from_euler("x", -turn[1])
            way = (head * Rotation.from_euler("y", turn[0])).inv().apply(light.direction * [1, -1, 1])
            light = replace(light, elevation=math.asin(way[2]), azimuth=math.atan2(way[1], way[0]))
        settings = {"exposure": EXPOSURE * math.exp(self.rng.normal(0.0, 0.02)), "blur": SHARP} | camera
        file = portrait.photograph(self.rng, light, Camera(**settings), turn=tuple(turn), shift=shift)
        pixels = np.ascontiguousarray(cv2.imdecode(file, cv2.IMREAD_COLOR)[:, :, ::-1])
        face = face_texture(Photo(pixels, Exposure(), "rendered"), self.engine, **self.known)
        self.known = self.known or {"size": face.size, "grid": face.grid}
        return photo_quality(face)

    def visit(self, photos: int, change: str) -> list[PhotoQuality]:
        """Photographs of a visit with one thing changed."""
        portrait, light, shift, camera = self.portrait, self.light, None, {}
        if change == "wrinkles - 21.18 %":
            portrait = portrait.faded(0.2118)
        elif change.startswith("light"):
            up = math.radians(5.0 if change == "light + 5 deg" else -5.0)
            light = replace(light, elevation=light.elevation + up)
        elif change.startswith("blur"):
            camera = {"blur": math.hypot(SHARP, 0.3e-3)}
        elif change.startswith("gamma"):
            camera = {"gamma": 1.15 if change == "gamma 1.15" else 1 / 1.15}
        elif change == "smile 3 mm":
            shift = self._smile(3e-3)
        return [self.photograph(portrait, light, shift, **camera) for _ in range(photos)]

    def _smile(self, out: float) -> Any:
        """Corners of the mouth pulled outward, and up by six tenths of it."""
        points = self.portrait.landmarks.upright[:MESH] * self.portrait.pitch
        shift = np.zeros((MESH, 2))
        for corner, side in ((61, -1.0), (291, 1.0)):
            near = np.exp(-0.5 * (np.linalg.norm(points - points[corner], axis=1) / 14e-3) ** 2)
            shift += near[:, None] * np.array([side * out, 0.6 * out])
        return shift


CHANGES = (
    "nothing",
    "wrinkles - 21.18 %",
    "light + 5 deg",
    "light - 5 deg",
    "blur 0.3 mm",
    "gamma 1.15",
    "gamma 1/1.15",
    "smile 3 mm",
)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--photos", type=int, default=3, help="photographs a visit")
    parser.add_argument("--pairs", type=int, default=10, help="persons, each with every change")
    parser.add_argument("--light", choices=("camera", "head"), default="camera", help="carries the lamp")
    parser.add_argument("--seed", type=int, default=0, help="of the first person")
    given = parser.parse_args()
    found: dict[str, list[tuple[bool, list[float]]]] = {change: [] for change in CHANGES}
    for seed in range(given.seed, given.seed + given.pairs):
        rig = Rig(seed, given.light)
        before = rig.visit(given.photos, "nothing")
        for change in CHANGES:
            told = compare_visits(before, rig.visit(given.photos, change))
            values = {gate.name: abs(gate.value) for gate in told.gates}
            found[change].append((not told.comparable, [values[name] for name in GATES]))
    print(f"{'change':20} refused  " + "  ".join(f"{name:>15}" for name in GATES) + "   (median size)")
    for change, pairs in found.items():
        refused = sum(one for one, _ in pairs)
        middle = np.median([values for _, values in pairs], axis=0)
        print(f"{change:20} {refused:3d}/{len(pairs):3d}  " + "  ".join(f"{value:15.4f}" for value in middle))


if __name__ == "__main__":
    main()
