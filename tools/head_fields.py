"""What the atlas puts on the template: layer fields, and muscles and regions of every resolution."""

from __future__ import annotations

import numpy as np
from head_atlas import Tracer

from zygoma.face.atlas import entry, muscle_names, region_names, side_of, stem
from zygoma.face.shell import SLOTS
from zygoma.face.surface import Array, Surface, nearest
from zygoma.face.thickness import choice, regions
from zygoma.face.tissue import TISSUES
from zygoma.provenance import load_data

MM = 1e-3


def region_distances(tracer: Tracer) -> dict[str, Array]:
    """Signed distance [m] of every fine vertex from every region, by sided name."""
    found = {}
    for name in region_names():
        if side_of(name) == "l":
            continue
        distance = tracer.signed_distance(entry("region", name)["polygon"])
        if side_of(name) == "mid":
            # an outline of the right half: both halves together, so the seam on the midline goes
            found[name] = np.minimum(distance, distance[tracer.mirror])
        else:
            found[name] = distance
            found[f"{stem(name)}_l"] = distance[tracer.mirror]
    return found


def region_weights(skin: Surface, distances: dict[str, Array], landmarks: dict[str, Array]) -> Array:
    """(n, regions) share of every site region at every fine vertex; rows sum to 1."""
    names = regions()
    best = np.full(len(skin.points), 0.5 * MM)
    owner = np.full(len(skin.points), names.index("scalp"))
    x, y, z = skin.points.T
    owner[
        (y < landmarks["mastoid_tip"][1])
        | ((z < landmarks["mastoid_tip"][2]) & (y < landmarks["tragion"][1]))
    ] = names.index("nape")
    centre = landmarks["tragion"] - np.array([0, 0.005, 0.012])
    owner[np.linalg.norm(np.stack([-np.abs(x), y, z], axis=1) - centre, axis=1) < 0.034] = names.index("ear")
    for name, distance in distances.items():
        better = distance < best
        best[better] = distance[better]
        owner[better] = names.index(stem(name))
    weights = np.eye(len(names))[owner]
    smooth = np.clip(skin.smooth(weights, choice("blend_length") * MM), 0, None)
    return smooth / smooth.sum(axis=1, keepdims=True)


def layer_fields(outlines: dict, n: int) -> dict[str, Array]:
    """(n,) thickness of the muscle in each slot [m]: its own inside its border, falling to 0 outside."""
    table, slots = load_data("muscles.toml")["muscle"], load_data("layers.toml")["slots"]
    fringe = choice("muscle_fringe") * MM
    fields = {slot: np.zeros(n) for slot in SLOTS}
    for name, outline in outlines.items():
        slot = next(s for s in SLOTS if stem(name) in slots[s])
        thick = table[stem(name)]["thickness"] * MM
        left = np.clip(1 - outline.distance / max(fringe, thick), 0, 1)
        fields[slot] = np.maximum(fields[slot], thick * left**2 * (3 - 2 * left))
    return fields


def at_triangles(fine: Surface, skin: Surface, field: Array) -> Array:
    """A field of the fine skin (n,) at the middles of the triangles of another template skin."""
    triangle, weights, _ = nearest(fine, skin.points[skin.triangles].mean(axis=1), 6)
    return np.einsum("ij,ij->i", weights, field[fine.triangles[triangle]])


def at_vertices(fine: Surface, skin: Surface, field: Array) -> Array:
    """A field of the fine skin (n,) at the vertices of another template skin."""
    triangle, weights, _ = nearest(fine, skin.points, 6)
    return np.einsum("ij,ij->i", weights, field[fine.triangles[triangle]])


