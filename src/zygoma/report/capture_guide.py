"""The sheet to print: how to take photographs that can be compared, and the scale card."""

from __future__ import annotations

import base64
import io
from pathlib import Path

from zygoma.errors import InputError
from zygoma.outcome.scale import FILE as SCALE
from zygoma.outcome.scale_card import card_picture
from zygoma.provenance import load_data, write_text
from zygoma.report.page import template

_PIXELS = 60  # to a square of the card: seven to a cell of a marker


def write_capture_guide(path: Path) -> Path:
    """Write the sheet as one page of HTML that needs no network.

    Raises
    ------
    InputError
        The file cannot be written, or is a folder.
    """
    from PIL import Image

    if path.is_dir():
        raise InputError(f"--out {path} is a folder; give the file to write, such as {path / 'guide.html'}")
    card, stored = load_data(SCALE)["card"], io.BytesIO()
    Image.fromarray(card_picture(_PIXELS)).save(stored, format="PNG", optimize=True)
    square = 1e3 * card["square"]
    text = template("capture_guide.html.j2").render(
        parts=load_data("capture_guide.toml")["part"],
        card="data:image/png;base64," + base64.b64encode(stored.getvalue()).decode(),
        columns=card["columns"],
        rows=card["rows"],
        square=f"{square:g}",
        width=f"{square * card['columns']:g}",
        height=f"{square * card['rows']:g}",
    )
    write_text(path, text)
    return path
