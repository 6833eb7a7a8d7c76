"""Case of another code and method: OpenMEEG's boundary elements on the three-shell sphere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module, metadata
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.field.contact import Contact
from zygoma.field.leadfield import LeadField
from zygoma.field.surface import Faces
from zygoma.verification.meshes import ball
from zygoma.verification.record import Record
from zygoma.verification.round import ENDS, RADII, SIGMA, sphere_body
from zygoma.verification.sphere import mag, rdm

RADIUS, CURRENT = 12e-3, 1e-3  # of the caps [m], [A]
_FREQUENCY = 6  # of the geodesic spheres; a divisor of the 24 layers of the ball, so that nodes coincide
_SPOTS = 400  # points of injection in a cap
_AWAY = 2 * RADIUS  # nearer to an electrode OpenMEEG's flat triangles do not show the shape of the cap

_PROBLEM = "three-shell sphere, finite against boundary elements"


def open_meeg() -> list[Record]:
    """Scalp potential of two cap electrodes, farther than two radii from both.

    OpenMEEG (CeCILL-B) is not a part of zygoma: where it is not installed there is no evidence.
    """
    quantities = {"rdm": "RDM of the scalp potential", "mag": "|MAG| of the scalp potential"}
    source = "OpenMEEG, EIT source (Gramfort et al. 2010)"
    try:
        import_module("openmeeg")
    except ImportError as error:
        lacks = isinstance(error, ModuleNotFoundError) and error.name == "openmeeg"
        state = "is not installed" if lacks else f"cannot be imported ({error})"
        reason = f"openmeeg {state}; pip install openmeeg"
        return [
            Record.no_evidence(f"openmeeg-{key}", _PROBLEM, quantity, source, reason)
            for key, quantity in quantities.items()
        ]
    source = source.replace("OpenMEEG", f"OpenMEEG {metadata.version('openmeeg')}")
    directions, triangles = geodesic_sphere(_FREQUENCY)
    other = by_boundary_elements(directions, triangles)
    own = by_finite_elements(directions)
    distance = np.linalg.norm(directions[:, None] - ENDS, axis=2).min(axis=1) * RADII[-1]
    far = distance > _AWAY
    a, b = own[far] - own[far].mean(), other[far] - other[far].mean()
    measured = {"rdm": rdm(a, b), "mag": mag(a, b)}
    return [
        Record(f"openmeeg-{key}", _PROBLEM, quantity, measured[key], 0.02, source)
        for key, quantity in quantities.items()
    ]


def geodesic_sphere(frequency: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Unit sphere: vertices (v, 3) and triangles (t, 3), counter-clockwise seen from outside."""
    nodes, tets = ball(np.linspace(0, 1, frequency + 1)[1:])
    triangles = Faces.of(tets).triangles
    used, places = np.unique(triangles, return_inverse=True)
    return nodes[used], places.reshape(-1, 3)


def by_finite_elements(directions: NDArray[Any]) -> NDArray[np.float64]:
    """Scalp potential (v,) [V] of zygoma at nodes in some directions."""
    body = sphere_body(inner=20)
    lead = LeadField(body, cache=False)
    field = lead.field(*[Contact(RADII[-1] * end, RADIUS) for end in ENDS], current=CURRENT)
    lead.close()
    skin = body.surface.node_ids
    unit = body.nodes[skin] / RADII[-1]
    nearest = (unit @ directions.T).argmax(axis=0)
    return np.asarray(field.potential[skin[nearest]])


def by_boundary_elements(directions: NDArray[Any], triangles: NDArray[Any]) -> NDArray[np.float64]:
    """Scalp potential (v,) [V] of OpenMEEG at its vertices."""
    om = import_module("openmeeg")
    inward = np.asfortranarray(triangles[:, ::-1])  # its normals point inwards; else the EIT source is wrong
    layers = [(np.asfortranarray(directions * radius), inward) for radius in RADII]
    with _silent():
        geometry = om.make_nested_geometry(layers, SIGMA)
        head = om.HeadMat(geometry)
        head.invert()
        spots = np.concatenate([cap(end) for end in ENDS])
        source = om.EITSourceMat(geometry, om.make_sensors(spots, geometry=geometry))
        seen = om.Head2EEGMat(geometry, om.make_sensors(RADII[-1] * directions, geometry=geometry))
        gain = np.array(om.GainEEG(head, source, seen).array())
    amperes = np.repeat([CURRENT, -CURRENT], _SPOTS) / _SPOTS
    return np.asarray(gain @ amperes)


def cap(end: NDArray[Any]) -> NDArray[np.float64]:
    """Points (`_SPOTS`, 3) [m] spread evenly over a cap around a direction, on a spiral."""
    across = np.cross(end, [1.0, 0.0, 0.0])
    across /= np.linalg.norm(across)
    k = np.arange(_SPOTS) + 0.5
    height = 1 - (1 - np.cos(np.arcsin(RADIUS / RADII[-1]))) * k / _SPOTS
    turn = np.pi * (1 + 5**0.5) * k
    side = np.cos(turn)[:, None] * across + np.sin(turn)[:, None] * np.cross(end, across)
    return np.asarray(RADII[-1] * (height[:, None] * end + np.sqrt(1 - height**2)[:, None] * side))


@contextmanager
def _silent() -> Iterator[None]:
    """What compiled code prints on standard output is dropped: a reader of JSON must not find it there."""
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
