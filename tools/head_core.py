"""The tetrahedra inside the shell, mirror-symmetric, with the tissue of each."""

from __future__ import annotations

import numpy as np
from netgen.meshing import Element2D, FaceDescriptor, Mesh, MeshingParameters, MeshPoint, Pnt
from scipy.spatial import Delaunay, cKDTree

from zygoma.errors import MeshError
from zygoma.face.shell import LOWEST_JACOBIAN, wedge_jacobian, wedge_tetrahedra
from zygoma.face.surface import Array, Surface, nearest
from zygoma.face.tissue import RANK, TISSUES
from zygoma.provenance import load_data

MM = 1e-3
FLAT = 0.9 * LOWEST_JACOBIAN  # the shell above reaches the whole of it, and a thin sheet under it is as flat


def midline_loop(points: Array, triangles: np.ndarray) -> np.ndarray:
    """Vertices of the closed border of a half surface, in order."""
    directed = np.concatenate([triangles[:, [k, (k + 1) % 3]] for k in range(3)])
    known = {tuple(e) for e in directed.tolist()}
    following = {a: b for a, b in known if (b, a) not in known}
    start = next(iter(sorted(following)))
    loop = [start]
    while (step := following[loop[-1]]) != start:
        loop.append(step)
    if len(loop) != len(following):
        raise MeshError("the midline of the inner surface is not one loop")
    return np.array(loop)


def fill_loop(loop: Array, largest: float) -> tuple[Array, np.ndarray]:
    """Triangles of a planar polygon (k, 2): its points first, then new ones; its edges are kept."""
    from matplotlib.path import Path

    outline = Path(loop)
    step = np.linalg.norm(np.roll(loop, -1, axis=0) - loop, axis=1)
    size = (step + np.roll(step, 1)) / 2
    tree = cKDTree(loop)
    chosen = [loop]
    for h in np.geomspace(size.min(), largest, 9):
        ys = np.arange(loop[:, 1].min(), loop[:, 1].max(), h * 0.866)
        grid = np.concatenate(
            [
                np.stack(
                    [
                        np.arange(loop[:, 0].min() + (k % 2) * h / 2, loop[:, 0].max(), h),
                        0 * np.arange(loop[:, 0].min() + (k % 2) * h / 2, loop[:, 0].max(), h) + y,
                    ],
                    axis=1,
                )
                for k, y in enumerate(ys)
            ]
        )
        grid = grid[outline.contains_points(grid)]
        distance, near = tree.query(grid)
        wanted = np.minimum(size[near] + 0.35 * distance, largest)
        grid = grid[
            (np.abs(np.log(wanted / h)) < 0.12 + 0.5 * np.log(largest / size.min()) / 8)
            & (distance > 0.75 * wanted)
        ]
        for p in grid:
            if np.linalg.norm(np.concatenate(chosen) - p, axis=1).min() > 0.75 * h:
                chosen.append(p[None])
    points = np.concatenate(chosen)
    k = len(loop)
    for _ in range(8):
        triangles = Delaunay(points).simplices
        triangles = triangles[outline.contains_points(points[triangles].mean(axis=1))]
        total, count = np.zeros_like(points), np.zeros(len(points))
        for a in range(3):
            for b in range(3):
                if a != b:
                    np.add.at(total, triangles[:, a], points[triangles[:, b]])
                    np.add.at(count, triangles[:, a], 1)
        moved = total / np.maximum(count, 1)[:, None]
        points[k:] = 0.5 * points[k:] + 0.5 * moved[k:]
    triangles = Delaunay(points).simplices
    triangles = triangles[outline.contains_points(points[triangles].mean(axis=1))]
    edges = {tuple(sorted(e)) for t in triangles.tolist() for e in ((t[0], t[1]), (t[1], t[2]), (t[2], t[0]))}
    missing = [i for i in range(k) if tuple(sorted((i, (i + 1) % k))) not in edges]
    if missing:
        raise MeshError(
            f"{len(missing)} edges of the midline are not in its triangulation, near {loop[missing[0]]}"
        )
    cross = np.cross(
        points[triangles[:, 1]] - points[triangles[:, 0]], points[triangles[:, 2]] - points[triangles[:, 0]]
    )
    triangles[cross < 0] = triangles[cross < 0][:, ::-1]
    return points, triangles


