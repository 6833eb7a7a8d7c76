"""Exposures in plain numbers, as a session would give them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from zygoma.device import Waveform
from zygoma.response.exposure import Exposure
from zygoma.response.spot import Spot


def _exposure(**changes: Any) -> Exposure:
    spot = Spot("face", 5.0, 1.0, 30.0, 20.0, 20.0, 8.0, 5.0, 12.0, 9.0)
    regions = tuple(replace(spot, name=name) for name in ("forehead", "chin"))
    given = {
        "amplitude": 4e-4, "mean_abs": 4e-4, "rms": 4e-4, "net_current": 0.0, "phase": 0.06,
        "frequency": 8.33, "rest_fraction": 0.3, "session": 1200.0, "sessions": 30, "days_between": 1.0,
        "age": 45.0, "contact_area": 0.785e-4, "face": spot, "regions": regions,
    }  # fmt: skip
    return Exposure(**{**given, **changes})


@pytest.fixture
def exposure() -> Callable[..., Exposure]:
    """Built-in plan at 400 uA with its balanced waveform, gliding; changes by name."""
    return _exposure


@pytest.fixture
def held() -> Exposure:
    """Direct current of 400 uA, held still."""
    spot = Spot("face", 5.0, 5.0, 24.0, 24.0, 24.0, 60.0, 60.0, 60.0, 60.0)
    return _exposure(
        net_current=4e-4, phase=math.inf, frequency=0.0, rest_fraction=1.0, face=spot, regions=()
    )


@pytest.fixture
def direct() -> Waveform:
    """Steady direct current of 400 uA."""
    return Waveform.square(4e-4, 1.0, kind="monophasic")
