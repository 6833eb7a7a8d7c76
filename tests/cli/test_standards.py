"""``zygoma device table | check | claims``."""

import json

import pytest
from typer.testing import CliRunner

from zygoma.cli.main import app
from zygoma.cli.table import SUFFIXES
from zygoma.device import Waveform


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


MINE = """
[device]
id = "mine"
name = "Mine"
kind = "microcurrent"
regulation = "current"
v_compliance_V = 40
i_max_A = "400 uA"
electrode_area_min_m2 = "2 cm**2"
[[waveform]]
id = "trace"
name = "trace"
status = "measured"
source = "oscilloscope"
points = { time_s = [0, 0.02, 0.021, 0.022, 0.06, 0.0601, 0.1201], current_A = [CURRENTS] }
"""


def mine(path, amplitude, noise=0.0):
    high, level = amplitude * (1 + noise), amplitude
    currents = [level, level, high, level, level, -level, -level]
    path.write_text(MINE.replace("CURRENTS", ", ".join(map(str, currents))))
    return path


def limits(answer):
    return {row["id"]: row for row in answer["limits"]}


def test_check_judges_own_waveforms_at_their_amplitude(tmp_path):
    weak = json.loads(run("check", mine(tmp_path / "MINE.TOML", 100e-6), "--json"))
    assert limits(weak)["device-current"]["value"] == pytest.approx(100e-6)
    strong = json.loads(run("check", mine(tmp_path / "mine.toml", 400e-6, 0.01), "--json"))
    assert strong["exceeded"] == []  # 404 uA of a measured trace is noise above 400 uA
    assert limits(strong)["product-j-rms-max"]["value"] == pytest.approx(2.0, rel=1e-3)
    chosen = json.loads(run("check", tmp_path / "MINE.TOML", "--current", "300 uA", "--json"))
    assert limits(chosen)["device-current"]["value"] == pytest.approx(300e-6)


@pytest.mark.parametrize(("name", "says"), [("myolift-md", "the plan is for"), (None, "names no device")])
def test_a_plan_for_another_device_lends_only_its_session(tmp_path, name, says):
    device, plan = mine(tmp_path / "mine.toml", 100e-6), tmp_path / "plan.toml"
    named = f'[device]\nname = "{name}"\ncurrent = "400 uA"\n' if name else ""
    plan.write_text(f'{named}[programme]\nsession = "10 min"\n')
    result = CliRunner().invoke(app, ["device", "check", str(device), "--plan", str(plan), "--json"])
    assert result.exit_code == 0
    assert says in result.stderr
    answer = json.loads(result.stdout)
    assert answer["session_s"] == 600.0
    assert limits(answer)["device-current"]["value"] == pytest.approx(100e-6)
    assert limits(answer)["product-j-rms-max"]["value"] == pytest.approx(0.5, rel=1e-3)


def test_a_plan_for_this_device_counts_in_what_it_states(tmp_path):
    device, plan = mine(tmp_path / "mine.toml", 100e-6), tmp_path / "plan.toml"
    plan.write_text('[device]\nname = "mine.toml"\n')
    own = limits(json.loads(run("check", device, "--plan", plan, "--json")))
    assert own["product-j-rms-max"]["value"] == pytest.approx(0.5, rel=1e-3)
    plan.write_text('[device]\nname = "mine.toml"\nwaveform = "lifting"\ncurrent = "200 uA"\n')
    asked = limits(json.loads(run("check", device, "--plan", plan, "--json")))
    assert asked["product-j-rms-max"]["value"] == pytest.approx(1.0, rel=1e-9)


def test_galvanic_needs_polarity_and_area(tmp_path):
    path = tmp_path / "direct.toml"
    Waveform.square(200e-6, 10.0, kind="monophasic").save(path)
    use = ("check", "myolift-mini", "--waveform", path, "--session", "20 min", "--json")
    probe = ("--electrode", "generic-probe")
    assert "product-dc-mean" in json.loads(run(*use, *probe, code=3))["exceeded"]
    answer = json.loads(run(*use, *probe, "--galvanic", "positive"))
    assert (answer["galvanic"], answer["exceeded"]) == ("positive", [])
    assert limits(answer)["product-dc-mean"]["verdict"] == "waived"
    for wrong, message in (
        (("--galvanic", "positive"), "contact area is not known; add --electrode"),
        ((*probe, "--galvanic", "up"), "polarity after --galvanic"),
    ):
        result = CliRunner().invoke(app, ["device", *map(str, (*use, *wrong))])
        assert result.exit_code == 2
        assert message in result.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        ("table", "theraface", "--current", "200 uA"),
        ("table", "myolift-mini", "--current", "0 uA"),
        ("check", "myolift-mini", "--current", "0 uA"),
        ("check", "myolift-mini", "--session", "-5 min"),
        ("show", "myolift-mini", "--waveform", "lifting", "--current", "0 uA"),
    ],
)
def test_messages_repeat_what_was_given(wrong):
    result = CliRunner().invoke(app, ["device", *wrong])
    assert result.exit_code == 2
    number, unit = wrong[-1].split()
    assert number in result.stderr
    assert unit.replace("u", "") in result.stderr.replace("µ", "")


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


def test_several_waveforms_are_one_table_with_the_worst_of_them():
    text = run("check", "pantheon", "--session", "20 min", code=3)
    assert text.count("Questions before a session") == 1
    assert len(text.splitlines()) < 400
    assert "product-dc-mean" in text
    assert "worst of 24 waveforms" in text
    answer = json.loads(run("check", "pantheon", "--session", "20 min", "--json", code=3))
    assert len(answer["waveforms"]) == 24
    assert answer["exceeded"] == ["product-dc-mean", "product-net-charge-session"]
    worst = limits(answer)["iec-pulse-energy"]
    values = {one["waveform"]: limits(one)["iec-pulse-energy"]["value"] for one in answer["waveforms"]}
    assert worst["value"] == max(values.values()) == values[worst["waveform"]]
    assert worst["waveform"] == "positive 0.5 Hz"
    single = json.loads(run("check", "myolift-mini", "--waveform", "lifting", "--json"))
    assert [single["limits"]] == [one["limits"] for one in single["waveforms"]]


def test_a_narrow_terminal_cuts_no_id(monkeypatch):
    monkeypatch.setattr("zygoma.cli.check.width", lambda: 80)
    monkeypatch.setattr("zygoma.cli.sheet.width", lambda: 80)
    for name in ("pantheon", "myolift-mini"):
        result = CliRunner().invoke(app, ["device", "check", name])
        ids = [row["id"] for row in json.loads(run("check", name, "--json", code=result.exit_code))["limits"]]
        table = [line for line in result.stdout.splitlines() if line.startswith(("│", "┃"))]
        assert {len(line) for line in table} == {80}
        assert {line[-1] for line in table} <= {"│", "┃"}
        assert [id for id in ids if id not in result.stdout] == []
