from __future__ import annotations

import pytest

from zygoma.errors import UnitError
from zygoma.units import _EXAMPLES, parse, si


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


@pytest.mark.parametrize(
    ("given", "unit", "value"),
    [
        ("400uA", "A", 4e-4),
        (".5 mA", "A", 5e-4),
        ("-1.5e3 μA", "A", -1.5e-3),
        ("2 kOhm", "ohm", 2e3),
        ("2 kΩ", "ohm", 2e3),
        ("0.5 cm2", "m**2", 5e-5),
        ("2 mA/cm^2", "A/m**2", 20.0),
        ("0.2 ohm * m**2", "ohm*m**2", 0.2),
        ("8 hz", "Hz", 8.0),
    ],
)
def test_numbers_with_units_are_read_as_written(given, unit, value):
    assert parse(given, unit) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(
    "given",
    [
        "12,5 A",
        "1 000 A",
        "1.5 mA 2",
        "1.2.3 A",
        "2*3 mA",
        "400 $A",
        "<4 A",
        "1_0 A",
        "nan A",
        "1e999 A",
        "",
        "A",
    ],
)
def test_expressions_commas_and_stray_characters_are_refused(given):
    with pytest.raises(UnitError, match="expected"):
        parse(given, "A")


def test_a_number_is_si_and_text_has_a_unit():
    assert si(4e-4, "A", "a current") == si("400 uA", "A", "a current") == 4e-4
    for wrong in (None, True, [1.0], "4"):
        with pytest.raises(UnitError, match="expected"):
            si(wrong, "A", "a current")
