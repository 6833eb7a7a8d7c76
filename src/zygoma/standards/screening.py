"""The questions before a session, and what their answers allow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from zygoma.errors import InputError, UnknownNameError
from zygoma.provenance import load_data

_FILE = "contraindications.toml"


@dataclass(frozen=True)
class Item:
    """One question or rule of the checklist.

    Parameters
    ----------
    id, question : str
    action : {"block", "ask", "site", "warn"}
    sources : tuple of str
        Who says so, in its words, with the status of the source.
    good : {"yes", "no"}
        The answer that lets the session go on.
    regions : tuple of str
        Places that a rule with action site leaves out.
    conflict : str
        Id of a conflict between authorities that belongs to it.
    """

    id: str
    question: str
    action: Literal["block", "ask", "site", "warn"]
    sources: tuple[str, ...]
    good: Literal["yes", "no"] = "no"
    regions: tuple[str, ...] = ()
    conflict: str = ""

    @property
    def personal(self) -> bool:
        """Whether a person answers it; the others are about the programme."""
        return self.action != "site" and not self.conflict

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "id": self.id,
            "question": self.question,
            "action": self.action,
            "good": self.good if self.personal else None,
            "regions": list(self.regions),
            "conflict": self.conflict or None,
            "sources": list(self.sources),
        }


@dataclass(frozen=True)
class Screening:
    """What the answers of a person allow.

    Parameters
    ----------
    blocked, ask, warned : tuple of Item
        Items that forbid the session, that need a stored note of a qualified person, that are only shown.
    unanswered : tuple of Item
    """

    blocked: tuple[Item, ...]
    ask: tuple[Item, ...]
    warned: tuple[Item, ...]
    unanswered: tuple[Item, ...]

    @property
    def allowed(self) -> bool:
        """Whether a session may start: all answered, none forbids, none needs a note."""
        return not (self.blocked or self.ask or self.unanswered)


@cache
def checklist() -> tuple[Item, ...]:
    """All items of the data file."""
    data = load_data(_FILE)
    refs = {source["id"]: source["ref"] for source in data["source"]}
    return tuple(
        Item(
            entry["id"],
            entry["question"],
            entry["action"],
            tuple(f"{refs[s['source']]}: {s['says']} [{s['status']}]" for s in entry["sources"]),
            entry.get("good", "no"),
            tuple(entry.get("regions", ())),
            entry.get("conflict", ""),
        )
        for entry in data["item"]
    )


def screen(answers: Mapping[str, bool], regions: str | Iterable[str] = ()) -> Screening:
    """Judge the answers of a person and the places of a programme.

    Parameters
    ----------
    answers : mapping of str to bool
        Yes or no by the id of the question.
    regions : str or iterable of str
        Places that the programme touches: regions of the atlas with or without their side, and places that a
        rule names; one alone may be given as it is.

    Raises
    ------
    UnknownNameError
        No such question, no such place.
    InputError
        Answers that are no mapping, or one that is neither true nor false; places that are no names.
    """
    if not isinstance(answers, Mapping):
        raise InputError(
            f"answers are {answers!r}; expected a mapping from the id of a question to true or false, "
            "such as {'pregnancy': False}"
        )
    items = {item.id: item for item in checklist()}
    for name, answer in answers.items():
        if name not in items:
            raise UnknownNameError("question", name, items)
        if not isinstance(answer, bool):
            raise InputError(f"answer to {name!r} is {answer!r}; expected true or false")
    touched = _places(regions)
    personal = [item for item in items.values() if item.personal]
    wrong = [i for i in personal if i.id in answers and answers[i.id] != (i.good == "yes")]
    wrong += [i for i in items.values() if i.action == "site" and touched & set(i.regions)]
    of = {
        action: tuple(i for i in wrong if i.action in action)
        for action in (("block", "site"), ("ask",), ("warn",))
    }
    unanswered = tuple(item for item in personal if item.id not in answers)
    return Screening(of["block", "site"], of[("ask",)], of[("warn",)], unanswered)


def _places(regions: str | Iterable[str]) -> set[str]:
    """Places as the rules name them, without their side."""
    from zygoma.face.atlas import region_names, stem

    given = (regions,) if isinstance(regions, str) else regions
    if not isinstance(given, Iterable):
        raise InputError(
            f"regions are {regions!r}; expected names of places, such as ['cheek', 'neck_front']"
        )
    named = {place for item in checklist() for place in item.regions}
    known = named.union(region_names(), map(stem, region_names()))
    touched = set()
    for name in given:
        if not isinstance(name, str):
            raise InputError(f"a region is {name!r}; expected the name of a place, such as 'neck_front'")
        if name not in known:
            raise UnknownNameError("region", name, known)
        touched.add(stem(name))
    return touched
