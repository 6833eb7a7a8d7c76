"""Numbers as a person reads them."""

from __future__ import annotations

import pytest

from zygoma.response.amount import band, interval, number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (0.273, "0.27"), (14.32, "14"), (9.999, "10"), (-9.999, "−10"), (1.0, "1.0"),
        (2e-5, "less than 0.001"), (-2e-5, "less than 0.001"), (1e-3, "0.0010"), (1234.0, "1200"),
    ],
)  # fmt: skip
def test_two_digits_and_no_tiny_ones(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (-6.72, 9.72, "−6.7 to 9.7"),
        (0.0005, 0.1, "less than 0.001 to 0.10"),
        (-0.0004, 0.0231, "−0.001 to 0.023"),
        (-0.5, 0.0002, "−0.50 to 0.001"),
        (-0.5, -0.0002, "−0.50 to 0"),
        (0.0, 100.0, "0 to 100"),
    ],
)
def test_tiny_ends_are_rounded_away_from_the_middle(low: float, high: float, text: str) -> None:
    assert interval(low, high) == text


def test_one_bound_where_all_is_tiny() -> None:
    assert band(1.5, -6.72, 9.72, "%") == "1.5 % (−6.7 to 9.7 %)"
    assert band(-7e-6, -3.6e-4, 9e-5, "%") == "less than 0.001 % either way"
    assert band(7e-6, 1e-6, 9e-5, "mm") == "less than 0.001 mm"
    assert band(0.0, 0.0, 0.0) == "0"
    assert band(0.0, 0.0, 0.0, "%") == "0 %"
    assert band(2.0, 1.0, 3.0) == "2.0 (1.0 to 3.0)"
