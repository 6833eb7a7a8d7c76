"""Tissues of the model: names, depth ranks, electrical conductivity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import RangeError, UnknownNameError
from zygoma.face.surface import Array
from zygoma.provenance import load_data

TISSUES = (
    "skin",
    "fat",
    "smas",
    "muscle",
    "soft",
    "bone",
    "facial_bone",
    "tooth",
    "cartilage",
    "tongue",
    "brain",
    "eye",
    "air",
)
"""Names by tissue code. ``soft`` is deep muscle and connective tissue without a fibre direction."""

RANK = {"skin": 0, "fat": 1, "smas": 2, "deep": 3, "bone": 4, "inside": 5}
"""Depth ranks: how far below the skin an element belongs."""

ALONG = "muscle_along"
"""Name of the conductivity of muscle along its fibres, where `muscle` is that across them."""

_KEYS = {"soft": "muscle_isotropic", "brain": "brain_lump"}


@dataclass(frozen=True)
class Tissue:
    """Conductivity of a tissue at low frequency.

    Parameters
    ----------
    name : str
        One of `TISSUES`.
    sigma : float
        Conductivity [S/m]; for muscle with fibres, across them.
    sigma_along : float
        Along the fibres [S/m]; equal to `sigma` without fibres.
    range : tuple of float
        Lowest and highest plausible `sigma` [S/m].
    status, source : str
        Where the value comes from.
    """

    name: str
    sigma: float
    sigma_along: float
    range: tuple[float, float]
    status: str
    source: str

    @staticmethod
    def load(name: str) -> Tissue:
        """A tissue of ``tissues.toml`` by name."""
        if name not in TISSUES:
            raise UnknownNameError("tissue", name, TISSUES)
        table = load_data("tissues.toml")["low_frequency"]
        row = table["muscle_across"] if name == "muscle" else table[_KEYS.get(name, name)]
        along = table["muscle_along"]["value"] if name == "muscle" else row["value"]
        low, high = row.get("range", (row["value"], row["value"]))
        return Tissue(name, row["value"], along, (low, high), row["status"], row["source"])


def conductivity(
    tissue: NDArray[np.integer], fibre: NDArray[np.floating], changes: Mapping[str, float] | None = None
) -> Array:
    """Conductivity tensors of elements.

    Parameters
    ----------
    tissue : (m,) int array
        Tissue codes.
    fibre : (m, 3) array
        Unit vectors along the fibres, zero where there are none.
    changes : mapping of str to float, optional
        Other values for tissues by name [S/m]; for muscle, across the fibres with the same anisotropy ratio,
        unless ``muscle_along`` says what it is along them.

    Returns
    -------
    (m, 6) array
        xx, yy, zz, xy, xz, yz [S/m]; zero in air.
    """
    known = [Tissue.load(name) for name in TISSUES]
    across = np.array([t.sigma for t in known])
    along = np.array([t.sigma_along for t in known])
    for name, value in (changes or {}).items():
        if name not in (*TISSUES, ALONG):
            raise UnknownNameError("tissue", name, (*TISSUES, ALONG))
        if not 0 <= value < np.inf:
            raise RangeError(f"conductivity of {name} is {value}; give S/m of at least 0")
        if name == ALONG:
            continue
        k = TISSUES.index(name)
        along[k] *= value / across[k] if across[k] > 0 else 0.0
        across[k] = value
    if changes and ALONG in changes:
        along[TISSUES.index("muscle")] = changes[ALONG]
    # muscle without a fibre direction takes its isotropic value
    has_fibre = (fibre != 0).any(axis=1)
    code = np.where((tissue == TISSUES.index("muscle")) & ~has_fibre, TISSUES.index("soft"), tissue)
    tensors = np.zeros((len(code), 6))
    tensors[:, :3] = across[code][:, None]
    extra = (along - across)[code[has_fibre]]
    x, y, z = fibre[has_fibre].astype(np.float64).T
    tensors[has_fibre] += np.stack([x * x, y * y, z * z, x * y, x * z, y * z], axis=1) * extra[:, None]
    return tensors
