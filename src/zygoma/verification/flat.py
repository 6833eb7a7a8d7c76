"""Cases of flat bodies: the layered slab mode, points and discs on layered half-spaces."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.field.conductor import VolumeConductor
from zygoma.field.contact import Contact
from zygoma.field.field import Field
from zygoma.field.leadfield import LeadField
from zygoma.field.surface import Faces
from zygoma.field.tensors import apply
from zygoma.verification.assembly import solve_with_fixed
from zygoma.verification.layered import (
    Layers,
    equipotential_disc,
    pair_resistance,
    point_on_half_space,
    share_reaching,
    slab_mode,
    two_layer_point,
    uniform_disc,
)
from zygoma.verification.meshes import box, centroids, graded_axis
from zygoma.verification.record import Record

# barycentric coordinates of a quadrature of degree 2 (Keast)
_QUADRATURE = np.full((4, 4), 0.1381966011250105) + np.eye(4) * (0.5854101966249685 - 0.1381966011250105)

_WALL = 0.1


def slab_orders(cells: tuple[int, ...] = (8, 16, 32)) -> list[Record]:
    """Observed orders of potential and current density on the two-layer slab mode.

    Contrast 100, lower layer anisotropic 0.02 / 0.01 S/m.
    """
    k, interface, upper, lower = np.pi, 0.5, 1.0, (0.02, 0.01)
    errors = []
    for n in cells:
        line = np.linspace(0.0, 1.0, n + 1)
        nodes, tets = box(line, np.array([0.0, 1.0, 2.0]) / n, line)
        below = centroids(nodes, tets)[:, 2] < interface
        s = np.where(below[:, None], [lower[0], lower[0], lower[1], 0, 0, 0], [upper, upper, upper, 0, 0, 0])
        body = VolumeConductor(nodes, tets, s)
        exact, _ = slab_mode(nodes[:, 0], nodes[:, 2], k, interface, upper, lower)
        fixed = np.flatnonzero((nodes[:, 2] == 0) | (nodes[:, 2] == 1))
        phi = solve_with_fixed(body.stiffness, fixed, exact[fixed], np.zeros(len(nodes)))
        J = apply(body.conductivity, -np.einsum("mi,mij->mj", phi[tets], body.gradients))
        errors.append(_slab_errors(body, phi, J, (k, interface, upper, lower), below))
    orders = np.log2(np.array(errors[-2]) / np.array(errors[-1])) / np.log2(cells[-1] / cells[-2])
    source = "separation of variables"
    return [
        Record(
            "slab-order-potential",
            "slab mode, contrast 100, anisotropic",
            "order of potential, L2",
            orders[0],
            1.8,
            source,
            True,
        ),
        Record(
            "slab-order-current-density",
            "slab mode, contrast 100, anisotropic",
            "order of current density, L2",
            orders[1],
            0.9,
            source,
            True,
        ),
        Record(
            "slab-potential",
            f"slab mode, {cells[-1]} cells",
            "relative L2 error of potential",
            errors[-1][0],
            0.003,
            source,
        ),
    ]


def point_on_surface(step: float = 0.5e-3) -> list[Record]:
    """Point current pair on isotropic, anisotropic and two-layer half-spaces: surface potential."""
    distance, depth = 24e-3, 6e-3
    cases: dict[str, tuple[Layers, Callable[[NDArray[Any]], NDArray[np.float64]]]] = {
        "half-space": (_half_space(0.3), lambda r: point_on_half_space(r, 0.0, 0.3)),
        "anisotropic half-space": (_half_space(0.4, 0.12), lambda r: point_on_half_space(r, 0.0, 0.4, 0.12)),
        "two-layer half-space": (
            Layers((depth, 1.0), (0.3, 0.05), (0.3, 0.05)),
            lambda r: two_layer_point(r, (0.3, 0.05), depth),
        ),
    }
    found = []
    for name, (layers, potential) in cases.items():
        body = flat_body(layers, inner=(16e-3, 4e-3), step=step)
        lead = LeadField(body, cache=False)
        a, b = np.array([-distance / 2, 0.0, 0.0]), np.array([distance / 2, 0.0, 0.0])
        into, out = (int(np.argmin(np.linalg.norm(body.nodes - p, axis=1))) for p in (a, b))
        phi = lead.direct({into: 0.5, out: -0.5})
        lead.close()
        top = np.flatnonzero(
            (body.nodes[:, 2] == 0) & (np.abs(body.nodes[:, :2]) <= [16e-3, 4e-3]).all(axis=1)
        )
        ra, rb = (np.linalg.norm(body.nodes[top] - p, axis=1) for p in (a, b))
        away = np.minimum(ra, rb) > 4e-3
        exact = potential(ra[away]) - potential(rb[away])
        error = (
            np.abs(phi[top][away] - phi[top][away].mean() - exact + exact.mean()).max() / np.abs(exact).max()
        )
        source = "image charges" if layers.thickness[0] < 1 else "closed form"
        found.append(
            Record(
                f"points-{name.replace(' ', '-')}",
                f"point pair, {name}",
                "largest error beyond 4 mm",
                float(error),
                0.01,
                source,
            )
        )
    return found


def disc_pairs(step: float = 0.35e-3) -> list[Record]:
    """Two discs of 4 mm radius 10 mm apart, off the grid lines, against the Hankel closed form."""
    cheek = Layers((1.6e-3, 4e-3, 4e-3, 8e-3), (0.3, 0.05, 0.4, 0.008), (0.3, 0.05, 0.12, 0.008), "infinite")
    bodies = {
        "half-space": _half_space(0.3),
        "anisotropic half-space": _half_space(0.4, 0.12),
        "two-layer half-space": Layers((3.2e-3, 1.0), (0.3, 0.05), (0.3, 0.05)),
        "skin, fat, muscle, bone": cheek,
    }
    found = []
    for name, layers in bodies.items():
        key = f"discs-{name.replace(', ', '-').replace(' ', '-')}"
        field = disc_pair(layers, step)
        exact = pair_resistance(layers, 4e-3, 10e-3)
        error = abs(0.5 * field.resistance / exact - 1)
        found.append(
            Record(
                f"{key}-resistance",
                f"disc pair, {name}",
                "relative error of resistance",
                error,
                0.01,
                "Hankel transform",
            )
        )
        for layer in range(1, len(layers.thickness)):
            depth = sum(layers.thickness[:layer])
            error = abs(current_reaching(field, -depth) - share_reaching(layers, 4e-3, 10e-3, layer))
            found.append(
                Record(
                    f"{key}-layer-{layer + 1}",
                    f"disc pair, {name}",
                    f"share of current reaching layer {layer + 1}, error",
                    error,
                    0.01,
                    "Hankel transform",
                )
            )
    return found


def electrode_model(step: float = 0.35e-3) -> list[Record]:
    """Complete electrode model on a half-space between its limits: equipotential and uniform disc.

    The resistance less that of the sheet, z / area, lies between them and tends to the uniform one.
    """
    a, sigma = 4e-3, 0.3
    layers = _half_space(sigma)
    uniform = pair_resistance(layers, a, 10e-3)
    low = uniform - 2 * (uniform_disc(a, sigma) - equipotential_disc(a, sigma))
    found = []
    body = flat_body(layers, inner=(9.3e-3, 4.3e-3), step=step)
    lead = LeadField(body, cache=False)
    for z in (0.005, 0.02, 0.1, 0.5):
        contacts = [Contact([x, 0.0, 0.0], a, z) for x in (-5e-3, 5e-3)]
        field = lead.field(*contacts, current=0.5e-3)
        sheet = 2 * z / (np.pi * a**2)
        place = (0.5 * field.resistance - sheet - low) / (uniform - low)
        found.append((z, place))
    lead.close()
    rising = min(b[1] - a[1] for a, b in pairwise(found))
    source = "limits of the complete electrode model"
    last = abs(found[-1][1] * (uniform - low)) - (uniform - low)
    return [
        Record(
            "electrode-model-rise",
            "electrode model, half-space",
            "rise from equipotential to uniform with z",
            rising,
            0.0,
            source,
            True,
        ),
        Record(
            "electrode-model-uniform",
            "electrode model, z 0.5 ohm m2",
            "relative distance to uniform disc",
            abs(last) / uniform,
            0.01,
            source,
        ),
    ]


def disc_pair(layers: Layers, step: float) -> Field:
    """Field of two discs of uniform current density, 4 mm radius, 10 mm apart; half of a body, 0.5 mA."""
    body = flat_body(layers, inner=(9.3e-3, 4.3e-3), step=step)
    lead = LeadField(body, cache=False)
    shift = np.array([0.31, 0.0, 0.0]) * step
    contacts = [Contact(np.array([x, 0.0, 0.0]) + shift, 4e-3) for x in (-5e-3, 5e-3)]
    field = lead.field(*contacts, current=0.5e-3)
    lead.close()
    return field


def current_reaching(field: Field, height: float) -> float:
    """Half the sum of the absolute nodal currents that everything below a height draws, over the current."""
    body = field.conductor
    below = np.flatnonzero(centroids(body.nodes, body.tets)[:, 2] < height)
    flux = -np.einsum("mij,mj->mi", body.gradients[below], field.J[below]) * body.volumes[below, None]
    draw = np.bincount(body.tets[below].ravel(), flux.ravel(), len(body.nodes))
    return 0.5 * float(np.abs(draw).sum()) / field.delivered_current


def flat_body(layers: Layers, inner: tuple[float, float], step: float) -> VolumeConductor:
    """Half (y >= 0) of a graded box of flat layers under z = 0, walls 0.1 m away.

    Even cells of `step` inside `inner` [m]; under the surface 0.5 steps (less where the
    vertical conductivity is lower), growing by 15 % a cell.
    What is symmetric about y = 0 is solved on this half with half the current.
    """
    x, y = (graded_axis(half, step, _WALL, growth=1.25) for half in inner)
    y = y[y >= 0]
    edges = np.concatenate([[0.0], np.minimum(np.cumsum(layers.thickness), _WALL)])
    edges[-1] = _WALL
    first = 0.5 * step * (layers.vertical[0] / layers.horizontal[0]) ** 0.5
    growth = 0.15
    lines = [0.0]
    for top, bottom in pairwise(edges):
        u = np.log1p(growth * np.array([top, bottom]) / first) / growth
        cells = max(2, round(u[1] - u[0]))
        depth = first * np.expm1(growth * np.linspace(u[0], u[1], cells + 1)) / growth
        lines += [*depth[1:-1], bottom]
    nodes, tets = box(x, y, -np.array(lines[::-1]))
    layer = np.searchsorted(edges[1:-1], -centroids(nodes, tets)[:, 2])
    horizontal, vertical = (np.array(s)[layer] for s in (layers.horizontal, layers.vertical))
    zero = np.zeros(len(tets))
    s = np.stack([horizontal, horizontal, vertical, zero, zero, zero], axis=1)
    sets = {f"layer {i + 1}": layer == i for i in range(len(layers.thickness))}
    triangles = Faces.of(tets).triangles
    top = triangles[(nodes[triangles, 2] == 0).all(axis=1)]
    return VolumeConductor(nodes, tets, s, sets=sets, surface=top)


def _half_space(horizontal: float, vertical: float | None = None) -> Layers:
    return Layers((1.0,), (horizontal,), (horizontal if vertical is None else vertical,))


def _slab_errors(
    body: VolumeConductor, phi: NDArray[Any], J: NDArray[Any], mode: tuple[Any, ...], below: NDArray[Any]
) -> tuple[float, float]:
    k, interface, upper, lower = mode
    top = [0.0, 0.0, 0.0, 0.0]
    for weights in _QUADRATURE:
        p = np.einsum("i,mij->mj", weights, body.nodes[body.tets])
        # a quadrature point never lies on the interface, so each element sees its own layer
        exact, flow = slab_mode(p[:, 0], p[:, 2], k, interface, upper, lower)
        values = phi[body.tets] @ weights
        top[0] += float(body.volumes @ (values - exact) ** 2)
        top[1] += float(body.volumes @ exact**2)
        top[2] += float(body.volumes @ ((J - flow) ** 2).sum(axis=1))
        top[3] += float(body.volumes @ (flow**2).sum(axis=1))
    return (top[0] / top[1]) ** 0.5, (top[2] / top[3]) ** 0.5
