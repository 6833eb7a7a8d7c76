"""What the comparison with limits found."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from zygoma.provenance import load_data
from zygoma.standards.given import Given
from zygoma.standards.limit import FILE, Limit, Verdict
from zygoma.standards.quantity import Use

GATES = ("refuse", "stop")
"""Actions that keep a device from being used as asked."""


@dataclass(frozen=True)
class LimitRow:
    """One limit with the value that was compared with it.

    Parameters
    ----------
    limit : Limit
    value : float or None
        SI; None where it is unknown or does not apply.
    margin : float or None
        Limit over value, or value over limit for a lower bound: below 1 it is exceeded. None for a value of
        zero or a figure without limit.
    verdict : {"met", "exceeded", "unknown", "waived", "reported", "not applicable"}
    basis : str
        Begins with computed, published, assumed, unknown or not applicable, and says what the value rests on.
    hint : str
        What would meet the limit.
    wording : str
        The quantity in words, where it is not that of the data file.
    """

    limit: Limit
    value: float | None
    margin: float | None
    verdict: Verdict
    basis: str
    hint: str = ""
    wording: str = ""

    @property
    def label(self) -> str:
        """The quantity in words, as it was found for this use."""
        return self.wording or self.shared_label

    @property
    def shared_label(self) -> str:
        """The quantity in words, the same for every device and use."""
        words: str = load_data(FILE)["quantity"].get(self.limit.quantity, {}).get("label", "")
        return words or self.limit.quantity.replace("_", " ")

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON; `status` is that of the source of the limit."""
        limit = self.limit
        return {
            "id": limit.id,
            "profile": limit.profile,
            "quantity": limit.quantity,
            "label": self.label,
            "value": self.value,
            "limit": limit.value,
            "op": limit.op,
            "unit": limit.unit,
            "load_ohm": limit.load_ohm,
            "window_s": limit.window_s,
            "margin": self.margin,
            "verdict": self.verdict,
            "action": limit.action,
            "status": limit.status,
            "standard": limit.standard,
            "clause": limit.clause,
            "source": limit.source,
            "as_published": limit.as_published,
            "basis": self.basis,
            "hint": self.hint,
            "note": limit.note,
        }


def rank(row: LimitRow) -> tuple[int, float]:
    """How much a row weighs among several: exceeded most, then unknown; the smallest margin among equals."""
    order = ("not applicable", "met", "waived", "reported", "unknown", "exceeded")
    return order.index(row.verdict), -math.inf if row.margin is None else -row.margin


@dataclass(frozen=True)
class LimitReport:
    """All limits that apply to a use of a device.

    Parameters
    ----------
    use : Use
    profiles : tuple of str
        Sets of limits that were used.
    rows : tuple of LimitRow
    inputs : tuple of Given
        What the values rest on.
    """

    use: Use
    profiles: tuple[str, ...]
    rows: tuple[LimitRow, ...]
    inputs: tuple[Given, ...]

    def __getitem__(self, id: str) -> LimitRow:
        return next(row for row in self.rows if row.limit.id == id)

    @property
    def exceeded(self) -> tuple[LimitRow, ...]:
        """Limits with action refuse or stop that are exceeded."""
        return tuple(r for r in self.rows if r.verdict == "exceeded" and r.limit.action in GATES)

    @property
    def notices(self) -> tuple[LimitRow, ...]:
        """Limits with another action that are exceeded."""
        return tuple(r for r in self.rows if r.verdict == "exceeded" and r.limit.action not in GATES)

    @property
    def undecided(self) -> tuple[LimitRow, ...]:
        """Limits with action refuse or stop that nothing decides, because something is unknown."""
        return tuple(r for r in self.rows if r.verdict == "unknown" and r.limit.action in GATES)

    @cached_property
    def conflicts(self) -> tuple[dict[str, Any], ...]:
        """Conflicts between authorities, to be printed and not resolved."""
        return tuple(load_data("statements.toml")["conflict"])

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        use = self.use
        return {
            "device": use.device.id,
            "waveform": use.waveform.id if use.waveform else None,
            "current_A": use.current,
            "area_m2": use.area,
            "session_s": use.session,
            "load_ohm": use.load,
            "profiles": list(self.profiles),
            "exceeded": [row.limit.id for row in self.exceeded],
            "notices": [row.limit.id for row in self.notices],
            "undecided": [row.limit.id for row in self.undecided],
            "limits": [row.to_dict() for row in self.rows],
            "inputs": [str(given) for given in self.inputs if given.says],
            "conflicts": [dict(conflict) for conflict in self.conflicts],
        }

    def __str__(self) -> str:
        counts = Counter(row.verdict for row in self.rows)
        found = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
        names = ", ".join(row.limit.id for row in self.exceeded) or "none"
        return f"Limits of {self.use.device.name}: {found}\nexceeded with action refuse or stop: {names}"
