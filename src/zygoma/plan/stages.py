"""The stages of a treatment: their order, their progress, their time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

Progress = Callable[[str, int, int], None]
"""Called with the name of a stage, how much of it is done and how much there is."""


class Stages:
    """Times each stage and tells the caller where the work stands.

    Parameters
    ----------
    progress : callable, optional
        Called with (stage, done, total).
    """

    def __init__(self, progress: Progress | None = None) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress

    @contextmanager
    def __call__(self, name: str) -> Iterator[Callable[[int, int], None]]:
        """Run one stage; yields what the work calls with (done, total)."""

        def tell(done: int, total: int) -> None:
            if self._progress is not None:
                self._progress(name, done, total)

        started = perf_counter()
        tell(0, 1)
        try:
            yield tell
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - started
