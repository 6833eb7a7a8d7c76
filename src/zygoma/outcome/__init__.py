"""What can be measured on a face: photographs and scans, the change between them, and what it is worth."""

from __future__ import annotations

__all__: list[str] = []
