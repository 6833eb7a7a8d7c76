"""``zygoma outcome depth``: micrometres from photographs in known lamps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from zygoma.cli.progress import StageProgress
from zygoma.cli.scale_option import ScaleText, scale_of
from zygoma.outcome.extra import require_extra
from zygoma.report.folder import check


def depth(
    photos: Annotated[
        Path, typer.Argument(help="Folder with photographs of one face in one pose, each in another lamp.")
    ],
    lights: Annotated[
        Path | None,
        typer.Option(
            help="TOML file: which lamp lit which, and where they stand. Else right, above, left, below."
        ),
    ] = None,
    wrinkles: Annotated[Path | None, typer.Option(help="Wrinkles kept from an earlier run.")] = None,
    scale: ScaleText = None,
    out: Annotated[Path, typer.Option("--out", help="Folder of the map.")] = Path("zygoma-depth"),
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Depth of wrinkles in micrometres, from three or more photographs, each in one known lamp."""
    from zygoma.outcome import wrinkle
    from zygoma.outcome.face_depth import face_depth
    from zygoma.outcome.lamps import read_lamps, usual_lamps
    from zygoma.outcome.visit import read_visit
    from zygoma.report.depth_map import write_depth

    require_extra()
    folder = check(out)
    visit = read_visit(photos)
    names = [path.name for path in visit.paths]
    lamps = usual_lamps(len(names)) if lights is None else read_lamps(lights, names)
    lines = None if wrinkles is None else wrinkle.load(wrinkles)
    known = scale_of(scale, visit)
    with StageProgress() as progress:
        found = face_depth(visit, lamps, wrinkles=lines, scale=known, progress=progress)
    content = write_depth(found, folder)
    if as_json:
        typer.echo(json.dumps(content))
        return
    typer.echo(str(found))
    typer.echo(f"open {folder / 'depth.png'}")
