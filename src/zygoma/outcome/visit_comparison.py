"""Whether two visits can be compared, and if not, why and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError
from zygoma.outcome.exposure import exposure_notes
from zygoma.outcome.face_difference import face_difference
from zygoma.outcome.gate import Gate, gate
from zygoma.outcome.photo_quality import PhotoQuality
from zygoma.outcome.shading import Shading, light_change, mean_shading
from zygoma.outcome.skin_contrast import FILE, SkinContrast
from zygoma.provenance import load_data

Array = NDArray[np.float64]

_EXPRESSIONS = {
    "mouth_width": "the width of the mouth",
    "mouth_corners": "the height of the corners of the mouth",
    "mouth_opening": "the opening of the mouth",
    "eye_opening": "the opening of the eyes",
    "brow_height": "the height of the brows",
    "jaw": "the height of the jaw",
}


@dataclass(frozen=True)
class VisitComparison:
    """Whether two visits can be compared.

    Parameters
    ----------
    gates : tuple of Gate
    notes : tuple of str
        What the cameras say that is no reason to refuse.
    """

    gates: tuple[Gate, ...]
    notes: tuple[str, ...] = ()

    @property
    def comparable(self) -> bool:
        """Whether all gates have passed."""
        return all(gate.passed for gate in self.gates)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why not, and what to do; empty where they can."""
        return tuple(gate.reason for gate in self.gates if not gate.passed)

    @property
    def light_steady(self) -> bool:
        """Whether the shading of the face shows that the light has not moved."""
        return all(gate.passed for gate in self.gates if gate.name.startswith("light_"))

    def __str__(self) -> str:
        if self.comparable:
            return f"comparable: {len(self.gates)} gates passed"
        return "not comparable: " + "; ".join(self.reasons)


def compare_visits(before: Sequence[PhotoQuality], after: Sequence[PhotoQuality]) -> VisitComparison:
    """Hold two visits against each other, and each photograph against what it must be alone.

    Parameters
    ----------
    before, after : sequence of PhotoQuality
        Photographs of one person, all on one texture grid.

    Raises
    ------
    InputError
        A visit is empty, or the photographs are on different grids.
    """
    _check_grids(before, after)
    alone = [_worst([photo.gates()[k] for photo in (*before, *after)]) for k in range(2)]
    pairs = [(a.landmarks, b.landmarks) for a, b in zip(before, after, strict=False)]
    different = float(np.mean([face_difference(a, b) for a, b in pairs]))
    return VisitComparison(
        (
            *alone,
            gate(
                "face",
                different,
                "the difference in the shape of the faces",
                "they look like different people: compare photographs of one person, with one expression",
            ),
            gate(
                "pose",
                _pose_difference(before, after),
                "the difference of pose",
                "use a head rest, or line the face up with an outline of the first photograph",
                min(len(before), len(after)),
            ),
            *_expression_gates(before, after),
            contrast_gate([photo.contrast for photo in before], [photo.contrast for photo in after]),
            *light_gates([photo.shading for photo in before], [photo.shading for photo in after]),
        ),
        exposure_notes([photo.exposure for photo in before], [photo.exposure for photo in after]),
    )


def contrast_gate(before: Sequence[SkinContrast], after: Sequence[SkinContrast]) -> Gate:
    """Whether the finest detail of the skin is as strong as before, and if not, what looks to be the cause.

    The median over tiles of skin: a few wrinkles that fade do not move it.

    Parameters
    ----------
    before, after : sequence of SkinContrast
        Of repeats; their means are compared.
    """
    fine, tiles = _median_change([c.fine for c in before], [c.fine for c in after])
    middle, _ = _median_change([c.middle for c in before], [c.middle for c in after])
    least = load_data(FILE)["contrast"]["least_tiles"]
    if tiles < least:
        return gate(
            "sharpness",
            float("nan"),
            f"the fine detail of the skin ({tiles} tiles of skin seen in both, {least} needed)",
            "show more bare skin",
        )
    if fine < 0.0 and middle > fine / 2.0:
        cause = "the second is less sharp or lit more evenly: focus on the near eye, on a stand, in one light"
    elif fine > 0.0 and middle < fine / 2.0:
        cause = "the second is sharper, noisier or lit more from one side: use one focus, ISO and light"
    else:
        cause = "tone curve or light differ: switch off all enhancement, lock exposure and fix the light"
    for number, visit in (("first", before), ("second", after)):
        if (odd := _odd_one(visit)) is not None:
            cause = f"photograph {odd} of the {number} visit stands apart, take it anew; {cause}"
    what = "the change of the contrast of the finest detail"
    return gate("sharpness", fine, what, cause, min(len(before), len(after)))


