"""``zygoma face``: look at a face model, check it, take it elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zygoma.errors import UnknownNameError

if TYPE_CHECKING:
    from zygoma.face import Face

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Show, check or export a face model.",
    epilog="Example: zygoma face check --age 65",
)

Sex = Annotated[str, typer.Option(help="female or male.")]
Age = Annotated[float, typer.Option(help="Age in years, 18 to 95.")]
Bmi = Annotated[float, typer.Option(help="Body mass index in kg/m2, 16 to 45.")]
Resolution = Annotated[str, typer.Option(help="coarse, standard or fine.")]
Seed = Annotated[int | None, typer.Option(help="A random face of this seed in place of the average one.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]


def _face(sex: str, age: float, bmi: float, resolution: str, seed: int | None) -> Face:
    from zygoma.face import Face
    from zygoma.plan import Plan

    plan = Plan.from_dict(
        {"face": {"sex": sex, "age": age, "bmi": bmi}, "options": {"resolution": resolution}}, "the options"
    )
    if seed is not None:
        return Face.random(seed, resolution=resolution)
    asked = plan.face
    return Face.average(sex=asked.sex, age=asked.age, bmi=asked.bmi, resolution=resolution)


@app.command(epilog="Example: zygoma face show --sex male --age 65 --what muscles --out face.png")
def show(
    sex: Sex = "female",
    age: Age = 45.0,
    bmi: Bmi = 23.0,
    resolution: Resolution = "coarse",
    seed: Seed = None,
    what: Annotated[str, typer.Option(help="muscles, fibres, regions, skin or section.")] = "muscles",
    out: Annotated[Path, typer.Option(help="Picture to write.")] = Path("face.png"),
    as_json: Json = False,
) -> None:
    """Describe a face and draw it from the front and the side."""
    from zygoma.face import picture

    picture.check(out, what)
    face = _face(sex, age, bmi, resolution, seed)
    picture.draw(face, out, what=what)
    if as_json:
        typer.echo(json.dumps({**face.describe(), "muscles": list(face.muscles), "picture": str(out)}))
    else:
        typer.echo(f"{face}\npicture: {out}")


@app.command(epilog="Example: zygoma face check --age 85 --json")
def check(
    sex: Sex = "female",
    age: Age = 45.0,
    bmi: Bmi = 23.0,
    resolution: Resolution = "coarse",
    seed: Seed = None,
    as_json: Json = False,
) -> None:
    """Check that a face is a valid body: elements, volumes, surface, features; exit 1 if not."""
    rows = _face(sex, age, bmi, resolution, seed).check().rows()
    passed = all(row[-1] for row in rows)
    if as_json:
        keys = ("name", "value", "goal", "ok")
        typer.echo(
            json.dumps(
                {"ok": passed, "rows": [dict(zip(keys, row, strict=True)) for row in rows]}, default=str
            )
        )
    else:
        for name, value, goal, fine in rows:
            typer.echo(f"{'ok  ' if fine else 'FAIL'}  {name:<34} {value!s:>14}   goal {goal}")
    if not passed:
        raise typer.Exit(1)


@app.command(epilog="Example: zygoma face export face.vtu --resolution standard")
def export(
    path: Annotated[Path, typer.Argument(help="File to write: .vtu, .msh or .ply.")],
    sex: Sex = "female",
    age: Age = 45.0,
    bmi: Bmi = 23.0,
    resolution: Resolution = "coarse",
    seed: Seed = None,
    as_json: Json = False,
) -> None:
    """Write a face's mesh with tissues, muscles and fibres (.vtu, .msh) or its skin (.ply)."""
    if path.suffix not in (".vtu", ".msh", ".ply"):
        raise UnknownNameError("mesh format", path.suffix or str(path), (".vtu", ".msh", ".ply"))
    from zygoma.face import export as exporter

    exporter.write(_face(sex, age, bmi, resolution, seed), path)
    typer.echo(json.dumps({"path": str(path)}) if as_json else f"written: {path}")
