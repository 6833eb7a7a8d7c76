"""The program ``zygoma``: subcommands, exit codes and one-line errors."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from zygoma.cli import cache, device, face, outcome
from zygoma.cli.check import check
from zygoma.cli.claims import claims
from zygoma.cli.compare import compare
from zygoma.cli.evidence import evidence
from zygoma.cli.exit import FAILED, INTERRUPTED, WRONG_USE
from zygoma.cli.table import table
from zygoma.cli.treat import treat
from zygoma.cli.verify import verify
from zygoma.errors import InputError, ZygomaError
from zygoma.provenance import versions


class Program(TyperGroup):
    """Turns zygoma's errors into one line on standard error and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except InputError as error:
            typer.echo(f"zygoma: {error}", err=True)
            raise typer.Exit(WRONG_USE) from error
        except ZygomaError as error:
            typer.echo(f"zygoma: {error}", err=True)
            raise typer.Exit(FAILED) from error
        except KeyboardInterrupt as error:
            kept = str(error) or "nothing half-written is left behind"
            typer.echo(f"zygoma: interrupted; {kept}", err=True)
            raise typer.Exit(INTERRUPTED) from error


app = typer.Typer(
    cls=Program,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Where the current of a microcurrent facial toner goes, with numbers and what they rest on.",
    epilog="Example: zygoma treat        Exit codes: 0 done, 1 failed, 2 wrong use, 3 a limit is exceeded.",
)
app.command(epilog='Example: zygoma treat plan.toml --resolution coarse --set device.current="300 uA"')(treat)
app.command(epilog="Example: zygoma verify sphere discs --out my-verify")(verify)
app.command(epilog="Example: zygoma evidence collagen fibroblast")(evidence)
device.app.command("table", epilog="Example: zygoma device table myolift-mini --out outputs.docx")(table)
device.app.command("check", epilog="Example: zygoma device check myolift-md --electrode generic-probe")(check)
device.app.command("claims", epilog="Example: zygoma device claims leaflet.txt")(claims)
device.app.command("compare", epilog="Example: zygoma device compare myolift-mini pantheon --out both.html")(
    compare
)
app.add_typer(device.app, name="device")
app.add_typer(face.app, name="face")
app.add_typer(outcome.app, name="outcome")
app.add_typer(cache.app, name="cache")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"zygoma {versions()['zygoma']}")
        raise typer.Exit()


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    pass


def run() -> None:
    """Entry point of the installed program."""
    app()
