"""Whether two visits can be compared: focus, tone curve and light, from the skin's own texture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from zygoma.errors import InputError
from zygoma.outcome.registration import Registration, ways_from
from zygoma.outcome.texture import Texture
from zygoma.outcome.texture_transfer import Transfer, flattened, transfer
from zygoma.outcome.wrinkle import Wrinkle
from zygoma.provenance import load_data


@dataclass(frozen=True)
class Comparability:
    """What differs between two visits beside the wrinkles.

    Attributes
    ----------
    transfer : Transfer
    reasons : tuple of str
        Why they cannot be compared, and what to do; none if they can.
    """

    transfer: Transfer
    reasons: tuple[str, ...]

    @property
    def sharpness(self) -> float:
        """Power of the texture in the band of 0.5 to 1 mm, second visit over first, as the blur leaves it."""
        middle = load_data("wrinkle_index.toml")["comparability"]["sharpness_wave_per_m"]["value"]
        return math.exp(-4 * math.pi**2 * self.transfer.blur * middle**2)

    @property
    def left(self) -> float:
        """Standard deviation of what tone curve and light put on log contrasts beyond the rig's own.

        Wrinkles change with the light by anything from nothing to what the finer relief of the skin does.
        """
        unseen = load_data("wrinkle_index.toml")["nuisance"]["unseen"]["value"]
        return math.sqrt(max(0.0, self.transfer.contrast**2 - unseen**2) / 3.0)

    def __bool__(self) -> bool:
        return not self.reasons


def comparability(
    before: Sequence[Texture],
    after: Sequence[Texture],
    wrinkles: Sequence[Wrinkle] = (),
    ways: Sequence[Registration | None] | None = None,
    steady: bool = False,
) -> Comparability:
    """Compare two visits by the skin between the wrinkles, which no treatment of wrinkles changes.

    Parameters
    ----------
    before, after : sequences of Texture
        The photographs of each visit, laid flat in the same way.
    wrinkles : sequence of Wrinkle
        On the first texture; left out.
    ways : sequence of Registration or None, optional
        From the first texture to each in turn (None for itself), if they are at hand.
    steady : bool
        The shading of the face shows that the light has not moved: then more of the relief's contrast may
        differ, for it follows a degree that heads turn, and widens the interval of the change.

    Raises
    ------
    InputError
        A visit has no photograph, or the photographs do not show the same skin.
    """
    if not before or not after:
        raise InputError(f"{len(before)} and {len(after)} photographs: each visit needs at least one")
    textures = [*before, *after]
    if ways is None:
        ways = ways_from(textures)
    maps = flattened(textures, ways, wrinkles)
    found = transfer(maps[: len(before)], maps[len(before) :], before[0].pitch)
    return Comparability(found, _reasons(found, steady))


def _reasons(found: Transfer, steady: bool) -> tuple[str, ...]:
    limits = {key: entry["value"] for key, entry in load_data("wrinkle_index.toml")["comparability"].items()}
    reasons = []
    if abs(found.blur) > limits["blur_m2"]:
        which = "second" if found.blur > 0 else "first"
        reasons.append(
            f"the {which} visit is less sharp, by a blur of {1e3 * math.sqrt(abs(found.blur)):.2f} mm: focus"
            " on the skin, hold still, keep the same distance, and use no beauty filter"
        )
    # little or coarse skin tells less: what lies within a standard error of a limit is not held against it
    limit = limits["contrast_steady" if steady else "contrast"]
    changed = abs(found.contrast) > limit + found.contrast_error
    if steady:
        changed |= abs(found.tone) > limits["tone"] + found.tone_error
    # a blur that is refused leaves too little of the short waves, which show the light
    if changed and abs(found.blur) <= limits["blur_m2"]:
        lower = found.contrast > 0
        # a tone curve changes colour and relief alike, a light the relief more
        tone, shading = abs(found.tone), abs(found.shading)
        light = "the light came from lower" if lower else "the light came from higher, or was softer,"
        curve = f"the tone curve is {'steeper' if lower else 'flatter'}"
        cause = light if tone < shading else curve if shading < 0.35 * tone else f"{light} or {curve}"
        reasons.append(
            f"{cause} at the second visit: the skin's own texture stands out by"
            f" {100 * math.expm1(found.contrast):+.0f} %. Fix light, camera and head to each other in a dark"
            " room, switch off HDR and automatic enhancement, and keep all settings"
        )
    return tuple(reasons)
