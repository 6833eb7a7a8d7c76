"""Graded isotropic remeshing of a half skin whose border lies in the plane x = 0.

Edge split, collapse, flip and tangential relaxation after Botsch and Kobbelt (2004), "A remeshing approach to
multiresolution modeling". The mesh is a corner table; a ghost vertex joins all border edges, so every ring is
closed and the link condition also protects the border. Corner c = 3 t + k has vertex cv[c] and, across the
edge opposite to it, the corner co[c]; vc[v] is one corner of vertex v, or -1 for a removed one.
"""

from __future__ import annotations

from collections.abc import Callable

import numba
import numpy as np

SPLIT, COLLAPSE = 4 / 3, 4 / 5  # limits of edge length over wanted length


def remesh(
    points: np.ndarray,
    triangles: np.ndarray,
    size: Callable[[np.ndarray], np.ndarray],
    project: Callable[[np.ndarray], np.ndarray],
    rounds: int = 14,
) -> tuple[np.ndarray, np.ndarray]:
    """Half skin with edges near ``size(points)``, all vertices on the surface of ``project``.

    Parameters
    ----------
    points : (n, 3) float
        Vertices [m]; those of the border have x = 0 exactly.
    triangles : (m, 3) int
        One disc, oriented.
    size, project : callable
        Wanted edge length (n,) and nearest points of the surface (n, 3).
    """
    table = Table(points, triangles)
    for k in range(rounds):
        wanted = table.per_vertex(size)
        table = table.grown()
        wanted = np.concatenate([wanted, np.zeros(len(table.points) - len(wanted))])
        split(table.points, wanted, table.border, table.cv, table.co, table.vc, table.counts)
        for _ in range(3 if k < 3 else 1):
            collapse(table.points, wanted, table.border, table.cv, table.co, table.vc, table.counts)
            flip(table.points, table.border, table.cv, table.co, table.vc, table.counts, 0)
        table.compact()
        for _ in range(3):
            table.relax(size, project)
            flip(table.points, table.border, table.cv, table.co, table.vc, table.counts, 0)
    for _ in range(8):
        flip(table.points, table.border, table.cv, table.co, table.vc, table.counts, 1)
        table.relax(size, project)
    flip(table.points, table.border, table.cv, table.co, table.vc, table.counts, 1)
    return table.mesh()


