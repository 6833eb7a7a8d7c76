"""Whether real low-frequency conductivity is enough for a current."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from zygoma.provenance import load_data
from zygoma.units import show

if TYPE_CHECKING:
    from zygoma.device import Waveform

_STEPS = 60  # frequencies a decade: the ratio changes by less than 2 % from one to the next


@dataclass(frozen=True)
class FrequencyCheck:
    """How far displacement current and dispersion change what conducts the current.

    Attributes
    ----------
    band : float
        Frequency below which 99 % of the power of the current lies [Hz].
    ratio : float
        Largest displacement current over conduction current of a tissue in this band.
    tissue : str
        The tissue that has it.
    change : float
        Largest relative difference in this band between the magnitude of a tissue's admittivity and the real
        conductivity that is used.
    changed : str
        The tissue that has it.
    goal : float
        Largest `change` with which real conductivity is enough.
    inside : bool
        Whether the band ends in the range of the tissue model; beyond it nothing is known.
    """

    band: float
    ratio: float
    tissue: str
    change: float
    changed: str
    goal: float
    inside: bool

    @property
    def real_is_enough(self) -> bool:
        """Whether no tissue's admittivity is farther from the real conductivity than the goal."""
        return self.inside and self.change <= self.goal

    @property
    def sentence(self) -> str:
        """What was found, in one sentence."""
        verdict = "enough" if self.real_is_enough else "not enough, use the admittivity"
        low, high = load_data("tissues.toml")["dispersion"]["range_hz"]
        end = show(max(self.band, low), "Hz")
        beyond = "" if self.inside else f", seen up to {show(high, 'Hz')} where the tissue model ends"
        return (
            f"99 % of the power of the current lies up to {end}{beyond}, where displacement current is at "
            f"most {_percent(self.ratio)} of conduction ({_plain(self.tissue)}) and the admittivity of a "
            f"tissue is at most {_percent(self.change)} larger than the conductivity used "
            f"({_plain(self.changed)}; goal {_percent(self.goal)}): real conductivity is {verdict} "
            "(permittivities unverified)."
        )

    @property
    def assumptions(self) -> tuple[str, ...]:
        """The sentence, where real conductivity is enough."""
        return (self.sentence,) if self.real_is_enough else ()

    @property
    def notices(self) -> tuple[str, ...]:
        """The sentence, where it is not."""
        return () if self.real_is_enough else (self.sentence,)

    def json(self) -> dict[str, Any]:
        """Plain data for a result."""
        return {
            "band_99_Hz": self.band,
            "displacement_ratio_max": self.ratio,
            "tissue": self.tissue,
            "admittivity_change_max": self.change,
            "real_is_enough": self.real_is_enough,
        }


def frequency_check(waveform: Waveform, tissues: Iterable[str]) -> FrequencyCheck:
    """Whether real low-frequency conductivity is enough for a waveform in some tissues.

    Parameters
    ----------
    waveform : Waveform
    tissues : iterable of str
        Names of `zygoma.face.tissue.TISSUES`.
    """
    from zygoma.device.band import power_band
    from zygoma.face.dispersion import Dispersion, displacement_ratio

    data = load_data("tissues.toml")["dispersion"]
    low, high = data["range_hz"]
    band = power_band(waveform)
    end = min(max(band, low), high)
    f = np.geomspace(low, end, max(2, round(_STEPS * np.log10(end / low)) + 1))
    ratios, changes = {}, {}
    for name in tissues:
        ratio = displacement_ratio(name, f)
        ratios[name] = float(ratio.max())
        # relative to the low-frequency conductivity, which is what a real field uses
        changes[name] = float((Dispersion.load(name).rise(f) * np.hypot(1.0, ratio)).max()) - 1.0
    most, changed = max(ratios, key=ratios.__getitem__), max(changes, key=changes.__getitem__)
    return FrequencyCheck(
        band, ratios[most], most, changes[changed], changed, data["enough"]["change"], band <= high
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.2g} %"


def _plain(tissue: str) -> str:
    return "muscle across its fibres" if tissue == "muscle" else tissue.replace("_", " ")
