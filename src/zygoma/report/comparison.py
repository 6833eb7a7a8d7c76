"""The page of a comparison of devices."""

from __future__ import annotations

from zygoma.plan import Comparison
from zygoma.report import side_by_side
from zygoma.report.page import template


def render(comparison: Comparison) -> str:
    """Self-contained HTML of a comparison."""
    return template("comparison.html.j2").render(
        c=comparison,
        lead=side_by_side.lead(comparison),
        used=side_by_side.used(comparison),
        choosing=side_by_side.choosing(comparison),
        outputs=side_by_side.outputs(comparison),
        doses=side_by_side.doses(comparison),
        limits=side_by_side.limits(comparison),
        top=side_by_side.TOP,
        conflicts=comparison.devices[0].limits.conflicts,
    )
