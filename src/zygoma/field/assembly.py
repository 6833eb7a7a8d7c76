"""Stiffness matrix of a body by scikit-fem: linear tetrahedra, a conductivity tensor per element."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


def assemble(nodes: NDArray[Any], tets: NDArray[Any], conductivity: NDArray[Any]) -> sparse.csr_matrix:
    """Matrix of the weak form ``integral sigma grad(u) . grad(v) dV`` with P1 elements.

    Parameters
    ----------
    nodes : (n, 3) array
        Coordinates [m]; every node must belong to an element.
    tets : (m, 4) array of int
        Elements.
    conductivity : (m,) or (m, 6) array
        Isotropic values or symmetric tensors ``[xx, yy, zz, xy, xz, yz]`` [S/m], real or complex.

    Returns
    -------
    (n, n) csr_matrix
        Symmetric, rows sum to zero [S]; complex for complex conductivity.
    """
    from skfem import Basis, BilinearForm, ElementTetP1, MeshTet

    mesh = MeshTet(
        np.ascontiguousarray(nodes.T, dtype=np.float64),
        np.ascontiguousarray(tets.T, dtype=np.int32),
        sort_t=False,
        validate=False,
    )
    basis = Basis(mesh, ElementTetP1(), intorder=1)
    kind = np.complex128 if np.iscomplexobj(conductivity) else np.float64
    sigma = np.ascontiguousarray(conductivity.T, dtype=kind)[..., None]

    def isotropic(u: Any, v: Any, w: Any) -> Any:
        g, h = u.grad, v.grad
        return sigma * (g[0] * h[0] + g[1] * h[1] + g[2] * h[2])

    def anisotropic(u: Any, v: Any, w: Any) -> Any:
        g, h = u.grad, v.grad
        xx, yy, zz, xy, xz, yz = sigma
        return (
            (xx * g[0] + xy * g[1] + xz * g[2]) * h[0]
            + (xy * g[0] + yy * g[1] + yz * g[2]) * h[1]
            + (xz * g[0] + yz * g[1] + zz * g[2]) * h[2]
        )

    form = BilinearForm(anisotropic if conductivity.ndim == 2 else isotropic, dtype=kind)
    matrix = form.assemble(basis).tocsr()
    matrix.sort_indices()
    return matrix
