"""What scans can tell: alignment, volume, lift and depth of wrinkles on made-up scans whose truth is known.

    python benchmarks/scans.py [--seed 1] [--faces 12] [--part wrinkles|persons|changes]

Prints the tables of docs/outcome_scans.md. White noise and one pose error a scan: a lower bound of what real
scans will show.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable

import numpy as np

from zygoma.errors import FaceError
from zygoma.face import Person, Surface
from zygoma.outcome.face_pose import face_pose, motion_between
from zygoma.outcome.region_measure import mean_displacement, shift, volume
from zygoma.outcome.rigid_motion import Motion
from zygoma.outcome.scan import Scan
from zygoma.outcome.scan_alignment import align, displacement
from zygoma.outcome.scan_nodes import ScanNodes
from zygoma.outcome.scan_truth import forehead, groove, head, laid, moved_up, scanned, swollen
from zygoma.outcome.scan_wrinkle import WrinkleLine, wrinkle_depths

SCANNERS = {
    "0.1 mm, 6 um": (1e-4, 6e-6),
    "0.3 mm, 30 um": (3e-4, 3e-5),
    "0.5 mm, 0.1 mm": (5e-4, 1e-4),
    "1 mm, 0.3 mm (phone)": (1e-3, 3e-4),
}
REGIONS = ("malar_cheek_r", "nasolabial_r", "lower_cheek_r", "jawline_jowl_r", "perioral_upper", "chin")


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faces", type=int, default=12, help="other persons")
    parser.add_argument("--part", choices=("wrinkles", "persons", "changes"), help="one table alone")
    options = parser.parse_args()
    if options.part in (None, "wrinkles"):
        wrinkles(np.random.default_rng([options.seed, 1]))
    if options.part in (None, "persons"):
        persons(np.random.default_rng([options.seed, 2]), options.seed, options.faces)
    if options.part in (None, "changes"):
        changes(np.random.default_rng([options.seed, 3]))


def wrinkles(rng: np.random.Generator) -> None:
    """Depth of carved grooves, sigma 0.5 mm, 36 mm long, by scanner."""
    skin = forehead(spacing=1e-3)
    line = laid(skin, [[-0.018, 0.002, 0], [0.0, 0.0, 0], [0.018, 0.003, 0]])
    print("\n| scanner | true depth um | found um | bias % | SD um | SDC, 1 v. 1, um | SDC, 3 v. 3, % |")
    print("|---|---|---|---|---|---|---|")
    for name, (spacing, noise) in SCANNERS.items():
        repeats = 6 if spacing < 2e-4 else 24
        for depth in (5e-5, 1e-4, 2e-4, 4e-4):
            scans = [
                scanned(skin, spacing, noise, rng, 0.0, 0.0, relief=[groove(line, depth)], unit="m")
                for _ in range(repeats)
            ]
            on = WrinkleLine.on(ScanNodes.of(scans[0]), line + np.array([0, 3e-4, 0]))
            # six at a time, as in a comparison: the bottom is found on all of them together
            found: list[float] = []
            for k in range(0, repeats, 6):
                found += [
                    one.depth for one in wrinkle_depths([(s, Motion.still()) for s in scans[k : k + 6]], on)
                ]
            mean, deviation = np.mean(found), np.std(found, ddof=1)
            change = 2.77 * deviation
            print(
                f"| {name} | {depth * 1e6:.0f} | {mean * 1e6:.1f} | {(mean / depth - 1) * 1e2:+.1f} | "
                f"{deviation * 1e6:.1f} | {change * 1e6:.1f} | {change / np.sqrt(3) / depth * 1e2:.1f} |"
            )


def _face(surface: Surface, rng: np.random.Generator, noise: float = 1e-4) -> Scan:
    return scanned(surface, 1e-3, noise, rng, turn=3.0, shift=0.01, radius=0.08)


def persons(rng: np.random.Generator, seed: int, count: int) -> None:
    """Distance of faces from the average one, and of one person's scans from another's."""
    skin = head()
    first = ScanNodes.of(_face(skin, rng))
    pose = face_pose(first)
    fits, own, others, halves = [], [], [], []
    for k in range(count):
        one = ScanNodes.of(_face(head(Person.random(1000 * seed + k)), rng))
        try:
            there = face_pose(one)
        except FaceError as error:
            print(f"refused: {error}")
            continue
        fits.append(there.residual)
        found = align(one, first, pose.stable, motion_between(there, pose))
        others.append(found.residual)
        fit = displacement(one, first, found.motion)
        halves.append(np.median(np.abs(fit.height[fit.ok & (pose.region >= 0)])))
    for noise in (5e-5, 1e-4, 3e-4):
        own.append(align(ScanNodes.of(_face(skin, rng, noise)), first, pose.stable).residual)
    print(f"\nother persons, distance from the average face, mm: {_words(fits)}")
    print(f"one person, noise 0.05, 0.1, 0.3 mm, residual on the stable part, mm: {_words(own)}")
    print(f"other persons, residual on the stable part, mm: {_words(others)}")
    print(f"other persons, median displacement of the face, mm: {_words(halves)}")


def changes(rng: np.random.Generator) -> None:
    """Carved volumes and shifts: what comes out, and what one feigns of the other."""
    skin = head()
    first = ScanNodes.of(_face(skin, rng))
    pose = face_pose(first)
    truth = ScanNodes.of(Scan.of(skin.points, skin.triangles))
    place = align(truth, first, pose.stable).motion
    print("\n| region | made, width mm | true | displacement mm | volume ml | shift (feigned) mm |")
    print("|---|---|---|---|---|---|")
    for name in REGIONS:
        region = pose.mask(name) & first.ok
        middle = place.inverse(np.average(first.points[region], axis=0, weights=first.areas[region])[None])[0]
        off = np.linalg.norm(place.inverse(first.points) - middle, axis=1)
        for kind, amount, width in (
            ("nothing", 0.0, 0.014),
            ("up", 2e-3, 0.014),
            ("up", 2e-3, 0.025),
            ("out", 1e-3, 0.014),
            ("in", -1e-3, 0.020),
        ):
            bell = amount * np.exp(-(off**2) / (2 * width**2))
            if kind == "up":
                changed = moved_up(skin, middle, amount, width)
            else:
                changed, _ = swollen(skin, middle, amount, width)
            other = ScanNodes.of(_face(changed, rng))
            found = align(other, first, pose.stable)
            fit = displacement(other, first, found.motion)
            seen = region & fit.ok
            true = np.average(bell[seen], weights=first.areas[seen])
            told = f"{true * 1e3:.2f} mm"
            if kind in ("out", "in"):
                told += f", {volume(first, seen, bell) * 1e6:.2f} ml"
            up = shift(other, first, found.motion, seen, place.turn(np.array([[0.0, 1.0, 0.0]]))[0])
            words = "-" if up is None else f"{up.value * 1e3:.2f} ({up.feigned * 1e3:.2f})"
            print(
                f"| {name} | {kind}, {width * 1e3:.0f} | {told} | "
                f"{mean_displacement(first, seen, fit.height) * 1e3:.3f} | "
                f"{volume(first, seen, fit.height) * 1e6:.3f} | {words} |"
            )


def _words(values: Iterable[float]) -> str:
    return ", ".join(f"{value * 1e3:.3f}" for value in sorted(values))


if __name__ == "__main__":
    main()
