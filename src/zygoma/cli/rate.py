"""``zygoma outcome rate``: blinded sheets for raters, and their ratings with the key opened."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from zygoma.errors import InputError
from zygoma.outcome.extra import require_extra
from zygoma.outcome.rating import pairs_of, rating_items, ratings_text, unblind
from zygoma.outcome.rating_scale import RatingScale, rating_scales
from zygoma.provenance import write_text
from zygoma.report.folder import check

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Let people rate photographs side by side without knowing which came first.",
    epilog="Example: zygoma outcome rate prepare before after --scale merz --out rating",
)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
_SCALES = ", ".join(scale.id for scale in rating_scales())


@app.command(epilog="Example: zygoma outcome rate prepare before after --scale merz --raters 3 --out rating")
def prepare(
    before: Annotated[Path, typer.Argument(help="Folder, a photograph a person; or one photograph.")],
    after: Annotated[Path, typer.Argument(help="The same afterwards, the files named alike.")],
    scale: Annotated[str, typer.Option(help=f"Published scale: {_SCALES}.")] = "merz",
    region: Annotated[str | None, typer.Option(help="What to grade, such as forehead.")] = None,
    raters: Annotated[int, typer.Option(help="Number of raters.")] = 3,
    repeats: Annotated[float, typer.Option(help="Share of the pairs that a rater sees twice.")] = 0.2,
    seed: Annotated[int, typer.Option(help="Of the order and the sides.")] = 1,
    show_eyes: Annotated[bool, typer.Option("--show-eyes", help="Do not mask the eyes.")] = False,
    out: Annotated[Path, typer.Option("--out", help="Folder to write into.")] = Path("rating"),
    as_json: AsJson = False,
) -> None:
    """Write a page for every rater, and the key that is kept from them."""
    from zygoma.report.rating_sheet import write_rating_sheets

    require_extra()
    chosen = RatingScale.load(scale)
    items = rating_items(pairs_of(before, after), raters, repeats, seed)
    *pages, key = write_rating_sheets(items, chosen, check(out), region, show_eyes)
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
    out: Annotated[Path | None, typer.Option("--out", help="CSV to write, a row a rating.")] = None,
    as_json: AsJson = False,
) -> None:
    """Open the key: which grade each rater gave before and after, and which looked better."""
    found = unblind(_text(key), [_text(path) for path in ratings])
    if out is not None:
        write_text(out, ratings_text(found))
    first = [rating for rating in found if not rating.repeat]
    votes = Counter(rating.better for rating in first)
    change = sum(rating.after - rating.before for rating in first) / len(first)
    summary = {"after_better": votes["after"], "before_better": votes["before"], "same": votes["same"]}
    if as_json:
        rows = [asdict(rating) for rating in found]
        typer.echo(json.dumps({**summary, "mean_change_of_grade": change, "ratings": rows}))
        return
    typer.echo(
        f"{len(first)} ratings: after looks better in {votes['after']}, before in {votes['before']}, "
        f"the same in {votes['same']}; the grade changes by {change:+.2f} on average"
    )
    if out is not None:
        typer.echo(str(out))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {error}; give a CSV file") from error
