"""Depth from four lamps through the whole chain, JPEG files to micrometres, on rendered faces.

    python benchmarks/depth.py SEED [SEED ...] [--phototypes II IV VI] [--depths 0.1 0.2] [--polarised]

Prints the table of docs/outcome_accuracy.md and how far a photograph is moved onto the first where the head
stood still. Skin, wrinkles and their widths are drawn from the seed; all wrinkles of a face have one depth
along the camera's axis. The truth is the carved relief along the normal of the rendered head, measured as the
answer is.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

from zygoma.outcome.face_depth import FaceDepth, face_depth
from zygoma.outcome.face_landmarks import MESH
from zygoma.outcome.face_texture import FaceTexture
from zygoma.outcome.lamps import SIDES, Lamps, usual_lamps
from zygoma.outcome.light import Light
from zygoma.outcome.lit_face import lay_lit
from zygoma.outcome.photometric_stereo import Relief
from zygoma.outcome.render import Camera, Patch
from zygoma.outcome.render.relief import carved
from zygoma.outcome.render.shading import irradiance, normals
from zygoma.outcome.render.whole_face import whole_face
from zygoma.outcome.unwrap import places
from zygoma.outcome.visit import Visit, read_visit
from zygoma.outcome.wrinkle import Wrinkle
from zygoma.provenance import load_data

PITCH = 0.125e-3


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("seeds", type=int, nargs="+", metavar="SEED")
    parser.add_argument("--phototypes", nargs="+", default=["II", "IV", "VI"])
    parser.add_argument("--depths", type=float, nargs="+", default=[0.1, 0.2], help="[mm]")
    parser.add_argument("--polarised", action="store_true", help="crossed polarisers: no gloss")
    options = parser.parse_args()
    print("| phototype | mm | region | wrinkles | true um | bias % | scatter % | interval holds |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    for phototype in options.phototypes:
        for depth in options.depths:
            rows: dict[str, list[tuple[float, float, float]]] = {}
            moved = []
            for seed in options.seeds:
                found, true = one_face(seed, phototype, 1e-3 * depth, polarised=options.polarised)
                moved.append(1e3 * found.shifts[1:].max())
                for one, value in zip(found.depths, true, strict=True):
                    name = one.region.removesuffix("_l").removesuffix("_r")
                    rows.setdefault(name, []).append((value, one.depth, one.sd))
            for name, values in sorted(rows.items()):
                true_, got, sd = np.array(values).T
                known = np.isfinite(got)
                if not known.any():
                    print(f"| {phototype} | {depth:g} | {name} | 0 of {len(known)} | | | | |", flush=True)
                    continue
                ratio = got[known] / true_[known] - 1
                holds = np.abs(got - true_)[known] <= 1.96 * sd[known]
                print(
                    f"| {phototype} | {depth:g} | {name} | {known.sum()} of {len(known)} |"
                    f" {1e6 * true_.mean():.0f} | {100 * ratio.mean():+.1f} | {100 * ratio.std():.1f} |"
                    f" {holds.sum()} of {known.sum()} |",
                    flush=True,
                )
            print(f"<!-- moved by up to {max(moved):.2f} mm -->", flush=True)


class Matt(Patch):
    """Skin behind crossed polarisers."""

    def scene(self, light: Light) -> Any:
        """Linear light (rows, columns, 3) without gloss."""
        return self.albedo * irradiance(self.height, self.pitch, light)[..., None]


def one_face(
    seed: int, phototype: str, depth: float, pitch: float = PITCH, polarised: bool = False
) -> tuple[FaceDepth, Any]:
    """What is found on one rendered face, and the true depth of each wrinkle [m]."""
    rng = np.random.default_rng([20261130, seed])
    skin = whole_face(rng, phototype=phototype, pitch=pitch)
    skin = replace(skin, grooves=tuple(replace(groove, depth=depth) for groove in skin.grooves))
    if polarised:
        skin = Matt(**{one.name: getattr(skin, one.name) for one in fields(skin)})
    reflectance = None if polarised else load_data("face_depth.toml")["phototype"][phototype]
    with tempfile.TemporaryDirectory() as name:
        visit = photographed(rng, skin, Path(name))
        lamps = replace(usual_lamps(len(SIDES)), reflectance=reflectance)
        return measured(visit, lamps, skin)


def photographed(rng: np.random.Generator, skin: Patch, folder: Path) -> Visit:
    """Four JPEG files in the lamps of the capture guide, known to a degree."""
    for number, azimuth in enumerate(SIDES.values(), 1):
        wrong = np.radians(rng.normal(0.0, 1.0, 2))
        light = Light(math.radians(45) + wrong[0], math.radians(azimuth) + wrong[1], ambient=0.1)
        file = skin.photograph(rng, light, Camera(exposure=0.25)).file
        (folder / f"{number}.jpg").write_bytes(file.tobytes())
    return read_visit(folder)


def measured(visit: Visit, lamps: Lamps, skin: Patch) -> tuple[FaceDepth, Any]:
    """Depth of the carved lines by the whole chain, and by the truth laid flat in the same way."""
    face = lay_lit(visit, None, lambda stage, done, total: None).face
    height, lines = truth(skin, face)
    true = Relief(height, face.texture.skin, face.texture.pitch).depths(lines)
    return face_depth(visit, lamps, wrinkles=lines), true


def truth(skin: Patch, face: FaceTexture) -> tuple[Any, list[Wrinkle]]:
    """Carved relief along the normal [m] and the lines of its grooves, on the face laid flat."""
    x, y = places(face.landmarks.points[:MESH, :2], face.grid)
    out = normals(gaussian_filter(skin.base, 2e-3 / skin.pitch), skin.pitch)[..., 2]
    shape = (skin.rough.shape[0], skin.rough.shape[1])
    relief = (carved(shape, skin.pitch, skin.grooves) * out).astype(np.float32)
    height = cv2.remap(relief, x, y, cv2.INTER_CUBIC)
    tree, pitch, lines = cKDTree(np.stack([x, y], axis=-1).reshape(-1, 2)), face.texture.pitch, []
    for number, groove in enumerate(skin.grooves):
        away, place = tree.query(groove.points / skin.pitch)
        cells = np.stack([place % x.shape[1], place // x.shape[1]], axis=1)
        # the ends run out over 3 mm, in steps of half a millimetre
        cells = cells[(away < 2) & face.texture.skin[cells[:, 1], cells[:, 0]]][6:-6]
        if len(cells) < 8:
            continue
        share = {name: mask[cells[:, 1], cells[:, 0]].mean() for name, mask in face.texture.regions.items()}
        region = max(share, key=lambda name: share[name])
        if share[region] > 0.5:
            points = gaussian_filter(cells.astype(float), (2, 0)) * pitch
            lines.append(Wrinkle(f"{region}-{number}", region, points))
    return height, lines


if __name__ == "__main__":
    main()
