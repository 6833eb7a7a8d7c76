"""What a table or a check is told, and what kind of knowledge that is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from zygoma.device import Device, Waveform

Kind = Literal["published", "computed", "assumed", "unknown"]
_OF_STATUS: dict[str, Kind] = {
    "read": "published",
    "measured": "computed",
    "computed": "computed",
    "unverified": "assumed",
    "assumption": "assumed",
    "no source": "computed",
}


@dataclass(frozen=True, slots=True)
class Given:
    """Where an input comes from.

    Parameters
    ----------
    kind : {"published", "computed", "assumed", "unknown"}
    says : str
        The source, the assumption, or the measurement that is missing.
    """

    kind: Kind
    says: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.says}" if self.says else self.kind


def of_fact(device: Device, key: str) -> Given:
    """Where a fact of a device comes from; `key` is one of its facts."""
    status = device.status(key)
    for source in device.sources:
        if key in source.fields:
            says = source.ref if status in ("read", "computed") else f"{status}: {source.ref}"
            return Given(_OF_STATUS[status], says)
    return Given(_OF_STATUS[status], "stated in the device file without a source")


def of_waveform(waveform: Waveform) -> Given:
    """Where a waveform comes from."""
    kind = _OF_STATUS[waveform.status]
    stands_in = " stands in" if kind == "assumed" else ""
    return Given(kind, f"waveform {waveform.id!r}{stands_in} ({waveform.status}: {waveform.source})")


def worst(inputs: Iterable[Given]) -> Given:
    """What a figure is that rests on all of these: unknown, else assumed, else computed."""
    inputs = list(inputs)
    for kind in ("unknown", "assumed"):
        if found := [given.says for given in inputs if given.kind == kind]:
            return Given(kind, "; ".join(dict.fromkeys(found)))
    return Given("computed", "")
