"""Every example runs; each asserts its own number."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

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
