"""``zygoma device table | check | claims``."""

import json

import pytest
from typer.testing import CliRunner

from zygoma.cli.main import app
from zygoma.cli.table import SUFFIXES


def run(*arguments, code=0, **options):
    result = CliRunner().invoke(app, ["device", *map(str, arguments)], **options)
    assert result.exit_code == code, result.output
    return result.stdout


def test_table():
    text = run("table", "myolift-mini")
    assert "Output mode: as published" in text
    assert "record one pulse" in text
    answer = json.loads(run("table", "myolift-mini", "--json"))
    rows = answer["modes"][0]["rows"]
    charge = next(row for row in rows if row["id"] == "phase_charge")
    assert charge["value"] is None
    assert charge["status"].startswith("unknown: ")
    assumed = json.loads(run("table", "myolift-mini", "--waveform", "lifting", "--json"))
    charge = next(row for row in assumed["modes"][0]["rows"] if row["id"] == "phase_charge")
    assert charge["value"] == pytest.approx(24e-6)
    assert charge["status"].startswith("assumed: ")


def test_waveform_of_a_file(tmp_path):
    from zygoma.device import Waveform

    Waveform.square(400e-6, 10.0).save(tmp_path / "mine.toml")
    for command in ("table", "check"):
        run(command, "myolift-mini", "--waveform", tmp_path / "mine.toml")
    run("table", "myolift-mini", "--waveform", tmp_path / "none.toml", code=2)


def test_table_files(tmp_path):
    paths = [tmp_path / f"table{suffix}" for suffix in SUFFIXES]
    options = [part for path in paths for part in ("--out", path)]
    run("table", "myolift-md", "--waveform", "lifting", "--electrode", "generic-probe", *options)
    for path in paths[:3]:
        assert "Maximum phase charge" in path.read_text()
        assert "48 µC" in path.read_text()
    from docx import Document

    document = Document(str(paths[3]))
    unit, output = document.tables
    cells = [[cell.text for cell in row.cells] for row in output.rows]
    assert cells[0] == ["Parameter", "Load", "Value", "Formula [window]", "Status"]
    charge = next(row for row in cells if row[0] == "Maximum phase charge")
    assert charge[1:3] == ["500 Ω", "48 µC"]
    assert charge[4].startswith("assumed [")
    assert unit.rows[0].cells[0].text == "Parameter"


def test_devices_side_by_side(tmp_path):
    page = tmp_path / "both.html"
    run("table", "myolift-mini", "myolift-md", "--waveform", "lifting", "--out", page)
    text = page.read_text()
    assert '<tr class="differs">' in text
    assert '<tr class="same">' in text
    answer = json.loads(run("table", "myolift-mini", "pantheon", "--json"))
    assert [device["device"] for device in answer["devices"]] == ["myolift-mini", "pantheon"]


def test_table_wrong_use(tmp_path):
    run("table", "myolift-mni", code=2)
    run("table", "myolift-mini", "--out", tmp_path / "table.pdf", code=2)
    run("table", "myolift-mini", "--current", "500 uA", code=2)
    assert not list(tmp_path.iterdir())


PLAN = """
[device]
name = "myolift-md"
current = "{current}"
electrode = "{electrode}"
[programme]
session = "20 min"
"""


def test_check(tmp_path):
    plan = tmp_path / "plan.toml"
    plan.write_text(PLAN.format(current="800 uA", electrode="generic-probe-light"))
    text = run("check", "myolift-md", "--plan", plan, code=3)
    assert "both stand, nothing is decided here" in text
    assert "Do you have epilepsy" in text
    answer = json.loads(run("check", "myolift-md", "--plan", plan, "--json", code=3))
    assert answer["exceeded"] == ["product-j-rms-max"]
    assert answer["session_s"] == 1200.0
    assert len(answer["checklist"]) == 20
    plan.write_text(PLAN.format(current="400 uA", electrode="generic-probe"))
    assert json.loads(run("check", "myolift-md", "--plan", plan, "--json"))["exceeded"] == []
    answer = json.loads(run("check", "myolift-md", "--plan", plan, "--current", "900 uA", "--json", code=3))
    assert answer["exceeded"] == ["device-current"]
    run("check", "myolift-md", "--profile", "ds6", code=2)


def test_a_notice_ends_with_zero():
    text = run("check", "myolift-md", "--waveform", "lifting", "--electrode", "generic-probe")
    assert "product-j-rms-warn" in text


def test_claims(tmp_path):
    leaflet = tmp_path / "leaflet.txt"
    leaflet.write_text("Wrinkle removal at home.\nIt does not treat disease.\n")
    text = run("claims", leaflet)
    assert "1:1: 'Wrinkle removal'" in text
    assert "355.200" in text
    assert "1 flagged, 1 allowed" in text
    answer = json.loads(run("claims", "-", "--json", input="It heals."))
    assert [flag["word"] for flag in answer["flags"]] == ["heal"]
    page = tmp_path / "page.HTM"
    page.write_text("\ufeff<x>\nIt <b>heals</b>.", encoding="utf-8")
    assert "2:7: 'heals'" in run("claims", page)
    run("claims", tmp_path / "none.txt", code=2)
