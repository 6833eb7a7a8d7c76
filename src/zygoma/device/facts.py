"""The facts of a device as its file states them, checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from zygoma.device.record import check, one_of
from zygoma.errors import RangeError
from zygoma.provenance import load_data
from zygoma.units import show

FILE = "devices.toml"
WORDS = {"id": "line", "name": "line", "kind": "text", "notes": "text", "source": "tables"}
NEEDS = ("id", "name", "kind")
ELECTRODE = {"shape": "text", "material": "text", "count": "count", "size_note": "text", "note": "text"}
REGULATIONS = ("current", "voltage")
ABOVE_ZERO = (
    "i_max_A",
    "v_compliance_V",
    "v_open_V",
    "electrode_area_min_m2",
    "electrode_radius_m",
    "f_options_Hz",
    "pulse_width_s",
    "swap_every_s",
    "waveform_duty",
)


def read_facts(table: Mapping[str, Any], where: str) -> dict[str, Any]:
    """A table of a device, words and facts, with numbers in SI.

    Raises
    ------
    InputError
        A key that does not exist, or a value that cannot be used; `where` and key are named.
    """
    data = load_data(FILE)
    types = {key: spec["type"] for key, spec in data["field"].items()}
    facts = check(table, WORDS | types, where, NEEDS, {"kind": data["class"]})
    one_of(facts["kind"], "kind", data["class"], where)
    for electrode in facts.get("electrodes", []):
        check(electrode, ELECTRODE, f"{where} electrodes")
    if "regulation" in facts:
        one_of(facts["regulation"], "regulation", REGULATIONS, where)
    for key in ABOVE_ZERO:
        if 0 in (facts[key] if isinstance(facts.get(key), list) else [facts.get(key)]):
            raise RangeError(f"{where}: {key} is 0; expected above zero, or leave it out if it is unknown")
    if (duty := facts.get("waveform_duty", 1.0)) > 1:
        raise RangeError(f"{where}: waveform_duty is {duty:g}; expected a share of the period, at most 1")
    for key in ("i_min_A", "i_max_A"):
        if key in facts:
            check_plausible(facts[key], facts["kind"], f"{where}: {key} is")
    if facts.get("i_min_A", 0.0) > facts.get("i_max_A", math.inf):
        low, high = facts["i_min_A"], facts["i_max_A"]
        raise RangeError(f"{where}: i_min_A {low:g} is above i_max_A {high:g}; exchange them")
    return facts


def check_plausible(current: float, kind: str, what: str) -> None:
    """Refuse a current [A] that no device of a class gives, as a number written in another unit is.

    Raises
    ------
    RangeError
        It is above the plausible one of the class; the message begins with `what`.
    """
    most = load_data(FILE)["class"].get(kind, {}).get("i_plausible_A", math.inf)
    if current > most:
        raise RangeError(
            f"{what} {current:g} A, which no {kind} device gives (plausible up to {show(most, 'A')}); write"
            f' text with its unit, such as "{current:g} uA"'
        )
