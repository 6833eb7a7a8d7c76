"""Cases that prove the numbers: closed forms, identities, agreement of independent routes."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "CASES": "cases",
    "Case": "case",
    "Record": "record",
    "Verification": "verification",
    "run": "cases",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'zygoma.verification' has no attribute {name!r}")
    return getattr(import_module(f"zygoma.verification.{_HOME[name]}"), name)
