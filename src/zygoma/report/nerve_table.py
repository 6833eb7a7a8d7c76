"""Used current over the thresholds of nerve fibres, muscle by muscle, beside what was found in people."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from zygoma.face.atlas import title
from zygoma.plan import Treatment
from zygoma.report.words import sided
from zygoma.response.amount import number
from zygoma.response.response import Response

_ALIKE = 0.02  # largest relative difference between right and left of which the side is not told
_SIDES = ("_r", "_l")


@dataclass(frozen=True)
class NerveRow:
    """A muscle, or both of a pair.

    Attributes
    ----------
    heading : str
    ratios : mapping of str to float
        Used current over the threshold by fibre model; 0 where no current that was tried excites.
    """

    heading: str
    ratios: Mapping[str, float]

    @property
    def largest(self) -> float:
        """By any model."""
        return max(self.ratios.values(), default=0.0)

    def text(self, model: str) -> str:
        """The ratio as it is printed."""
        ratio = self.ratios.get(model, 0.0)
        return number(ratio) if ratio > 0 else "none found"


@dataclass(frozen=True)
class NerveTable:
    """What the fibre models and the human anchors say.

    Attributes
    ----------
    models : tuple of str
    rows : tuple of NerveRow
        Muscles, the most excited first.
    skin : NerveRow or None
        Fibres of the skin, at the place where they are excited most.
    twitch, feel : Response
        Used current over the thresholds of people: of a twitch, of feeling.
    gap : float
        Median over the muscles of the largest over the smallest ratio.
    """

    models: tuple[str, ...]
    rows: tuple[NerveRow, ...]
    skin: NerveRow | None
    twitch: Response
    feel: Response
    gap: float

    @classmethod
    def of(cls, treatment: Treatment) -> NerveTable:
        """The table of a treatment; without rows where no fibres were computed."""
        chain, found = treatment.chain, treatment.chain.excitation
        ratios = {} if found is None else {name: found.ratios(name) for name in found.muscles}
        rows = sorted(_merged(ratios), key=lambda row: -row.largest)
        skin = None
        if found is not None and found.skin:
            skin = NerveRow(
                "Skin", {model: found.amplitude / threshold for model, threshold in found.skin.items()}
            )
        gaps = sorted(
            row.largest / min(row.ratios.values()) for row in rows if min(row.ratios.values(), default=0) > 0
        )
        return cls(
            models=tuple(dict.fromkeys(model for row in rows for model in row.ratios)),
            rows=tuple(rows),
            skin=skin,
            twitch=chain.response("motor_anchor_ratio"),
            feel=chain.response("perception_ratio"),
            gap=gaps[len(gaps) // 2] if gaps else math.nan,
        )


def _merged(ratios: Mapping[str, Mapping[str, float]]) -> list[NerveRow]:
    """One row for a pair whose sides agree, else one for each side."""
    rows = []
    for name, own in ratios.items():
        base, side = (name[:-2], name[-1]) if name.endswith(_SIDES) else (name, "mid")
        other = ratios.get(f"{base}_{'l' if side == 'r' else 'r'}") if side != "mid" else None
        alike = other is not None and all(
            math.isclose(own[model], other[model], rel_tol=_ALIKE) for model in own
        )
        if not alike:
            rows.append(NerveRow(sided(name, side), own))
        elif side == "r":
            rows.append(NerveRow(title(name), own))
    return rows
