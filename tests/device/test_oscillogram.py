"""The sheet of pulses, train and spectrum."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from zygoma.cli.device import app
from zygoma.device import Burst, Polyline, Regulator, Waveform
from zygoma.device.oscillogram import LOADS, draw_output, lines, save_output
from zygoma.errors import InputError


def test_what_is_drawn():
    wave = Waveform.sine(400e-6, 8.0)
    figure = draw_output(wave, Regulator("current", 2.0), "A remark.")
    for axes, load in zip(figure.axes[:3], LOADS, strict=True):
        volts = axes.lines[1].get_ydata()
        factor = 1e3 if "mV" in axes.get_ylabel() else 1.0
        assert np.abs(volts).max() / factor == pytest.approx(min(2.0, 400e-6 * load), rel=1e-3)
    assert len(figure.axes) == 5
    assert "A remark." in figure.get_supxlabel()


def test_lines_of_a_square():
    frequency, height = lines(Waveform.square(1.0, 10.0))
    assert frequency[:3] == pytest.approx([10, 20, 30])
    assert height[:3] == pytest.approx([4 / np.pi, 0, 4 / (3 * np.pi)], abs=1e-12)
    assert len(lines(Waveform.square(1.0, 10.0, burst=Burst(2.0, 3.0)))[0]) == 2500


@pytest.mark.parametrize(
    "wave",
    [
        Waveform.square(1e-3, 10.0, kind="monophasic", swap_every=0.5),
        Waveform.triangle(1e-3, 10.0, burst=Burst(1.0, 1.0)),
        Waveform.from_trace(Polyline(np.arange(3001) / 1e3, np.sin(np.arange(3001) / 1e2) * 1e-4)),
    ],
)
def test_every_kind_can_be_drawn(wave, tmp_path):
    path = tmp_path / "sheet.png"
    save_output(wave, Regulator("voltage", 5.0, 1000.0), path)
    assert path.read_bytes().startswith(b"\x89PNG")
    with pytest.raises(InputError, match="ends in"):
        save_output(wave, Regulator("current"), tmp_path / "sheet.doc")


def test_command_line(tmp_path):
    path = tmp_path / "sheet.svg"
    arguments = ["show", "pantheon", "--waveform", "lifting", "--picture", str(path), "--json"]
    result = CliRunner().invoke(app, arguments)
    assert json.loads(result.stdout)["picture"] == str(path)
    assert "<svg" in path.read_text()
    schema = json.loads(CliRunner().invoke(app, ["schema"]).stdout)
    assert "Waveform" in schema["$defs"]
