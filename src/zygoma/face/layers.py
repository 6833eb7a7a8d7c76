"""From a skin and a person to the layered head: layer stack, levels, core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numba
import numpy as np
from scipy import sparse

from zygoma.errors import MeshError, RangeError, UnknownNameError
from zygoma.face.binding import is_symmetric, reflected, template_skin
from zygoma.face.shell import LAYERS, SLOTS, fit_layers, limit_slope, medial_radius
from zygoma.face.surface import Array, Index, Surface, conjugate_gradients, unit_vectors
from zygoma.face.template import LayerFields
from zygoma.face.thickness import MM, choice, site_layers
from zygoma.face.untangle import untangle
from zygoma.provenance import load_data

_LARGEST = 0.1  # no layer is as thick [m]


@dataclass(frozen=True)
class Factors:
    """A person's thickness of skin, superficial fat and muscles over the average."""

    skin: float = 1.0
    fat: float = 1.0
    muscle: float = 1.0


AVERAGE = Factors()


@dataclass(frozen=True, eq=False)
class Stack:
    """What lies under every vertex of the fine skin.

    Attributes
    ----------
    directions : (n, 3) array
        Outward unit vectors along which the layers are stacked.
    targets : (n, 4) array
        Anatomical thickness of skin, fat, SMAS, deep [m].
    thickness : (n, 4) array
        The same where the head is thick enough, thinner where it is not [m].
    upper_share : (n, 2) array
        Share of the SMAS and of the deep layer that their upper slots take.
    bone_depth : (n,) array
        Depth of the bone [m].
    """

    directions: Array
    targets: Array
    thickness: Array
    upper_share: Array
    bone_depth: Array


def layer_stack(
    skin: Surface,
    fields: LayerFields,
    age: float,
    bmi: float,
    factors: Factors = AVERAGE,
    uniform: Array | None = None,
) -> Stack:
    """Layer stack of a person on the fine skin.

    The deep layer fills the space to the bone, at least the deep muscles that lie there; the whole stack
    stays within the cap of the shell and within a share of the largest ball that fits inside the head.
    A mirror-symmetric skin gets a mirror-symmetric stack, free of the rounding of the smoothing.
    With `uniform`, (4,) [m], every layer has that thickness instead of the anatomical one, under that cap.
    """
    mirror = template_skin("fine").mirror
    symmetric = is_symmetric(skin.points, mirror)

    def even(field: Array) -> Array:
        return (field + field[mirror]) / 2 if symmetric else field

    floor = choice("layer_floor") * MM
    fields = replace(fields, **{slot: factors.muscle * getattr(fields, slot) for slot in SLOTS})
    if uniform is None:
        targets = _anatomical(fields, age, bmi, factors, floor)
    else:
        targets = np.tile(uniform, (len(skin.points), 1))
    deepest, part = choice("cap") * MM, choice("ball_fraction")
    cap = part * medial_radius(skin, skin.normals, deepest / part)
    cap = even(limit_slope(cap, skin, 0.5))
    floors = np.array([choice("skin_floor"), *[choice("layer_floor")] * 3]) * MM
    thickness = fit_layers(targets, cap, floors)
    upper_share = np.stack(
        [
            _upper_share(fields.smas_upper, fields.smas_lower, fields.smas_upper + fields.smas_lower, floor),
            _upper_share(
                fields.deep_upper, fields.deep_lower, np.maximum(thickness[:, 3], fields.deep), floor
            ),
        ],
        axis=1,
    )
    directions = unit_vectors(skin.smooth(skin.normals, choice("normal_length") * MM))
    if symmetric:
        directions = unit_vectors(directions + reflected(directions, mirror))
    return Stack(
        directions=directions,
        targets=targets,
        thickness=thickness,
        upper_share=upper_share,
        bone_depth=targets.sum(axis=1),
    )


def _upper_share(upper: Array, lower: Array, whole: Array, floor: float) -> Array:
    """(n,) share of a layer for its upper slot: the lower muscle keeps its thickness, one alone has both."""
    share = 1 - np.clip(lower / np.maximum(whole, floor), *load_data("layers.toml")["choices"]["slot_share"])
    return np.asarray(np.where(lower < floor, 0.5, share))


