"""Progress on standard error for anything that takes longer than two seconds."""

from __future__ import annotations

from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

PATIENCE = 2.0  # nothing is shown for work that ends sooner [s]


class StageProgress:
    """Called with (stage, done, total); draws a bar on a terminal, else a line for each stage.

    Attributes
    ----------
    stage, done, total
        The last report, so that an interrupted run can say how far it came.
    """

    def __init__(self) -> None:
        self.stage, self.done, self.total = "", 0, 0
        self._started = monotonic()
        self._console = Console(stderr=True)
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._announced = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        self.stage, self.done, self.total = stage, done, total
        if monotonic() - self._started < PATIENCE:
            return
        if not self._console.is_terminal:
            if stage != self._announced:
                self._announced = stage
                self._console.print(f"{monotonic() - self._started:6.1f} s  {stage}", highlight=False)
            return
        if self._bar is None:
            columns = (
                TextColumn("{task.description:<12}"),
                BarColumn(),
                TextColumn("{task.percentage:>3.0f} %"),
            )
            self._bar = Progress(*columns, TimeElapsedColumn(), console=self._console, transient=True)
            self._bar.start()
            self._task = self._bar.add_task(stage)
        assert self._task is not None
        self._bar.update(self._task, description=stage, completed=done, total=max(total, 1))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
