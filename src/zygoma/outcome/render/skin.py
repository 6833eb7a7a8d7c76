"""The colour of skin: melanin over a dermis with blood."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import UnknownNameError
from zygoma.provenance import load_data

Array = NDArray[np.float64]


def phototypes() -> tuple[str, ...]:
    """Fitzpatrick phototypes that can be rendered: I to VI."""
    return tuple(load_data("skin_render.toml")["melanin"]["fraction"])


def albedo(rng: np.random.Generator, shape: tuple[int, int], pitch: float, phototype: str = "II") -> Array:
    """Diffuse reflectance (rows, columns, 3) of skin in red, green and blue.

    Light passes the epidermis twice; its melanosomes absorb as ``6.6e11 f lambda^-3.33`` 1/cm (lambda in
    nm). The dermis reflects with a colour that depends on its blood. Both vary over the skin.

    Parameters
    ----------
    rng : numpy Generator
    shape : (rows, columns)
    pitch : float
        [m] a pixel.
    phototype : str
        ``"I"`` to ``"VI"``.

    Raises
    ------
    UnknownNameError
        There is no such phototype.

    References
    ----------
    Jacques SL, "Skin Optics", Oregon Medical Laser Center News, 1998.
    """
    data = load_data("skin_render.toml")
    melanin, blood = data["melanin"], data["blood"]
    if phototype not in melanin["fraction"]:
        raise UnknownNameError("phototype", phototype, melanin["fraction"])
    wavelength = np.array(data["channel"]["wavelength_nm"]["value"])
    absorbed = 1e2 * 6.6e11 * wavelength**-3.33 * melanin["path_m"]["value"]  # of melanosomes alone
    amount = melanin["fraction"][phototype]["value"] * (
        1 + melanin["mottling"]["value"] * _mottles(rng, shape, pitch, melanin["mottle_sizes_m"]["value"])
    )
    redness = blood["mottling"]["value"] * _mottles(rng, shape, pitch, blood["mottle_sizes_m"]["value"])
    dermis = np.log(np.array(data["dermis"]["reflectance"]["value"]))
    absorbance = np.array(blood["absorbance"]["value"])
    return np.asarray(
        np.exp(dermis - np.clip(amount, 0.0, None)[..., None] * absorbed - redness[..., None] * absorbance)
    )


def _mottles(rng: np.random.Generator, shape: tuple[int, int], pitch: float, sizes: list[float]) -> Array:
    """Random pattern (rows, columns) of mean 0 and standard deviation 1 made of several sizes."""
    from scipy.ndimage import gaussian_filter, zoom

    pattern = np.zeros(shape)
    for size in sizes:
        coarse = max(1, int(size / pitch / 2))  # a blurred pattern needs no fine grid
        sigma = size / pitch / coarse
        margin = round(4 * sigma)  # else a pattern larger than the skin would repeat on it
        grid = tuple(count // coarse + 3 + 2 * margin for count in shape)
        grain = gaussian_filter(rng.standard_normal(grid), sigma)[margin:-margin, margin:-margin]
        large = zoom(2 * sigma * np.sqrt(np.pi) * grain, coarse, order=1, grid_mode=True, mode="nearest")
        pattern += large[: shape[0], : shape[1]]
    return np.asarray(pattern / np.sqrt(len(sizes)))
