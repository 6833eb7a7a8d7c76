"""What a table or a check is told, and what kind of knowledge that is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zygoma.device import Device, Waveform
from zygoma.device.polyline import Polyline
from zygoma.device.source import KIND_OF_STATUS, Kind
from zygoma.units import show

__all__ = ["Given", "Kind", "of_fact", "of_waveform", "worst"]


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
            return Given(KIND_OF_STATUS[status], says)
    return Given(KIND_OF_STATUS[status], "stated in your file, without a source")


def of_waveform(waveform: Waveform) -> Given:
    """Where a waveform comes from."""
    kind = KIND_OF_STATUS[waveform.status]
    stands_in = " stands in" if kind == "assumed" else ""
    says = f"waveform {waveform.id!r}{stands_in} ({waveform.status}: {waveform.source})"
    return Given(kind, says + _of_record(waveform))


def _of_record(waveform: Waveform) -> str:
    """That a measured record counts as one period, and how many pulses are found in it, if several."""
    trace = waveform.segments
    if waveform.status != "measured" or not isinstance(trace, Polyline):
        return ""
    if trace.pulses == 1:
        return ", whose record counts as one period"
    length = show(trace.duration, "s")
    return (
        f", whose record of {length} counts as one period although {trace.pulses} pulses are found in it; if"
        " each is a period, cut it to whole periods and state their number as 'periods' in its trace"
    )


def worst(inputs: Iterable[Given]) -> Given:
    """What a figure is that rests on all of these: unknown, else assumed, else computed."""
    inputs = list(inputs)
    for kind in ("unknown", "assumed"):
        if found := [given.says for given in inputs if given.kind == kind]:
            return Given(kind, "; ".join(dict.fromkeys(found)))
    return Given("computed", "")
