"""The option ``--scale`` of commands on photographs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from zygoma.errors import InputError

if TYPE_CHECKING:
    from zygoma.outcome.scale import Scale
    from zygoma.outcome.visit import Visit

ScaleText = Annotated[
    str | None,
    typer.Option(
        "--scale", help="Pixels to a millimetre in the first photograph, or card; the irises without it."
    ),
]


def scale_of(text: str | None, visit: Visit) -> Scale | None:
    """Scale of a visit's first photograph by the text of the option; None without it.

    Raises
    ------
    InputError
        It is neither a number nor ``card``, or the photograph shows no card.
    """
    from zygoma.outcome.scale import given_scale
    from zygoma.outcome.scale_card import card_scale

    if text is None:
        return None
    if text == "card":
        return card_scale(visit.photo(0))
    try:
        return given_scale(float(text))
    except ValueError as error:
        raise InputError(f"--scale {text!r}; expected a number of pixels to a millimetre, or card") from error