def mesh_core(
    inner: Surface, directions: Array, room: Array, mirror: np.ndarray, largest: float
) -> tuple[Array, np.ndarray, np.ndarray]:
    """Tetrahedra of the body inside the shell, the outermost of them a sheet of wedges.

    The sheet keeps every interior node off the surface of the core and every tetrahedron from having all
    its corners on it, so that a face of another shape can always move the inside out of the way.

    Parameters
    ----------
    inner : Surface
        Innermost level of the shell.
    directions : (n, 3) array
        Outward unit vectors of the stack.
    room : (n,) array
        Thickness of the shell above [m]; the sheet takes at most a fifth of it.
    mirror : (n,) int array
    largest : float
        Largest element [mm].

    Returns
    -------
    interior : (k, 3) array
        New nodes [m]; node i of the mesh is inner vertex i for i < n and interior node i - n after that.
    tets : (m, 4) int array
        Tetrahedra, mirror-symmetric, positive volume.
    partner : (n + k,) int array
        Mirror partner of every node.
    """
    n = len(inner.points)
    local = np.bincount(inner.edges.ravel(), np.repeat(inner.edge_lengths, 2)) / np.bincount(
        inner.edges.ravel()
    )
    depth = np.minimum(0.4 * local, 0.2 * room)
    depth = (depth + depth[mirror]) / 2
    for _ in range(60):
        below = inner.points - depth[:, None] * directions
        flat = (wedge_jacobian(np.stack([inner.points, below]), inner.triangles) < FLAT).any(axis=0)
        if not flat.any():
            break
        depth[np.unique(inner.triangles[flat])] *= 0.85
    else:
        raise MeshError(f"{flat.sum()} wedges under the shell stay flat")
    sheet = wedge_tetrahedra(inner.triangles, np.minimum(np.arange(n), mirror), n, 1)
    nodes, tets, partner = mesh_inside(Surface(below, inner.triangles), mirror, largest)
    return (
        np.concatenate([below, nodes]),
        np.concatenate([sheet, n + tets]),
        np.concatenate([mirror, n + partner]),
    )


def mesh_inside(inner: Surface, mirror: np.ndarray, largest: float) -> tuple[Array, np.ndarray, np.ndarray]:
    """Tetrahedra of the body inside a symmetric surface; see `mesh_core`."""
    n = len(inner.points)
    right = inner.triangles[inner.points[inner.triangles, 0].mean(axis=1) < 0]
    loop = midline_loop(inner.points, right)
    if np.abs(inner.points[loop, 0]).max() > 1e-7:
        raise MeshError("the inner surface crosses the midplane")
    inner.points[loop, 0] = 0.0
    flat, fill = fill_loop(inner.points[loop][:, 1:] / MM, largest)
    used = np.unique(right)
    number = np.full(n, -1)
    number[used] = np.arange(len(used))
    extra = np.concatenate([np.zeros((len(flat) - len(loop), 1)), flat[len(loop) :]], axis=1)
    points = np.concatenate([inner.points[used] / MM, extra])
    label = np.concatenate([number[loop], len(used) + np.arange(len(extra))])
    # the plane closes the right half; seen from outside (+x) y, z turn counter-clockwise
    faces = np.concatenate([number[right], label[fill]])
    mesh = Mesh(dim=3)
    ids = [mesh.Add(MeshPoint(Pnt(*map(float, p)))) for p in points]
    side = mesh.Add(FaceDescriptor(surfnr=1, domin=1, domout=0, bc=1))
    for face in faces.tolist():
        mesh.Add(Element2D(side, [ids[v] for v in face]))
    mesh.GenerateVolumeMesh(MeshingParameters(maxh=largest, grading=0.35, optsteps3d=5))
    nodes = np.array([p.p for p in mesh.Points()])
    half = np.array([[v.nr - 1 for v in e.vertices] for e in mesh.Elements3D()])
    if not np.allclose(nodes[: len(points)], points, atol=1e-9):
        raise MeshError("the mesher moved its boundary")
    return weld_halves(n, mirror, used, nodes * MM, half, len(used))


def weld_halves(
    n: int, mirror: np.ndarray, used: np.ndarray, nodes: Array, half: np.ndarray, surface: int
) -> tuple[Array, np.ndarray, np.ndarray]:
    """The right half and its mirror image as one mesh; see `mesh_core`."""
    inside = nodes[surface:].copy()
    middle = np.abs(inside[:, 0]) < 1e-9
    inside[middle, 0] = 0.0
    k = len(inside)
    twin = np.where(middle, np.arange(k), k + np.cumsum(~middle) - 1)
    interior = np.concatenate([inside, inside[~middle] * [-1, 1, 1]])
    right = np.concatenate([used, n + np.arange(k)])
    left = np.concatenate([mirror[used], n + twin])
    tets = np.concatenate([right[half][:, [0, 2, 1, 3]], left[half]])  # the mesher turns them inside out
    partner = np.empty(n + len(interior), dtype=np.int64)
    partner[right], partner[left] = left, right
    return interior, tets, partner


