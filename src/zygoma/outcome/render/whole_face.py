"""A whole face from the front: a head with eyes, brows, lips, hair and wrinkles of known depth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.face.morph import Person
from zygoma.outcome.render.front_view import FrontView, front_view
from zygoma.outcome.render.patch import Patch
from zygoma.outcome.render.relief import Groove, curve, roughness
from zygoma.outcome.render.skin import albedo
from zygoma.provenance import load_data

Array = NDArray[Any]


def whole_face(
    rng: np.random.Generator,
    *,
    person: Person | None = None,
    phototype: str = "II",
    pitch: float = 0.125e-3,
    deep: float = 1.0,
    wrinkled: bool = True,
) -> Patch:
    """A face before a grey wall, seen from far away; lights stand relative to the picture's plane.

    The subject's right is on the left of the picture. Eyes, brows, lips and hair are painted so that a face
    detector takes it for a face; what is measured on is the skin. Sizes and colours stand in
    ``data/skin_render.toml``.

    Parameters
    ----------
    rng : numpy Generator
    person : Person, optional
        A woman of 45 years if not given.
    phototype : str
        ``"I"`` to ``"VI"``.
    pitch : float
        [m] a pixel.
    deep : float
        Factor on the depths of the wrinkles.
    wrinkled : bool
        Whether there are any.
    """
    from scipy.ndimage import gaussian_filter

    data = load_data("skin_render.toml")["whole_face"]
    view = front_view(person or Person(), pitch, tuple(data["size_m"]["value"]))
    shape = (view.height.shape[0], view.height.shape[1])
    head = view.part >= 0
    # the mesh has flat faces of some millimetres: smoothed within the head
    sigma = data["smooth_m"]["value"] / pitch
    weight = gaussian_filter(head.astype(np.float32), sigma)
    base = gaussian_filter(np.where(head, view.height, 0.0).astype(np.float32), sigma)
    base = np.where(head, base / np.maximum(weight, 1e-3), np.nanmin(view.height)).astype(np.float64)
    colour = albedo(rng, shape, pitch, phototype).astype(np.float32)
    rough = roughness(rng, shape, pitch)
    _paint(rng, view, colour, data)
    rough[~head] = 0.0
    base[~head] = 0.0
    grooves = _wrinkles(rng, view, deep) if wrinkled else ()
    return Patch(pitch, grooves, rough, colour, {"head": head}, base)


def _paint(rng: np.random.Generator, view: FrontView, colour: Array, data: dict[str, Any]) -> None:
    """Eyes, brows, lips, nostrils, hair and wall over the skin's colour."""
    paint = {
        key: np.array(value, dtype=np.float32) for key, value in data["colour"].items() if key != "source"
    }
    rows, columns = view.height.shape
    x, y = np.meshgrid(np.arange(columns) * view.pitch, np.arange(rows) * view.pitch)
    streaks = np.exp(0.3 * rng.standard_normal((rows, columns))).astype(np.float32)
    lips = _lips(view, x, y)
    colour[...] *= 1 - lips[..., None] * (1 - paint["lips"])
    for side in "rl":
        brow = [view.landmark(f"brow_{part}_{side}") for part in ("head", "peak", "tail")]
        hairs = _stroke(x, y, brow, (3.5e-3, 3.2e-3, 1.2e-3)) * np.clip(streaks, 0.5, 1.2)
        colour[...] *= 1 - np.clip(hairs, 0.0, 1.0)[..., None] * (1 - paint["brow"])
        nostril = 0.55 * view.landmark(f"alar_base_{side}") + 0.45 * view.landmark("subnasale")
        away = ((x - nostril[0]) / 3.5e-3) ** 2 + ((y - nostril[1] + 1.5e-3) / 1.8e-3) ** 2
        colour[...] *= 1 - 0.85 * _soft(1 - away, 0.5)[..., None]
        _eye(view, colour, x, y, side, paint)
    crown, tragion = view.landmark("trichion"), view.landmark("tragion_r")
    half = abs(view.landmark("zygion_l")[0] - view.landmark("zygion_r")[0]) / 2
    line = crown[1] + (tragion[1] - crown[1]) * np.abs((x - crown[0]) / (1.12 * half)) ** 5
    hair = _soft((line - y) / 3e-3, 1.0) * (y < tragion[1] + 5e-3)
    colour[...] += hair[..., None] * (paint["hair"] * streaks[..., None] - colour)
    low = view.landmark("cervical_point")[1] + 0.05
    colour[(y > low) & (view.part >= 0)] = paint["cloth"]
    colour[view.part < 0] = paint["wall"]


