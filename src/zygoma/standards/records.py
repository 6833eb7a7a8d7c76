"""Tables of outputs as CSV, one line a cell, SI values beside the units of the guidance."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from zygoma.standards.table import OutputTable

_COLUMNS = ("device", "mode", "id", "label", "load_ohm", "value", "lowest", "unit", "shown", "formula")
_LAST = ("window", "status", "sources")


def as_csv(tables: Iterable[OutputTable]) -> str:
    """Lines under a heading; an unknown value is empty and its status says why."""
    text = io.StringIO()
    writer = csv.DictWriter(text, (*_COLUMNS, *_LAST), lineterminator="\n")
    writer.writeheader()
    for table in tables:
        parts = [("basic unit", table.basic_unit), *((mode.mode, mode.rows) for mode in table.modes)]
        for name, rows in parts:
            for row in rows:
                line = row.to_dict() | {"device": table.device.id, "mode": name}
                writer.writerow(line | {"sources": "; ".join(row.sources)})
    return text.getvalue()
