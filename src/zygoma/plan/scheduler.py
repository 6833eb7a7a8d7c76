"""Runs samples one after the other here, or many at a time on the workers of dask.distributed."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from zygoma.errors import InputError, SchedulerError
from zygoma.plan.sample import KINDS, Numbers, Sample, compute
from zygoma.provenance import cache_dir, read_record, write_record

_RETRIES = 3  # of a sample whose worker is lost
_PATIENCE = "10s"  # for the first word of a scheduler
_WORKERS_PATIENCE = 60.0  # for the first worker to join it [s]
_ADDRESS = re.compile(r"(?:[a-z]+://)?(?:[^\s:/\[\]]+|\[[0-9a-fA-F:.%]+\]):(?P<port>\d{1,5})/?")
_LOGGERS = ("distributed", "distributed.client", "tornado", "tornado.application", "asyncio")

Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Scheduler:
    """Where samples are computed.

    Attributes
    ----------
    address : str, optional
        Scheduler of dask.distributed, such as ``"tcp://10.0.0.7:8786"``.
    workers : int, optional
        Start as many worker processes on this machine instead, with one thread each.

    Raises
    ------
    InputError
        Both are given, less than one worker, or text that is no address; dask.distributed is needed and not
        installed.
    """

    address: str | None = None
    workers: int | None = None

    def __post_init__(self) -> None:
        if self.address is not None and self.workers is not None:
            raise InputError(
                f"scheduler {self.address} and {self.workers} own workers were given; leave one out"
            )
        if self.address is not None:
            form = _ADDRESS.fullmatch(self.address)
            if form is None or not 0 < int(form["port"]) < 2**16:
                raise InputError(
                    f"{self.address!r} is no address of a scheduler; expected tcp://HOST:PORT, such as "
                    "tcp://10.0.0.7:8786"
                )
        if self.workers is not None and self.workers < 1:
            raise InputError(f"{self.workers} workers were given; expected 1 or more")
        if self.apart and find_spec("distributed") is None:
            raise InputError(
                "workers need dask.distributed, which is not installed; pip install 'zygoma[distributed]'"
            )

    @property
    def apart(self) -> bool:
        """Whether samples are computed by other processes."""
        return self.address is not None or self.workers is not None

    def check(self) -> None:
        """See whether the scheduler at the address answers and has a worker.

        Raises
        ------
        SchedulerError
            It does not answer, or no worker joins it within a minute.
        """
        if self.address is not None:
            with self._client():
                pass

    def run(self, samples: Sequence[Sample], told: Told | None = None) -> list[Numbers]:
        """Numbers of all samples, in their order; those that are kept from before are not computed again.

        Each is kept as soon as it is there, so an interruption loses only those that are being computed.

        Parameters
        ----------
        samples : sequence of Sample
        told : callable, optional
            Called with (samples done, samples).

        Raises
        ------
        InputError, MeshError, SolverError
            As `zygoma.plan.sample.compute`.
        SchedulerError
            The scheduler cannot be reached or was lost, or a sample loses its worker again and again.
        """
        hashes = [sample.hash for sample in samples]
        found = {key: numbers for key in hashes if (numbers := _kept(key)) is not None}
        todo = {key: sample for key, sample in zip(hashes, samples, strict=True) if key not in found}
        tell = told or (lambda done, total: None)
        tell(len(samples) - len(todo), len(samples))
        for key, numbers in self._computed(todo):
            write_record(_place(key), {"numbers": numbers})
            found[key] = numbers
            tell(sum(key in found for key in hashes), len(samples))
        return [found[key] for key in hashes]

    def _computed(self, todo: dict[str, Sample]) -> Iterator[tuple[str, Numbers]]:
        if not self.apart:
            for key, sample in todo.items():
                yield key, compute(sample)
        elif todo:
            yield from self._distributed(todo)

    def _distributed(self, todo: dict[str, Sample]) -> Iterator[tuple[str, Numbers]]:
        with self._client() as client:
            from distributed import KilledWorker, as_completed

            futures = client.map(
                _on_one_thread,
                list(todo.values()),
                key=[f"zygoma-{key}" for key in todo],
                pure=False,
                retries=_RETRIES,
            )
            keys = {future.key: key for future, key in zip(futures, todo, strict=True)}
            for future in as_completed(futures):
                try:
                    numbers = future.result()
                except KilledWorker as error:
                    raise SchedulerError(
                        f"a sample lost its worker {_RETRIES + 1} times; give the workers more memory or "
                        "take fewer of them. What was finished is kept"
                    ) from error
                except (CancelledError, OSError) as error:
                    raise SchedulerError(
                        f"the scheduler {self.address or 'of this machine'} was lost; start it again and "
                        "repeat the command. What was finished is kept"
                    ) from error
                yield keys[future.key], numbers

    @contextmanager
    def _client(self) -> Iterator[Any]:
        from distributed import Client, LocalCluster

        with ExitStack() as stack:
            stack.enter_context(_silence())
            if self.address is None:
                where: Any = LocalCluster(
                    n_workers=self.workers, threads_per_worker=1, dashboard_address=None,
                    silence_logs=logging.CRITICAL,
                )  # fmt: skip
                stack.enter_context(where)
            else:
                where = self.address
            try:
                client = Client(where, timeout=_PATIENCE)
            except (OSError, ValueError) as error:
                raise SchedulerError(
                    f"no scheduler of dask.distributed answers at {where} within {_PATIENCE}; start one with "
                    "'dask scheduler' and give the address that it prints"
                ) from error
            stack.enter_context(client)
            try:
                client.wait_for_workers(1, timeout=_WORKERS_PATIENCE)
            except TimeoutError as error:
                raise SchedulerError(
                    f"no worker joined the scheduler {where} within {_WORKERS_PATIENCE:.0f} s; start some "
                    "with 'dask worker ADDRESS --nthreads 1'"
                ) from error
            yield client


@contextmanager
def _silence() -> Iterator[None]:
    """Keep what dask logs of a lost connection from the reader: one clear error says it."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def _on_one_thread(sample: Sample) -> Numbers:
    """Numbers of a sample by one thread, so that they do not depend on how many workers there are."""
    import numba

    numba.set_num_threads(1)
    return compute(sample)


def _place(key: str) -> Path:
    return cache_dir() / "samples" / f"{key}.json"


def _kept(key: str) -> Numbers | None:
    """Numbers of a sample from before; None where there are none, or they are damaged."""
    numbers = (read_record(_place(key)) or {}).get("numbers")
    if not isinstance(numbers, dict) or not numbers:
        return None
    for name, value in numbers.items():
        if len(name.split("/")) != 3 or name.split("/")[0] not in KINDS:
            return None
        if not isinstance(value, float) or not math.isfinite(value):
            return None
    return numbers
