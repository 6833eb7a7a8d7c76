"""docs/devices.md explains every row and every limit, and its example holds."""

from pathlib import Path

import pytest

from zygoma.device import Device, Electrode
from zygoma.standards import OutputTable, check, limits
from zygoma.standards.limit import profiles
from zygoma.standards.row import row_specs

PAGE = (Path(__file__).parents[2] / "docs" / "devices.md").read_text(encoding="utf-8")


def test_every_row_and_limit_is_explained():
    for spec in row_specs():
        assert f"| `{spec['id']}` |" in PAGE
    for limit in limits():
        if limit.profile in profiles():
            assert f"`{limit.id}`" in PAGE
        assert f"`{limit.profile}`" in PAGE or limit.profile in profiles()


def test_sources_of_the_rows_are_those_of_the_data():
    letters = {"fda1999": "G", "fda1999-note6": "N6", "cfr": "C", "zygoma": "Z"}
    letters |= {"iec": "I", "iec-instructions": "I"}
    for spec in row_specs():
        line = next(line for line in PAGE.splitlines() if line.startswith(f"| `{spec['id']}` |"))
        assert line.rsplit("|", 2)[1].split() == [letters[name] for name in spec["sources"]], spec["id"]


def test_example():
    device, probe = Device.load("myolift-md"), Electrode.load("generic-probe-light")
    table = OutputTable.of(device, ["lifting"], probe)
    assert table.modes[0].row("power_density_1s").value == pytest.approx(500 * 800e-6**2 / probe.area)
    report = check(device, device.waveform("lifting"), 800e-6, probe, 1200.0)
    assert [row.limit.id for row in report.exceeded] == ["product-j-rms-max"]
    assert round(report["product-j-rms-max"].margin, 2) == 0.71
