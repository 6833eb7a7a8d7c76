"""Samples on the workers of dask.distributed, on the coarse face with two resting contacts a side."""

from __future__ import annotations

import json
import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest

from zygoma.errors import InputError, SchedulerError
from zygoma.plan import Plan
from zygoma.plan.cohort import cohort
from zygoma.plan.prior import draw, priors
from zygoma.plan.sample import Sample, compute, ground_of
from zygoma.plan.scheduler import Scheduler, _kept, _silence
from zygoma.provenance import write_record

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
    with pytest.raises(SchedulerError, match="no scheduler of dask"):
        Scheduler(address="tcp://127.0.0.1:9").check()
    Scheduler().check()
    Scheduler(workers=2).check()


def test_a_scheduler_without_workers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zygoma.plan.scheduler._WORKERS_PATIENCE", 0.2)
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=None) as alone,
        pytest.raises(SchedulerError, match=r"no worker joined the scheduler .*dask worker"),
    ):
        Scheduler(address=alone.scheduler_address).check()


@pytest.mark.parametrize(
    "address", ["", "foo", "tcp://", "tcp://a", "a:b", "http//x:1", "tcp://a:70000", "a:0"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="tcp://HOST:PORT"):
        Scheduler(address=address)


@pytest.mark.parametrize(
    "address", ["tcp://10.0.0.7:8786", "tls://host.name:1", "host:8786", "tcp://[::1]:8786"]
)
def test_addresses(address: str) -> None:
    assert Scheduler(address=address).apart


GOOD = {"muscles/masseter_r/J_mean": 0.5, "face/whole/deep_resistance": 300.0}


@pytest.mark.parametrize(
    "numbers", [{}, [], {"a": 1.0}, {"face/whole/a": "1"}, {"face/whole/a": float("nan")}, {"x/y/z": 1.0}]
)
def test_kept_numbers_that_are_none_are_computed_again(cache: Path, numbers: Any) -> None:
    place = cache / "samples" / "k.json"
    write_record(place, {"numbers": GOOD})
    assert _kept("k") == GOOD
    write_record(place, {"numbers": numbers})
    assert _kept("k") is None


def test_altered_numbers_are_computed_again(cache: Path) -> None:
    place = cache / "samples" / "k.json"
    write_record(place, {"numbers": GOOD})
    place.write_text(place.read_text().replace("300.0", "301.0"))
    assert _kept("k") is None
    place.write_text(json.dumps(GOOD))  # the layout before
    assert _kept("k") is None
    assert _kept("absent") is None


def test_numbers_of_samples_are_kept_as_they_are(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Sample] = []
    monkeypatch.setattr("zygoma.plan.scheduler.compute", lambda sample: calls.append(sample) or GOOD)
    sample = Sample(Plan.load(overrides=SHORT), "coarse", {}, 0)
    assert Scheduler().run([sample]) == [GOOD] == Scheduler().run([sample])
    assert len(calls) == 1


def test_what_dask_logs_of_a_lost_scheduler_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """A killed scheduler is told in one line by the error; tracebacks of dask are kept back."""
    logger = logging.getLogger("asyncio")
    handler = logging.StreamHandler()
    logger.addHandler(handler)
    try:
        logger.error("seen")
        with _silence():
            logger.error("not seen")
        logger.error("seen again")
    finally:
        logger.removeHandler(handler)
    assert capsys.readouterr().err == "seen\nseen again\n"
