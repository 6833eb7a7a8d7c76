"""``zygoma outcome rate``: blinded sheets for raters, and their ratings with the key opened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from zygoma.errors import InputError
from zygoma.outcome.extra import require_extra
from zygoma.outcome.rating import pairs_of, rating_study
from zygoma.outcome.rating_consent import check_consents
from zygoma.outcome.rating_key import unblind
from zygoma.outcome.rating_scale import RatingScale, rating_scales
from zygoma.outcome.rating_summary import summarize
from zygoma.outcome.records import Records
from zygoma.provenance import write_text
from zygoma.report.folder import check

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Let people rate photographs side by side without knowing which came first.",
    epilog="Example: zygoma outcome rate prepare before after --scale merz --consent-given --out rating",
)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
_SCALES = ", ".join(scale.id for scale in rating_scales())


@app.command(
    epilog="Example: zygoma outcome rate prepare before after --scale merz --consent-given --out rating"
)
def prepare(
    before: Annotated[Path, typer.Argument(help="Folder, a photograph a person; or one photograph.")],
    after: Annotated[Path, typer.Argument(help="The same afterwards, the files named alike.")],
    scale: Annotated[str, typer.Option(help=f"Published scale: {_SCALES}.")] = "merz",
    region: Annotated[str | None, typer.Option(help="What to grade, such as forehead.")] = None,
    raters: Annotated[int, typer.Option(help="Number of raters.")] = 3,
    repeats: Annotated[float, typer.Option(help="Share of the pairs that a rater sees twice.")] = 0.2,
    seed: Annotated[
        int | None, typer.Option(help="Of the order and the sides; drawn anew without it.")
    ] = None,
    show_eyes: Annotated[bool, typer.Option("--show-eyes", help="Do not mask the eyes.")] = False,
    records: Annotated[
        Path | None, typer.Option(help="Folder of records in which a consent of every person must stand.")
    ] = None,
    consent_given: Annotated[
        bool, typer.Option("--consent-given", help="Every person agreed to be shown to the raters.")
    ] = False,
    out: Annotated[Path, typer.Option("--out", help="Folder to write into.")] = Path("rating"),
    as_json: AsJson = False,
) -> None:
    """Write a page for every rater, and the key that is kept from them."""
    from zygoma.report.rating_sheet import write_rating_sheets

    require_extra()
    chosen = RatingScale.load(scale)
    pairs = pairs_of(before, after)
    if records is not None:
        check_consents(Records(records), pairs)
    elif not consent_given:
        raise InputError(
            "the pages hold faces and go to other people: give --records FOLDER, in which the consent of "
            "every person stands, or say --consent-given if each of them agreed to this"
        )
    study = rating_study(pairs, chosen, raters, repeats, seed, region)
    *pages, key = write_rating_sheets(study, check(out), show_eyes)
    if as_json:
        typer.echo(json.dumps({"pages": [str(page) for page in pages], "key": str(key), "scale": scale}))
        return
    for page in pages:
        typer.echo(f"for a rater: {page}")
    typer.echo(f"keep from the raters: {key}")


@app.command(epilog="Example: zygoma outcome rate collect rating/key.csv ratings-*.csv --out ratings.csv")
def collect(
    key: Annotated[Path, typer.Argument(help="The key that `prepare` wrote.")],
    ratings: Annotated[list[Path], typer.Argument(help="The files that the raters saved.")],
    out: Annotated[Path | None, typer.Option("--out", help="CSV with all ratings, or JSON of all.")] = None,
    as_json: AsJson = False,
) -> None:
    """Open the key: how the grade changed and how sure that is, what looked better, how well raters agree."""
    if out is not None and out.suffix.lower() not in (".csv", ".json"):
        raise InputError(f"--out {out}; give a file that ends in .csv, or in .json for all with the ratings")
    found = unblind(_text(key), [_text(path) for path in ratings])
    summary = summarize(found)
    content = json.dumps(summary.json(), indent=None if as_json else 1)
    if out is not None:
        write_text(out, found.csv() if out.suffix.lower() == ".csv" else content)
    typer.echo(content if as_json else str(summary))
    if out is not None and not as_json:
        typer.echo(str(out))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {error}; give a CSV file") from error
