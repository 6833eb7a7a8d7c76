"""``zygoma cache``: what is kept to be quicker next time."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from zygoma.errors import InputError
from zygoma.provenance import cache_dir

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Show or clear what was kept from earlier runs.",
    epilog="Example: zygoma cache show",
)


def _contents() -> dict[str, int]:
    """Bytes of each kind of cached result; hidden and foreign entries are not ours."""
    from zygoma.plan.treat import CACHED

    sizes = {}
    try:
        _try(cache_dir())
        for kind in CACHED:
            place = cache_dir() / kind
            if place.is_dir():
                sizes[kind] = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    except OSError as error:
        raise _unusable(error) from error
    return sizes


def _try(folder: Path) -> None:
    """Raise OSError if the folder can be neither read and written nor made; nothing is left behind."""
    near = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    with tempfile.TemporaryFile(dir=near):  # also where the rights look well but the disk is read-only
        next(near.iterdir(), None)


def _unusable(error: OSError) -> InputError:
    return InputError(
        f"the cache {cache_dir()} cannot be used: {error.strerror}; "
        "set ZYGOMA_CACHE to a folder that can be written"
    )


@app.command(epilog="Example: zygoma cache show --json")
def show(as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """Show the folder of the cache and how much each kind of result takes."""
    sizes = _contents()
    if as_json:
        typer.echo(json.dumps({"folder": str(cache_dir()), "bytes": sizes}))
        return
    typer.echo(str(cache_dir()))
    for kind, size in sizes.items():
        typer.echo(f"  {kind:<12}{size / 1e6:10.1f} MB")
    if not sizes:
        typer.echo("  empty")


@app.command(epilog="Example: zygoma cache clear")
def clear(as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """Remove everything that zygoma cached; it can all be computed again."""
    sizes = _contents()
    try:
        for kind in sizes:
            shutil.rmtree(cache_dir() / kind)
    except OSError as error:
        raise _unusable(error) from error
    freed = sum(sizes.values())
    if as_json:
        typer.echo(json.dumps({"folder": str(cache_dir()), "bytes_freed": freed}))
    else:
        typer.echo(f"{freed / 1e6:.1f} MB freed in {cache_dir()}")
