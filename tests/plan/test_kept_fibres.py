"""What is kept of the thresholds of nerve fibres when a computation is interrupted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from zygoma.device import Waveform
from zygoma.plan.kept_fibres import KeptFibres
from zygoma.response.along import Along
from zygoma.response.branches import Branch
from zygoma.response.innervation import Innervation, along_lines
from zygoma.response.stimulus import Stimulus
from zygoma.response.trials import Searches

STIMULUS = Stimulus.of(Waveform.square(1.0, 1.0, kind="monophasic"), length="0.2 ms")
CURRENT = np.full(4, 4e-4)


def line(number: int, depth: float, positions: int = 1) -> Along:
    """A straight fibre of 30 mm that ends under a cathode, at as many positions."""
    distance = np.linspace(0.0, 30e-3, 61)
    points = np.column_stack([distance, np.zeros(61), np.zeros(61)])
    away = np.hypot(distance - (28e-3 - 1e-3 * np.arange(positions)[:, None]), depth)
    branch = Branch(f"muscle {number}", "facial", "ending", points)
    return Along(branch, np.arange(positions), np.ones(positions), distance, -1.0 / (4 * np.pi * 0.3 * away))


LINES = [line(0, 3e-3), line(1, 4e-3, positions=2), line(2, 5e-3)]
TASKS = 9  # three models on each


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZYGOMA_CACHE", str(tmp_path))
    return tmp_path


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Number of trials of each computation."""
    counts: list[int] = []
    run = Searches.run
    monkeypatch.setattr(Searches, "run", lambda own, trials: counts.append(len(trials)) or run(own, trials))
    return counts


def interrupted_after(count: int) -> tuple[Innervation, ...]:
    reports = []

    def told(part: str, done: int, total: int) -> None:
        reports.append(done / total)
        if len(reports) == count:
            raise KeyboardInterrupt

    return along_lines(LINES, STIMULUS, CURRENT, told, KeptFibres("some-key"))


def test_an_interrupted_computation_goes_on_where_it_stood(cache: Path, searched: list[int]) -> None:
    uninterrupted = along_lines(LINES, STIMULUS, CURRENT)
    with pytest.raises(KeyboardInterrupt):
        interrupted_after(5)
    parts = sorted(cache.rglob("*.json"))
    assert len(parts) == 5
    parts[0].write_text(parts[0].read_text().replace('"MRG', '"mrg').replace('"SENN', '"senn'))  # damaged
    again = along_lines(LINES, STIMULUS, CURRENT, None, KeptFibres("some-key"))
    assert [row.json() for row in again] == [row.json() for row in uninterrupted]
    assert searched[0] == searched[1] == 3 * 4
    assert TASKS - 4 <= searched[2] <= 3 * 4 - 4  # what was finished and is intact is not searched again


def test_the_whole_takes_the_place_of_its_parts(cache: Path, searched: list[int]) -> None:
    kept = KeptFibres("some-key")
    assert kept.whole() is None
    rows = along_lines(LINES, STIMULUS, CURRENT, None, kept)
    assert len(list(cache.rglob("*.json"))) == TASKS
    kept.finish(rows)
    assert len(list(cache.rglob("*.json"))) == 1
    found = kept.whole()
    assert found is not None
    assert [row.json() for row in found] == [row.json() for row in rows]
    assert KeptFibres("another-key").whole() is None


def test_progress_rises_to_the_whole(cache: Path) -> None:
    shares: list[float] = []
    along_lines(LINES, STIMULUS, CURRENT, lambda part, done, total: shares.append(done / total))
    assert len(shares) == TASKS
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_cache_that_cannot_be_written_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("ZYGOMA_CACHE", str(blocked))
    kept = KeptFibres("some-key")
    rows = along_lines(LINES, STIMULUS, CURRENT, None, kept)
    kept.finish(rows)
    assert len(rows) == TASKS
    assert kept.whole() is None
