"""What is allowed: the table of outputs, limits, screening and the words of claims."""

from zygoma.standards.check import check
from zygoma.standards.claims import Finding, check_claims
from zygoma.standards.limit import Limit, limits
from zygoma.standards.limit_report import LimitReport, LimitRow
from zygoma.standards.screening import Screening, checklist, screen
from zygoma.standards.table import OutputTable

__all__ = [
    "Finding",
    "Limit",
    "LimitReport",
    "LimitRow",
    "OutputTable",
    "Screening",
    "check",
    "check_claims",
    "checklist",
    "limits",
    "screen",
]