def triangle_sets(
    fine: Surface,
    skin: Surface,
    mirror: np.ndarray,
    cut: np.ndarray,
    distances: dict[str, Array],
    outlines: dict,
    deep_thickness: Array,
    site_weights: Array,
) -> dict[str, np.ndarray]:
    """Region and muscle slots of every triangle, fibre coordinates; mirrored from the right."""
    right, partner = right_triangles(skin, mirror)
    triangle, weights, _ = nearest(fine, skin.points[skin.triangles].mean(axis=1), 6)

    def middle(field: Array) -> Array:
        return np.einsum("ij,ij->i", weights, field[fine.triangles[triangle]])

    names = region_names()
    region = np.full(len(skin.triangles), -1, dtype=np.int8)
    best = np.full(len(skin.triangles), 0.5 * MM)
    for name, distance in distances.items():
        value = middle(distance)
        better = (value < best) & ~cut
        best[better], region[better] = value[better], names.index(name)
    region[partner[right]] = [mirrored(names, r) for r in region[right]]

    muscles, slots = muscle_names(), load_data("layers.toml")["slots"]
    occupant = np.full((4, len(skin.triangles)), -1, dtype=np.int8)
    thin = middle(deep_thickness) < slots["bone_reach"] * MM
    table = load_data("muscles.toml")["muscle"]
    own = {s: k for k, s in enumerate(SLOTS)}
    inside = {name: (middle(o.distance) < 0) & ~cut for name, o in outlines.items()}
    # each muscle takes its own slot first, then what its neighbour slot leaves free
    for spread in (False, True):
        for slot in SLOTS:
            level = slot.split("_")[0]
            other = f"{level}_{'lower' if slot.endswith('upper') else 'upper'}"
            target = own[other if spread else slot]
            if spread and level == "deep" and slot == "deep_lower":
                continue  # what lies on the bone stays thin
            for short in slots[slot]:
                for name in (n for n in inside if stem(n) == short):
                    free = inside[name] & (occupant[target] < 0)
                    occupant[target, free] = muscles.index(name)
    for name, over in inside.items():
        if table[stem(name)]["path"] == "bone_to_dermis" and table[stem(name)]["level"] == "smas":
            at_bone = over & thin & (middle(outlines[name].u) < slots["bone_u"])
            for deep in (2, 3):
                free = at_bone & (occupant[deep] < 0)
                occupant[deep, free] = muscles.index(name)
    for k in range(4):
        occupant[k, partner[right]] = [mirrored(muscles, m) for m in occupant[k, right]]

    deep = load_data("layers.toml")["region"].values()
    codes = np.array([TISSUES.index(r.get("deep", "fat")) for r in deep], dtype=np.uint8)
    site = np.stack([middle(w) for w in site_weights.T], axis=1).argmax(axis=1)
    deep_tissue = codes[site]
    deep_tissue[partner[right]] = deep_tissue[right]

    vertices, values, offsets = [], [], [0]
    for name in muscles:
        base = outlines[name] if name in outlines else outlines[f"{stem(name)}_r"]
        u = at_vertices(fine, skin, base.u)
        if side_of(name) == "l":
            u = u[mirror]
        used = np.unique(skin.triangles[(occupant == muscles.index(name)).any(axis=0)])
        vertices.append(used.astype(np.int32))
        values.append(u[used].astype(np.float32))
        offsets.append(offsets[-1] + len(used))
    return {
        "region": region,
        "slots": occupant,
        "deep_tissue": deep_tissue,
        "u_vertex": np.concatenate(vertices),
        "u_value": np.concatenate(values),
        "u_offset": np.array(offsets, dtype=np.int32),
    }


def mirrored(names: tuple[str, ...], number: int) -> int:
    """Number of the same name on the other side; -1 and unpaired names stay."""
    if number < 0 or side_of(names[number]) == "mid":
        return number
    name = names[number]
    return names.index(stem(name) + ("_l" if name.endswith("_r") else "_r"))


def right_triangles(skin: Surface, mirror: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Triangles of the right half (x < 0), and the mirror partner of every triangle."""
    key = {tuple(sorted(t)): k for k, t in enumerate(skin.triangles.tolist())}
    partner = np.array([key[tuple(sorted(t))] for t in mirror[skin.triangles].tolist()])
    return np.nonzero(skin.points[skin.triangles, 0].mean(axis=1) < 0)[0], partner
