"""Two visits compared: wrinkles, whether they can be compared, and what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zygoma.errors import InputError
from zygoma.outcome.change import Change, change
from zygoma.outcome.comparability import Comparability, comparability
from zygoma.outcome.detection import detected
from zygoma.outcome.follow import Followed, followed
from zygoma.outcome.groove_depth import depths
from zygoma.outcome.light import Light
from zygoma.outcome.nuisance import Nuisance
from zygoma.outcome.registration import ways_from
from zygoma.outcome.texture import Texture
from zygoma.outcome.wrinkle import Wrinkle


@dataclass(frozen=True, eq=False)
class Comparison:
    """What two visits show.

    Attributes
    ----------
    wrinkles : tuple of Wrinkle
        On the first texture of the first visit.
    followed : Followed
    comparability : Comparability
    overall : Change
        Of all wrinkles together; its verdict is that of the comparison.
    regions : tuple of Change
        Each region has its own verdict: of many regions without a change one in forty is called improved.
    """

    wrinkles: tuple[Wrinkle, ...]
    followed: Followed
    comparability: Comparability
    overall: Change
    regions: tuple[Change, ...]

    @property
    def verdict(self) -> str:
        """``"improved"``, ``"worse"``, ``"not distinguishable"`` or ``"not comparable"``."""
        return self.overall.verdict

    def __str__(self) -> str:
        return "\n".join(map(str, (self.overall, *self.regions)))


def compared(
    before: Sequence[Texture],
    after: Sequence[Texture],
    *,
    wrinkles: Sequence[Wrinkle] | None = None,
    light: Light | Mapping[str, Light] | None = None,
    nuisance: Nuisance | None = None,
    steady: bool = False,
) -> Comparison:
    """Compare the photographs of two visits.

    Parameters
    ----------
    before, after : sequences of Texture
        Of each visit, all laid flat in the same way; three of each for a verdict.
    wrinkles : sequence of Wrinkle, optional
        On the first texture, as kept for the person; those that are detected if not given.
    light : Light or mapping of str to Light, optional
        In which both visits were photographed, everywhere or for each region; with it depths are
        compared, without it contrasts.
    nuisance : Nuisance, optional
        What may differ between the visits; that of the same rig if not given.
    steady : bool
        Whether it is known that the light has not moved, as for `comparability`.

    Raises
    ------
    InputError
        A visit has no photograph, the photographs do not show the same skin, or no wrinkle is found.
    """
    if not before or not after:
        raise InputError(f"{len(before)} and {len(after)} photographs: each visit needs at least one")
    lines = detected(before[0]) if wrinkles is None else tuple(wrinkles)
    if not lines:
        raise InputError("no wrinkle was found on the first photograph: draw those that are to be followed")
    ways = ways_from([*before, *after])
    found = followed(lines, [before, after], ways)
    same = comparability(before, after, lines, ways, steady)
    grooves = None if light is None else depths(found, light)
    names = (None, *sorted({line.region for line in lines if line.region}))
    overall, *regions = (
        change(found, name, grooves=grooves, nuisance=nuisance, comparability=same) for name in names
    )
    return Comparison(lines, found, same, overall, tuple(regions))
