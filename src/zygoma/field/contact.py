"""Contact: an electrode pressed on the skin at a point, and the patch of skin that it touches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Complex, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import ContactError
from zygoma.field.conductor import VolumeConductor
from zygoma.field.surface import Surface

_OFF_BODY = 3e-3  # farther than this from the skin [m], a point is not on it
_COVERED = 0.4  # share of the disc that must lie on skin


@dataclass(frozen=True)
class Patch:
    """Skin under a contact, as integrals over the exactly cut disc.

    Attributes
    ----------
    nodes : (p,) array
        Nodes of the body that the patch touches, ascending.
    weights : (p,) array
        Integral of each node's linear function over the patch [m2]; their sum is the area.
    mass : (p, p) array
        Integrals of the products of these functions [m2].
    area : float
        True area of the patch [m2].
    coverage : float
        Share of the disc that lies on skin; below 1 at the rim of the body.
    centre, normal : (3,) arrays
        Foot of the contact on the skin [m] and the outward unit normal there.
    radius : float
        Radius of the disc [m].
    triangles : (t,) array
        Triangles of the surface under the disc.
    contact_impedance : float, complex or None
        Impedance of the sheet between metal and tissue [ohm m2]; None for uniform current density.
    """

    nodes: NDArray[np.int64]
    weights: NDArray[np.float64]
    mass: NDArray[np.float64]
    area: float
    coverage: float
    centre: NDArray[np.float64]
    normal: NDArray[np.float64]
    radius: float
    triangles: NDArray[np.int64]
    contact_impedance: float | complex | None

    def __repr__(self) -> str:
        z = "uniform current" if self.contact_impedance is None else f"z {self.contact_impedance:.3g} ohm m2"
        size = f"{1e6 * self.area:.2f} mm2 ({self.coverage:.0%} of the disc on skin)"
        return f"Patch: {len(self.nodes)} nodes, {size}, {z}"


@dataclass(frozen=True)
class Contact:
    """An electrode pressed on the skin, anywhere, not only at nodes.

    Parameters
    ----------
    point : (3,) array
        Where the middle of the electrode is pressed [m]; the nearest skin is taken.
    electrode : Electrode, str or float
        The electrode, its id in the catalogue, or the radius of its contact disc [m].
    contact_impedance : float or complex, optional
        Impedance of the sheet between metal and tissue [ohm m2]; by default that of the electrode, on a body
        with a frequency the complex one there. A plain radius without impedance is a contact with uniform
        current density.

    Raises
    ------
    ContactError
        The point is not three finite coordinates, or the radius or the real part of the impedance is no
        number above 0.
    UnknownNameError
        No electrode of the catalogue has this id.
    """

    point: ArrayLike
    electrode: Any
    contact_impedance: float | complex | None = None

    def __post_init__(self) -> None:
        if hasattr(self.point, "contact_radius"):
            raise ContactError(
                "a contact was given an electrode as its point; expected Contact(point, electrode)"
            )
        try:
            point = np.asarray(self.point, dtype=np.float64)
        except (TypeError, ValueError):
            point = np.array(np.nan)
        if point.shape != (3,) or not np.isfinite(point).all():
            raise ContactError(f"a contact is at {self.point!r}; expected three finite coordinates in metres")
        if isinstance(self.electrode, str):
            from zygoma.device import Electrode

            object.__setattr__(self, "electrode", Electrode.load(self.electrode))
        radius = getattr(self.electrode, "contact_radius", self.electrode)
        if not isinstance(radius, Real):
            raise ContactError(
                f"a contact has the electrode {self.electrode!r}; expected an Electrode, its id in the "
                "catalogue or the radius of its disc in metres"
            )
        if not 0 < float(radius) < math.inf:
            raise ContactError(f"a contact has radius {radius} m; expected more than 0")
        z = self.contact_impedance
        if z is not None and not (isinstance(z, Complex) and np.isfinite(complex(z)) and z.real > 0):
            raise ContactError(f"a contact has an impedance of {z!r} ohm m2; expected a real part above 0")

    @property
    def radius(self) -> float:
        """Radius of the contact disc [m]."""
        return float(getattr(self.electrode, "contact_radius", self.electrode))

    @property
    def impedance(self) -> float | complex | None:
        """Contact impedance to a direct current [ohm m2]; None for uniform current density."""
        z = self.contact_impedance
        if z is not None:
            return float(z) if isinstance(z, Real) else complex(z)
        own = getattr(self.electrode, "contact_impedance", None)
        return None if own is None else float(own())

    def impedance_at(self, frequency: float | None) -> float | complex | None:
        """The same at a frequency [Hz]: that of an electrode is complex there, what was given stays."""
        own = getattr(self.electrode, "sheet_impedance", None)
        if frequency is None or own is None or self.contact_impedance is not None:
            return self.impedance
        return complex(own(frequency))

    def on(self, surface: Any, frequency: float | None = None) -> Patch:
        """The patch of skin under this contact.

        Parameters
        ----------
        surface : Surface
            The skin, such as ``conductor.surface``; anything with points and triangles will do.
        frequency : float, optional
            As in `impedance_at` [Hz].

        Raises
        ------
        ContactError
            The point is not on the skin, or less than 40 % of the disc is.
        """
        from zygoma.field.patch import clip_disc, foot_point, mean_normal

        if not isinstance(surface, Surface):
            surface = Surface(
                np.asarray(surface.points, float), np.asarray(surface.triangles, dtype=np.int64)
            )
        p, radius = np.array(self.point, dtype=np.float64), self.radius
        z = self.impedance_at(frequency)
        if z is not None and not z.real > 0:
            raise ContactError(f"a contact has an impedance of {z} ohm m2; expected a real part above 0")
        _, near = surface.tree.query(p, k=min(3, len(surface.node_ids)))
        starts = surface.node_ids[np.atleast_1d(near)]
        mesh = (surface.points, surface.triangles, surface.neighbours)
        seed, foot, distance = foot_point(p, starts, *mesh, *surface.around)
        if distance > _OFF_BODY:
            raise ContactError(
                f"a contact at {_mm(p)} mm is {1e3 * distance:.1f} mm off the skin; expected at most "
                f"{1e3 * _OFF_BODY:.0f} mm, the nearest skin is at {_mm(foot)} mm"
            )
        normal = mean_normal(seed, foot, radius, *mesh, surface.area_vectors)
        triangles, weights, mass, projected = clip_disc(
            seed, foot, normal, radius, *mesh, surface.area_vectors
        )
        coverage = projected / (math.pi * radius**2)
        if coverage < _COVERED:
            raise ContactError(
                f"a contact of radius {1e3 * radius:.1f} mm at {_mm(p)} mm has {coverage:.0%} of its disc on "
                f"skin; expected at least {_COVERED:.0%}, move it away from the rim"
            )
        nodes, local = np.unique(surface.triangles[triangles], return_inverse=True)
        local = local.reshape(-1, 3)
        size = len(nodes)
        total = np.zeros(size)
        np.add.at(total, local, weights)
        products = np.zeros((size, size))
        np.add.at(products, (local[:, :, None], local[:, None, :]), mass)
        return Patch(
            nodes=nodes,
            weights=total,
            mass=products,
            area=float(total.sum()),
            coverage=float(coverage),
            centre=foot,
            normal=normal,
            radius=radius,
            triangles=triangles,
            contact_impedance=z,
        )


def check_contacts(conductor: VolumeConductor, patches: Sequence[Patch]) -> None:
    """Refuse contacts that overlap or whose impedance the mesh cannot resolve.

    Below about h/sigma (edge over conductivity) the mesh and not the contact sets the resistance.

    Raises
    ------
    ContactError
        Two contacts overlap, or a contact impedance is below h/sigma of the skin under it.
    """
    for i, a in enumerate(patches):
        for b in patches[i + 1 :]:
            gap = float(np.linalg.norm(a.centre - b.centre))
            if gap < a.radius + b.radius and np.intersect1d(a.triangles, b.triangles).size:
                raise ContactError(
                    f"two contacts overlap: their middles are {1e3 * gap:.2f} mm apart, their radii "
                    f"{1e3 * a.radius:.2f} and {1e3 * b.radius:.2f} mm; move them apart"
                )
        if a.contact_impedance is None:
            continue
        least = resolvable_impedance(conductor, a)
        if abs(a.contact_impedance) < least:
            raise ContactError(
                f"a contact impedance of {abs(a.contact_impedance):.2g} ohm m2 cannot be resolved by this "
                f"mesh, which needs at least {least:.2g} there (edge over conductivity); refine the mesh, or "
                "give the radius of the contact alone for uniform current density"
            )


def resolvable_impedance(conductor: VolumeConductor, patch: Patch) -> float:
    """Least contact impedance that the mesh resolves under a patch, h/sigma [ohm m2]."""
    edge = conductor.surface.edge_length[patch.triangles].mean()
    sigma = conductor.mean_conductivity[conductor.surface_owners[patch.triangles]].mean()
    return float(edge / sigma)


def _mm(point: NDArray[np.float64]) -> str:
    return "(" + ", ".join(f"{1e3 * x:.1f}" for x in point) + ")"
