"""A verification case: what it solves, and which kind of evidence it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from zygoma.verification.record import Record

Duration = Literal["seconds", "half a minute", "minutes"]


@dataclass(frozen=True)
class Case:
    """A case by name.

    Attributes
    ----------
    name : str
        One word or several with hyphens, as on the command line.
    category : int
        Category of credibility evidence, 1 to 8, of the FDA guidance of 2023.
    title : str
        Heading in a few words.
    context : str
        For which use of the model it is evidence, a sentence.
    duration : {"seconds", "half a minute", "minutes"}
        How long it takes on two cores; a run without names leaves out what takes minutes.
    solve : callable
        Gives the records.
    """

    name: str
    category: int
    title: str
    context: str
    duration: Duration
    solve: Callable[[], list[Record]]