def light_gates(before: Sequence[Shading], after: Sequence[Shading]) -> tuple[Gate, ...]:
    """Whether the light comes from where it came from, and is as directed.

    A light may be fixed to the camera or move with the head, as on a chair: it counts as moved if it has
    moved against both.

    Parameters
    ----------
    before, after : sequence of Shading
        Of repeats, on one grid; their means are compared.
    """
    advice = "fix the light to the camera, and take both in a dark room"
    repeats = min(len(before), len(after))
    try:
        both = mean_shading(before), mean_shading(after)
        turned, stronger = min(
            (second.turned_from(first), second.contrast - first.contrast)
            for first, second in (light_change(*both), light_change(both[0].ahead(), both[1].ahead()))
        )
    except InputError:
        turned = stronger = float("nan")
    return (
        gate("light_direction", turned, "the change of the direction of light", advice, repeats),
        gate(
            "light_contrast",
            stronger,
            "the change of contrast between lit and shaded skin, by light or tone curve,",
            f"{advice}; switch off all enhancement by the camera",
            repeats,
        ),
    )


def _check_grids(before: Sequence[PhotoQuality], after: Sequence[PhotoQuality]) -> None:
    if not before or not after:
        raise InputError(
            f"{len(before)} and {len(after)} photographs were given, expected one or more a visit"
        )
    shapes = {photo.shading.log_light.shape + photo.contrast.fine.shape for photo in (*before, *after)}
    if len(shapes) > 1:
        raise InputError(
            "the photographs are on different texture grids; give all of them that of the coarsest"
        )


def _worst(gates: Sequence[Gate]) -> Gate:
    """The gate of the photograph that fails, and which it is."""
    failed = [(number, one) for number, one in enumerate(gates, start=1) if not one.passed]
    if not failed:
        return gates[0]
    number, one = failed[0]
    return replace(one, reason=f"photograph {number} of {len(gates)}: {one.reason}")


def _pose_difference(before: Sequence[PhotoQuality], after: Sequence[PhotoQuality]) -> float:
    """Angle between the mean directions of two visits [deg]."""
    ways = [np.mean([photo.pose.rotation[2] for photo in visit], axis=0) for visit in (before, after)]
    cosine = float(ways[0] @ ways[1] / (np.linalg.norm(ways[0]) * np.linalg.norm(ways[1])))
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def _expression_gates(before: Sequence[PhotoQuality], after: Sequence[PhotoQuality]) -> list[Gate]:
    change = {
        name: float(
            np.mean([photo.expression[name] for photo in after])
            - np.mean([photo.expression[name] for photo in before])
        )
        for name in _EXPRESSIONS
    }
    advice = "take all photographs with the face at rest, lips closed and eyes open"
    return [gate(name, change[name], f"the change of {what}", advice) for name, what in _EXPRESSIONS.items()]


def _median_change(before: Sequence[Array], after: Sequence[Array]) -> tuple[float, int]:
    """Median over tiles of the change of means, and how many tiles there are."""
    change = np.mean(after, axis=0) - np.mean(before, axis=0)  # a tile must be seen in all
    seen = change[np.isfinite(change)]
    return (float(np.median(seen)) if seen.size else float("nan")), int(seen.size)


def _odd_one(visit: Sequence[SkinContrast]) -> int | None:
    """Number of the photograph whose fine detail differs from its repeats by more than visits may differ."""
    if len(visit) < 3:
        return None
    mean = np.mean([one.fine for one in visit], axis=0)
    inside = np.isfinite(mean)
    if not inside.any():
        return None
    levels = np.array([np.median((one.fine - mean)[inside]) for one in visit])
    apart = np.abs(levels - np.median(levels))
    worst = int(apart.argmax())
    return worst + 1 if apart[worst] > load_data(FILE)["gate"]["sharpness"]["apart"] else None
