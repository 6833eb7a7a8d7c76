"""The sheet to print."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from zygoma.cli.main import app
from zygoma.errors import InputError
from zygoma.outcome.exposure import Exposure
from zygoma.outcome.photo import Photo
from zygoma.outcome.scale_card import card_scale
from zygoma.report.capture_guide import write_capture_guide


def test_the_printed_card_is_found_and_gives_its_size(tmp_path: Path) -> None:
    text = write_capture_guide(tmp_path / "für den Druck.html").read_text(encoding="utf-8")
    width = float(re.search(r"\.card img \{ width: ([\d.]+)mm", text)[1])
    stored = re.search(r"data:image/png;base64,([^\"]+)", text)[1]
    card = Image.open(io.BytesIO(base64.b64decode(stored))).convert("L")
    # printed at 100 % and photographed from the front with 8 px/mm
    seen = card.resize((round(8 * width), round(8 * width * card.height / card.width)))
    page = np.full((seen.height + 200, seen.width + 200, 3), 255, np.uint8)
    page[100:-100, 100:-100] = np.asarray(seen)[..., None]
    found = card_scale(Photo(page, Exposure(), "0" * 64))
    assert found.pixels_per_metre == pytest.approx(8000, rel=0.005)
    assert "http" not in text


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="file"):
        write_capture_guide(tmp_path / "file" / "guide.html")
    result = CliRunner().invoke(
        app, ["outcome", "capture-guide", "--out", str(tmp_path / "g.html"), "--json"]
    )
    assert result.exit_code == 0
    assert (tmp_path / "g.html").is_file()
