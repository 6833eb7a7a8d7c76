"""Where the facts of a device come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from zygoma.device.record import STATUSES, check, one_of
from zygoma.errors import InputError

_SOURCE = {"fields": "texts", "ref": "text", "status": "text"}
STATED = "no source"
"""Status of a fact that a file states without a source."""
KnownKind = Literal["published", "computed", "assumed"]
Kind = KnownKind | Literal["unknown"]
KIND_OF_STATUS: Mapping[str, KnownKind] = {
    "read": "published",
    "measured": "computed",
    "computed": "computed",
    "unverified": "assumed",
    "assumption": "assumed",
    STATED: "computed",
}
"""What a figure is called that rests on a fact or a waveform of a status."""


@dataclass(frozen=True)
class Source:
    """Where the fields of a device come from, and of what kind the finding is."""

    fields: tuple[str, ...]
    ref: str
    status: str

    def __post_init__(self) -> None:
        one_of(self.status, "status", STATUSES, f"source {self.ref!r}")


def read_sources(tables: list[Any], facts: Mapping[str, Any], where: str) -> tuple[Source, ...]:
    """Sources, each field covered at most once and present."""
    sources, covered = [], set[str]()
    for table in tables:
        checked = check(table, _SOURCE, f"{where} source", ("fields", "ref", "status"))
        one_of(checked["status"], "status", STATUSES, f"{where} source")
        for key in checked["fields"]:
            one_of(key, "field", facts, f"{where} source")
            if key in covered:
                raise InputError(f"{where} has two sources for {key!r}; keep one")
            covered.add(key)
        sources.append(Source(tuple(checked["fields"]), checked["ref"], checked["status"]))
    return tuple(sources)
