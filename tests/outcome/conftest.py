"""Real photographs in the public domain, and the engine that finds faces in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zygoma.outcome.face_engine import FaceEngine
from zygoma.outcome.face_landmarks import FaceLandmarks
from zygoma.outcome.ingest import read_photo
from zygoma.outcome.photo import Photo

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
