"""``zygoma outcome records``: persons, visits and consents beside the photographs."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from zygoma.errors import InputError
from zygoma.outcome.extra import require_extra
from zygoma.outcome.record_deletion import BEYOND
from zygoma.outcome.record_deletion import delete as delete_record
from zygoma.outcome.record_export import export as export_record
from zygoma.outcome.record_file import NAME
from zygoma.outcome.records import SCOPES, Records
from zygoma.report.folder import check

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=f"Keep a person's visits in one file ({NAME}) beside the photographs, under a random id.",
    epilog="Example: zygoma outcome records add photos photos/before-*.jpg",
)

Folder = Annotated[Path, typer.Argument(help="Folder of the photographs.")]
Person = Annotated[str, typer.Argument(help="Random id of the person, as `list` shows it.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
Day = Annotated[str | None, typer.Option("--day", help="Day of it, such as 2026-03-01; today without it.")]


@app.command("list", epilog="Example: zygoma outcome records list photos --json")
def list_(folder: Folder = Path(), as_json: AsJson = False) -> None:
    """List persons with their visits."""
    records = Records(folder)
    found = {person: records.visits(person) for person in records.persons()}
    if as_json:
        typer.echo(json.dumps({"persons": {p: [v.json() for v in visits] for p, visits in found.items()}}))
        return
    for person, visits in found.items():
        days = ", ".join(f"{visit.day} ({len(visit.photos)})" for visit in visits)
        typer.echo(f"{person}  visits (photographs): {days or 'none'}")
    if not found:
        typer.echo(f"no persons in {records.file.path}")


@app.command(epilog="Example: zygoma outcome records show photos p1a2b3c4d")
def show(folder: Folder, person: Person, as_json: AsJson = False) -> None:
    """Show all that is kept of a person."""
    records = Records(folder)
    content = {
        "person": person,
        "visits": [visit.json() for visit in records.visits(person)],
        "consents": list(records.consents(person)),
        "wrinkles": records.wrinkles(person),
        "results": records.results(person),
    }
    if as_json:
        typer.echo(json.dumps(content))
        return
    for visit in records.visits(person):
        names = ", ".join(path.name for path in visit.photos)
        typer.echo(f"{visit.day}  {names}{'  ' + visit.note if visit.note else ''}")
    typer.echo(f"consent to the export of: {' and '.join(records.consents(person)) or 'nothing'}")
    marked = "marked" if content["wrinkles"] else "none marked"
    typer.echo(f"wrinkles: {marked}; results: {len(records.results(person))}")


@app.command(epilog="Example: zygoma outcome records add photos photos/after-*.jpg --person p1a2b3c4d")
def add(
    folder: Folder,
    photos: Annotated[list[Path], typer.Argument(help="Photographs or scans of one visit, best three.")],
    person: Annotated[str | None, typer.Option(help="Whose visit; a new person without it.")] = None,
    day: Day = None,
    note: Annotated[str, typer.Option(help="A remark.")] = "",
    phototype: Annotated[str | None, typer.Option(help="Of a new person, I to VI.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add a visit, and the person if no id is given."""
    require_extra()
    records, when = Records(folder), _day(day)
    if person is not None and phototype is not None:
        raise InputError("--phototype is of a new person; leave it or --person out")
    made = records.add_person(phototype) if person is None else person
    try:
        visit = records.add_visit(made, photos, when, note)
    except InputError:
        if person is None:
            records.forget(made)
        raise
    _say({"person": made, **visit.json()}, f"{made}  {visit.day}: {len(visit.photos)} photographs", as_json)


@app.command(epilog="Example: zygoma outcome records consent photos p1a2b3c4d results")
def consent(
    folder: Folder,
    person: Person,
    scope: Annotated[str, typer.Argument(help=f"What may be exported: {' or '.join(SCOPES)}.")],
    day: Day = None,
    as_json: AsJson = False,
) -> None:
    """Write down that a person consents to an export."""
    records = Records(folder)
    records.consent(person, scope, _day(day))
    _say_consents(records, person, as_json)


@app.command(epilog="Example: zygoma outcome records withdraw photos p1a2b3c4d")
def withdraw(folder: Folder, person: Person, day: Day = None, as_json: AsJson = False) -> None:
    """Write down that a person withdraws every consent."""
    records = Records(folder)
    records.withdraw(person, _day(day))
    _say_consents(records, person, as_json)


@app.command(epilog="Example: zygoma outcome records export photos p1a2b3c4d --out for-the-study")
def export(
    folder: Folder,
    person: Person,
    out: Annotated[Path, typer.Option("--out", help="Folder to write into.")],
    photographs: Annotated[bool, typer.Option("--photographs", help="With pictures, pixels only.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a person's results into a new folder, if a consent stands."""
    files = export_record(Records(folder), person, check(out), photographs)
    names = [str(path) for path in files]
    _say({"person": person, "files": names}, "\n".join(names), as_json)


@app.command(epilog="Example: zygoma outcome records delete photos p1a2b3c4d --yes")
def delete(
    folder: Folder,
    person: Person,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    forget_missing: Annotated[
        bool, typer.Option("--forget-missing", help="Although a photograph is missing or was changed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a person with all photographs, consents, wrinkles and results. This cannot be undone."""
    records = Records(folder)
    count = len(records.photos(person))
    if not yes:
        typer.confirm(
            f"Delete {person} and {count} photographs in {folder} with all copies there, for good?",
            abort=True,
            err=True,
        )
    done = delete_record(records, person, forget_missing)
    left = [path.as_posix() for path in done.forgotten]
    not_removed = f"\nmissing or changed, and not removed: {', '.join(left)}" if left else ""
    _say(
        {
            "person": person,
            "photographs_removed": len(done.removed),
            "photographs_not_removed": left,
            "beyond": BEYOND,
        },
        f"{person} and {len(done.removed)} files are gone{not_removed}\n{BEYOND}",
        as_json,
    )


def _day(text: str | None) -> date:
    if text is None:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"--day {text!r}; expected a day such as 2026-03-01") from error


def _say_consents(records: Records, person: str, as_json: bool) -> None:
    standing = records.consents(person)
    text = f"{person} consents to the export of {' and '.join(standing) or 'nothing'}"
    _say({"person": person, "consents": list(standing)}, text, as_json)


def _say(content: dict[str, Any], text: str, as_json: bool) -> None:
    typer.echo(json.dumps(content) if as_json else text)
