"""Tables of a treatment as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zygoma.plan.sample import UNITS
from zygoma.plan.treatment import row
from zygoma.treatment import SetDose

if TYPE_CHECKING:
    from zygoma.plan import Uncertainty
    from zygoma.response.response import Response


def responses_csv(responses: Sequence[Response]) -> str:
    """Responses under a heading line; rows of evidence and warnings are joined with semicolons."""
    table = [
        {key: "; ".join(value) if isinstance(value, list) else value for key, value in one.json().items()}
        for one in responses
    ]
    return _csv(table)


def as_csv(rows: Sequence[SetDose], kind: str = "", uncertainty: Uncertainty | None = None) -> str:
    """Rows under a heading line with units, in the order given.

    Parameters
    ----------
    rows : sequence of SetDose
    kind : str
        ``"muscles"`` or ``"regions"``, whose intervals are added.
    uncertainty : Uncertainty, optional
        Where the intervals come from: 5 and 95 % about the nominal number of the row.
    """
    table = [row(dose) for dose in rows]
    if uncertainty is not None:
        for dose, line in zip(rows, table, strict=True):
            for quantity, unit in UNITS.items():
                nominal, found = getattr(dose, quantity), uncertainty.interval(kind, dose.name, quantity)
                about = None if found is None or nominal is None else found.about(nominal)
                line[f"{quantity}_p05_{unit}"] = about and about.low
                line[f"{quantity}_p95_{unit}"] = about and about.high
    return _csv(table)


def _csv(table: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(table[0]) if table else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue()
