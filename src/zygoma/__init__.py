"""zygoma: the open engineering toolkit for microcurrent facial toning.

Public names are loaded when first used, so that ``import zygoma`` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "Contact": "field",
    "Device": "device",
    "Dose": "treatment",
    "Electrode": "device",
    "Evidence": "evidence",
    "Face": "face",
    "Field": "field",
    "LeadField": "field",
    "Ledger": "evidence",
    "OutputTable": "standards",
    "Plan": "plan",
    "Priors": "evidence",
    "Programme": "treatment",
    "Stroke": "treatment",
    "Treatment": "plan",
    "VolumeConductor": "field",
    "Waveform": "device",
    "ZygomaError": "errors",
    "report": "report",
    "treat": "plan",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'zygoma' has no attribute {name!r}")
    value = getattr(import_module(f"zygoma.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]
