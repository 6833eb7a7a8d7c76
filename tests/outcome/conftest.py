"""Real photographs in the public domain, and the engine that finds faces in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zygoma.outcome.face_engine import FaceEngine
from zygoma.outcome.face_landmarks import FaceLandmarks
from zygoma.outcome.ingest import read_photo
from zygoma.outcome.light import Light
from zygoma.outcome.photo import Photo
from zygoma.outcome.render import Camera
from zygoma.outcome.render.portrait import Portrait

PHOTOS = Path(__file__).parent / "photos"


def with_pixels(photo: Photo, pixels: Any) -> Photo:
    """The same photograph with other pixels."""
    return replace(photo, pixels=np.ascontiguousarray(pixels))


@pytest.fixture(scope="session")
def engine() -> FaceEngine:
    return FaceEngine()


@pytest.fixture(scope="session")
def hopper() -> Photo:
    from matplotlib import get_data_path

    return read_photo(Path(get_data_path()) / "sample_data" / "grace_hopper.jpg")


@pytest.fixture(scope="session")
def astronaut() -> Photo:
    return read_photo(PHOTOS / "astronaut.jpg")


@pytest.fixture(scope="session")
def cat() -> Photo:
    return read_photo(PHOTOS / "cat.jpg")


@pytest.fixture(scope="session")
def hopper_face(engine: FaceEngine, hopper: Photo) -> FaceLandmarks:
    return engine.landmarks(hopper)


def _sit(
    portrait: Portrait,
    folder: Path,
    rng: np.random.Generator,
    *,
    count: int = 3,
    elevation: float = 60.0,
    blur: float = 0.06e-3,
    gamma: float = 1.0,
    shift: np.ndarray | None = None,
) -> Path:
    """Photographs of one visit on one rig, the person seated anew for each; elevation of the light [deg]."""
    folder.mkdir(parents=True)
    for number in range(count):
        light = Light(
            np.radians(elevation + rng.normal(0.0, 0.3)),
            np.pi / 2 + np.radians(rng.normal(0.0, 0.3)),
            ambient=0.25 + rng.normal(0.0, 0.005),
        )
        camera = Camera(exposure=0.22 * (1 + rng.normal(0.0, 0.02)), blur=blur, noise=0.006, gamma=gamma)
        turn = tuple(np.radians(rng.normal(0.0, 0.6, 3)))
        file = portrait.photograph(rng, light, camera, turn=turn, shift=shift)
        (folder / f"{number + 1}.jpg").write_bytes(file.tobytes())
    return folder


@pytest.fixture(scope="session")
def sit() -> Callable[..., Path]:
    return _sit
