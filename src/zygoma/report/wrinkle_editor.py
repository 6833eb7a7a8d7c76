"""The page on which a person edits the wrinkles that are to be followed; it works offline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zygoma.face.atlas import side_of, stem
from zygoma.outcome import wrinkle
from zygoma.outcome.face_texture import FaceTexture
from zygoma.outcome.wrinkle import Wrinkle
from zygoma.provenance import versions, write_text
from zygoma.report.flat_picture import embedded, flat_picture
from zygoma.report.page import template
from zygoma.report.words import sided

_COLOURS = ("#0b6bb5", "#d6336c", "#00857a", "#7b3fa0", "#d95f02", "#2b8a3e", "#8a5a00", "#4c56c9")
_NO_REGION = "#4a4a4a"


@dataclass(frozen=True)
class _Region:
    """A region that a line can have: its outline is an SVG path in millimetres."""

    id: str
    title: str
    colour: str
    outline: str


def write_wrinkle_editor(face: FaceTexture, wrinkles: Sequence[Wrinkle], path: Path) -> Path:
    """Write the page.

    Parameters
    ----------
    face : FaceTexture
        First photograph laid flat; its eyes are masked.
    wrinkles : sequence of Wrinkle
        On it, to begin with.
    path : Path

    Raises
    ------
    InputError
        The file cannot be written.
    """
    write_text(path, render(face, wrinkles))
    return path


def render(face: FaceTexture, wrinkles: Sequence[Wrinkle]) -> str:
    """Self-contained HTML; the wrinkles stand in it as in a file of them."""
    rows, columns = face.texture.light.shape
    pitch = 1e3 * face.texture.pitch
    return template("wrinkle_editor.html.j2").render(
        wrinkles=wrinkle.record(wrinkles),
        picture=embedded(flat_picture(face, columns)),
        columns=columns,
        rows=rows,
        pitch=pitch,
        outline=_outline(face.grid.triangles() >= 0, pitch),
        regions=_regions(face, wrinkles, pitch),
        scale=face.scale,
        version=versions()["zygoma"],
    )


def _regions(face: FaceTexture, wrinkles: Sequence[Wrinkle], pitch: float) -> list[_Region]:
    """Those of the face, those that only the wrinkles name, and none."""
    outlines = {name: _outline(mask, pitch) for name, mask in face.texture.regions.items()}
    outlines |= {line.region: "" for line in wrinkles if line.region and line.region not in outlines}
    stems = list(dict.fromkeys(map(stem, outlines)))
    known = [
        _Region(name, sided(name, side_of(name)), _COLOURS[stems.index(stem(name)) % len(_COLOURS)], outline)
        for name, outline in outlines.items()
    ]
    return [*known, _Region("", "No region", _NO_REGION, "")]


def _outline(mask: NDArray[np.bool_], pitch: float) -> str:
    """SVG path round a mask (rows, columns)."""
    import cv2

    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    parts = [pitch * cv2.approxPolyDP(line, 1.0, True).reshape(-1, 2) for line in found if len(line) > 2]
    return " ".join("M" + " L".join(f"{x:.2f} {y:.2f}" for x, y in part) + " Z" for part in parts)
