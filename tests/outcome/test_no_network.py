"""Photographs stay where they are: no code for networks, and everything works where there is none."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from PIL import Image

NETWORK = {
    "socket",
    "ssl",
    "http",
    "urllib",
    "requests",
    "httpx",
    "aiohttp",
    "ftplib",
    "smtplib",
    "websockets",
}


def _imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_the_package_has_no_network_code() -> None:
    modules = list(Path(str(files("zygoma") / "outcome")).rglob("*.py"))
    assert len(modules) > 40
    for path in modules:
        assert not _imported(path) & NETWORK, path


def _alone(words: list[str]) -> list[str]:
    """A command in a network namespace without interfaces."""
    return ["unshare", "--map-root-user", "--net", *words]


@pytest.fixture(scope="module")
def namespace() -> None:
    if shutil.which("unshare") is None or subprocess.run(_alone(["true"]), capture_output=True).returncode:
        pytest.skip("this machine makes no network namespaces")


@pytest.mark.slow
def test_a_photograph_is_measured_without_a_network(namespace: None, tmp_path: Path) -> None:
    with Image.open(Path(__file__).parent / "photos" / "astronaut.jpg") as photo:
        photo.resize((8 * photo.width, 8 * photo.height)).save(tmp_path / "large.png")
    program = [sys.executable, "-m", "zygoma", "outcome"]
    done = subprocess.run(
        _alone([*program, "measure", str(tmp_path / "large.png"), "--json"]), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["regions"]
    guide = subprocess.run(
        _alone([*program, "capture-guide", "--out", str(tmp_path / "guide.html")]),
        capture_output=True,
        text=True,
    )
    assert guide.returncode == 0, guide.stderr
