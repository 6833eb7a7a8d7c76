"""Depth of a wrinkle in a scan, from the skin beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from zygoma.errors import InputError
from zygoma.face.surface import unit_vectors
from zygoma.outcome.rigid_motion import Motion
from zygoma.outcome.scan import Scan
from zygoma.outcome.scan_nodes import ScanNodes
from zygoma.outcome.scan_setting import setting

Array = NDArray[np.float64]

_STEP = 5e-4  # from station to station along a line [m]
_HIGHEST = 3e-3  # what lies further above or below the line is another fold [m]
_ASIDE = 1e-4  # step of the search for the bottom [m]
_LEAST = 12  # points of a piece for its 7 unknowns


@dataclass(frozen=True, eq=False)
class WrinkleLine:
    """Stations along a wrinkle on the smooth skin.

    Attributes
    ----------
    places, along, across, out : (k, 3) arrays
        Stations [m], and unit vectors along the line, across it in the skin, and outward.
    """

    places: Array
    along: Array
    across: Array
    out: Array

    @staticmethod
    def on(nodes: ScanNodes, line: ArrayLike, name: str = "wrinkle") -> WrinkleLine:
        """Stations every 0.5 mm along a polyline (k, 3), laid on the smooth skin of a scan.

        Raises
        ------
        InputError
            It is no polyline, shorter than the length over which skin is smooth, or does not lie on the scan.
        """
        corners = np.asarray(line, dtype=np.float64)
        if (
            corners.ndim != 2
            or corners.shape[1:] != (3,)
            or len(corners) < 2
            or not np.isfinite(corners).all()
        ):
            raise InputError(
                f"{name}: a line of shape {corners.shape}; expected (k, 3) with two points or more"
            )
        length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
        least = float(setting("wrinkle.smooth"))
        if length[-1] < least:
            raise InputError(f"{name}: {length[-1] * 1e3:.1f} mm long; expected at least {least * 1e3:g} mm")
        at = np.linspace(0, length[-1], round(length[-1] / _STEP) + 1)
        places = np.stack([np.interp(at, length, corners[:, k]) for k in range(3)], axis=1)
        axes = nodes.cloud.normals[nodes.cloud.tree.query(places)[1]]
        fit = nodes.cloud.meet(places, axes)
        if fit.ok.mean() < 0.9 or np.abs(fit.height[fit.ok]).max() > 2 * nodes.cloud.radius:
            raise InputError(
                f"{name}: its line does not lie on {nodes.scan.name}; give points [m] in the frame of that "
                "scan"
            )
        places = places[fit.ok] + fit.height[fit.ok, None] * axes[fit.ok]
        out = fit.normal[fit.ok]
        along = unit_vectors(np.gradient(places, axis=0))
        across = unit_vectors(np.cross(out, along))
        return WrinkleLine(places, along, across, np.asarray(np.cross(along, across)))

    @property
    def length(self) -> float:
        """[m]."""
        return _STEP * (len(self.places) - 1)


@dataclass(frozen=True, eq=False)
class WrinklePiece:
    """Points of one scan along some 8 mm of a wrinkle.

    The skin there is a quadratic surface and a groove:
    height = quadratic(s, t) - depth exp(-(t - aside)^2 / 2 width^2).

    Attributes
    ----------
    t : (n,) array
        Distance from the line, across it [m].
    base : (n, 6) array
        Orthonormal columns of the quadratic surface.
    rest : (n,) array
        Heights without it [m].
    """

    t: Array
    base: Array
    rest: Array

    def groove(self, width: float, aside: float) -> Array:
        """(n,) profile of unit depth, without what the quadratic surface takes up."""
        profile = -np.exp(-((self.t - aside) ** 2) / (2 * width**2))
        return np.asarray(profile - self.base @ (self.base.T @ profile))

    @cached_property
    def gains(self) -> Array:
        """(widths, places aside) sum of squares [m2] that a groove of each width and place takes up."""
        widths, asides = setting("wrinkle.widths"), places_aside()
        out = np.zeros((len(widths), len(asides)))
        for i, width in enumerate(widths):
            for j, aside in enumerate(asides):
                profile = self.groove(width, aside)
                out[i, j] = max(0.0, float(profile @ self.rest)) ** 2 / max(float(profile @ profile), 1e-12)
        return out

    @cached_property
    def variance(self) -> float:
        """Of the heights about the best groove [m2]."""
        freedom = max(1, len(self.t) - 7)
        return float(max((self.rest @ self.rest - self.gains.max()) / freedom, 1e-18))

    def depth(self, width: float, aside: float) -> tuple[float, float]:
        """Depth and its standard error for white noise [m]."""
        profile = self.groove(width, aside)
        size = max(float(profile @ profile), 1e-12)
        return float(profile @ self.rest) / size, float(np.sqrt(self.variance / size))


@dataclass(frozen=True)
class WrinkleDepth:
    """Mean depth of a wrinkle below the skin beside it.

    Attributes
    ----------
    depth, error : float
        Depth, and its standard error for white noise [m].
    width : float
        Standard deviation of its Gaussian profile [m].
    length : float
        [m].
    """

    depth: float
    error: float
    width: float
    length: float

    @property
    def is_seen(self) -> bool:
        """Whether the scan shows it at all."""
        return self.depth > float(setting("wrinkle.seen")) * self.error

    def __str__(self) -> str:
        seen = "" if self.is_seen else "; not seen: the grid or the noise of the scan is too coarse"
        return (
            f"wrinkle {self.length * 1e3:.0f} mm long: {self.depth * 1e6:.0f} um deep, standard error "
            f"{self.error * 1e6:.0f} um{seen}"
        )


def places_aside() -> Array:
    """(k,) places beside the line where the bottom is looked for [m]."""
    reach = float(setting("wrinkle.beside"))
    return np.linspace(-reach, reach, 2 * round(reach / _ASIDE) + 1)


def wrinkle_depth(nodes: ScanNodes, line: ArrayLike) -> WrinkleDepth:
    """Depth of a wrinkle along a polyline (k, 3) [m] in the frame of a scan.

    Raises
    ------
    InputError
        As in `WrinkleLine.on`; or the scan has too few points along the line.
    """
    return wrinkle_depths([(nodes.scan, Motion.still())], WrinkleLine.on(nodes, line))[0]


def wrinkle_depths(
    scans: Sequence[tuple[Scan, Motion]], line: WrinkleLine, name: str = "wrinkle"
) -> tuple[WrinkleDepth, ...]:
    """Depth of one wrinkle in several scans, with one width and one bottom for all, to be compared.

    Width and bottom maximise the sum of squares that the grooves of all scans take up, less what a bottom far
    from the drawn line costs; each scan may then slip sideways a little.

    Parameters
    ----------
    scans : sequence of (Scan, Motion)
        Each with its motion into the frame of the line.
    line : WrinkleLine
    name : str
        For messages.

    Raises
    ------
    InputError
        A scan has too few points along the line.
    """
    pieces = [_pieces(scan, motion, line, name) for scan, motion in scans]
    widths, aside = setting("wrinkle.widths"), places_aside()
    # logarithm of the likelihood ratio: scans, pieces, widths, places aside
    gain = np.array([[piece.gains / (2 * piece.variance) for piece in row] for row in pieces])
    pooled = gain.sum(axis=0) - aside**2 / (2 * float(setting("wrinkle.drawn")) ** 2)
    best = int(np.argmax(pooled.max(axis=2).sum(axis=0)))
    bottom = pooled[:, best].argmax(axis=1)
    slips = np.arange(-5, 6)
    cost = (slips * _ASIDE) ** 2 / (2 * float(setting("wrinkle.slip")) ** 2)
    out = []
    for row, own in zip(pieces, gain[:, :, best], strict=True):
        moved = np.clip(bottom[:, None] + slips, 0, len(aside) - 1)
        slip = int(np.argmax(np.take_along_axis(own, moved, axis=1).sum(axis=0) - cost))
        found = [piece.depth(widths[best], aside[moved[k, slip]]) for k, piece in enumerate(row)]
        depth, error = np.array(found).T
        out.append(
            WrinkleDepth(
                float(depth.mean()), float(np.sqrt((error**2).sum()) / len(error)), widths[best], line.length
            )
        )
    return tuple(out)


def _pieces(scan: Scan, motion: Motion, line: WrinkleLine, name: str) -> list[WrinklePiece]:
    back = motion.inverse
    places, reach = back(line.places), float(setting("wrinkle.reach"))
    low, high = places.min(axis=0) - reach, places.max(axis=0) + reach
    points = scan.points[((scan.points > low) & (scan.points < high)).all(axis=1)]
    distance, near = cKDTree(places).query(points) if len(points) else (np.empty(0), np.empty(0, dtype=int))
    off = points - places[near]
    t = np.einsum("ij,ij->i", off, back.turn(line.across)[near])
    h = np.einsum("ij,ij->i", off, back.turn(line.out)[near])
    ahead = np.einsum("ij,ij->i", off, back.turn(line.along)[near])
    own = (
        (distance < np.hypot(reach, _HIGHEST))
        & (np.abs(t) < reach)
        & (np.abs(h) < _HIGHEST)
        & (np.abs(ahead) < _STEP)
    )
    s, t, h = (near * _STEP + ahead)[own], t[own], h[own]
    count = max(1, round(line.length / float(setting("wrinkle.smooth"))))
    number = np.clip((s / line.length * count).astype(int), 0, count - 1)
    pieces = []
    for k in range(count):
        mine = number == k
        if mine.sum() < _LEAST:
            raise InputError(
                f"{name}: {scan.name} has {int(mine.sum())} points along {line.length / count * 1e3:.0f} mm "
                "of it; expected "
                f"at least {_LEAST}: scan it whole and finer"
            )
        x = (s[mine] - s[mine].mean()) / reach
        y = t[mine] / reach
        base = np.linalg.qr(np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1))[0]
        pieces.append(WrinklePiece(t[mine], base, h[mine] - base @ (base.T @ h[mine])))
    return pieces
