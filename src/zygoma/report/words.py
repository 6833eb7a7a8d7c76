"""Names and numbers as people write them."""

from __future__ import annotations

from zygoma.face.atlas import title

SIDES = {"r": "right", "l": "left", "mid": "middle"}


def sided(name: str, side: str) -> str:
    """Heading with the side in words: "Zygomaticus major, right"."""
    return title(name) if side == "mid" else f"{title(name)}, {SIDES[side]}"


def phrase(name: str, side: str) -> str:
    """Name inside a sentence: "the right zygomaticus major"."""
    return f"the {title(name).lower()}" if side == "mid" else f"the {SIDES[side]} {title(name).lower()}"


def number(value: float | None, digits: int = 3) -> str:
    """A number with a few significant digits and no needless exponent."""
    if value is None:
        return "–"
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e5:
        text = f"{value:.{digits}g}"
        return f"{value:,.0f}" if "e" in text or abs(value) >= 1000 else text
    mantissa, power = f"{value:.{max(digits - 2, 0)}e}".split("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa}·10{raised}"


def percent(share: float) -> str:
    """A share in percent, with one digit where it is small."""
    value = 100 * share
    if 0 < value < 0.1:
        return "< 0.1 %"
    return f"{value:.1f} %" if value < 9.95 else f"{value:.0f} %"
