"""Fields of pairs of uniform-current contacts on a head, all right-hand sides solved in one block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.field.conductor import VolumeConductor
from zygoma.field.contact import Contact, check_contacts
from zygoma.field.solver import Choice, factorise
from zygoma.field.tensors import apply

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Potentials of contact pairs that carry one current, in at the first and out at the second contact.

    Attributes
    ----------
    conductor : VolumeConductor
        The body.
    sources : (n, p) array
        Nodal currents of each pair [A].
    potential : (n, p) array
        Potential of each pair [V].
    current : float
        Current of every pair [A].
    """

    conductor: VolumeConductor
    sources: Array
    potential: Array
    current: float

    @classmethod
    def solve(
        cls,
        conductor: VolumeConductor,
        ends: Sequence[tuple[ArrayLike, ArrayLike]],
        radius: float,
        current: float,
        solver: Choice = "auto",
    ) -> Pairs:
        """Solve all pairs in one block.

        Parameters
        ----------
        conductor : VolumeConductor
            The body.
        ends : sequence of pairs of (3,) arrays
            Middles of the two contacts of each pair [m].
        radius : float
            Radius of the contacts [m].
        current : float
            Current of each pair [A].
        solver : {"auto", "cholesky", "amg"}
            See `zygoma.field.solver.factorise`.

        Raises
        ------
        ContactError
            A contact is off the skin, or the two of a pair overlap.
        """
        sources = np.zeros((len(conductor.nodes), len(ends)))
        for column, pair in enumerate(ends):
            patches = [Contact(point, radius).on(conductor.surface) for point in pair]
            check_contacts(conductor, patches)
            for patch, amperes in zip(patches, (current, -current), strict=True):
                sources[patch.nodes, column] += amperes * patch.weights / patch.area
        free = conductor.free
        engine = factorise(conductor.stiffness[free][:, free], solver)
        potential = np.zeros_like(sources)
        potential[free] = engine.solve(sources[free])
        engine.free()
        return cls(conductor, sources, potential, current)

    def current_density(self, pair: int, elements: NDArray[np.int64]) -> Array:
        """Current density (k, 3) [A/m2] of a pair in some elements."""
        body = self.conductor
        E = -np.einsum("mi,mij->mj", self.potential[body.tets[elements], pair], body.gradients[elements])
        return apply(body.conductivity[elements], E)

    def mean(self, pair: int, elements: NDArray[np.int64]) -> float:
        """Mean |J| [A/m2] over the volume of some elements."""
        J = np.linalg.norm(self.current_density(pair, elements), axis=1)
        return float(np.average(J, weights=self.conductor.volumes[elements]))

    def resistance(self, pair: int) -> float:
        """Power put in over the squared current [ohm]."""
        return float(self.sources[:, pair] @ self.potential[:, pair]) / self.current**2

    def share_reaching(self, pair: int, elements: NDArray[np.int64]) -> float:
        """Half the sum of the absolute nodal currents that these elements draw, over the current."""
        body = self.conductor
        J = self.current_density(pair, elements)
        flux = -np.einsum("mij,mj->mi", body.gradients[elements], J) * body.volumes[elements, None]
        draw = np.bincount(body.tets[elements].ravel(), flux.ravel(), len(body.nodes))
        return 0.5 * float(np.abs(draw).sum()) / self.current
