"""What touches the skin: a contact of known size and the sheet of impedance under it."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zygoma.device.record import STATUSES, check, is_file, one_of, read_file, single
from zygoma.errors import RangeError, UnknownNameError
from zygoma.provenance import load_data
from zygoma.units import show, si

_FILE = "electrodes.toml"
_FIELDS = {
    "id": "line",
    "name": "line",
    "shape": "text",
    "contact_radius_m": "number",
    "medium": "text",
    "status": "text",
    "source": "text",
}


@dataclass(frozen=True)
class Electrode:
    """An electrode as the skin sees it.

    Parameters
    ----------
    id : str
    shape : str
        ball, disc, cotton_tip, glove_pad or clip_lead, as the catalogue lists them.
    contact_radius : float
        Radius of the circle that touches the skin [m], or text such as ``"3 mm"``; of a ball, the circle
        pressed into it.
    medium : str
        What lies between metal and skin: conductive_gel, saline or none.
    status, source : str
        What the radius is (read, computed, unverified, assumption) and where it comes from.
    name : str, optional
        In plain words; the id where it is not given.

    Raises
    ------
    RangeError
        A radius that is not above zero.
    UnknownNameError
        A shape, medium or status that is not known.
    InputError
        An id or a name that is not text, or a radius that is no length.
    """

    id: str
    shape: str
    contact_radius: float
    medium: str = "conductive_gel"
    status: str = "assumption"
    source: str = "given by the caller"
    name: str = ""

    def __post_init__(self) -> None:
        where = f"electrode {self.id!r}"
        check({"id": self.id} | ({"name": self.name} if self.name else {}), _FIELDS, where)
        object.__setattr__(self, "contact_radius", si(self.contact_radius, "m", f"contact radius of {where}"))
        if not (math.isfinite(self.contact_radius) and self.contact_radius > 0):
            raise RangeError(
                f"{where} has a contact radius of {self.contact_radius!r} m; expected above zero"
            )
        one_of(self.shape, "shape", load_data(_FILE)["shape"], where)
        one_of(self.medium, "medium", load_data(_FILE)["medium"], where)
        one_of(self.status, "status", STATUSES, where)
        object.__setattr__(self, "name", self.name or self.id)

    @classmethod
    def load(cls, name: str | os.PathLike[str]) -> Electrode:
        """Electrode of the catalogue by id, or the one ``[electrode]`` of a ``.toml`` or ``.json`` file.

        Raises
        ------
        UnknownNameError
            No such electrode; the nearest id is offered.
        InputError
            The file cannot be read or a value in it cannot be used; file and key are named.
        """
        if is_file(name):
            where = Path(name).name
            content = read_file(name)
            check(content, {"schema": "count", "electrode": "any"}, where)
            return cls.from_dict(single(content, "electrode", where), f"{where} [electrode]")
        tables = {table["id"]: table for table in load_data(_FILE)["electrode"]}
        if str(name) not in tables:
            raise UnknownNameError("electrode", str(name), tables)
        return cls.from_dict(tables[str(name)], f"{_FILE} [electrode {name}]")

    @classmethod
    def catalogue(cls) -> list[Electrode]:
        """All electrodes of the catalogue."""
        return [cls.load(table["id"]) for table in load_data(_FILE)["electrode"]]

    @classmethod
    def from_dict(cls, table: Mapping[str, Any], where: str = "electrode") -> Electrode:
        """Electrode from a table with the keys of a TOML file; `where` stands in the messages."""
        checked = check(table, _FIELDS, where, ("id", "shape", "contact_radius_m", "medium"))
        radius = checked.pop("contact_radius_m")
        if radius == 0:
            raise RangeError(f"{where}: contact_radius_m is 0; expected above zero")
        one_of(checked["shape"], "shape", load_data(_FILE)["shape"], where)
        one_of(checked["medium"], "medium", load_data(_FILE)["medium"], where)
        if "status" in checked:
            one_of(checked["status"], "status", STATUSES, where)
        return cls(contact_radius=radius, **checked)

    def to_dict(self) -> dict[str, Any]:
        """The table from which `from_dict` makes the same electrode."""
        keys = ("id", "name", "shape", "medium", "status", "source")
        return {key: getattr(self, key) for key in keys} | {"contact_radius_m": self.contact_radius}

    @property
    def area(self) -> float:
        """Area of contact [m2]."""
        return math.pi * self.contact_radius**2

    def contact_impedance(self, frequency: float = 0.0) -> float:
        """Magnitude of `sheet_impedance` [ohm m2]."""
        return abs(self.sheet_impedance(frequency))

    def sheet_impedance(self, frequency: float = 0.0) -> complex:
        """Impedance of the sheet of stratum corneum under the medium [ohm m2].

        A resistance parallel to a capacitance, each of an area: ``r / (1 + 2j pi f r c)``. Linear: the
        breakdown of the layer above about one volt is not in it.

        Parameters
        ----------
        frequency : float
            [Hz].

        Raises
        ------
        RangeError
            A negative frequency.
        """
        if not (math.isfinite(frequency) and frequency >= 0):
            raise RangeError(f"frequency {frequency!r} Hz; expected 0 or more")
        r, c = self._surface["r_ohm_m2"], self._surface["c_F_m2"]
        return complex(r / (1 + 2j * math.pi * frequency * r * c))

    @property
    def assumptions(self) -> list[str]:
        """What is not known about the contact and was assumed, in sentences."""
        sentences = []
        if self.status in ("assumption", "unverified"):
            radius, area = show(self.contact_radius, "m"), self.area * 1e4
            sentences.append(
                f"The contact of {self.name} is taken as a circle of {radius} radius, {area:.3g} cm2"
                f" ({self.status}: {self.source})."
            )
        if (surface := self._surface)["status"] in ("assumption", "unverified"):
            medium = load_data(_FILE)["medium"][self.medium]["name"]
            low, high = surface["range_r_ohm_m2"]
            sentences.append(
                f"The outermost skin under {medium} is a linear sheet of {surface['r_ohm_m2']:g} ohm m2"
                f" (between {low:g} and {high:g}) with {surface['c_F_m2'] * 1e5:g} nF/cm2"
                f" ({surface['status']}: {surface['source']})."
            )
        return sentences

    @property
    def surface(self) -> str:
        """State of the skin under the medium: gelled or dry."""
        return str(load_data(_FILE)["medium"][self.medium]["surface"])

    @property
    def _surface(self) -> Mapping[str, Any]:
        surface: Mapping[str, Any] = load_data(_FILE)["surface"][self.surface]
        return surface

    def __str__(self) -> str:
        return (
            f"{self.name} ({self.shape}) [{self.status}]\n"
            f"contact {show(self.contact_radius, 'm')} radius, {self.area * 1e4:.3g} cm2, {self.medium}\n"
            f"sheet impedance {self.contact_impedance():.3g} ohm m2 at d.c."
        )