def uniform_layers(layers: Mapping[str, float] | Sequence[float]) -> Array:
    """Thickness (4,) of skin, fat, SMAS, deep [m] from a mapping by name or four values in that order.

    Raises
    ------
    UnknownNameError
        A name is none of ``skin``, ``fat``, ``smas``, ``deep``.
    RangeError
        A thickness is missing, not above 0, or as large as the head (0.1 m).
    """
    if isinstance(layers, Mapping):
        for name in layers:
            if name not in LAYERS:
                raise UnknownNameError("layer of the shell", name, LAYERS)
        layers = [layers.get(name, np.nan) for name in LAYERS]
    found = np.array(layers, dtype=np.float64)
    if found.shape != (4,) or not ((found > 0) & (found < _LARGEST)).all():
        raise RangeError(
            f"layers are {found.tolist()} m; give the thickness of each of {', '.join(LAYERS)}, "
            f"above 0 and below {_LARGEST:g} m"
        )
    return found


def _anatomical(fields: LayerFields, age: float, bmi: float, factors: Factors, floor: float) -> Array:
    """Thickness (n, 4) of skin, fat, SMAS, deep [m] by site; what the muscles gain pushes the bone deeper."""
    sites = site_layers(age, bmi, factors.fat, factors.skin)
    dermis, fat_site, bone_site = (fields.region_weights @ site for site in sites)
    muscles = fields.smas_upper + fields.smas_lower + fields.deep
    bone_site = bone_site + (1 - 1 / factors.muscle) * muscles
    room = bone_site - dermis - fields.smas - floor
    least = np.maximum(choice("fat_share_over_bone") * fat_site, floor)
    fat = np.where(fields.deep < floor, np.clip(room, least, np.maximum(fat_site, floor)), fat_site)
    above = dermis + fat + fields.smas
    deep = np.maximum(bone_site - above, np.maximum(fields.deep, floor))
    return np.stack([dermis, fat, fields.smas, deep], axis=1)


def warp_core(nodes: Array, tets: Index, inner: Array, moved: Array) -> Array:
    """Interior nodes of the core after its surface moved: a harmonic displacement, then untangled.

    Parameters
    ----------
    nodes : (k, 3) array
        Interior nodes of the template [m].
    tets : (c, 4) int array
        Tetrahedra on the n surface nodes and then the interior nodes.
    inner, moved : (n, 3) arrays
        Surface nodes before and after [m].

    Returns
    -------
    (k, 3) array
        Interior nodes [m].
    """
    rest = np.concatenate([inner, nodes])
    gradient, volume = tet_gradients(rest, tets)
    local = np.einsum("mij,mkj->mik", gradient, gradient) * volume[:, None, None]
    rows, cols = np.repeat(tets, 4, axis=1).ravel(), np.tile(tets, (1, 4)).ravel()
    matrix = sparse.csr_matrix((local.ravel(), (rows, cols)), shape=(len(rest),) * 2)
    n = len(inner)
    free, fixed = matrix[n:, n:].tocsr(), matrix[n:, :n]
    shift = moved - inner
    out = nodes.copy()
    for axis in range(3):
        if not shift[:, axis].any():
            continue
        load = -fixed @ shift[:, axis]
        out[:, axis] += conjugate_gradients(free, load, np.zeros(len(load)), 1e-6)
    return untangle(np.concatenate([moved, out]), rest, tets, n)[n:]


@numba.njit(cache=True)
def tet_volumes(nodes: Array, tets: Index) -> Array:  # pragma: no cover - compiled
    """Signed volumes (m,) [m3] of tetrahedra (m, 4)."""
    out = np.empty(len(tets))
    for t in range(len(tets)):
        o = nodes[tets[t, 0]]
        u, v, w = nodes[tets[t, 1]] - o, nodes[tets[t, 2]] - o, nodes[tets[t, 3]] - o
        out[t] = (
            u[0] * (v[1] * w[2] - v[2] * w[1])
            + u[1] * (v[2] * w[0] - v[0] * w[2])
            + u[2] * (v[0] * w[1] - v[1] * w[0])
        ) / 6
    return out


def tet_gradients(nodes: Array, tets: Index) -> tuple[Array, Array]:
    """Gradients (m, 4, 3) [1/m] of the linear basis and signed volumes (m,) [m3] of tetrahedra."""
    a = nodes[tets[:, 0]]
    edges = np.stack([nodes[tets[:, k]] - a for k in (1, 2, 3)], axis=1)
    det = np.einsum("ij,ij->i", np.cross(edges[:, 0], edges[:, 1]), edges[:, 2])
    if (det == 0).any():
        raise MeshError(f"{(det == 0).sum()} tetrahedra have no volume; the mesh is degenerate")
    gradient = np.empty((len(tets), 4, 3))
    for k in range(3):
        gradient[:, k + 1] = np.cross(edges[:, (k + 1) % 3], edges[:, (k + 2) % 3]) / det[:, None]
    gradient[:, 0] = -gradient[:, 1:].sum(axis=1)
    return gradient, det / 6
