"""The model files that the face engine runs: shipped with the package, checked before use."""

from __future__ import annotations

import hashlib
from functools import cache

from zygoma.errors import ZygomaError
from zygoma.provenance import data_file, load_data

FILE = "face_engine.toml"
_FOLDER = "face_model"


@cache
def model_bytes(part: str) -> bytes:
    """Content of one model file, its SHA-256 checked.

    Parameters
    ----------
    part : {"detector", "landmarks", "mesh"}
        Which of the three, as named in ``face_engine.toml``.

    Raises
    ------
    ZygomaError
        The file is missing or is not the one that was measured with.

    References
    ----------
    MediaPipe Face Landmarker (Google, Apache-2.0); see ``data/PROVENANCE.md``.
    """
    entry: dict[str, str] = load_data(FILE)["model"][part]
    path = data_file(_FOLDER) / entry["file"]
    again = "install zygoma again, or rebuild it with tools/build_face_model.py"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ZygomaError(f"the face model file {path} cannot be read ({error.strerror}); {again}") from error
    if (found := hashlib.sha256(content).hexdigest()) != entry["sha256"]:
        raise ZygomaError(f"{path} has SHA-256 {found}, expected {entry['sha256']}; {again}")
    return content
