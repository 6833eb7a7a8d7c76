"""``zygoma device list | show``."""

import json

import pytest
from typer.testing import CliRunner

from zygoma.cli.device import app
from zygoma.errors import InputError, RangeError, UnknownNameError


def run(*arguments):
    result = CliRunner().invoke(app, list(arguments))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_list():
    text = run("list")
    assert "myolift-600" in text
    assert "up to 600 µA" in text
    answer = json.loads(run("list", "--json"))
    devices = {device["id"]: device for device in answer["devices"]}
    assert devices["myolift-md"]["current_max_A"] == pytest.approx(800e-6)
    assert devices["myolift-md"]["compliance_V"] is None
    waveforms = {waveform["id"]: waveform for waveform in answer["waveforms"]}
    assert waveforms["lifting"]["phase_charge_C"] == pytest.approx(24e-6)


def test_show():
    text = run("show", "myolift-mini")
    assert "Unknown\n" in text
    assert "compliance voltage" in text
    assert "largest current" in text
    assert "400 µA" in text
    answer = json.loads(run("show", "nuface-trinity", "--json"))
    assert answer["facts"]["fda_cleared"]["value"] == "2011-11-07"
    assert "pulse frequency" in answer["unknown"]
    assert "0.4 cm2" in run("show", "myolift-md")


def test_show_waveform_scaled_and_drawn(tmp_path):
    picture = tmp_path / "wave.png"
    answer = run(
        "show",
        "myolift-600",
        "--waveform",
        "stretching",
        "--current",
        "600 uA",
        "--plot",
        str(picture),
        "--json",
    )
    figures = json.loads(answer)["waveform"]["figures"]
    assert figures["amplitude_A"] == pytest.approx(600e-6)
    assert figures["phase_charge_C"] == pytest.approx(420e-6)
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "phase charge 420 µC" in run(
        "show", "myolift-600", "--waveform", "stretching", "--current", "600 uA"
    )


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["show", "myolift"], UnknownNameError),
        (["show", "myolift-mini", "--waveform", "none"], UnknownNameError),
        (["show", "myolift-mini", "--waveform", "lifting", "--current", "500 uA"], RangeError),
        (["show", "myolift-mini", "--current", "300 uA"], InputError),
        (["show", "myolift-mini", "--waveform", "lifting", "--plot", "wave.doc"], InputError),
    ],
)
def test_wrong_use(arguments, error):
    with pytest.raises(error):
        run(*arguments)
