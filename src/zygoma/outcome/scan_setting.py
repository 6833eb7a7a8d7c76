"""Constants of measuring on scans, by name."""

from __future__ import annotations

from typing import Any

from zygoma.provenance import load_data


def setting(name: str) -> Any:
    """Value of an entry of ``data/scan.toml``, such as ``"smooth.radius"``; SI units."""
    part, _, entry = name.partition(".")
    return load_data("scan.toml")[part][entry]["value"]


def assumptions(*parts: str) -> tuple[str, ...]:
    """What is assumed in parts of ``data/scan.toml``, in words."""
    entries = (entry for part in parts for entry in load_data("scan.toml")[part].values())
    return tuple(
        f"{entry['what']}: {entry['value']} {entry['unit'].removeprefix('1')}".strip()
        for entry in entries
        if entry["status"] == "assumption"
    )