def _eye(view: FrontView, colour: Array, x: Array, y: Array, side: str, paint: dict[str, Array]) -> None:
    """White, iris, pupil and the dark line of the lashes."""
    ball = view.part == (1 if side == "r" else 2)
    middle = view.joint(f"{side}-eye")
    away = np.hypot(x - middle[0], y - middle[1])
    white = paint["sclera"] * np.ones_like(colour)
    iris = _soft((5.85e-3 - away) / 0.4e-3, 1.0)[..., None]
    pupil = _soft((1.9e-3 - away) / 0.3e-3, 1.0)[..., None]
    eye = (
        white
        + iris * (paint["iris"] - white)
        + pupil * (paint["pupil"] - white * (1 - iris) - paint["iris"] * iris)
    )
    glint = np.hypot(x - middle[0] - 1.5e-3, y - middle[1] + 1.8e-3) < 0.7e-3
    eye[glint] = 1.0
    colour[ball] = eye[ball]
    rim = view.rim("right_eye" if side == "r" else "left_eye")
    upper = rim[rim[:, 1] < rim[:, 1].mean()]
    upper = upper[np.argsort(upper[:, 0])]
    lashes = _stroke(x, y, list(upper), [0.7e-3] * len(upper))
    colour[...] *= 1 - 0.85 * lashes[..., None]


def _lips(view: FrontView, x: Array, y: Array) -> Array:
    """How much of a pixel is lip, 0 to 1: between a bow above and one below the mouth."""
    right, left = view.landmark("cheilion_r"), view.landmark("cheilion_l")
    middle, half = (right + left) / 2, (left[0] - right[0]) / 2
    upper, lower = view.landmark("labrale_superius")[1], view.landmark("labrale_inferius")[1]
    share = np.clip(1 - ((x - middle[0]) / half) ** 2, 0.0, 1.0)
    top = middle[1] + (upper - middle[1]) * share**0.8
    bottom = middle[1] + (lower + 3e-3 - middle[1]) * share**0.7
    return np.asarray(_soft(np.minimum(y - top, bottom - y) / 0.8e-3, 1.0) * (share > 0))


def _stroke(x: Array, y: Array, points: Sequence[Array], half: Sequence[float]) -> Array:
    """How much of a pixel a thick line covers, 0 to 1; `half` widths at its points [m]."""
    cover = np.zeros_like(x, dtype=np.float32)
    for a, b, wide, narrow in zip(points[:-1], points[1:], half[:-1], half[1:], strict=True):
        run = b - a
        along = np.clip(((x - a[0]) * run[0] + (y - a[1]) * run[1]) / (run @ run), 0.0, 1.0)
        away = np.hypot(x - a[0] - along * run[0], y - a[1] - along * run[1])
        cover = np.maximum(cover, _soft((wide + along * (narrow - wide) - away) / 0.5e-3, 1.0))
    return cover


def _soft(value: Array, width: float) -> Array:
    """0 below, 1 above, soft around 0."""
    return np.asarray(np.clip(0.5 + value / width, 0.0, 1.0), dtype=np.float32)


def _wrinkles(rng: np.random.Generator, view: FrontView, deep: float) -> tuple[Groove, ...]:
    """Lines of the forehead, crow's feet, and nasolabial folds."""
    face = load_data("skin_render.toml")["face"]["region"]
    grooves = []

    def add(region: str, start: Array, heading: float, length: float) -> None:
        part = face[region]
        points = curve(rng, (float(start[0]), float(start[1])), heading, length)
        depth, sigma = rng.uniform(*part["depth_m"]), rng.uniform(*part["sigma_m"])
        grooves.append(Groove(points, deep * depth, sigma))

    brow, crown = view.landmark("brow_peak_r")[1] - 8e-3, view.landmark("trichion")[1] + 8e-3
    left, right = view.landmark("brow_peak_r")[0], view.landmark("brow_peak_l")[0]
    for share in (0.12, 0.37, 0.62, 0.87):
        short = rng.uniform(0, 6e-3)
        height = crown + share * (brow - crown) + rng.normal(0, 0.7e-3)
        add("forehead", np.array([left + short, height]), rng.normal(0, 0.02), right - left - 2 * short)
    for side, out in (("r", np.pi), ("l", 0.0)):
        corner = view.landmark(f"exocanthion_{side}")
        sign = 1 if side == "l" else -1
        for turn in (-0.5, -0.17, 0.17, 0.5):
            start = corner + 6e-3 * np.array([sign * np.cos(turn), np.sin(turn)])
            add(f"crows_feet_{side}", start, out + sign * turn, rng.uniform(10e-3, 14e-3))
        start = view.landmark(f"alare_{side}") + np.array([sign * 5e-3, 2e-3])
        end = view.landmark(f"cheilion_{side}") + np.array([sign * 7e-3, -4e-3])
        run = end - start
        add(f"nasolabial_{side}", start, float(np.arctan2(run[1], run[0])), float(np.hypot(*run)))
    return tuple(grooves)
