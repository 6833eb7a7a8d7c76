"""What the camera did: the exposure, as numbers, and nothing else of what a photograph says of its maker."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zygoma.provenance import load_data

FILE = "photo.toml"

# EXIF 2.32, tags of the photograph's own directory
_TIME, _APERTURE, _ISO, _BIAS, _FLASH = 0x829A, 0x829D, 0x8827, 0x9204, 0x9209
_FOCAL, _RENDERED, _MODE, _BALANCE = 0x920A, 0xA401, 0xA402, 0xA403
_MILLIMETRE = 1e-3


@dataclass(frozen=True)
class Exposure:
    """Settings of the camera; None where the file does not say.

    Parameters
    ----------
    time : float or None
        Shutter time [s].
    f_number : float or None
        Aperture [focal length over its diameter].
    iso : float or None
        Sensitivity [ISO].
    bias : float or None
        Correction asked for [powers of two].
    focal_length : float or None
        Focal length of the lens [m].
    flash : bool or None
        Whether the flash fired.
    automatic : bool or None
        Whether the camera chose the exposure.
    automatic_balance : bool or None
        Whether the camera chose the white balance.
    rendered : int or None
        ``CustomRendered`` of EXIF: 0 is a normal picture, all else was processed by the camera (several
        exposures joined, a portrait blurred).
    """

    time: float | None = None
    f_number: float | None = None
    iso: float | None = None
    bias: float | None = None
    focal_length: float | None = None
    flash: bool | None = None
    automatic: bool | None = None
    automatic_balance: bool | None = None
    rendered: int | None = None

    @property
    def value(self) -> float | None:
        """Light that the settings would take for mid-grey, at ISO 100 [powers of two, EV]."""
        if self.time is None or self.f_number is None or self.iso is None:
            return None
        return math.log2(self.f_number**2 / self.time) - math.log2(self.iso / 100.0)


def exposure_notes(before: Sequence[Exposure], after: Sequence[Exposure]) -> tuple[str, ...]:
    """What the cameras say that makes two visits harder to compare, for a person; empty where nothing is.

    No reason to refuse: cameras differ in what they write, and the photographs themselves are measured.
    """
    both = (*before, *after)
    notes = []
    if len({one.flash for one in both if one.flash is not None}) > 1:
        notes.append("the flash fired for some photographs and not for others")
    if len({round(1e4 * one.focal_length) for one in both if one.focal_length is not None}) > 1:
        notes.append("the focal length differs: another lens, zoom or camera")
    values = [one.value for one in both if one.value is not None]
    if values and max(values) - min(values) > load_data(FILE)["exposure"]["change"]:
        apart = max(values) - min(values)
        notes.append(f"the exposure differs by {apart:.1f} EV: the light may have changed")
    if any(one.rendered for one in both):
        notes.append("the camera says that it processed some photographs beyond the usual")
    if any(one.automatic for one in both):
        notes.append("the exposure was automatic: lock it")
    return tuple(notes)


def read_exposure(tags: Mapping[int, Any]) -> Exposure:
    """Exposure from the EXIF tags of a photograph's own directory; what cannot be read is None."""
    positive = {tag: _number(tags.get(tag), above=0.0) for tag in (_TIME, _APERTURE, _ISO, _FOCAL)}
    focal = positive[_FOCAL]
    flash, mode, balance, rendered = (_number(tags.get(tag)) for tag in (_FLASH, _MODE, _BALANCE, _RENDERED))
    return Exposure(
        time=positive[_TIME],
        f_number=positive[_APERTURE],
        iso=positive[_ISO],
        bias=_number(tags.get(_BIAS)),
        focal_length=None if focal is None else focal * _MILLIMETRE,
        flash=None if flash is None else bool(int(flash) & 1),
        automatic=None if mode is None else mode != 1,
        automatic_balance=None if balance is None else balance == 0,
        rendered=None if rendered is None else int(rendered),
    )


def _number(value: Any, above: float = -math.inf) -> float | None:
    """A tag as a finite number, else None: EXIF is written by many programs and often wrong."""
    if isinstance(value, tuple) and value:
        value = value[0]
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return number if math.isfinite(number) and number > above else None
