"""Every example runs; each asserts its own number."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from zygoma.device import Device

FOLDER = Path(__file__).parents[2] / "examples"
SLOW = {"03_a_session.py"}
EXAMPLES = [
    pytest.param(path, id=path.stem, marks=[pytest.mark.slow] if path.name in SLOW else [])
    for path in sorted(FOLDER.glob("[0-9][0-9]_*.py"))
]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 3


@pytest.mark.parametrize("path", EXAMPLES)
def test_example(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith('"""')
    assert "assert " in text
    runpy.run_path(str(path), run_name="__main__")


def test_the_device_file() -> None:
    device = Device.load(FOLDER / "device.toml")
    assert device.unknown == ()
    assert device.waveforms == ("lift", "smooth")
    assert device.paired_modes[0].timing == "alternating"
    smooth = device.waveform("smooth")
    assert smooth.period == pytest.approx(0.1)  # two recorded periods, folded
    assert smooth.amplitude == pytest.approx(300e-6, rel=1e-3)  # 150 mV over 500 ohm
    assert device.status("i_max_A") == "measured"
    assert device.status("supply") == "no source"
