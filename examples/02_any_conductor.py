"""The resistance of a bar, R = L / (sigma A), found by the same solver that a face goes through.

Current enters one end and leaves the other, spread over the end's nodes by their share of its area.
"""

import numpy as np

from zygoma import LeadField, VolumeConductor

length, width, sigma, n = 0.10, 0.02, 0.3, 4  # m, m, S/m, cubes across
x = np.linspace(0.0, length, 5 * n + 1)
y = np.linspace(0.0, width, n + 1)
nodes = np.stack(np.meshgrid(x, y, y, indexing="ij"), axis=-1).reshape(-1, 3)
number = np.arange(len(nodes)).reshape(len(x), len(y), len(y))

# every cube is cut into six tetrahedra around its diagonal
corner = np.stack(np.meshgrid(*(np.arange(k - 1) for k in number.shape), indexing="ij"), -1).reshape(-1, 3)
steps = [
    np.eye(3, dtype=int)[list(order)]
    for order in ((0, 1, 2), (1, 2, 0), (2, 0, 1), (0, 2, 1), (2, 1, 0), (1, 0, 2))
]
paths = [np.vstack([np.zeros(3, dtype=int), np.cumsum(step, axis=0)]) for step in steps]
tets = np.vstack([number[tuple(np.moveaxis(corner[:, None] + path, -1, 0))] for path in paths])
edges = nodes[tets[:, 1:]] - nodes[tets[:, :1]]
tets[np.linalg.det(edges) < 0] = tets[np.linalg.det(edges) < 0][:, [0, 2, 1, 3]]

one = np.ones(n + 1)
one[[0, -1]] = 0.5
share = np.outer(one, one).ravel() / n**2
current = dict(zip(number[0].ravel().tolist(), 400e-6 * share, strict=True))
current |= dict(zip(number[-1].ravel().tolist(), -400e-6 * share, strict=True))

field = LeadField(VolumeConductor(nodes, tets, sigma), cache=False).field(current)
exact = length / (sigma * width**2)
print(field)
print(f"{field.resistance:.1f} ohm, exactly {exact:.1f} ohm")
# the tetrahedra of a cube weigh its corners unevenly, which shows only near the ends
assert abs(field.resistance / exact - 1) < 0.005
