"""Pairs of visits from photographs to verdict, by what was changed between them: a table of docs/outcome.md.

    python benchmarks/whole_chain.py RESULTS.jsonl --persons 24 [--seed 0] [--processes 2] [--seat 0.5]
    python benchmarks/whole_chain.py RESULTS.jsonl --persons 0     (the table of what has been measured)

Three persons of four are rendered heads with wrinkles, of all phototypes, found automatically; every fourth
is one of two real faces (of matplotlib and of the tests), carved, lit and photographed anew, whose carved
lines are given. Three photographs a visit: every time the head stands a little otherwise (--seat, degrees
about each axis), before a lamp that is fixed to the camera. Answers are added to the file person by person;
persons that it holds are not done again.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from matplotlib import get_data_path
from scipy.spatial.transform import Rotation

from zygoma.face.morph import Person
from zygoma.outcome.exposure import Exposure
from zygoma.outcome.face_comparison import FaceComparison, compare_faces
from zygoma.outcome.face_engine import FaceEngine
from zygoma.outcome.face_landmarks import MESH
from zygoma.outcome.ingest import read_photo
from zygoma.outcome.light import Light
from zygoma.outcome.nuisance import Nuisance
from zygoma.outcome.photo import Photo
from zygoma.outcome.render import Camera, phototypes
from zygoma.outcome.render.camera import encoded
from zygoma.outcome.render.portrait import Portrait
from zygoma.outcome.render.warp import warped
from zygoma.outcome.render.whole_face import whole_face
from zygoma.outcome.visit import read_visit
from zygoma.outcome.wrinkle import Wrinkle

FACES = (
    Path(get_data_path()) / "sample_data" / "grace_hopper.jpg",
    Path(__file__).parent.parent / "tests" / "outcome" / "photos" / "astronaut.jpg",
)
PITCH = 0.125e-3  # [m] a pixel
SHARP = 0.08e-3  # [m] blur of the camera itself
RIG = Nuisance.same_rig()
CHANGES: dict[str, dict[str, float]] = {
    "nothing": {},
    "nothing again": {},
    "fade": {"fade": math.nan},  # drawn from 0 to 40 %
    "fade again": {"fade": math.nan},
    "fade 21.18 %": {"fade": 0.2118},
    "light + 5 deg": {"raised": 5.0},
    "light - 5 deg": {"raised": -5.0},
    "blur 0.3 mm": {"blur": 0.3e-3},
    "gamma 1.15": {"gamma": 1.15},
    "gamma 1/1.15": {"gamma": 1 / 1.15},
    "smile 3 mm": {"smile": 3e-3},
}


class Head:
    """A person who can be photographed."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng([20261130, seed])
        self.light = Light(math.radians(self.rng.uniform(40, 65)))
        if seed % 4 == 3:
            self.kind = "portrait"
            photo = read_photo(FACES[seed // 4 % len(FACES)])
            self.portrait = Portrait.of(photo, self.rng, resolution=1 / PITCH)
            self.landmarks = self.portrait.landmarks
        else:
            self.kind = f"phototype {phototypes()[seed % 6]}"
            who = Person(str(self.rng.choice(["female", "male"])), float(self.rng.uniform(30, 65)))
            self.skin = whole_face(self.rng, person=who, phototype=phototypes()[seed % 6], pitch=PITCH)
            scene = self.skin.scene(self.light)
            pixels = np.round(255 * encoded(np.clip(0.4 * scene / scene[..., 1].mean(), 0, 1)))
            self.landmarks = FaceEngine().landmarks(Photo(pixels.astype(np.uint8), Exposure(), "rendered"))

    @cached_property
    def upright(self) -> Any:
        """(468, 3) landmarks [m]: x to the right, y up, z to the camera."""
        return self.landmarks.upright[:MESH] * PITCH

    def photograph(self, fade: float, light: Light, smile: float, seat: float, camera: Camera) -> Any:
        """A JPEG file, with the head not quite where it was; the lamp stays with the camera."""
        turn = np.radians(self.rng.normal(0.0, seat, 3))
        head = Rotation.from_euler("z", turn[2]) * Rotation.from_euler("x", -turn[1])
        way = (head * Rotation.from_euler("y", turn[0])).inv().apply(light.direction * [1, -1, 1])
        light = replace(light, elevation=math.asin(way[2]), azimuth=math.atan2(way[1], way[0]))
        shift = np.zeros((MESH, 2))
        for corner, side in ((61, -1.0), (291, 1.0)):
            near = np.exp(
                -0.5 * (np.linalg.norm((self.upright - self.upright[corner])[:, :2], axis=1) / 14e-3) ** 2
            )
            shift += smile * near[:, None] * np.array([side, 0.6])
        if self.kind == "portrait":
            return self.portrait.faded(fade).photograph(
                self.rng, light, camera, turn=tuple(turn), shift=shift
            )
        middle = self.upright.mean(axis=0)
        about = (
            Rotation.from_euler("z", turn[2])
            * Rotation.from_euler("x", turn[1])
            * Rotation.from_euler("y", turn[0])
        )
        moved = (about.apply(self.upright - middle) + middle)[:, :2] + shift
        step = (moved - self.upright[:, :2]) * [1.0, -1.0] / PITCH
        start = self.landmarks.points[:MESH, :2]
        scene = warped(self.skin.faded(fade).scene(light), start, start + step)
        return camera.photograph(self.rng, scene, PITCH)

    def visit(self, folder: Path, seat: float, change: dict[str, float]) -> Path:
        """Three photographs; what the visit has of its own is drawn once, the rest for each."""
        folder.mkdir()
        raised = math.radians(change.get("raised", 0.0)) + self.rng.normal(0, RIG.elevation)
        ambient = self.light.ambient + self.rng.normal(0, RIG.ambient)
        light = replace(self.light, elevation=self.light.elevation + raised, ambient=ambient)
        blur = math.hypot(SHARP + self.rng.normal(0, RIG.blur), change.get("blur", 0.0))
        for number in range(3):
            camera = Camera(0.2 * math.exp(self.rng.normal(0, 0.02)), blur, gamma=change.get("gamma", 1.0))
            file = self.photograph(change.get("fade", 0.0), light, change.get("smile", 0.0), seat, camera)
            (folder / f"{number + 1}.jpg").write_bytes(file.tobytes())
        return folder

    def wrinkles(self, size: float) -> list[Wrinkle] | None:
        """Carved lines on the face laid flat, as a person would draw them; None: to be found."""
        if self.kind != "portrait":
            return None
        return [
            Wrinkle(f"w{k}", "carved", size * groove.points) for k, groove in enumerate(self.portrait.grooves)
        ]


def answer(name: str, fade: float, found: FaceComparison) -> dict[str, Any]:
    """What a pair gave, in plain values."""
    truth = math.log1p(-fade)
    regions = {
        one.name: {
            "true": truth,
            "ratio": one.log_ratio,
            "low": one.low,
            "high": one.high,
            "sdc": one.sdc_pct,
        }
        for one in found.regions
    }
    lift = {one.name: one.up for one in found.lift}
    reasons = [reason.split(" is ")[0].split(":")[0][:60] for reason in found.reasons]
    return {
        "change": name,
        "fade": fade,
        "verdict": found.verdict,
        "reasons": reasons,
        "regions": regions,
        "lift": lift,
    }


def person(seed: int, seat: float) -> list[dict[str, Any]]:
    """All pairs of one person."""
    cv2.setNumThreads(1)
    head = Head(seed)
    answers = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        before = read_visit(head.visit(folder / "before", seat, {}))
        size = None
        for number, (title, change) in enumerate(CHANGES.items()):
            fade = change.get("fade", 0.0)
            fade = float(head.rng.uniform(0, 0.4)) if math.isnan(fade) else fade
            after = read_visit(head.visit(folder / str(number), seat, change | {"fade": fade}))
            if size is None and head.kind == "portrait":
                size = compare_faces(before, after).before.size
            found = compare_faces(before, after, wrinkles=head.wrinkles(size or 1.0))
            answers.append({"seed": seed, "kind": head.kind} | answer(title, fade, found))
    return answers


def table(pairs: list[dict[str, Any]]) -> None:
    """Refusals and coverage."""
    print("| changed | refused | for |\n|---|---|---|")
    for title in CHANGES:
        own = [pair for pair in pairs if pair["change"] == title]
        refused = [pair for pair in own if pair["verdict"] == "not comparable"]
        causes: dict[str, int] = {}
        for pair in refused:
            for reason in pair["reasons"]:
                causes[reason] = causes.get(reason, 0) + 1
        told = ", ".join(
            f"{cause} ({count})" for cause, count in sorted(causes.items(), key=lambda c: -c[1])[:4]
        )
        print(f"| {title} | {len(refused)} of {len(own)} | {told} |")
    same = [pair for pair in pairs if pair["verdict"] != "not comparable"]
    print(
        "\n| pairs of one rig | values | 95 % interval holds | improved | worse | miss, log | smallest fade |"
    )
    print("|---|---|---|---|---|---|---|")
    for part, names in (
        ("all", {"all"}),
        ("forehead", {"forehead"}),
        ("crow's feet", {"crows_feet_l", "crows_feet_r"}),
    ):
        for title, still in (("nothing", "no change"), ("fade", "faded")):
            values = [
                value
                for pair in same
                if pair["change"].startswith(title)
                for key, value in pair["regions"].items()
                if key in names and math.isfinite(value["low"])
            ]
            if not values:
                continue
            held = np.mean([v["low"] <= v["true"] <= v["high"] for v in values])
            better, worse = np.mean([v["high"] < 0 for v in values]), np.mean([v["low"] > 0 for v in values])
            miss = np.array([v["ratio"] - v["true"] for v in values])
            print(
                f"| {part}, {still} | {len(values)} | {held:.1%} | {better:.1%} | {worse:.1%} |"
                f" {miss.mean():+.3f} +- {miss.std():.3f} | {np.median([v['sdc'] for v in values]):.1f} % |"
            )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("results", type=Path)
    parser.add_argument("--persons", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0, help="of the first person")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seat", type=float, default=0.5, help="by which heads differ about each axis [deg]")
    given = parser.parse_args()
    known = (
        [json.loads(line) for line in given.results.read_text().splitlines()]
        if given.results.exists()
        else []
    )
    seeds = [
        k for k in range(given.seed, given.seed + given.persons) if k not in {pair["seed"] for pair in known}
    ]
    with ProcessPoolExecutor(given.processes) as pool, given.results.open("a") as file:
        for done, answers in enumerate(pool.map(partial(person, seat=given.seat), seeds), start=1):
            file.writelines(json.dumps(one) + "\n" for one in answers)
            file.flush()
            known += answers
            print(f"{done} of {len(seeds)} persons", flush=True)
    table(known)


if __name__ == "__main__":
    main()
