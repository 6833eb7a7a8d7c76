"""How far the current spreads: in how little of the body the power is spent, how much stays quiet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from zygoma.treatment import Dose

POWER = 0.9
"""Share of the power in tissue whose volume is sought."""

QUIET = 0.1
"""Share of the muscles' mean |J| below which a place counts as quiet."""


def power_volume_fraction(dose: Dose, conductivity: NDArray[Any]) -> float:
    """Smallest share of the conducting volume that holds nine tenths of the power spent in tissue.

    Parameters
    ----------
    dose : Dose
        Root mean square of |J| in each element.
    conductivity : (m,) array
        Mean conductivity of each element [S/m]; of anisotropic ones a third of the trace.
    """
    flows = (dose.peak > 0) & (conductivity > 0)
    volume = dose.volumes[flows]
    density = dose.rms[flows].astype(np.float64) ** 2 / conductivity[flows]
    order = np.argsort(-density)
    power = np.cumsum(density[order] * volume[order])
    needed = int(np.searchsorted(power, POWER * power[-1]))
    return float(volume[order[: needed + 1]].sum() / volume.sum())


def quiet_volume_fraction(dose: Dose, muscles: NDArray[np.integer]) -> float:
    """Share of the conducting volume whose time mean of |J| is below a tenth of that in the muscles.

    Parameters
    ----------
    dose : Dose
        Time mean of |J| in each element.
    muscles : (k,) array
        Elements of all muscles.
    """
    level = QUIET * float(np.average(dose.mean[muscles], weights=dose.volumes[muscles]))
    flows = dose.peak > 0
    return float(dose.volumes[flows & (dose.mean < level)].sum() / dose.volumes[flows].sum())
