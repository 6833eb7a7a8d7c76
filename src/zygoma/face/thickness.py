"""How thick the layers are at a site, for a sex, an age and a body-mass index."""

from __future__ import annotations

from numbers import Real

import numpy as np

from zygoma.errors import RangeError
from zygoma.face.surface import Array
from zygoma.provenance import load_data

MM = 1e-3
AGES = (18.0, 95.0)


def regions() -> tuple[str, ...]:
    """Names of the regions that carry site values, in the order of the template's weights."""
    return tuple(load_data("layers.toml")["region"])


def choice(name: str) -> float:
    """One of the shell's modelling choices, as written in ``layers.toml`` (lengths in mm)."""
    return float(load_data("layers.toml")["choices"][name])


def check_person(sex: str, age: float, bmi: float) -> None:
    """Refuse what the layer model does not know.

    Raises
    ------
    RangeError
        Sex, age or body-mass index is no number or outside what the data cover.
    """
    low, high = load_data("layers.toml")["choices"]["body_fat_bmi_range"]
    if sex not in ("female", "male"):
        raise RangeError(f"sex is {sex!r}; give 'female' or 'male'")
    for name, value, unit in (("age", age, "years"), ("bmi", bmi, "kg/m2")):
        if not isinstance(value, Real):
            raise RangeError(f"{name} is {value!r}; give a number in {unit}, not text")
    if not AGES[0] <= age <= AGES[1]:
        raise RangeError(f"age is {age:g}; give years from {AGES[0]:g} to {AGES[1]:g}")
    if not low <= bmi <= high:
        raise RangeError(f"bmi is {bmi:g}; give kg/m2 from {low:g} to {high:g}")


def site_layers(
    age: float, bmi: float, fat_factor: float = 1.0, skin_factor: float = 1.0
) -> tuple[Array, Array, Array]:
    """Skin, superficial fat and depth of the bone of every region.

    Skin is living epidermis and dermis. Fat grows with the body-mass index and falls with age as
    ``anatomy.toml`` says, and pushes the bone deeper by the same length; so does skin that a factor thickens.

    Parameters
    ----------
    age : float
        Years.
    bmi : float
        Body-mass index [kg/m2].
    fat_factor : float
        Person's fat over the average of that age and index.
    skin_factor : float
        Person's skin over the average.

    Returns
    -------
    skin, fat, bone : (regions,) arrays
        Thickness of skin and fat, depth of the bone [m].
    """
    anatomy, layers = load_data("anatomy.toml"), load_data("layers.toml")["region"]
    model = anatomy["fat"]["model"]
    growth = 1 + model["bmi_slope_per_unit"] * (bmi - model["bmi_reference"])
    ageing = 1 + model["age_slope_per_year"] * max(0.0, age - model["age_onset_years"])
    epidermis = anatomy["epidermis"]["default"]["value"]
    skin = np.array([anatomy["dermis"][r["dermis"]]["default_value"] + epidermis for r in layers.values()])
    average = np.array([anatomy["fat"]["site"][r["fat"]]["value"] for r in layers.values()])
    fat = average * max(growth, 0.1) * ageing * fat_factor
    bone = np.array([r["bone"] for r in layers.values()]) + fat - average + (skin_factor - 1) * skin
    skin = skin * skin_factor
    return skin * MM, fat * MM, bone * MM
