"""What the scans of one visit show: depth of wrinkles region by region, and how well it repeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zygoma.errors import InputError
from zygoma.outcome.face_pose import face_pose, start_between
from zygoma.outcome.rigid_motion import Motion
from zygoma.outcome.scan import Scan
from zygoma.outcome.scan_alignment import align
from zygoma.outcome.scan_lines import ScanWrinkle, found_wrinkles, mean_depths, mean_error, wrinkle_places
from zygoma.outcome.scan_nodes import ScanNodes
from zygoma.outcome.scan_setting import assumptions
from zygoma.outcome.scan_visit import check_apart


@dataclass(frozen=True)
class ScanRegion:
    """Wrinkles of a region.

    Attributes
    ----------
    name : str
        ``"all"`` for all of them.
    count : int
    length : float
        Of all together [m].
    depth : float
        Mean over wrinkles, by their lengths, and scans [m].
    error : float
        Standard error of one scan's depth, for white noise [m].
    repeat : float or None
        Standard deviation over the scans [m]; None with one scan.
    """

    name: str
    count: int
    length: float
    depth: float
    error: float
    repeat: float | None

    @staticmethod
    def of(name: str, wrinkles: Sequence[ScanWrinkle]) -> ScanRegion:
        """From wrinkles along the same lines in all scans."""
        depths = mean_depths(wrinkles)
        repeat = float(depths.std(ddof=1)) if len(depths) > 1 else None
        length = sum(one.length for one in wrinkles)
        return ScanRegion(name, len(wrinkles), length, float(depths.mean()), mean_error(wrinkles), repeat)

    def json(self) -> dict[str, Any]:
        """Plain values in mm and per cent; null for what is not known."""
        return {
            "name": self.name,
            "wrinkles": self.count,
            "length_mm": round(1e3 * self.length, 2),
            "depth_mm": round(1e3 * self.depth, 5),
            "noise_mm": round(1e3 * self.error, 5),
            "cv_pct": None if self.repeat is None else round(1e2 * self.repeat / self.depth, 3),
        }

    def __str__(self) -> str:
        what = f"{self.count} wrinkle{'' if self.count == 1 else 's'} of {self.length * 1e3:.0f} mm"
        text = f"{self.name}: {what}, {self.depth * 1e3:.3f} mm deep"
        return text if self.repeat is None else f"{text}, repeats within {self.repeat / self.depth:.1%}"


@dataclass(frozen=True)
class ScanMeasure:
    """One visit.

    Attributes
    ----------
    regions : tuple of ScanRegion
        All wrinkles first; empty where none was found.
    scans : tuple of (str, float, float)
        Name, spacing and noise of each scan [m].
    reasons : tuple of str
        Why repeats do not lie on each other.
    notes : tuple of str
        What was guessed and assumed.
    """

    regions: tuple[ScanRegion, ...]
    scans: tuple[tuple[str, float, float], ...]
    reasons: tuple[str, ...]
    notes: tuple[str, ...]

    def json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "regions": [region.json() for region in self.regions],
            "scans": [
                {"name": name, "spacing_mm": spacing * 1e3, "noise_um": noise * 1e6}
                for name, spacing, noise in self.scans
            ],
            "reasons": list(self.reasons),
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        if not self.regions:
            name, spacing, noise = self.scans[0]
            lines = [
                f"no wrinkles were found: {name} has points {spacing * 1e3:.2g} mm apart and noise of "
                f"{noise * 1e6:.0f} um; finer lines need a finer scanner"
            ]
        else:
            lines = [str(region) for region in self.regions[:3]]
        return "\n".join([*lines, *self.reasons[:2]])


def measure_scans(scans: Sequence[Scan]) -> ScanMeasure:
    """Measure the wrinkles of one visit; they are found on its first scan.

    Parameters
    ----------
    scans : sequence of Scan
        Of one person, taken in one sitting.

    Raises
    ------
    InputError
        No scans, one of them twice, or sizes of different units.
    FaceError
        A scan of the size of a face shows none.
    """
    if not scans:
        raise InputError("no scans were given; expected those of one visit")
    check_apart(scans)
    nodes = [ScanNodes.of(scan) for scan in scans]
    first = nodes[0]
    pose = face_pose(first) if first.scan.is_face else None
    held = pose.stable if pose else None
    alignments = [align(other, first, held, start_between(first, other, pose)) for other in nodes[1:]]
    motions = [Motion.still(), *(alignment.motion for alignment in alignments)]
    places = wrinkle_places(pose, first) if pose else {}
    lines = found_wrinkles(nodes, motions, places, len(nodes))
    regions = []
    if lines:
        regions = [ScanRegion.of("all", lines)]
        for name in sorted({line.region for line in lines if line.region}):
            regions.append(ScanRegion.of(name, [line for line in lines if line.region == name]))
    notes = [f"{scan.name}: {note}" for scan in scans for note in scan.notes]
    return ScanMeasure(
        tuple(regions),
        tuple((one.scan.name, one.scan.spacing, one.noise) for one in nodes),
        tuple(dict.fromkeys(reason for one in alignments for reason in one.reasons)),
        (*notes, *(f"assumed: {text}" for text in assumptions("wrinkle"))),
    )
