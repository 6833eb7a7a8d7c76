"""``zygoma outcome``: did it work?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zygoma.cli import rate, records
from zygoma.cli.depth import depth
from zygoma.cli.progress import StageProgress
from zygoma.cli.scale_option import ScaleText, scale_of
from zygoma.errors import InputError
from zygoma.outcome.extra import require_extra
from zygoma.provenance import write_text
from zygoma.report.folder import check

if TYPE_CHECKING:
    from zygoma.outcome.face_comparison import FaceComparison
    from zygoma.outcome.scan_change import ScanChange
    from zygoma.outcome.scan_measure import ScanMeasure

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="What photographs and scans of a face can tell of a change.",
    epilog="Example: zygoma outcome compare photos/before photos/after",
)
Wrinkles = Annotated[
    Path | None,
    typer.Option(
        help="Wrinkles marked by a person (`zygoma outcome wrinkles`) or kept from an earlier report."
    ),
]
Unit = Annotated[
    str | None,
    typer.Option(help="Unit of scans: m, cm or mm. Without it scans must show a face, not a piece of skin."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]

app.add_typer(rate.app, name="rate")
app.add_typer(records.app, name="records")
app.command(epilog="Example: zygoma outcome depth photos/four-lamps --lights lights.toml --json")(depth)


@app.command("capture-guide", epilog="Example: zygoma outcome capture-guide --out guide.html")
def capture_guide(
    out: Annotated[Path, typer.Option("--out", help="File to write.")] = Path("capture-guide.html"),
    as_json: AsJson = False,
) -> None:
    """Write the sheet to print: how to take photographs that can be compared, and the scale card."""
    from zygoma.report.capture_guide import write_capture_guide

    require_extra()
    path = write_capture_guide(out)
    typer.echo(json.dumps({"guide": str(path)}) if as_json else f"open and print at 100 %: {path}")


@app.command(epilog="Example: zygoma outcome compare photos/before photos/after --out report")
def compare(
    before: Annotated[Path, typer.Argument(help="Folder with photographs or scans of a visit, or one file.")],
    after: Annotated[Path, typer.Argument(help="The same of a later visit.")],
    out: Annotated[Path, typer.Option("--out", help="Folder of the report.")] = Path("zygoma-outcome"),
    wrinkles: Wrinkles = None,
    scale: ScaleText = None,
    neck: Annotated[bool, typer.Option("--neck", help="The neck, too; the chin on a rest.")] = False,
    records: Annotated[
        Path | None, typer.Option(help="Folder of records: follow the wrinkles kept there, keep the result.")
    ] = None,
    person: Annotated[str | None, typer.Option(help="Random id of the person in the records.")] = None,
    unit: Unit = None,
    as_json: AsJson = False,
) -> None:
    """Tell whether wrinkles and skin changed between two visits, or why nobody can tell."""
    from zygoma.outcome.scan_visit import scan_files

    require_extra()
    folder = check(out)
    if (records is None) != (person is None):
        raise InputError("--records and --person go together; give both, or none")
    scans = [scan_files(place) for place in (before, after)]
    found: FaceComparison | ScanChange
    if any(scans):
        if not all(scans):
            raise InputError(
                f"{before} and {after}: scans of one visit, photographs of the other; give one kind"
            )
        if wrinkles is not None or scale is not None or neck or records is not None:
            raise InputError(
                "--wrinkles, --scale, --neck and --records are for photographs; leave them out with scans"
            )
        found, page = _compared_scans(scans[0], scans[1], unit, folder)
    else:
        _check_no_unit(unit)
        found, page = _compared_photos(
            before, after, wrinkles, scale, neck, folder, recorded=(records, person)
        )
    content = {**found.json(), "report": str(page.resolve())}
    write_text(folder / "result.json", json.dumps(content, indent=1))
    if as_json:
        typer.echo(json.dumps(content))
        return
    typer.echo(str(found))
    typer.echo(f"open {page}")


@app.command(epilog="Example: zygoma outcome measure photos/before --json")
def measure(
    photos: Annotated[Path, typer.Argument(help="Folder with photographs or scans of a visit, or one file.")],
    wrinkles: Wrinkles = None,
    scale: ScaleText = None,
    unit: Unit = None,
    as_json: AsJson = False,
) -> None:
    """Measure one visit: wrinkles by region, how well they repeat, whether photographs are fit."""
    from zygoma.outcome import wrinkle
    from zygoma.outcome.face_measure import measure_face
    from zygoma.outcome.scan_visit import scan_files
    from zygoma.outcome.visit import read_visit

    require_extra()
    if scans := scan_files(photos):
        if wrinkles is not None or scale is not None:
            raise InputError("--wrinkles and --scale are for photographs; leave them out with scans")
        depths = _measured_scans(scans, unit)
        typer.echo(json.dumps(depths.json()) if as_json else str(depths))
        return
    _check_no_unit(unit)
    visit = read_visit(photos)
    lines = None if wrinkles is None else wrinkle.load(wrinkles)
    known = scale_of(scale, visit)
    with StageProgress() as progress:
        found = measure_face(visit, wrinkles=lines, scale=known, progress=progress)
    typer.echo(json.dumps(found.json()) if as_json else str(found))


@app.command(epilog="Example: zygoma outcome wrinkles photos/before --out wrinkles.html")
def wrinkles(
    photos: Annotated[Path, typer.Argument(help="Folder with the photographs of a visit, or one file.")],
    wrinkles: Annotated[
        Path | None, typer.Option(help="Wrinkles to begin with; found on the first photograph otherwise.")
    ] = None,
    scale: ScaleText = None,
    out: Annotated[Path, typer.Option("--out", help="File to write.")] = Path("wrinkles.html"),
    as_json: AsJson = False,
) -> None:
    """Write a page on which a person edits the wrinkles that are followed, and saves them."""
    from zygoma.outcome import wrinkle
    from zygoma.outcome.face_measure import measure_face
    from zygoma.outcome.scan_visit import scan_files
    from zygoma.outcome.visit import read_visit
    from zygoma.report.wrinkle_editor import write_wrinkle_editor

    require_extra()
    if out.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"--out {out} is no page; give a file that ends in .html")
    if scan_files(photos):
        raise InputError(f"{photos}: the wrinkles of scans are found, not drawn; give photographs")
    visit = read_visit(photos).first
    lines = None if wrinkles is None else wrinkle.load(wrinkles)
    known = scale_of(scale, visit)
    with StageProgress() as progress:
        found = measure_face(visit, wrinkles=lines, scale=known, progress=progress)
    page = write_wrinkle_editor(found.face, found.wrinkles, out)
    if as_json:
        typer.echo(
            json.dumps({"page": str(page), "wrinkles": len(found.wrinkles), "scale": str(found.face.scale)})
        )
        return
    typer.echo(f"{len(found.wrinkles)} wrinkles of {visit.paths[0].name}; edit and save them in {page}, then")
    given = "" if scale is None else f" --scale {scale}"
    typer.echo(f"zygoma outcome compare BEFORE AFTER --wrinkles wrinkles.json{given}")


def _compared_photos(
    before: Path,
    after: Path,
    wrinkles: Path | None,
    scale: str | None,
    neck: bool,
    folder: Path,
    recorded: tuple[Path | None, str | None],
) -> tuple[FaceComparison, Path]:
    from zygoma.outcome import wrinkle
    from zygoma.outcome.face_comparison import compare_faces
    from zygoma.outcome.recorded_comparison import RecordedComparison
    from zygoma.outcome.records import Records
    from zygoma.outcome.visit import read_visit
    from zygoma.report.outcome import write_outcome

    visits = read_visit(before), read_visit(after)
    marked = lines = None if wrinkles is None else wrinkle.load(wrinkles)
    place, person = recorded
    kept = None
    if place is not None and person is not None:
        kept = RecordedComparison.of(Records(place), person, *visits, scale)
        lines = kept.wrinkles() if marked is None else marked
    known = scale_of(scale, visits[0])
    with StageProgress() as progress:
        found = compare_faces(*visits, wrinkles=lines, scale=known, neck=neck, progress=progress)
    page = write_outcome(found, folder)
    if kept is not None:
        kept.keep(found, marked)
    return found, page


def _compared_scans(
    before: Sequence[Path], after: Sequence[Path], unit: str | None, folder: Path
) -> tuple[ScanChange, Path]:
    from zygoma.outcome.scan import Scan
    from zygoma.outcome.scan_comparison import compare_scans
    from zygoma.report.scan_outcome import write_scan_outcome

    with StageProgress() as progress:
        visits = [[Scan.load(path, unit) for path in paths] for paths in (before, after)]
        found = compare_scans(visits[0], visits[1], progress=progress)
        progress("page", 0, 1)
        return found, write_scan_outcome(found, folder)


def _measured_scans(paths: Sequence[Path], unit: str | None) -> ScanMeasure:
    from zygoma.outcome.scan import Scan
    from zygoma.outcome.scan_measure import measure_scans

    with StageProgress() as progress:
        progress("scans", 0, 1)
        return measure_scans([Scan.load(path, unit) for path in paths])


def _check_no_unit(unit: str | None) -> None:
    if unit is not None:
        raise InputError("--unit is for scans; photographs take their millimetres from --scale")
