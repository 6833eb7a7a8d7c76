"""How phases make a period."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from numbers import Real
from typing import Literal, TypedDict

from zygoma.device.burst import Burst
from zygoma.device.segment import Segment
from zygoma.errors import RangeError
from zygoma.units import si

Kind = Literal["biphasic", "monophasic"]
KINDS: tuple[Kind, ...] = ("biphasic", "monophasic")


class Repetition(TypedDict, total=False):
    """How a constructor of `Waveform` repeats a phase.

    kind
        ``biphasic``, a positive phase and then its mirror (the default), or ``monophasic``, only positive.
    duty
        Share of the period that the phases fill, above 0 and at most 1 (the default); the pause comes last.
    swap_every
        Time between changes of polarity [s].
    burst
        A `Burst`.
    """

    kind: Kind
    duty: float
    swap_every: float | None
    burst: Burst | None


def one_period(
    phase: Sequence[Segment], frequency: float | str, kind: Kind, duty: float
) -> tuple[Segment, ...]:
    """A positive phase given with a length of 1 s, its mirror if biphasic, and a pause up to the period."""
    frequency = si(frequency, "Hz", "the frequency")
    if not (math.isfinite(frequency) and frequency > 0):
        raise RangeError(f"frequency {frequency!r} Hz; expected above zero")
    if not isinstance(duty, Real) or not 0 < duty <= 1:
        raise RangeError(f"duty {duty!r}; expected a share above 0 and at most 1")
    length = duty / frequency / (2 if kind == "biphasic" else 1)
    segments = [replace(segment, duration=segment.duration * length) for segment in phase]
    if kind == "biphasic":
        segments += [segment.scaled(1.0, -1.0) for segment in segments]
    return (*segments, *pause(segments, 1 / frequency))


def pause(segments: Sequence[Segment], period: float) -> Iterator[Segment]:
    """The rest that fills the period [s], or nothing where the segments fill it."""
    rest = period - math.fsum(segment.duration for segment in segments)
    if rest < -1e-9 * period:
        raise RangeError(
            f"the segments last {period - rest:g} s and the period {period:g} s; lengthen the period"
        )
    if rest > 1e-9 * period:
        yield Segment(0.0, 0.0, rest)
