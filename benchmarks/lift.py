"""Lift of the skin from photographs of portraits whose truth is known.

    python benchmarks/lift.py SEED [--resolution 6] [--repeats 4] [--photo FILE ...]

Without photographs it takes the one that ships with matplotlib. Prints repeats without a lift, and true
against found lift at each place; says nothing about pass or fail.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
from matplotlib import get_data_path

from zygoma.outcome.face_engine import FaceEngine
from zygoma.outcome.face_texture import FaceTexture, face_texture
from zygoma.outcome.ingest import read_photo
from zygoma.outcome.light import Light
from zygoma.outcome.render import Camera
from zygoma.outcome.render.portrait import Portrait
from zygoma.outcome.sampling import sampled
from zygoma.outcome.skin_shift import skin_shift

CENTRES = {"brow_l": 282, "cheek_l": 280, "mouth_corner_l": 410, "jowl_l": 364}  # vertices of the mesh
UP = 2e-3  # [m] at the vertex, falling like a bell of 14 mm


def main() -> None:
    """Print the table of every photograph."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("seed", type=int)
    parser.add_argument("--resolution", type=float, default=6.0, help="pixels to a millimetre")
    parser.add_argument("--repeats", type=int, default=4)
    parser.add_argument(
        "--photo", type=Path, nargs="+", default=[Path(get_data_path()) / "sample_data" / "grace_hopper.jpg"]
    )
    options = parser.parse_args()
    engine, rng = FaceEngine(), np.random.default_rng(options.seed)
    for path in options.photo:
        portrait = Portrait.of(read_photo(path), rng, resolution=1e3 * options.resolution, engine=engine)
        first = _taken(portrait, rng, engine)
        print(f"{path.name}: {first.resolution / 1e3:.1f} px/mm")
        still = [skin_shift(first, _taken(portrait, rng, engine, first)).up for _ in range(options.repeats)]
        for name, centre in CENTRES.items():
            true = portrait.vertex_shift(centre, UP)
            moved = skin_shift(first, _taken(portrait, rng, engine, first, true))
            there = sampled(first.grid.interpolated(true)[..., 1], moved.points)
            own = there > 0.7 * there.max()
            put = float(np.median(there[own])) * first.size
            found = float(np.median(moved.shift[own, 1]))
            nulls = [1e3 * up[name] for up in still if name in up]
            print(
                f"  {name:<15} no lift: {np.mean(nulls):+.3f} +- {np.std(nulls, ddof=1):.3f} mm;"
                f" {1e3 * put:.2f} mm put in, {1e3 * found:.2f} mm found ({found / put:.0%})"
            )


def _taken(
    portrait: Portrait,
    rng: np.random.Generator,
    engine: FaceEngine,
    first: FaceTexture | None = None,
    shift: np.ndarray | None = None,
) -> FaceTexture:
    """A photograph laid flat, the head turned by 1 degree (standard deviation) about every axis."""
    turn = tuple(np.radians(rng.normal(0.0, 1.0, 3))) if first else (0.0, 0.0, 0.0)
    file = portrait.photograph(rng, Light(np.radians(70.0)), Camera(exposure=0.25), turn=turn, shift=shift)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo.jpg"
        path.write_bytes(file.tobytes())
        photo = read_photo(path)
    if first is None:
        return face_texture(photo, engine)
    return face_texture(photo, engine, size=first.size, grid=first.grid)


if __name__ == "__main__":
    main()
