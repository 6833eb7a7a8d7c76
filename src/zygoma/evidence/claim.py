"""A row of the evidence ledger: one number or finding, its source, and how well it is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

_COLUMNS = {
    "id": "id",
    "link": "chain_link",
    "topic": "topic",
    "claim": "claim",
    "quantity": "quantity",
    "value": "value",
    "unit": "unit",
    "uncertainty": "uncertainty_range",
    "sample": "n",
    "design": "design",
    "tissue": "tissue_species",
    "current": "current_waveform",
    "citation": "source_citation",
    "identifier": "doi_pmid",
    "read_level": "read_level",
    "level": "grade_oxford_cebm",
    "certainty": "grade_GRADE",
    "remark": "remark",
}
_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(frozen=True)
class Evidence:
    """A claim as its source makes it.

    None stands where the ledger has nothing: not stated, or without meaning for this row.

    Attributes
    ----------
    id : str
        ``"E001"`` and so on; it stays when rows are added.
    link : str or None
        Link of the causal chain, ``"L1"`` to ``"L13"``.
    topic, claim : str
        What it is about, and the finding in words.
    quantity, value, unit : str or None
        What was measured, the result as the source prints it, its unit.
    uncertainty, sample, design, tissue, current : str or None
        Spread or interval, number of subjects, kind of study, what was studied, under which current.
    citation : str
        Where it stands.
    identifier : str or None
        DOI, PMID, PMC or registration.
    read_level : str
        How far the source was read: ``full``, ``abstract``, ``secondary`` (another text tells it),
        ``computed`` (own arithmetic), ``unverified``.
    level : str or None
        Oxford CEBM 2011, 1 (best) to 5.
    certainty : str or None
        GRADE, for the claim that the face looks better; of a physical or physiological row, for that
        quantity.
    remark : str or None
    """

    id: str
    link: str | None
    topic: str
    claim: str
    quantity: str | None
    value: str | None
    unit: str | None
    uncertainty: str | None
    sample: str | None
    design: str | None
    tissue: str | None
    current: str | None
    citation: str
    identifier: str | None
    read_level: str
    level: str | None
    certainty: str | None
    remark: str | None

    @classmethod
    def of(cls, row: Mapping[str, str]) -> Evidence:
        """Evidence from a row of ``data/evidence.csv``."""
        texts = {name: row[column].strip() for name, column in _COLUMNS.items()}
        return cls(**{name: text if text not in ("", "-") else None for name, text in texts.items()})  # type: ignore[arg-type]

    @property
    def number(self) -> float | None:
        """The value where it is one plain number, in `unit`; None where it is a range, a list or words."""
        return float(self.value) if self.value and _PLAIN.fullmatch(self.value) else None

    @property
    def stated(self) -> str:
        """Value and unit as a person reads them."""
        return " ".join(part for part in (self.value, self.unit) if part) or "not stated"

    def json(self) -> dict[str, Any]:
        """All fields, in plain values."""
        return asdict(self) | {"number": self.number}
