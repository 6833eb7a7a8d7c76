"""One cell of a table of outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from zygoma.provenance import load_data

FILE = "output_table.toml"


@dataclass(frozen=True)
class Row:
    """A row of the table at one load.

    Parameters
    ----------
    spec : mapping
        The entry of the data file: id, label, unit, formula, window, sources.
    load : float or None
        [ohm]; None where a load means nothing or was not stated.
    value : float, str or None
        SI; None where it is unknown or does not apply. With several settings the one of largest magnitude.
    low : float or None
        The value of smallest magnitude, where several settings differ.
    status : str
        Begins with published, computed, assumed, unknown or not applicable, and says why.
    """

    spec: Mapping[str, Any]
    load: float | None
    value: float | str | None
    low: float | None
    status: str

    @property
    def id(self) -> str:
        """Stable name."""
        return str(self.spec["id"])

    @property
    def label(self) -> str:
        """Heading."""
        return str(self.spec["label"])

    @property
    def kind(self) -> str:
        """First word of the status: published, computed, assumed, unknown or not applicable."""
        return self.status.partition(":")[0]

    @property
    def shown(self) -> str:
        """Value as a person reads it, in the units of the guidance."""
        if self.value is None:
            return self.kind
        if isinstance(self.value, str):
            return self.value
        unit = _unit(self.spec)
        high = _number(self.value * unit["factor"])
        text = high if self.low is None else f"{_number(self.low * unit['factor'])} to {high}"
        return f"{text} {unit['text']}".strip()

    @property
    def at(self) -> str:
        """Load as a person reads it."""
        if self.load is None:
            return "load not stated" if "load_ohm" in self.spec else ""
        return f"{self.load:g} Ω" if self.load < 1000 else f"{self.load / 1000:g} kΩ"

    @property
    def sources(self) -> tuple[str, ...]:
        """Who asks for the row."""
        refs = load_data(FILE)["source"]
        return tuple(refs[name]["ref"] for name in self.spec.get("sources", ("fda1999-unit",)))

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON: SI value with its unit, formula, window, status."""
        return {
            "id": self.id,
            "label": self.label,
            "load_ohm": self.load,
            "value": self.value,
            "lowest": self.low,
            "unit": _unit(self.spec)["si"] if "unit" in self.spec else None,
            "shown": self.shown,
            "formula": self.spec.get("formula"),
            "window": self.spec.get("window"),
            "status": self.status,
            "sources": list(self.sources),
        }


@cache
def row_specs() -> tuple[Mapping[str, Any], ...]:
    """Rows of an output mode, in their order."""
    return tuple(load_data(FILE)["row"])


def _unit(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    unit: Mapping[str, Any] = load_data(FILE)["unit"][spec["unit"]]
    return unit


def _number(value: float) -> str:
    """Four significant digits; powers of ten only where the number would be long."""
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e6:
        return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:.4g}"
    mantissa, power = f"{value:.3e}".split("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa}·10{raised}"