def tag_core(middles: Array, skin: Surface, bone_depth: Array) -> tuple[np.ndarray, np.ndarray]:
    """Tissue code and depth rank of core elements by their middles (m, 3) [m] in the reference shape.

    Parameters
    ----------
    skin : Surface
        Fine template skin.
    bone_depth : (n,) array
        Depth of the bone under every skin vertex [m].
    """
    body = load_data("inside.toml")
    triangle, weights, depth = nearest(skin, middles, 4)
    below = (depth - np.einsum("ij,ij->i", weights, bone_depth[skin.triangles[triangle]])) / MM
    x, y, z = np.abs(middles[:, 0]) / MM, middles[:, 1] / MM, middles[:, 2] / MM
    tissue = np.full(len(x), TISSUES.index("soft"), dtype=np.uint8)
    hard = below >= 0
    rank = np.where(hard, RANK["inside"], RANK["deep"]).astype(np.uint8)

    def put(name: str, where: np.ndarray) -> None:
        tissue[where] = TISSUES.index(name)
        rank[where] = (
            RANK["bone"] if name in ("bone", "facial_bone", "tooth", "cartilage") else RANK["inside"]
        )

    skull, jaw, nose, face = body["skull"], body["mandible"], body["nose"], body["face_bone"]
    (y1, z1), (y0, z0) = skull["base_front"], skull["base_back"]
    height = y - (y0 + (z - z0) * (y1 - y0) / (z1 - z0))
    for name, code in (("spine", "bone"), ("airway", "air")):
        axis = np.array(body[name]["axis"])[::-1]
        where = (np.hypot(x, z - np.interp(y, axis[:, 0], axis[:, 1])) < body[name]["radius"]) & (
            y < axis[-1, 0]
        )
        put(code, where)
    solid = (x < face["half_width_solid"]) | (below < face["thickness_lateral"])
    put(
        "facial_bone",
        hard & solid & (height <= 0) & (x < face["half_width"]) & (z > face["z"]) & between(y, face["y"]),
    )
    lower_border = jaw["lower_front"] + jaw["lower_rise"] * (jaw["centre_z"] + jaw["outer"][1] - z)
    put("facial_bone", horseshoe(x, z, jaw) & (y > lower_border) & (y < jaw["top"]))
    put(
        "facial_bone",
        hard
        & (below < jaw["ramus_thickness"])
        & between(x, jaw["ramus_x"])
        & between(y, jaw["ramus_y"])
        & between(z, jaw["ramus_z"]),
    )
    put("cartilage", hard & (z > nose["z"]) & between(y, nose["y"]) & (x < nose["half_width"]))
    teeth = body["teeth"]
    put("tooth", horseshoe(x, z, teeth) & between(y, teeth["y"]) & hard)
    for ball in reversed(body["ellipsoid"]):
        inside = (
            sum(((q - c) / r) ** 2 for q, c, r in zip((x, y, z), ball["centre"], ball["radii"], strict=True))
            < 1
        )
        put(ball["tissue"], inside & (hard | (ball["tissue"] == "eye")))
    cranial = (height > 0) & hard
    orbit = np.isin(tissue, [TISSUES.index("eye"), TISSUES.index("fat")])
    put("bone", cranial & (below < skull["vault"]) & ~orbit)
    put("bone", (height > 0) & (height < skull["base"]) & hard & ~orbit)
    put("brain", cranial & (below >= skull["vault"]) & (height >= skull["base"]) & ~orbit)
    return tissue, rank


def horseshoe(x: np.ndarray, z: np.ndarray, arch: dict) -> np.ndarray:
    """Whether points lie between two half ellipses that open backward."""
    forward = np.maximum(z - arch["centre_z"], 0)
    outer, inner = ((x / w) ** 2 + (forward / l) ** 2 for w, l in (arch["outer"], arch["inner"]))
    return (outer < 1) & (inner >= 1) & (z > arch["centre_z"] - 10)


def between(value: Array, limits: list[float]) -> np.ndarray:
    """Whether values lie between two limits."""
    return (value > limits[0]) & (value < limits[1])
