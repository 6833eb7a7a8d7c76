"""Samples on the workers of dask.distributed, on the coarse face with two resting contacts a side."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest

from zygoma.errors import SchedulerError
from zygoma.plan import Plan
from zygoma.plan.cohort import cohort
from zygoma.plan.prior import draw, priors
from zygoma.plan.sample import Sample, compute, ground_of
from zygoma.plan.scheduler import Scheduler

SHORT = ['programme.name="hands-free"', 'programme.session="4 s"']
distributed: Any = pytest.importorskip("distributed")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZYGOMA_CACHE", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    plan = Plan.load(overrides=SHORT)
    ground = ground_of(plan, "coarse")
    names = [prior.name for prior in priors()]
    germ = draw(priors(), 4, 1)
    return [Sample(plan, "coarse", dict(zip(names, map(float, row), strict=True)), ground) for row in germ]


@pytest.fixture
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as found:
        yield found


@pytest.mark.slow
def test_a_killed_worker_is_survived_with_the_local_result(
    samples: list[Sample], cluster: Any, cache: Path
) -> None:
    killed: list[int] = []

    def told(done: int, total: int) -> None:
        if done == 1 and not killed:
            with distributed.Client(cluster) as client:
                killed.append(min(client.run(os.getpid).values()))
            os.kill(killed[0], signal.SIGKILL)

    found = Scheduler(address=cluster.scheduler_address).run(samples, told)
    assert killed
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        local = [compute(sample) for sample in samples]
    finally:
        numba.set_num_threads(before)
    for one, other in zip(found, local, strict=True):
        assert one.keys() == other.keys()
        assert list(one.values()) == pytest.approx(list(other.values()), rel=1e-10)
    assert len(list((cache / "samples").glob("*.json"))) == len(samples)


@pytest.mark.slow
def test_sharing_the_order_of_elimination_changes_nothing(samples: list[Sample]) -> None:
    """A sample alone, with its own order of elimination, against one after another sample."""
    from zygoma.plan import sample

    sample._shared.clear()
    alone = compute(samples[1])
    compute(samples[0])
    after = compute(samples[1])
    assert list(after.values()) == pytest.approx(list(alone.values()), rel=1e-5)


@pytest.mark.slow
def test_thicker_fat_keeps_current_from_the_muscles(samples: list[Sample]) -> None:
    plan, ground = samples[0].plan, samples[0].ground
    thin, thick = (compute(Sample(plan, "coarse", {"fat_thickness": germ}, ground)) for germ in (-1.5, 1.5))
    assert thin["face/whole/reaching_smas"] > 1.1 * thick["face/whole/reaching_smas"]


@pytest.mark.slow
def test_cohort_on_the_same_machinery(cache: Path) -> None:
    from zygoma.face.morph import Person

    persons = [Person(bmi=20.0), Person(sex="male", bmi=32.0)]
    found = cohort(persons, Plan.load(overrides=SHORT))
    rows = found.rows()
    assert [row["sex"] for row in rows] == ["female", "male"]
    key = "muscles/masseter_r/charge_density"
    assert np.isfinite([row[key] for row in rows]).all()
    assert rows[0][key] != rows[1][key]
    assert found.as_csv().count("\n") == 3


def test_no_scheduler_is_one_clear_error(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zygoma.plan.scheduler._PATIENCE", "1s")
    sample = Sample(Plan.load(overrides=SHORT), "coarse", {}, 0)
    with pytest.raises(SchedulerError, match="no scheduler of dask"):
        Scheduler(address="tcp://127.0.0.1:9").run([sample])
