"""Where the current goes: volume conductor, lead field, contacts, field."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "ColumnStore": "cache",
    "Contact": "contact",
    "ElementSets": "sets",
    "Field": "field",
    "LeadField": "leadfield",
    "Patch": "contact",
    "Statistics": "field",
    "Surface": "surface",
    "Target": "target",
    "VolumeConductor": "conductor",
    "check_contacts": "contact",
    "factorise": "solver",
    "solve_contacts": "cem",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'zygoma.field' has no attribute {name!r}")
    return getattr(import_module(f"zygoma.field.{_HOME[name]}"), name)
