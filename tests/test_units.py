from __future__ import annotations

import pytest

from zygoma.errors import UnitError
from zygoma.units import _EXAMPLES, parse


@pytest.mark.parametrize("given", ["400", 400, "much", "400 kg"])
def test_the_example_in_an_error_is_one_that_makes_sense(given):
    with pytest.raises(UnitError, match="'400 uA'"):
        parse(given, "A")
    with pytest.raises(UnitError, match="'20 min'"):
        parse(given, "s")
    with pytest.raises(UnitError, match="'1 m\\*\\*2'"):
        parse(given, "m**2")


@pytest.mark.parametrize(("unit", "example"), _EXAMPLES.items())
def test_every_example_is_a_quantity_of_its_unit(unit, example):
    assert parse(example, unit) > 0
