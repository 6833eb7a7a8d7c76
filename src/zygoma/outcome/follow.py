"""The same wrinkles in every photograph: their contrast, free of the skin's own texture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError
from zygoma.outcome.profile import Profiles, Tiles
from zygoma.outcome.registration import Registration, ways_from
from zygoma.outcome.texture import Texture
from zygoma.outcome.wrinkle import Wrinkle

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Followed:
    """Wrinkles measured in the photographs of one or more visits.

    The mean profile of a tile over all photographs, each visit with the same weight, is its template. The
    power of a photograph's profile along the template is linear in the darkening; what the same procedure
    finds beside the wrinkle is taken from it, so that skin without a wrinkle gives 0.

    Attributes
    ----------
    tiles : Tiles
    visit : (p,) int array
        Of each photograph.
    template : (t, k) array
        Mean darkening across each tile.
    power : (p, t) array
        Mean over the window of profile times template, less that beside the wrinkle; NaN where not seen.
    residual : (p,) array
        Of the registration of each photograph [m].
    """

    tiles: Tiles
    visit: NDArray[np.int64]
    template: Array
    power: Array
    residual: Array

    @cached_property
    def seen(self) -> NDArray[np.bool_]:
        """(t,) tiles that were seen in every photograph."""
        return np.asarray(np.isfinite(self.power).all(axis=0))

    def group(self, *, region: str | None = None, wrinkle: str | None = None) -> NDArray[np.bool_]:
        """(t,) tiles of a region or of a wrinkle that were seen in every photograph."""
        own = np.array(
            [
                (region is None or w.region == region) and (wrinkle is None or w.id == wrinkle)
                for w in self.tiles.wrinkles
            ]
        )
        return own[self.tiles.owner] & self.seen

    def contrast(self, tiles: NDArray[np.bool_]) -> Array:
        """Root mean square darkening (p,) across the window along tiles, in each photograph.

        Linear in each photograph's darkening; 0, or a little to both sides of it, without a wrinkle.

        Raises
        ------
        InputError
            None of the tiles was seen in every photograph.
        """
        weight = self.tiles.length[tiles]
        if not len(weight):
            raise InputError("none of these wrinkles was seen in every photograph")
        mean = (self.power[:, tiles] * weight).sum(axis=1) / weight.sum()
        level = np.mean([mean[self.visit == v].mean() for v in np.unique(self.visit)])
        return np.asarray(mean / np.sqrt(max(level, 1e-12)))

    def width(self, tiles: NDArray[np.bool_]) -> float:
        """Twice the standard deviation of the template's power about its middle [m].

        2.45 sigma for the shading of a groove of half width sigma, close to its full width at half depth.
        """
        power = np.maximum(np.mean(self.template[tiles] ** 2, axis=0), 0.0)
        power = np.maximum(power - np.median(power), 0.0)
        middle = (power * self.tiles.offsets).sum() / power.sum()
        return float(2 * np.sqrt((power * (self.tiles.offsets - middle) ** 2).sum() / power.sum()))


def followed(
    wrinkles: Sequence[Wrinkle],
    visits: Sequence[Sequence[Texture]],
    ways: Sequence[Registration | None] | None = None,
) -> Followed:
    """Measure the same wrinkles in all photographs of one or more visits.

    Parameters
    ----------
    wrinkles : sequence of Wrinkle
        On the first texture of the first visit.
    visits : sequence of sequences of Texture
        All laid flat in the same way.
    ways : sequence of Registration or None, optional
        From the first texture to each in turn (None for itself), if they are at hand.

    Raises
    ------
    InputError
        No wrinkle or no photograph is given, or two photographs do not show the same skin.
    """
    textures = [(number, texture) for number, visit in enumerate(visits) for texture in visit]
    if not textures or any(not len(visit) for visit in visits):
        raise InputError(f"{[len(visit) for visit in visits]} photographs a visit: each needs at least one")
    tiles = Tiles.of(wrinkles)
    if ways is None:
        ways = ways_from([texture for _, texture in textures])
    measured = [Profiles.of(tiles, texture, way) for (_, texture), way in zip(textures, ways, strict=True)]
    residual = [0.0 if way is None else way.residual for way in ways]
    return combined(measured, [number for number, _ in textures], residual)


def combined(
    measured: Sequence[Profiles], visit: Sequence[int], residual: Sequence[float] | None = None
) -> Followed:
    """Wrinkles followed through photographs whose profiles are at hand."""
    numbers = np.asarray(visit)
    on = np.stack([profiles.on for profiles in measured])
    beside = np.stack([profiles.beside for profiles in measured])
    evenly = np.array([1.0 / (numbers == number).sum() for number in numbers])
    evenly /= evenly.sum()
    template = np.einsum("p,ptk->tk", evenly, on)
    own = np.einsum("ptk,tk->pt", on, template) / on.shape[-1]
    texture = np.einsum("ptbk,tbk->ptb", beside, np.einsum("p,ptbk->tbk", evenly, beside)) / on.shape[-1]
    floor = _floor(texture, measured[0].tiles.owner)
    return Followed(
        measured[0].tiles,
        numbers,
        template,
        own - floor,
        np.zeros(len(numbers)) if residual is None else np.asarray(residual, dtype=float),
    )


def _floor(texture: Array, owner: NDArray[np.int64]) -> Array:
    """Power (p, t) of skin beside each tile: mean of its wrinkle's bands, or of all where it has none."""
    known = np.isfinite(texture).all(axis=0)
    floor = np.zeros(texture.shape[:2])
    if not known.any():
        return floor
    everywhere = texture[:, known].mean(axis=1)
    for number in np.unique(owner):
        own = known & (owner == number)[:, None]
        mean = texture[:, own].mean(axis=1) if own.sum() >= 4 else everywhere
        floor[:, owner == number] = mean[:, None]
    return floor
