"""What one unit of a recording is in amperes."""

from __future__ import annotations

from dataclasses import dataclass

from zygoma.errors import RangeError, UnitError
from zygoma.units import parse


def is_in(text: str, unit: str) -> bool:
    """Whether a text is a quantity in a unit."""
    try:
        parse(text, unit)
    except UnitError:
        return False
    return True


@dataclass(frozen=True)
class Calibration:
    """What one unit of a recording is.

    Parameters
    ----------
    per_unit : str, optional
        Current or voltage of one unit, such as ``"1 mA"`` or ``"2.5 V"``. The unit of a column is the number
        1, that of a WAV file its full scale. Not given where the column states its unit.
    shunt : str, optional
        Resistance across which a voltage was measured, such as ``"100 ohm"``.
    """

    per_unit: str | None = None
    shunt: str | None = None

    def amperes(self, unit: str | None, where: str) -> float:
        """Current of the number 1 [A].

        Parameters
        ----------
        unit : str or None
            Unit that the column states.
        where : str
            File and column, for the messages.

        Raises
        ------
        UnitError
            No unit at all, two units, a voltage without shunt or a current with one.
        """
        if unit is None and self.per_unit is None:
            raise UnitError(f"{where} states no unit; give what 1 is, such as per_unit = '1 mA' or '1 V'")
        if unit is not None and self.per_unit is not None:
            raise UnitError(f"{where} is in {unit} and per_unit is {self.per_unit!r} too; keep one of them")
        given = self.per_unit if self.per_unit is not None else f"1 {unit}"
        kind = next((kind for kind in ("A", "V") if is_in(given, kind)), None)
        if kind is None:
            raise UnitError(f"{where}: {given!r} is neither a current nor a voltage; expected such as '1 mA'")
        value = parse(given, kind)
        if not value:
            raise RangeError(f"{where}: per_unit is {given!r}; expected a number other than zero")
        if kind == "A":
            if self.shunt is not None:
                raise UnitError(
                    f"{where} is a current and has a shunt of {self.shunt!r}; leave out the shunt"
                )
            return value
        if self.shunt is None:
            raise UnitError(f"{where} is a voltage; give the shunt it was measured across, such as '100 ohm'")
        resistance = parse(self.shunt, "ohm")
        if not resistance > 0:
            raise RangeError(f"{where}: shunt of {self.shunt!r}; expected above zero")
        return value / resistance
