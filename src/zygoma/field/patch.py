"""Exact area of a disc on the triangles of the skin, compiled.

The triangles near the contact are projected onto its tangent plane and cut with the disc. Moments
up to second order of the cut part come from Green's theorem (a sum over its straight and curved
edges), so the integrals of linear functions and of their products are exact, and they change
smoothly as the disc slides.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

_STEEP, _FACING = 0.1, 0.3  # cosines between which a triangle turning away fades out
_NORMAL_RADIUS = 1.5  # of the disc: where the normal is averaged


@numba.njit(cache=True)
def closest_point(p: Any, a: Any, b: Any, c: Any) -> Any:
    """Point of triangle abc nearest to p (Ericson, Real-Time Collision Detection, 5.1.5)."""
    ab, ac, ap = b - a, c - a, p - a
    d1, d2 = np.dot(ab, ap), np.dot(ac, ap)
    if d1 <= 0 and d2 <= 0:
        return a.copy()
    bp = p - b
    d3, d4 = np.dot(ab, bp), np.dot(ac, bp)
    if d3 >= 0 and d4 <= d3:
        return b.copy()
    vc = d1 * d4 - d3 * d2
    if vc <= 0 and d1 >= 0 and d3 <= 0:
        return a + ab * (d1 / (d1 - d3))
    cp = p - c
    d5, d6 = np.dot(ab, cp), np.dot(ac, cp)
    if d6 >= 0 and d5 <= d6:
        return c.copy()
    vb = d5 * d2 - d1 * d6
    if vb <= 0 and d2 >= 0 and d6 <= 0:
        return a + ac * (d2 / (d2 - d6))
    va = d3 * d6 - d5 * d4
    if va <= 0 and d4 - d3 >= 0 and d5 - d6 >= 0:
        return b + (c - b) * ((d4 - d3) / ((d4 - d3) + (d5 - d6)))
    total = va + vb + vc
    return a + ab * (vb / total) + ac * (vc / total)


@numba.njit(cache=True)
def foot_point(
    p: Any, starts: Any, points: Any, triangles: Any, neighbours: Any, offsets: Any, around: Any
) -> Any:
    """Nearest point of the surface around some start nodes: (triangle, point, distance)."""
    best, triangle = np.inf, -1
    foot = p.copy()
    for start in starts:
        for j in range(offsets[start], offsets[start + 1]):
            first = around[j]
            for side in range(4):
                t = first if side == 3 else neighbours[first, side]
                if t < 0:
                    continue
                q = closest_point(
                    p, points[triangles[t, 0]], points[triangles[t, 1]], points[triangles[t, 2]]
                )
                distance = math.sqrt(np.sum((p - q) ** 2))
                if distance < best - 1e-15:
                    best, triangle, foot = distance, t, q
    return triangle, foot, best


@numba.njit(cache=True)
def mean_normal(
    seed: int, foot: Any, radius: float, points: Any, triangles: Any, neighbours: Any, area: Any
) -> Any:
    """Unit normal of the connected skin around the foot, averaged with weights that fade to 0."""
    reach = _NORMAL_RADIUS * radius
    seen = np.zeros(len(triangles), dtype=np.bool_)
    queue = [seed]
    seen[seed] = True
    total = 1e-9 * area[seed]
    head = 0
    while head < len(queue):
        t = queue[head]
        head += 1
        near = t == seed
        weight = 0.0
        for i in range(3):
            # three quadrature points at the middles of the edges
            m = 0.5 * (points[triangles[t, i]] + points[triangles[t, (i + 1) % 3]])
            ratio = np.sum((m - foot) ** 2) / reach**2
            if ratio < 1.0:
                near = True
                weight += (1.0 - ratio) ** 2
            near = near or np.sum((points[triangles[t, i]] - foot) ** 2) < reach**2
        total += weight * area[t]
        if near:
            for i in range(3):
                other = neighbours[t, i]
                if other >= 0 and not seen[other]:
                    seen[other] = True
                    queue.append(other)
    return total / math.sqrt(np.sum(total**2))


@numba.njit(cache=True)
def _add_triangle(m: Any, px: float, py: float, qx: float, qy: float) -> None:
    area = 0.5 * (px * qy - py * qx)
    m[0] += area
    m[1] += area * (px + qx) / 3.0
    m[2] += area * (py + qy) / 3.0
    m[3] += area * (px * px + px * qx + qx * qx) / 6.0
    m[4] += area * (2.0 * px * py + px * qy + qx * py + 2.0 * qx * qy) / 12.0
    m[5] += area * (py * py + py * qy + qy * qy) / 6.0


@numba.njit(cache=True)
def _add_sector(m: Any, radius: float, px: float, py: float, qx: float, qy: float) -> None:
    cross, dot = px * qy - py * qx, px * qx + py * qy
    if cross == 0.0:
        return
    t1 = math.atan2(py, px)
    turn = math.atan2(cross, dot)
    t2 = t1 + turn
    s1, c1, s2, c2 = math.sin(t1), math.cos(t1), math.sin(t2), math.cos(t2)
    m[0] += 0.5 * radius**2 * turn
    m[1] += radius**3 / 3.0 * (s2 - s1)
    m[2] -= radius**3 / 3.0 * (c2 - c1)
    m[3] += radius**4 / 8.0 * (turn + s2 * c2 - s1 * c1)
    m[4] += radius**4 / 8.0 * (s2 * s2 - s1 * s1)
    m[5] += radius**4 / 8.0 * (turn - s2 * c2 + s1 * c1)


@numba.njit(cache=True)
def disc_moments(x: Any, y: Any, radius: float) -> Any:
    """Integrals of 1, x, y, x2, xy, y2 over a triangle cut with a disc round the origin.

    Parameters
    ----------
    x, y : (3,) arrays
        Corners [m]; counter-clockwise gives positive area.
    radius : float
        Radius of the disc [m].
    """
    m = np.zeros(6)
    for i in range(3):
        j = (i + 1) % 3
        ax, ay, bx, by = x[i], y[i], x[j], y[j]
        dx, dy = bx - ax, by - ay
        a = dx * dx + dy * dy
        b = ax * dx + ay * dy
        disc = b * b - a * (ax * ax + ay * ay - radius * radius)
        low, high = 0.0, 0.0
        if disc > 0.0 and a > 0.0:
            root = math.sqrt(disc)
            low = min(max((-b - root) / a, 0.0), 1.0)
            high = min(max((-b + root) / a, 0.0), 1.0)
        if high <= low:
            _add_sector(m, radius, ax, ay, bx, by)
            continue
        px, py = ax + low * dx, ay + low * dy
        qx, qy = ax + high * dx, ay + high * dy
        if low > 0.0:
            _add_sector(m, radius, ax, ay, px, py)
        _add_triangle(m, px, py, qx, qy)
        if high < 1.0:
            _add_sector(m, radius, qx, qy, bx, by)
    return m


@numba.njit(cache=True)
def clip_disc(
    seed: int, foot: Any, normal: Any, radius: float, points: Any, triangles: Any, neighbours: Any, area: Any
) -> Any:
    """Cut the disc with the skin that is connected to the seed triangle and faces the contact.

    Returns
    -------
    found : (t,) array
        Triangles that the disc touches.
    weights : (t, 3) array
        Integral of each linear function over the true (not projected) cut area [m2].
    mass : (t, 3, 3) array
        Integrals of their products [m2].
    projected : float
        Area of the part of the disc that lies on skin [m2].
    """
    axis = np.zeros(3)
    axis[np.argmin(np.abs(normal))] = 1.0
    u = np.cross(axis, normal)
    u /= math.sqrt(np.sum(u**2))
    v = np.cross(normal, u)
    seen = np.zeros(len(triangles), dtype=np.bool_)
    queue = [seed]
    seen[seed] = True
    found = [seed]
    found.pop()
    rows = [np.zeros(12)]
    rows.pop()
    projected = 0.0
    x, y = np.zeros(3), np.zeros(3)
    head = 0
    while head < len(queue):
        t = queue[head]
        head += 1
        twice = 2.0 * math.sqrt(np.sum(area[t] ** 2))
        cosine = np.dot(area[t], normal) * 2.0 / twice
        if cosine <= _STEEP:
            continue
        for i in range(3):
            d = points[triangles[t, i]] - foot
            x[i], y[i] = np.dot(d, u), np.dot(d, v)
        m = disc_moments(x, y, radius)
        if m[0] <= 1e-14 * radius**2:
            continue
        fade = min(1.0, (cosine - _STEEP) / (_FACING - _STEEP))
        fade = fade * fade * (3.0 - 2.0 * fade)
        projected += m[0] * fade
        scale = fade / cosine
        row = np.empty(12)
        c = np.empty((3, 3))
        for i in range(3):
            j, k = (i + 1) % 3, (i + 2) % 3
            det = twice * cosine
            c[i, 0] = (x[j] * y[k] - x[k] * y[j]) / det
            c[i, 1] = (y[j] - y[k]) / det
            c[i, 2] = (x[k] - x[j]) / det
            row[i] = scale * (c[i, 0] * m[0] + c[i, 1] * m[1] + c[i, 2] * m[2])
        for i in range(3):
            for j in range(3):
                row[3 + 3 * i + j] = scale * (
                    c[i, 0] * c[j, 0] * m[0]
                    + (c[i, 0] * c[j, 1] + c[i, 1] * c[j, 0]) * m[1]
                    + (c[i, 0] * c[j, 2] + c[i, 2] * c[j, 0]) * m[2]
                    + c[i, 1] * c[j, 1] * m[3]
                    + (c[i, 1] * c[j, 2] + c[i, 2] * c[j, 1]) * m[4]
                    + c[i, 2] * c[j, 2] * m[5]
                )
        found.append(t)
        rows.append(row)
        for i in range(3):
            other = neighbours[t, i]
            if other >= 0 and not seen[other]:
                seen[other] = True
                queue.append(other)
    size = len(found)
    weights, mass = np.empty((size, 3)), np.empty((size, 3, 3))
    index = np.empty(size, dtype=np.int64)
    for r in range(size):
        index[r] = found[r]
        weights[r] = rows[r][:3]
        mass[r] = rows[r][3:].reshape(3, 3)
    return index, weights, mass, projected
