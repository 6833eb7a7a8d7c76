"""What a comparison of photographs can tell, measured on rendered skin whose truth is known.

    python benchmarks/outcome.py SEED [SEED ...] [--faces 6] [--pairs 100] [--only PART ...]

Prints the tables of docs/outcome_accuracy.md; says nothing about pass or fail. Every face, light and error is
drawn from the seeds. All of it is the algorithm's part alone: no skin of a person was measured.
"""

from __future__ import annotations

import argparse
import math
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

from zygoma.outcome.change import change
from zygoma.outcome.comparability import comparability
from zygoma.outcome.comparison import compared
from zygoma.outcome.darkening import darkening
from zygoma.outcome.detection import detected
from zygoma.outcome.follow import combined
from zygoma.outcome.groove_depth import depths
from zygoma.outcome.light import Light
from zygoma.outcome.linefilter import lines
from zygoma.outcome.nuisance import Nuisance
from zygoma.outcome.photometric_stereo import Relief, photometric_stereo
from zygoma.outcome.profile import Profiles, Tiles
from zygoma.outcome.render import Camera, Patch, Placement, flat_face, phototypes
from zygoma.outcome.wrinkle import Wrinkle

PITCH = 0.125e-3
RIG = Nuisance.same_rig()


def main() -> None:
    """Print the tables that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("seeds", type=int, nargs="+", metavar="SEED")
    parser.add_argument("--faces", type=int, default=6, help="faces for repeats and fades")
    parser.add_argument("--pairs", type=int, default=100, help="pairs for the coverage and for comparability")
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS))
    options = parser.parse_args()
    for part in options.only:
        rng = np.random.default_rng([*options.seeds, list(PARTS).index(part)])
        print(f"\n### {part}\n", flush=True)
        start = time.perf_counter()
        PARTS[part](rng, options)
        print(f"\n({time.perf_counter() - start:.0f} s)", flush=True)


def heading(*names: str) -> None:
    """Head of a table."""
    print(f"| {' | '.join(names)} |")
    print("|---" * len(names) + "|")


def wrinkles_of(patch: Patch) -> list[Wrinkle]:
    """The carved lines, as a person would draw them."""
    return [Wrinkle(f"w{k}", "patch", groove.points) for k, groove in enumerate(patch.grooves)]


def visit(
    rng: np.random.Generator, skin: Patch, light: Light, *, moved: bool = True, **camera: float
) -> list[Any]:
    """Three photographs of a visit: what the visit has of its own is drawn once, the rest for each."""
    elevation = light.elevation + rng.normal(0, RIG.elevation)
    ambient = light.ambient + rng.normal(0, RIG.ambient)
    blur = math.hypot(max(0.1e-3 + rng.normal(0, RIG.blur), 0.02e-3), camera.pop("more_blur", 0.0))
    size = 1 + rng.normal(0, RIG.scale)
    photos = []
    for _ in range(3):
        own = Light(
            elevation + rng.normal(0, 0.5 * RIG.elevation),
            light.azimuth + rng.normal(0, 0.01),
            light.softness,
            ambient,
        )
        shift = rng.normal(0, 0.3e-3, 2) if moved else (0.0, 0.0)
        turn = rng.normal(0, 0.005) if moved else 0.0
        placed = Placement((shift[0], shift[1]), turn, (size, size))
        lens = Camera(exposure=rng.normal(0.35, 0.007), blur=blur, **camera)
        photos.append(skin.photograph(rng, own, lens, placed).texture())
    return photos


def light_table(rng: np.random.Generator, _: argparse.Namespace) -> None:
    """Region mean of the line filter x 1000 at depths of 0 to 0.4 mm in several lights."""
    heading("light", "0", ".05", ".1", ".2", ".4 mm", "slope per mm (0 to .2)")
    seed = rng.integers(2**32)
    cases = {"ring, 85": (85, 90), "above, 60": (60, 90), "above, 45": (45, 90), "above, 30": (30, 90)}
    cases |= {"side, 45": (45, 0), "below, 45": (45, -90), "above, 40": (40, 90), "above, 50": (50, 90)}
    for name, (elevation, azimuth) in cases.items():
        values = []
        for depth in (0.0, 0.05e-3, 0.1e-3, 0.2e-3, 0.4e-3):
            own = np.random.default_rng(seed)
            patch = Patch.random(own, depth=depth, sigma=0.5e-3)
            texture = patch.photograph(own, Light(math.radians(elevation), math.radians(azimuth))).texture()
            found = lines(darkening(texture), texture.pitch).response[20:-20, 20:-20]
            values.append(1e3 * np.clip(found, 0, None).mean())
        print(f"| {name} | {' | '.join(f'{v:.1f}' for v in values)} | {(values[3] - values[0]) / 0.2:.0f} |")


def detection(rng: np.random.Generator, options: argparse.Namespace) -> None:
    """Length of carved lines found, and found where none is."""
    from scipy.spatial import cKDTree

    hits, falses, scores = [], [], []
    for _ in range(options.faces):
        face = flat_face(rng, phototype=str(rng.choice(phototypes())))
        texture = face.photograph(rng, Light(math.radians(rng.uniform(35, 60)))).texture()
        truth, found = (
            np.vstack([line.stations(0.1e-3)[0] for line in group])
            for group in (wrinkles_of(face), detected(texture))
        )
        hit = (cKDTree(found).query(truth)[0] < 1.3e-3).sum()
        false = (cKDTree(truth).query(found)[0] >= 1.3e-3).sum()
        hits.append(hit / len(truth))
        falses.append(false / len(found))
        scores.append(hit / (len(truth) + false))
    print(f"found {np.mean(hits):.2f}, false {np.mean(falses):.2f}, Jaccard of length {np.mean(scores):.2f}")


def regions(rng: np.random.Generator, options: argparse.Namespace) -> None:
    """Repeats and fades of flat faces, automatic wrinkles, one photograph a repeat and three a visit."""
    repeats, smallest, answers = defaultdict(list), defaultdict(list), defaultdict(list)
    for number in range(options.faces):
        face = flat_face(rng, phototype=phototypes()[number % 6])
        light = Light(math.radians(rng.uniform(40, 55)))
        before = visit(rng, face, light)
        kept = None
        for fade in (0.0, 0.2118):
            found = compared(before, visit(rng, face.faded(fade), light), wrinkles=kept, light=light)
            kept = found.wrinkles
            grooves = depths(found.followed, light)
            for region in found.regions:
                if math.isnan(region.log_ratio):
                    continue
                name = region.name.removesuffix("_l").removesuffix("_r")
                answers[name, fade].append(region.change_pct)
                smallest[name].append(region.sdc_pct)
                values = grooves.relative(found.followed.group(region=region.name))[:3]
                repeats[name].append(100 * values.std(ddof=1) / values.mean())
    heading("region", "repeat CV %", "smallest fade 3v3 %", "no change -> %", "fade 21.18 % -> %")
    for name in repeats:
        none, fade = (np.array(answers[name, fade]) for fade in (0.0, 0.2118))
        print(
            f"| {name} | {np.sqrt(np.mean(np.square(repeats[name]))):.2f} | {np.median(smallest[name]):.1f} |"
            f" {none.mean():+.1f} +- {none.std():.1f} | {fade.mean():+.1f} +- {fade.std():.1f} |"
        )


def slope(rng: np.random.Generator, _: argparse.Namespace) -> None:
    """Log-log slope of the followed index over the true depth, .05 to .4 mm, in a given light."""
    heading("phototype", "elevation", "slope of depth", "slope of contrast")
    true = np.array([0.05e-3, 0.1e-3, 0.2e-3, 0.4e-3])
    for phototype in phototypes():
        for elevation in (30, 45, 60):
            light = Light(math.radians(elevation))
            patch = Patch.random(rng, pitch=PITCH, depth=0.2e-3, phototype=phototype)
            tiles = Tiles.of(wrinkles_of(patch))
            base = Profiles.of(tiles, patch.photograph(rng, light).texture())
            ratios = []
            for depth in true:
                skin = patch.faded(1 - depth / 0.2e-3).photograph(rng, light).texture()
                both = combined([base, Profiles.of(tiles, skin)], [0, 1])
                every = both.group()
                pair = (depths(both, light).relative(every), both.contrast(every))
                ratios.append([values[1] / values[0] for values in pair])
            found = np.polyfit(np.log(true), np.log(ratios), 1)[0]
            print(f"| {phototype} | {elevation} | {found[0]:.2f} | {found[1]:.2f} |")


def coverage(rng: np.random.Generator, options: argparse.Namespace) -> None:
    """Pairs of visits, half of them without a change."""
    held: dict[tuple[str, bool], list[bool]] = defaultdict(list)
    improved: dict[str, list[bool]] = defaultdict(list)
    for number in range(options.pairs):
        fade = 0.0 if number % 2 else rng.uniform(0, 0.4)
        light = Light(math.radians(rng.uniform(35, 60)))
        patch = Patch.random(
            rng,
            pitch=PITCH,
            size=(44e-3, 24e-3),
            depth=(0.08e-3, 0.3e-3),
            sigma=(0.3e-3, 0.6e-3),
            phototype=str(rng.choice(phototypes())),
        )
        # the profiles' own part alone: pictures are not moved, so that no registration is needed
        tiles = Tiles.of(wrinkles_of(patch))
        photos = [visit(rng, skin, light, moved=False) for skin in (patch, patch.faded(fade))]
        followed = combined([Profiles.of(tiles, p) for photo in photos for p in photo], [0, 0, 0, 1, 1, 1])
        for index, grooves in (("depth", depths(followed, light)), ("contrast", None)):
            found = change(followed, grooves=grooves)
            held[index, fade == 0].append(found.low <= math.log(1 - fade) <= found.high)
            if fade == 0:
                improved[index].append(found.verdict == "improved")
    heading("index", "pairs", "95 % interval holds: no change", "fade 0-40 %", "false improved")
    for index, wrong in improved.items():
        none, some = held[index, True], held[index, False]
        print(
            f"| {index} | {len(none)} + {len(some)} | {100 * np.mean(none):.1f} % |"
            f" {100 * np.mean(some):.1f} % | {100 * np.mean(wrong):.1f} % |"
        )


def refusals(rng: np.random.Generator, options: argparse.Namespace) -> None:
    """Share of pairs of visits that are called not comparable."""
    cases: dict[str, tuple[float, dict[str, float]]] = {
        "same rig": (0.0, {}),
        "light 5 degrees higher": (5.0, {}),
        "light 5 degrees lower": (-5.0, {}),
        "blur 0.3 mm more": (0.0, {"more_blur": 0.3e-3}),
        "gamma 1.15": (0.0, {"gamma": 1.15}),
        "gamma 1 / 1.15": (0.0, {"gamma": 1 / 1.15}),
    }
    refused = defaultdict(list)
    found = defaultdict(list)
    for _ in range(max(1, options.pairs // 4)):
        patch = Patch.random(
            rng,
            pitch=PITCH,
            size=(70e-3, 40e-3),
            depth=(0.1e-3, 0.3e-3),
            phototype=str(rng.choice(phototypes())),
        )
        elevation = rng.uniform(35, 60)
        before = visit(rng, patch, Light(math.radians(elevation)))
        after = patch.faded(rng.uniform(0, 0.3))
        for name, (move, camera) in cases.items():
            photos = visit(rng, after, Light(math.radians(elevation + move)), **camera)
            same = comparability(before, photos, wrinkles_of(patch))
            refused[name].append(not same)
            found[name].append((same.transfer.contrast, 1e6 * same.transfer.blur))
    heading("second visit", "pairs", "not comparable", "log contrast of texture", "blur mm2")
    for name, given in refused.items():
        mean, spread = np.mean(found[name], axis=0), np.std(found[name], axis=0)
        print(
            f"| {name} | {len(given)} | {100 * np.mean(given):.0f} % | {mean[0]:+.3f} +- {spread[0]:.3f} |"
            f" {mean[1]:+.4f} +- {spread[1]:.4f} |"
        )


def stereo(rng: np.random.Generator, options: argparse.Namespace) -> None:
    """Four lights at 45 degrees, known to a degree; each patch twice."""
    heading("phototype", "true mm", "bias %", "smallest detectable change um")
    nominal = [Light(math.radians(45), math.radians(side), ambient=0.1) for side in (0, 90, 180, 270)]
    for phototype in ("II", "IV", "VI"):
        for depth in (0.1e-3, 0.2e-3):
            bias, scatter = [], []
            for _ in range(max(2, options.faces // 2)):
                patch = Patch.random(
                    rng, pitch=PITCH, size=(40e-3, 24e-3), depth=depth, sigma=0.5e-3, phototype=phototype
                )
                reflectance = float((patch.albedo @ (0.2126, 0.7152, 0.0722)).mean())
                given = wrinkles_of(patch)
                truth = Relief(patch.height, np.ones(patch.rough.shape, dtype=bool), PITCH).depths(given)
                found = []
                for _ in range(2):
                    photos = [
                        patch.photograph(
                            rng,
                            Light(
                                light.elevation + rng.normal(0, 0.012),
                                light.azimuth + rng.normal(0, 0.012),
                                ambient=light.ambient + rng.normal(0, 0.005),
                            ),
                        ).texture()
                        for light in nominal
                    ]
                    found.append(photometric_stereo(photos, nominal, reflectance).depths(given))
                bias.append((np.mean(found, axis=0) / truth - 1).mean())
                scatter.append(np.diff(found, axis=0) ** 2 / 2)
            sdc = 2.77 * math.sqrt(np.mean(scatter))
            print(
                f"| {phototype} | {1e3 * depth:g} | {100 * np.mean(bias):+.1f} | {1e6 * sdc:.1f} |",
                flush=True,
            )


PARTS: dict[str, Callable[[np.random.Generator, argparse.Namespace], None]] = {
    "light": light_table,
    "detection": detection,
    "regions": regions,
    "slope": slope,
    "coverage": coverage,
    "refusals": refusals,
    "stereo": stereo,
}

if __name__ == "__main__":
    main()
