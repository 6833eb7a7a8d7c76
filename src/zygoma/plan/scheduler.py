"""Runs samples one after the other here, or many at a time on the workers of dask.distributed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from zygoma.errors import InputError, SchedulerError
from zygoma.plan.sample import Numbers, Sample, compute
from zygoma.provenance import cache_dir, write_text

_RETRIES = 3  # of a sample whose worker is lost
_PATIENCE = "10s"  # for the first word of a scheduler

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
        Both are given, or less than one worker; dask.distributed is needed and not installed.
    """

    address: str | None = None
    workers: int | None = None

    def __post_init__(self) -> None:
        if self.address is not None and self.workers is not None:
            raise InputError(
                f"scheduler {self.address} and {self.workers} own workers were given; leave one out"
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
            write_text(_place(key), json.dumps(numbers))
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
            yield client


def _on_one_thread(sample: Sample) -> Numbers:
    """Numbers of a sample by one thread, so that they do not depend on how many workers there are."""
    import numba

    numba.set_num_threads(1)
    return compute(sample)


def _place(key: str) -> Path:
    return cache_dir() / "samples" / f"{key}.json"


def _kept(key: str) -> Numbers | None:
    try:
        found = json.loads(_place(key).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found else None
