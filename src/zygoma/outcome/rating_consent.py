"""Consent to show photographs to raters, looked up in the records."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from zygoma.errors import InputError
from zygoma.outcome.recorded_photo import content_of
from zygoma.outcome.records import Records


def check_consents(records: Records, pairs: Mapping[str, tuple[Path, Path]]) -> None:
    """See that every pair is of one recorded person who consents to leave photographs to others.

    Parameters
    ----------
    records : Records
    pairs : mapping of str to (Path, Path)
        Files, which may lie elsewhere: they are known by their content.

    Raises
    ------
    InputError
        A photograph is not recorded, a pair is of two persons, or no consent stands.
    """
    owners = {content: person for person in records.persons() for content in records.photos(person).values()}
    for name, pair in pairs.items():
        persons = []
        for path in pair:
            person = owners.get(content_of(path))
            if person is None:
                raise InputError(
                    f"{path} is not in the records of {records.folder}; add it, or leave it out of the rating"
                )
            persons.append(person)
        if persons[0] != persons[1]:
            raise InputError(f"pair {name!r} is of {persons[0]} and {persons[1]}; give two of one person")
        if "photographs" not in records.consents(persons[0]):
            raise InputError(
                f"pair {name!r}: no consent of {persons[0]} to give away photographs stands; "
                "write it down first, or leave the pair out"
            )
