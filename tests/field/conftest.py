"""A small layered block for the field tests."""

from __future__ import annotations

import pytest

from zygoma.field import LeadField, VolumeConductor
from zygoma.verification.numerics import block


@pytest.fixture(scope="session")
def body() -> VolumeConductor:
    return block()


@pytest.fixture(scope="session")
def lead(body: VolumeConductor) -> LeadField:
    return LeadField(body, cache=False)
