"""The question and its whole answer: `Plan`, `treat` and `Treatment`."""

from __future__ import annotations

from zygoma.plan.compare import Comparison, compare
from zygoma.plan.plan import Plan, default_resolution
from zygoma.plan.treat import treat
from zygoma.plan.treatment import Treatment

__all__ = ["Comparison", "Plan", "Treatment", "compare", "default_resolution", "treat"]
