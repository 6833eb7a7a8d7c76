"""A piece of skin with wrinkles of known depth, and photographs of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import RangeError
from zygoma.outcome.light import Light
from zygoma.outcome.render.camera import Camera
from zygoma.outcome.render.photograph import Photograph
from zygoma.outcome.render.relief import Groove, carved, curve, roughness
from zygoma.outcome.render.shading import gloss, irradiance, sky
from zygoma.outcome.render.skin import albedo

Array = NDArray[Any]


@dataclass(frozen=True)
class Placement:
    """How skin lies before the camera: moved, turned and stretched about the middle of the picture.

    Attributes
    ----------
    shift : (x, y)
        [m]
    turn : float
        [rad]
    stretch : (x, y)
        Factors.
    """

    shift: tuple[float, float] = (0.0, 0.0)
    turn: float = 0.0
    stretch: tuple[float, float] = (1.0, 1.0)

    @classmethod
    def random(cls, rng: np.random.Generator, shift: float, turn: float, stretch: float) -> Placement:
        """Normal errors of these standard deviations [m], [rad], [1]."""
        move, scale = rng.normal(0.0, shift, 2), 1 + rng.normal(0.0, stretch, 2)
        return cls((move[0], move[1]), float(rng.normal(0.0, turn)), (scale[0], scale[1]))

    def matrix(self, shape: tuple[int, ...], pitch: float) -> Array:
        """Affine (2, 3) from skin to picture, in pixels (x, y)."""
        cos, sin = math.cos(self.turn), math.sin(self.turn)
        linear = np.array([[cos, -sin], [sin, cos]]) * np.array(self.stretch)
        middle = np.array([shape[1] - 1, shape[0] - 1]) / 2
        offset = middle + np.array(self.shift) / pitch - linear @ middle
        return np.column_stack([linear, offset])


@dataclass(frozen=True, eq=False)
class Patch:
    """Skin with carved wrinkles.

    Attributes
    ----------
    pitch : float
        [m] a pixel.
    grooves : tuple of Groove
        The wrinkles: the truth.
    rough : (rows, columns) array
        Height of pores and fine relief [m].
    albedo : (rows, columns, 3) array
        Diffuse reflectance.
    regions : mapping of str to (rows, columns) bool array
    base : (rows, columns) array, optional
        Height of the body that carries the skin [m]; flat if not given.
    """

    pitch: float
    grooves: tuple[Groove, ...]
    rough: Array
    albedo: Array
    regions: Mapping[str, Array] = field(default_factory=dict)
    base: Array | None = None

    @classmethod
    def random(
        cls,
        rng: np.random.Generator,
        *,
        size: tuple[float, float] = (60e-3, 30e-3),
        pitch: float = 0.1e-3,
        depth: float | tuple[float, float] = (0.05e-3, 0.4e-3),
        sigma: float | tuple[float, float] = (0.3e-3, 0.8e-3),
        count: int = 3,
        heading: float | None = 0.0,
        phototype: str = "II",
    ) -> Patch:
        """A patch (width, height [m]) with `count` wrinkles side by side.

        Parameters
        ----------
        rng : numpy Generator
        size, pitch : [m]
        depth, sigma : float or (low, high)
            [m]; drawn evenly where two are given.
        count : int
        heading : float or None
            Mean direction of the wrinkles [rad]; drawn at random for None.
        phototype : str

        Raises
        ------
        RangeError
            The patch has no room for its wrinkles.
        """
        shape = (round(size[1] / pitch), round(size[0] / pitch))
        turn = rng.uniform(0, np.pi) if heading is None else heading
        along, across = (
            np.array([math.cos(turn), math.sin(turn)]),
            np.array([-math.sin(turn), math.cos(turn)]),
        )
        half = np.array(size) / 2
        reach = min(h / abs(part) for h, part in zip(half, along, strict=True) if abs(part) > 1e-9)
        spread = min(h / abs(part) for h, part in zip(half, across, strict=True) if abs(part) > 1e-9)
        if count and 2 * spread / count < 5e-3:
            raise RangeError(f"{count} wrinkles need 5 mm each across; the patch has {2e3 * spread:.0f} mm")
        grooves = []
        for k in range(count):
            offset = spread * ((2 * k + 1) / count - 1)
            length = 2 * reach * rng.uniform(0.7, 0.85)
            if turn != 0.0:  # a slanting line that is moved aside leaves the patch earlier
                length *= 0.75
            start = half + offset * across - 0.5 * length * along
            grooves.append(Groove(curve(rng, start, turn, length), _drawn(rng, depth), _drawn(rng, sigma)))
        return cls(
            pitch,
            tuple(grooves),
            roughness(rng, shape, pitch),
            albedo(rng, shape, pitch, phototype),
            {"patch": np.ones(shape, dtype=bool)},
        )

    @cached_property
    def height(self) -> Array:
        """Relief (rows, columns) [m], 0 on the surface of flat skin."""
        shape = (self.rough.shape[0], self.rough.shape[1])
        relief = self.rough + carved(shape, self.pitch, self.grooves)
        return relief if self.base is None else relief + self.base

    @cached_property
    def _sky(self) -> Array:
        return sky(self.height, self.pitch)

    def faded(self, fade: float | Sequence[float]) -> Patch:
        """The same skin with its wrinkles shallower by a share (or one for each); below 0 is deeper."""
        shares = np.broadcast_to(np.asarray(fade, dtype=float), (len(self.grooves),))
        return replace(
            self,
            grooves=tuple(
                replace(groove, depth=groove.depth * (1 - share))
                for groove, share in zip(self.grooves, shares, strict=True)
            ),
        )

    def scene(self, light: Light) -> Array:
        """Linear light (rows, columns, 3) that the skin sends to a camera straight above it."""
        falls = irradiance(self.height, self.pitch, light, self._sky)
        return self.albedo * falls[..., None] + gloss(self.height, self.pitch, light)[..., None]

    def photograph(
        self,
        rng: np.random.Generator,
        light: Light,
        camera: Camera | None = None,
        placement: Placement | None = None,
    ) -> Photograph:
        """A photograph with its truth."""
        import cv2

        camera = Camera() if camera is None else camera
        placement = Placement() if placement is None else placement
        scene: Any = self.scene(light).astype(np.float32)
        matrix: Any = placement.matrix(scene.shape, self.pitch)
        moved = cv2.warpAffine(
            scene, matrix, scene.shape[1::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
        )
        file = camera.photograph(rng, np.asarray(moved), self.pitch)
        return Photograph(file, self.pitch, light, self.height, self.grooves, self.regions, matrix)


def _drawn(rng: np.random.Generator, value: float | tuple[float, float]) -> float:
    return float(rng.uniform(*value)) if isinstance(value, tuple) else value
