"""Progress on standard error for anything that takes longer than two seconds."""

from __future__ import annotations

from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

PATIENCE = 2.0  # nothing is shown for work that ends sooner [s]
INTERVAL = 30.0  # between two lines of one stage, where there is no terminal [s]


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
        self._begun = self._said = self._started
        self._before = 0

    def __call__(self, stage: str, done: int, total: int) -> None:
        self.stage, self.done, self.total = stage, done, total
        if monotonic() - self._started < PATIENCE:
            return
        if not self._console.is_terminal:
            self._line(stage, done, total)
            return
        if self._bar is None:
            columns = (
                TextColumn("{task.description:<12}"),
                BarColumn(),
                TextColumn("{task.percentage:>3.0f} %"),
            )
            self._bar = Progress(
                *columns, TimeElapsedColumn(), TimeRemainingColumn(), console=self._console, transient=True
            )
            self._bar.start()
            self._task = self._bar.add_task(stage)
        assert self._task is not None
        self._bar.update(self._task, description=stage, completed=done, total=max(total, 1))

    def _line(self, stage: str, done: int, total: int) -> None:
        """A line for each stage, and one every half minute with the time that is left."""
        now = monotonic()
        if stage != self._announced:
            self._announced, self._begun, self._said, self._before = stage, now, now, done
            self._console.print(f"{now - self._started:6.1f} s  {stage}", highlight=False)
        elif now - self._said > INTERVAL and done > self._before:
            self._said = now
            left = (now - self._begun) / (done - self._before) * (total - done)
            text = f"{now - self._started:6.1f} s  {stage} {done} of {total}, about {left / 60:.0f} min left"
            self._console.print(text, highlight=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
