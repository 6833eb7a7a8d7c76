"""Whether a stated fact says yes, says no, or says nothing."""

from __future__ import annotations

import re
from typing import Any, Literal

from zygoma.device.record import unit_of
from zygoma.provenance import load_data

Said = Literal["yes", "no", "nothing"]


def said(key: str, value: Any, form: str | None = None) -> Said:
    """What a fact answers to the question whether a device has something.

    Parameters
    ----------
    key : str
        Field of the device; its unit tells a time of zero, which is never, from a current of zero.
    value : any
        As the device states it; None where it does not.
    form : str, optional
        Regular expression that a text must match to count as yes.
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        words = {said(key, item, form) for item in value}
        return "yes" if "yes" in words else "no" if "no" in words else "nothing"
    if isinstance(value, str):
        return _text(value, form)
    return "no" if value == 0 and unit_of(key) == "s" else "yes"


def _text(text: str, form: str | None) -> Said:
    saying = load_data("choosing.toml")["saying"]
    words = text.strip().lower()
    first = re.split(r"[^\w?]+", words.strip("-–— .("), maxsplit=1)[0]
    if not first or first in saying["unknown"] or words.startswith(tuple(saying["unknown_phrases"])):
        return "nothing"
    if first in saying["no"]:
        return "no"
    return "yes" if form is None or re.fullmatch(form, text.strip()) else "nothing"
