"""What the tissue does: nerve, muscle and skin under the field."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "Chain": "chain",
    "Comparison": "comparison",
    "Excitation": "excitation",
    "Exposure": "exposure",
    "Fibre": "fibre",
    "ForceModel": "force",
    "Pull": "pull",
    "Recruitment": "recruitment",
    "Response": "response",
    "Stimulus": "stimulus",
    "StrengthDuration": "strength_duration",
    "Thresholds": "nerve",
    "arrivals": "nerve",
    "TimeCourse": "course",
    "TrainingDose": "muscle",
    "compare": "comparison",
    "limit_thresholds": "nerve",
    "propagate": "chain",
    "thresholds": "nerve",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'zygoma.response' has no attribute {name!r}")
    return getattr(import_module(f"zygoma.response.{_HOME[name]}"), name)
