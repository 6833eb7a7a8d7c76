"""Electrodes: contact area and the sheet under it."""

import math

import pytest

from zygoma.device import Electrode
from zygoma.errors import InputError, RangeError, UnitError, UnknownNameError

CATALOGUE = {electrode.id: electrode for electrode in Electrode.catalogue()}


def test_catalogue():
    assert {"generic-probe", "generic-probe-light", "cotton-tip", "glove-fingertip"} <= set(CATALOGUE)
    assert {e.shape for e in CATALOGUE.values()} == {"ball", "cotton_tip", "clip_lead", "glove_pad"}
    assert {e.status for e in CATALOGUE.values()} == {"assumption"}


@pytest.mark.parametrize(("radius", "cm2"), [(0.002, 0.126), (0.003, 0.283), (0.005, 0.785)])
def test_area(radius, cm2):
    assert Electrode("x", "ball", radius).area * 1e4 == pytest.approx(cm2, abs=5e-4)


def test_sheet_impedance():
    probe = CATALOGUE["generic-probe"]
    assert probe.contact_impedance() == 2.0  # 2e4 ohm cm2
    corner = 1 / (2 * math.pi * 2.0 * 3e-4)
    assert probe.contact_impedance(corner) == pytest.approx(2.0 / math.sqrt(2))
    # 30 nF/cm2 at 1 kHz: 1 / (omega c) = 5.3 kohm cm2, the resistance beside it changes little
    assert probe.contact_impedance(1e3) * 1e4 == pytest.approx(5.1e3, rel=0.01)
    assert probe.contact_impedance(1e6) == pytest.approx(1 / (2 * math.pi * 1e6 * 3e-4), rel=1e-5)
    assert Electrode("x", "disc", 0.005, "none").contact_impedance() == 10 * probe.contact_impedance()
    with pytest.raises(RangeError, match="frequency"):
        probe.contact_impedance(-1.0)


def test_what_is_assumed():
    first, second = CATALOGUE["generic-probe"].assumptions
    assert "5 mm" in first
    assert "0.785 cm2" in first
    assert "2 ohm m2" in second
    assert "30 nF/cm2" in second
    measured = Electrode("x", "disc", 0.005, status="read", source="calliper")
    assert len(measured.assumptions) == 1


FILE = """
[electrode]
id = "mine"
shape = "disc"
contact_radius_m = "4 mm"
medium = "saline"
status = "read"
source = "calliper"
"""


def test_own_file(tmp_path):
    path = tmp_path / "probe.toml"
    path.write_text(FILE)
    electrode = Electrode.load(path)
    assert electrode.contact_radius == pytest.approx(0.004)
    assert (electrode.name, electrode.status) == ("mine", "read")
    assert Electrode.from_dict(electrode.to_dict()) == electrode


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ('"4 mm"', '"4"', UnitError, "no unit"),
        ('"4 mm"', "-0.004", RangeError, "expected 0 or more"),
        ('"4 mm"', "0.0", RangeError, "above zero"),
        ("contact_radius_m", "contact_radius", UnitError, "write 'contact_radius_m'"),
        ("contact_radius_m", "contact_radios_m", UnknownNameError, "did you mean 'contact_radius_m'"),
        ('"disc"', '"disk"', UnknownNameError, "did you mean 'disc'"),
        ('"saline"', '"salina"', UnknownNameError, "did you mean 'saline'"),
        ('status = "read"', 'status = "sure"', UnknownNameError, "status"),
        ('medium = "saline"', "", InputError, "lacks 'medium'"),
    ],
)
def test_bad_files_are_refused(tmp_path, old, new, error, message):
    path = tmp_path / "probe.toml"
    assert old in FILE
    path.write_text(FILE.replace(old, new, 1))
    with pytest.raises(error, match=message) as caught:
        Electrode.load(path)
    assert "probe.toml" in str(caught.value)


def test_unknown_name():
    with pytest.raises(UnknownNameError, match="did you mean 'generic-probe'"):
        Electrode.load("generic-prob")


def test_a_radius_as_text():
    assert Electrode("a", "disc", "3 mm").contact_radius == pytest.approx(3e-3)
    for radius in ("3 V", "3", None, True):
        with pytest.raises(UnitError):
            Electrode("a", "disc", radius)
    for name in ("", "a\nb", 3):
        with pytest.raises(InputError):
            Electrode(name, "disc", 3e-3)
