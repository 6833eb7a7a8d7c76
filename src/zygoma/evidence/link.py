"""Links of the causal chain from the current to the wrinkle."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from zygoma.provenance import load_data

FILE = "links.toml"


@dataclass(frozen=True)
class Link:
    """One step of the chain.

    Attributes
    ----------
    id, name : str
        ``"L1"`` to ``"L13"`` and ``"lift"``; what is claimed to happen.
    grade : str
        ``A`` to ``D``, as `grades` explains them.
    note : str
        What the grade rests on or hides.
    """

    id: str
    name: str
    grade: str
    note: str

    def json(self) -> dict[str, Any]:
        """In plain values."""
        return asdict(self)


@cache
def links() -> dict[str, Link]:
    """All links by id, in the order of the chain."""
    return {entry["id"]: Link(**entry) for entry in load_data(FILE)["link"]}


def grades() -> dict[str, str]:
    """What each grade of a link or a prior means."""
    return dict(load_data(FILE)["grade"])
