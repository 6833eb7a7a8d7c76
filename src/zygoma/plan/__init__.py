"""The question and its whole answer: `Plan`, `treat` and `Treatment`."""

from __future__ import annotations

from zygoma.plan.compare import Comparison, compare
from zygoma.plan.plan import Plan, default_resolution
from zygoma.plan.treat import treat
from zygoma.plan.treatment import Treatment
from zygoma.plan.uncertainty import Uncertainty, propagate

__all__ = [
    "Comparison",
    "Plan",
    "Treatment",
    "Uncertainty",
    "compare",
    "default_resolution",
    "propagate",
    "treat",
]