class Table:
    """A corner table with a ghost vertex as number 0 and room for growth."""

    def __init__(self, points: np.ndarray, triangles: np.ndarray) -> None:
        self.points = np.concatenate([[[1e3, 0.0, 0.0]], points])
        triangles = triangles + 1
        directed = np.concatenate([triangles[:, [1, 2]], triangles[:, [2, 0]], triangles[:, [0, 1]]])
        known = {tuple(edge) for edge in directed.tolist()}
        rim = np.array([edge for edge in directed.tolist() if (edge[1], edge[0]) not in known])
        ghost = np.column_stack([np.zeros(len(rim), int), rim[:, 1], rim[:, 0]])
        self.border = np.zeros(len(self.points), bool)
        self.border[rim] = True
        self._build(np.concatenate([triangles, ghost]))

    def _build(self, triangles: np.ndarray) -> None:
        """Corner arrays of a closed triangle list."""
        cv = triangles.ravel().astype(np.int64)
        corner = np.arange(len(cv))
        base = corner - corner % 3
        start, end = cv[base + (corner + 1) % 3], cv[base + (corner + 2) % 3]
        key, back = start * len(self.points) + end, end * len(self.points) + start
        order = np.argsort(key)
        place = np.searchsorted(key[order], back)
        if (key[order][np.minimum(place, len(key) - 1)] != back).any():
            raise ValueError("the half skin is not an oriented manifold")
        self.cv, self.co = cv, order[place]
        self.vc = np.full(len(self.points), -1)
        self.vc[cv] = corner
        self.counts = np.array([len(self.points), len(triangles)])

    def grown(self) -> Table:
        """Itself, with room for every edge to be split."""
        vertices, faces = self.counts
        room, more = vertices + 3 * faces, 6 * faces
        self.points = np.concatenate([self.points[:vertices], np.zeros((room - vertices, 3))])
        self.border = np.concatenate([self.border[:vertices], np.zeros(room - vertices, bool)])
        self.vc = np.concatenate([self.vc[:vertices], np.full(room - vertices, -1)])
        self.cv = np.concatenate([self.cv[: 3 * faces], np.full(3 * more, -1)])
        self.co = np.concatenate([self.co[: 3 * faces], np.full(3 * more, -1)])
        return self

    def compact(self) -> None:
        """Drop removed vertices and triangles."""
        faces = self.cv[: 3 * self.counts[1]].reshape(-1, 3)
        faces = faces[faces[:, 0] >= 0]
        used, faces = np.unique(faces, return_inverse=True)
        self.points, self.border = self.points[used], self.border[used]
        self._build(faces.reshape(-1, 3))

    def per_vertex(self, function: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """A function of position on all vertices; the ghost gets the first one's value."""
        values = function(self.points[1 : self.counts[0]])
        return np.concatenate([values[:1], values])

    def relax(
        self, size: Callable[[np.ndarray], np.ndarray], project: Callable[[np.ndarray], np.ndarray]
    ) -> None:
        """Move vertices tangentially to the middle of their rings, then back to the surface."""
        moved = relaxed(self.points, self.per_vertex(size), self.border, self.cv, self.co, self.vc)
        moved[self.border, 0] = 0.0
        self.points[1:] = project(moved[1:])
        self.points[self.border, 0] = 0.0

    def mesh(self) -> tuple[np.ndarray, np.ndarray]:
        """Vertices and triangles without the ghost."""
        faces = self.cv.reshape(-1, 3)
        return self.points[1:].copy(), faces[(faces > 0).all(axis=1)] - 1


@numba.njit(cache=True, inline="always")
def nxt(c):
    return c + 1 if c % 3 < 2 else c - 2


@numba.njit(cache=True, inline="always")
def prv(c):
    return c - 1 if c % 3 > 0 else c + 2


@numba.njit(cache=True)
def valence(v, cv, co, vc):
    """Number of neighbours, the ghost included."""
    first = vc[v]
    c = nxt(co[nxt(first)])
    count = 1
    while c != first:
        count += 1
        c = nxt(co[nxt(c)])
    return count


@numba.njit(cache=True)
def adjacent(v, w, cv, co, vc):
    """Whether an edge joins v and w."""
    first = vc[v]
    c = first
    while True:
        if cv[nxt(c)] == w:
            return True
        c = nxt(co[nxt(c)])
        if c == first:
            return False


@numba.njit(cache=True)
def normal(a, b, c):
    """Twice the area vector of a triangle."""
    return np.cross(b - a, c - a)


@numba.njit(cache=True)
def quality(a, b, c):
    """1 for an equilateral triangle, 0 for a sliver."""
    n = normal(a, b, c)
    total = np.sum((b - a) ** 2) + np.sum((c - b) ** 2) + np.sum((a - c) ** 2)
    return 2 * np.sqrt(3.0) * np.sqrt(np.sum(n**2)) / total


@numba.njit(cache=True)
def split(points, wanted, border, cv, co, vc, counts):
    """Halve every edge longer than 4/3 of the wanted length."""
    for c in range(3 * counts[1]):
        d = co[c]
        if cv[c] < 0 or d < c:
            continue
        b, q, a, e = cv[nxt(c)], cv[prv(c)], cv[c], cv[d]
        if b == 0 or q == 0:
            continue
        length = np.sqrt(np.sum((points[b] - points[q]) ** 2))
        if length <= SPLIT * 0.5 * (wanted[b] + wanted[q]):
            continue
        m, u = counts[0], 3 * counts[1]
        w = u + 3
        counts[0] += 1
        counts[1] += 2
        points[m] = 0.5 * (points[b] + points[q])
        wanted[m] = 0.5 * (wanted[b] + wanted[q])
        border[m] = a == 0 or e == 0
        cn, cp, dn, dp = nxt(c), prv(c), nxt(d), prv(d)
        o_cn, o_dn = co[cn], co[dn]
        # (c: a, b, m), (u: a, m, q), (d: e, q, m), (w: e, m, b)
        cv[cp], cv[dp] = m, m
        cv[u], cv[u + 1], cv[u + 2] = a, m, q
        cv[w], cv[w + 1], cv[w + 2] = e, m, b
        o_cp, o_dp = co[cp], co[dp]
        co[c], co[w] = w, c
        co[cn], co[u + 2] = u + 2, cn
        co[cp], co[o_cp] = o_cp, cp
        co[u], co[d] = d, u
        co[u + 1], co[o_cn] = o_cn, u + 1
        co[dn], co[w + 2] = w + 2, dn
        co[dp], co[o_dp] = o_dp, dp
        co[w + 1], co[o_dn] = o_dn, w + 1
        vc[a], vc[b], vc[m], vc[q], vc[e] = c, cn, cp, u + 2, d


@numba.njit(cache=True)
def stays_valid(v, other, place, longest, points, wanted, cv, co, vc):
    """Whether the triangles of v survive moving it to a place while it merges with the other vertex."""
    first = vc[v]
    c = first
    while True:
        b, q = cv[nxt(c)], cv[prv(c)]
        if b != 0 and q != 0 and b != other and q != other:
            old = normal(points[v], points[b], points[q])
            new = normal(place, points[b], points[q])
            size = np.sqrt(np.sum(new**2) * np.sum(old**2))
            if np.sum(old * new) < 0.5 * size or quality(place, points[b], points[q]) < 0.25:
                return False
        if b != 0 and b != other:
            length = np.sqrt(np.sum((place - points[b]) ** 2))
            if length > longest * 0.5 * (wanted[v] + wanted[b]):
                return False
        c = nxt(co[nxt(c)])
        if c == first:
            return True


@numba.njit(cache=True)
def collapse(points, wanted, border, cv, co, vc, counts):
    """Merge the ends of every edge shorter than 4/5 of the wanted length."""
    mark = np.full(counts[0], -1)
    for c in range(3 * counts[1]):
        if cv[c] < 0:
            continue
        d = co[c]
        b, q = cv[nxt(c)], cv[prv(c)]
        if b == 0 or q == 0 or (border[b] and not border[q]):
            continue  # a border vertex stays; its inner partner is met from the other side
        length = np.sqrt(np.sum((points[b] - points[q]) ** 2))
        if length >= COLLAPSE * 0.5 * (wanted[b] + wanted[q]):
            continue
        a, e = cv[c], cv[d]
        if (a != 0 and valence(a, cv, co, vc) < 5) or (e != 0 and valence(e, cv, co, vc) < 5):
            continue
        first = vc[b]
        k = first
        while True:
            mark[cv[nxt(k)]] = c
            k = nxt(co[nxt(k)])
            if k == first:
                break
        common = 0
        first = vc[q]
        k = first
        while True:
            common += mark[cv[nxt(k)]] == c
            k = nxt(co[nxt(k)])
            if k == first:
                break
        if common != 2:
            continue
        place = points[q].copy() if border[q] and not border[b] else 0.5 * (points[b] + points[q])
        if not stays_valid(b, q, place, SPLIT, points, wanted, cv, co, vc):
            continue
        if not stays_valid(q, b, place, SPLIT, points, wanted, cv, co, vc):
            continue
        k = vc[b]
        first = k
        while True:
            following = nxt(co[nxt(k)])
            cv[k] = q
            k = following
            if k == first:
                break
        o1, o2, o3, o4 = co[nxt(c)], co[prv(c)], co[nxt(d)], co[prv(d)]
        co[o1], co[o2], co[o3], co[o4] = o2, o1, o4, o3
        vc[a], vc[q], vc[e] = nxt(o1), prv(o1), nxt(o3)
        vc[b] = -1
        for t in (c - c % 3, d - d % 3):
            cv[t], cv[t + 1], cv[t + 2] = -1, -1, -1
        points[q] = place


@numba.njit(cache=True)
def flip(points, border, cv, co, vc, counts, aim):
    """Turn edges towards valence 6 (aim 0) or towards better triangles (aim 1)."""
    for c in range(3 * counts[1]):
        d = co[c]
        if cv[c] <= 0 or d < c:
            continue
        cn, cp, dn, dp = nxt(c), prv(c), nxt(d), prv(d)
        a, b, q, e = cv[c], cv[cn], cv[cp], cv[d]
        if b == 0 or q == 0 or e == 0:
            continue
        pa, pb, pq, pe = points[a], points[b], points[q], points[e]
        before = min(quality(pa, pb, pq), quality(pe, pq, pb))
        after = min(quality(pa, pb, pe), quality(pe, pq, pa))
        na, nb = valence(a, cv, co, vc), valence(b, cv, co, vc)
        nq, ne = valence(q, cv, co, vc), valence(e, cv, co, vc)
        if nb < 5 or nq < 5:
            continue
        if aim == 0:
            wa, wb = 5 if border[a] else 6, 5 if border[b] else 6
            wq, we = 5 if border[q] else 6, 5 if border[e] else 6
            old = (na - wa) ** 2 + (nb - wb) ** 2 + (nq - wq) ** 2 + (ne - we) ** 2
            new = (na + 1 - wa) ** 2 + (nb - 1 - wb) ** 2 + (nq - 1 - wq) ** 2 + (ne + 1 - we) ** 2
            if new >= old or after < min(0.5, before):
                continue
        elif after <= before * 1.02:
            continue
        mean = normal(pa, pb, pq) + normal(pe, pq, pb)
        mean /= np.sqrt(np.sum(mean**2))
        n1, n2 = normal(pa, pb, pe), normal(pe, pq, pa)
        if np.sum(n1 * mean) < 0.7 * np.sqrt(np.sum(n1**2)) or np.sum(n2 * mean) < 0.7 * np.sqrt(
            np.sum(n2**2)
        ):
            continue
        if adjacent(a, e, cv, co, vc):
            continue
        o_cn, o_cp, o_dn, o_dp = co[cn], co[cp], co[dn], co[dp]
        # (c: a, b, e), (d: e, q, a)
        cv[cp], cv[dp] = e, a
        co[c], co[o_dn] = o_dn, c
        co[cn], co[dn] = dn, cn
        co[cp], co[o_cp] = o_cp, cp
        co[d], co[o_cn] = o_cn, d
        co[dp], co[o_dp] = o_dp, dp
        vc[a], vc[b], vc[e], vc[q] = c, cn, d, dn


@numba.njit(cache=True)
def relaxed(points, wanted, border, cv, co, vc):
    """Tangentially moved vertices: to the weighted middle of the ring, border vertices along the border."""
    result = points.copy()
    for v in range(1, len(points)):
        p = points[v]
        middle, around, total = np.zeros(3), np.zeros(3), 0.0
        ends, count = np.zeros((2, 3)), 0
        first = vc[v]
        c = first
        while True:
            b, q = cv[nxt(c)], cv[prv(c)]
            if b != 0 and q != 0:
                n = normal(p, points[b], points[q])
                size = (wanted[v] + wanted[b] + wanted[q]) / 3
                weight = np.sqrt(np.sum(n**2)) / size**2
                middle += weight * (p + points[b] + points[q]) / 3
                around += n
                total += weight
            elif count < 2:
                ends[count] = points[q] if b == 0 else points[b]
                count += 1
            c = nxt(co[nxt(c)])
            if c == first:
                break
        if border[v]:
            along = ends[1] - ends[0]
            along /= np.sqrt(np.sum(along**2))
            move = 0.5 * (ends[0] + ends[1]) - p
            result[v] = p + 0.6 * along * np.sum(move * along)
        else:
            around /= np.sqrt(np.sum(around**2))
            move = middle / total - p
            result[v] = p + 0.6 * (move - around * np.sum(move * around))
    return result
