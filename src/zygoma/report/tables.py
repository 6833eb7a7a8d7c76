"""Tables of a treatment as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from zygoma.plan.treatment import row
from zygoma.treatment import SetDose


def as_csv(rows: Iterable[SetDose]) -> str:
    """Rows under a heading line with units, in the order given."""
    table = [row(dose) for dose in rows]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(table[0]) if table else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue()
