"""The question and its whole answer: `Plan`, `treat` and `Treatment`."""

from __future__ import annotations

from zygoma.plan.plan import Plan, default_resolution
from zygoma.plan.treat import treat
from zygoma.plan.treatment import DoseRow, Treatment

__all__ = ["DoseRow", "Plan", "Treatment", "default_resolution", "treat"]
