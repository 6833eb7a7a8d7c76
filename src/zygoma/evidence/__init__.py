"""What is known, from where and how well: the ledger of claims, the vendor's article, a study, the priors."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "Article": "article",
    "Claim": "article",
    "Evidence": "claim",
    "Ledger": "ledger",
    "Link": "link",
    "Prior": "prior",
    "Priors": "prior",
    "Study": "study",
    "grades": "link",
    "links": "link",
    "wilson": "proportion",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'zygoma.evidence' has no attribute {name!r}")
    return getattr(import_module(f"zygoma.evidence.{_HOME[name]}"), name)
