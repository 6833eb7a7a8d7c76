"""A treatment as a page that a person reads and files that a program reads: `report`."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from zygoma.report.report import report

__all__ = ["report"]


class _Callable(ModuleType):
    """Once it is imported, ``zygoma.report`` is this package; calling it calls the function."""

    def __call__(self, *arguments: Any, **options: Any) -> Path:
        return report(*arguments, **options)


sys.modules[__name__].__class__ = _Callable
