"""A limit as it stands in the data, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from zygoma.errors import UnknownNameError
from zygoma.provenance import load_data

FILE = "limits.toml"
Action = Literal["refuse", "stop", "notice", "report"]
Verdict = Literal["met", "exceeded", "unknown", "waived", "reported", "not applicable"]
_TOLERANCE = 1e-9  # a value computed to be equal to its limit is not above it


@dataclass(frozen=True)
class Limit:
    """One limit.

    Parameters
    ----------
    id, profile, standard, clause, quantity : str
        Where it stands and what it bounds; quantities are explained in the data file.
    unit : str
        SI.
    action : {"refuse", "stop", "notice", "report"}
    source, status : str
        Where the value comes from; read, computed, measured, unverified or product (own choice).
    value : float, optional
        None for a figure that is reported and never judged.
    op : {"<=", "<", ">="}
    load_ohm, window_s : float, optional
        Load [ohm] and averaging time [s] that belong to it.
    f_min_Hz, f_max_Hz : float, optional
        Band of the frequency of the waveform in which it applies, without its lower and with its upper end;
        0 to 0 is direct current.
    kinds : tuple of str
        Classes of devices to which it applies; empty for all.
    waiver : str
        The flag that waives it.
    as_published, note : str
    value_when_disabled : float, optional
        Second value of the source, for when the rule is switched off there.
    """

    id: str
    profile: str
    standard: str
    clause: str
    quantity: str
    unit: str
    action: Action
    source: str
    status: str
    value: float | None = None
    op: str = "<="
    load_ohm: float | None = None
    window_s: float | None = None
    f_min_Hz: float | None = None
    f_max_Hz: float | None = None
    kinds: tuple[str, ...] = ()
    waiver: str = ""
    as_published: str = ""
    note: str = ""
    value_when_disabled: float | None = None

    def applies(self, kind: str, frequency: float | None) -> bool:
        """Whether it concerns a class of devices at a frequency [Hz]; an unknown one is in every band."""
        if self.kinds and kind not in self.kinds:
            return False
        low, high = self.f_min_Hz, self.f_max_Hz
        if frequency is None or (low is None and high is None):
            return True
        if frequency == 0 or high == 0:
            return frequency == high
        return (low or 0.0) < frequency <= (high if high is not None else frequency)

    def margin(self, value: float) -> float | None:
        """Factor by which the limit is kept: 1 at the limit, below 1 beyond it; None where it has no end."""
        if self.value is None or (self.op == ">=" and self.value == 0) or (self.op != ">=" and value == 0):
            return None
        return value / self.value if self.op == ">=" else self.value / value

    def met(self, value: float) -> bool:
        """Whether a value keeps the limit, equal ones up to rounding as the limit says."""
        assert self.value is not None
        slack = _TOLERANCE * abs(self.value)
        if self.op == ">=":
            return value >= self.value - slack
        return value < self.value - slack if self.op == "<" else value <= self.value + slack


@cache
def limits() -> tuple[Limit, ...]:
    """All limits of the data file."""
    entries = ({**entry, "kinds": tuple(entry.get("kinds", ()))} for entry in load_data(FILE)["limit"])
    return tuple(Limit(**entry) for entry in entries)


def profiles(asked: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Names of the sets of limits that are always used, and those that are asked for.

    Raises
    ------
    UnknownNameError
        No such set.
    """
    known: dict[str, Any] = load_data(FILE)["profile"]
    for name in asked:
        if name not in known:
            raise UnknownNameError("profile of limits", name, known)
    return tuple(name for name, entry in known.items() if entry["default"] or name in asked)
