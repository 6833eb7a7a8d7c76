"""From a plan to its whole answer."""

from __future__ import annotations

from zygoma.plan.plan import Plan
from zygoma.plan.stages import Progress
from zygoma.plan.treatment import Treatment

CACHED = ("face", "lead-field", "dose")
"""Kinds of results that are kept between runs, each a folder of the cache."""


def treat(plan: Plan | None = None, progress: Progress | None = None) -> Treatment:
    """Compute what a plan asks for."""
    raise NotImplementedError
