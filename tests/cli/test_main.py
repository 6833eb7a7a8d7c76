"""The command line: exit codes, one-line errors, one JSON object."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from zygoma.cli.main import app
from zygoma.device import Device, Electrode
from zygoma.errors import InputError
from zygoma.report import folder
from zygoma.standards import check

runner = CliRunner()


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZYGOMA_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["treat", "absent.toml"],
        ["treat", "--resolution", "finest"],
        ["treat", "--set", "device.curent=300 uA"],
        ["treat", "--set", "device.current=400"],
        ["treat", "--set", "device.current=500 uA"],
        ["treat", "--set", "device.name=myolift-max"],
        ["treat", "--set", "device.waveform=liftin"],
        ["treat", "--set", "device.electrode=generic-prob"],
        ["treat", "--set", "programme.name=full-fce"],
        ["treat", "--set", "face.age=12"],
        ["treat", "--uncertainty", "15"],
        ["treat", "--uncertainty", "32", "--workers", "0"],
        ["treat", "--workers", "2"],
        ["treat", "--scheduler", "tcp://127.0.0.1:8786"],
        ["treat", "--out", "/dev/null/report"],
        ["face", "check", "--age", "12"],
        ["face", "show", "--sex", "woman"],
        ["face", "export", "face.stl"],
        ["face", "show", "--seed", "-1"],
        ["face", "show", "--out", "face.xyz"],
        ["face", "show", "--out", ""],
        ["verify", "spher"],
        ["verify", "devices", "--out", ""],
        ["verify", "devices", "--out", "/dev/null/report"],
    ],
)
def test_bad_input_is_refused_in_one_line(arguments: list[str]) -> None:
    result = runner.invoke(app, arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("zygoma: ")
    assert result.stderr.count("\n") == 1


def test_current_above_a_milliampere_is_refused() -> None:
    result = runner.invoke(app, ["treat", "--set", "device.current=1.2 mA"])
    assert result.exit_code == 2
    assert "mA" in result.stderr


def test_unwritable_folder_is_refused_before_computing(tmp_path: Path) -> None:
    (tmp_path / "report").write_text("a file", encoding="utf-8")
    result = runner.invoke(app, ["treat", "--out", "report"])
    assert result.exit_code == 2
    assert "it is a file" in result.stderr
    assert not (tmp_path / "cache").exists()
    for place in ("report/sub", "report/sub/deeper"):
        result = runner.invoke(app, ["treat", "--out", place])
        assert result.exit_code == 2
        assert f"cannot write the report to {place}: " in result.stderr
    with pytest.raises(InputError, match="empty text"):
        folder.check("")


def test_a_refused_plan_leaves_no_folder(tmp_path: Path) -> None:
    out = tmp_path / "new" / "t900"
    refused = runner.invoke(app, ["treat", "--set", "device.current=900 uA", "--out", str(out)])
    assert refused.exit_code == 2
    assert list(tmp_path.iterdir()) == []
    assert folder.check(tmp_path) == tmp_path  # one that exists stays
    assert tmp_path.is_dir()


@pytest.mark.parametrize("command", ["show", "clear"])
@pytest.mark.parametrize("place", ["a_file", "a_file/sub", "/proc/nowhere"])
def test_a_cache_that_cannot_be_is_not_called_empty(
    command: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a_file").write_text("a file", encoding="utf-8")
    monkeypatch.setenv("ZYGOMA_CACHE", place)
    result = runner.invoke(app, ["cache", command])
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"the cache {place} cannot be used: " in result.stderr
    assert "set ZYGOMA_CACHE" in result.stderr


def test_showing_an_absent_cache_makes_nothing(tmp_path: Path) -> None:
    result = runner.invoke(app, ["cache", "show"])
    assert (result.exit_code, list(tmp_path.iterdir())) == (0, [])


def test_schema_takes_json() -> None:
    plain, asked = (runner.invoke(app, ["device", "schema", *end]) for end in ([], ["--json"]))
    assert asked.exit_code == 0
    assert json.loads(asked.stdout) == json.loads(plain.stdout)


COMMANDS = [
    "",
    "treat",
    "verify",
    "device",
    "device list",
    "device show",
    "device compare",
    "face",
    "face show",
    "face check",
    "face export",
]


@pytest.mark.parametrize("command", [*COMMANDS, "cache", "cache show", "cache clear"])
def test_help_has_an_example(command: str) -> None:
    result = runner.invoke(app, [*command.split(), "--help"])
    assert result.exit_code == 0
    assert f"Example: zygoma {command}".rstrip() in result.stdout


def test_unknown_option_is_wrong_use() -> None:
    assert runner.invoke(app, ["treat", "--colour", "red"]).exit_code == 2


def test_cache_is_shown_and_cleared_without_touching_foreign_files(tmp_path: Path) -> None:
    dose = tmp_path / "cache" / "dose"
    dose.mkdir(parents=True)
    (dose / "a.npz").write_bytes(b"12345")
    foreign = tmp_path / "cache" / "letters.txt"
    foreign.write_text("keep me", encoding="utf-8")
    shown = json.loads(runner.invoke(app, ["cache", "show", "--json"]).stdout)
    assert shown["bytes"] == {"dose": 5}
    cleared = json.loads(runner.invoke(app, ["cache", "clear", "--json"]).stdout)
    assert cleared["bytes_freed"] == 5
    assert not dose.exists()
    assert foreign.exists()


@pytest.mark.parametrize(
    ("reported", "said"),
    [
        (("lead field", 64, 640), "in stage 'lead field', 64 of 640; "),
        (("face", 0, 1), "in stage 'face'; "),
    ],
)
def test_interruption_says_what_is_kept(
    monkeypatch: pytest.MonkeyPatch, reported: tuple[str, int, int], said: str
) -> None:
    def stopped(plan: object, progress: object) -> None:
        progress(*reported)  # type: ignore[operator]
        raise KeyboardInterrupt

    monkeypatch.setattr("zygoma.plan.treat", stopped)
    result = runner.invoke(app, ["treat"])
    assert result.exit_code == 130
    assert said in result.stderr
    assert "kept in" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("electrode", "current", "code"),
    [("generic-probe-light", 800e-6, 3), ("generic-probe", 800e-6, 0), ("generic-probe", 400e-6, 0)],
)
def test_an_exceeded_limit_ends_with_three_and_a_notice_with_zero(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, electrode: str, current: float, code: int
) -> None:
    device = Device.load("myolift-md")
    found = check(device, device.waveform("lifting"), current, Electrode.load(electrode), 1200.0)
    result = SimpleNamespace(
        limits=found, notices=("Neck: both.",), chain="the chain", json=lambda report: {"report": report}
    )
    monkeypatch.setattr("zygoma.plan.treat", lambda plan, progress: result)
    monkeypatch.setattr("zygoma.report.report", lambda treatment, out, progress: out / "report.html")
    printed = runner.invoke(app, ["treat", "--out", str(tmp_path / "out")])
    assert printed.exit_code == code
    assert ("EXCEEDED (refuse)" in printed.stdout) == (code == 3)
    assert ("notice: " in printed.stdout) == (current == 800e-6)
    assert "note: Neck: both." in printed.stderr
    answer = runner.invoke(app, ["treat", "--json", "--out", str(tmp_path / "out")])
    assert answer.exit_code == code
    assert json.loads(answer.stdout)["report"].endswith("report.html")
