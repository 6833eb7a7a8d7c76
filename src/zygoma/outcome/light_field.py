"""Lights on skin that turns: of each lamp, from where and how strongly it shines at each place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.outcome.light import Light
from zygoma.provenance import load_data

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class LightField:
    """Lamps in the axes of the skin laid flat: x to the right, y down, z out of it.

    Rows and columns may be 1 and 1: then every place is lit alike.

    Attributes
    ----------
    direction : (k, 3, rows, columns) array
        Unit vectors towards each of k lamps.
    ambient : (k, rows, columns) array
        Share of the light on flat skin that comes evenly from all around, while that lamp is lit.
    softness : (k,) array
        Standard deviation of the directions of a lamp about its centre [rad].
    weight : (k, rows, columns) array
        What a lamp counts for, 0 to 1; 0 where it is behind the skin.
    view : (3, rows, columns) array
        Unit vector towards the camera.
    """

    direction: Array
    ambient: Array
    softness: Array
    weight: Array
    view: Array

    @classmethod
    def even(cls, lights: Sequence[Light]) -> LightField:
        """The same lights at every place of a flat piece of skin, seen from straight above."""
        direction = np.array([light.direction for light in lights])[:, :, None, None]
        ambient = np.array([light.ambient for light in lights])[:, None, None]
        softness = np.array([light.softness for light in lights])
        view = np.array([0.0, 0.0, 1.0])[:, None, None]
        return cls(direction, ambient, softness, np.ones_like(ambient), view)

    @property
    def sides(self) -> Array:
        """(k, 2, rows, columns) horizontal over vertical parts; 0 where a lamp does not count."""
        lit = self.weight > 0
        up = np.where(lit, self.direction[:, 2], 1.0)
        return np.where(lit[:, None], self.direction[:, :2] / up[:, None], 0.0)

    @cached_property
    def solver(self) -> Array:
        """(3, k, rows, columns) least squares from what the lamps give to ``rho / l, rho p / l, rho q / l``.

        With slopes p and q, ``l = sqrt(1 + p^2 + q^2)`` and the reflectance rho; 0 where not solvable.
        """
        inverse, _ = self._inverse
        return np.where(
            self.solvable, np.einsum("ijxy,kjxy->ikxy", inverse, self._system * self.weight[:, None]), 0.0
        )

    @cached_property
    def solvable(self) -> Array:
        """(rows, columns) bool: three lamps or more that do not stand in one line."""
        worst = load_data("wrinkle_index.toml")["photometric_stereo"]["condition"]["value"]
        return np.asarray(((self.weight > 0).sum(axis=0) >= 3) & (self._inverse[1] < worst))

    @property
    def _system(self) -> Array:
        """(k, 3, rows, columns) what each lamp gives for 1, p and q."""
        return np.concatenate([np.ones_like(self.weight)[:, None], -self.sides], axis=1)

    @cached_property
    def _inverse(self) -> tuple[Array, Array]:
        """(3, 3, rows, columns) inverse of the normal equations, and the condition of what they solve."""
        system = self._system
        normal = np.einsum("kixy,kxy,kjxy->xyij", system, self.weight, system)
        whole = np.linalg.det(normal) > 1e-9
        inverse = np.linalg.inv(np.where(whole[..., None, None], normal, np.eye(3)))
        size = [np.linalg.norm(one, axis=(-2, -1)) for one in (normal, inverse)]
        return np.moveaxis(inverse, (-2, -1), (0, 1)), np.where(whole, np.sqrt(size[0] * size[1]), np.inf)

    def at(self, place: tuple[int, ...]) -> LightField:
        """The lamps at one place (row, column) alone."""
        part = (..., slice(place[0], place[0] + 1), slice(place[1], place[1] + 1))
        return replace(
            self,
            direction=self.direction[part],
            ambient=self.ambient[part],
            weight=self.weight[part],
            view=self.view[part],
        )

    def without(self, number: int) -> LightField:
        """The same with one lamp not counted."""
        weight = self.weight.copy()
        weight[number] = 0.0
        return replace(self, weight=weight)
