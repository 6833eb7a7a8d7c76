"""A treatment as a page that a person reads and files that a program reads: `report`."""

from __future__ import annotations

from zygoma.report.report import report

__all__ = ["report"]
