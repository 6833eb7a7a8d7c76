"""The face in three dimensions: viser's own standalone page, made without a network."""

from __future__ import annotations

import base64
import contextlib
import gzip
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.report.palette import Scale
from zygoma.report.surfaces import LayerSurface

_SIZE = 2.0  # height of the body in the scene's own units
_AXES = np.array(
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
)  # body (left, up, front) -> scene (front, left, up)


def standalone(
    surface: LayerSurface,
    values: NDArray[np.floating],
    scale: Scale,
    paths: tuple[tuple[NDArray[np.floating], tuple[int, int, int]], ...],
) -> str:
    """A page of its own with the coloured surface and the paths of the probes.

    The scene is built by a server bound to 127.0.0.1 on a free port, which is closed before this returns.

    Parameters
    ----------
    surface : LayerSurface
        The skin.
    values : array (M,)
        Quantity of every element.
    scale : Scale
        Colours.
    paths : tuple of (segments (k, 2, 3) [m], colour)
        Lines over the skin.

    Returns
    -------
    str
        HTML that asks for nothing from outside.
    """
    import trimesh
    import viser

    middle = (surface.points.min(axis=0) + surface.points.max(axis=0)) / 2
    factor = _SIZE / float(np.ptp(surface.points[:, 1]))

    def place(points: NDArray[np.floating]) -> NDArray[np.float32]:
        return (((points - middle) * factor) @ _AXES.T).astype(np.float32)

    mesh = trimesh.Trimesh(place(surface.points), surface.triangles, process=False)
    mesh.visual = _coloured(scale, surface.at_corners(values))
    with contextlib.redirect_stdout(io.StringIO()):  # viser greets on standard output
        server = viser.ViserServer(host="127.0.0.1", port=0, verbose=False)
        try:
            server.scene.set_up_direction("+z")
            server.scene.world_axes.visible = False
            server.initial_camera.position = (3.0, -1.1, 0.35)
            server.initial_camera.look_at = (0.0, 0.0, 0.0)
            server.initial_camera.fov = np.radians(42.0)
            server.scene.configure_default_lights(enabled=True, cast_shadow=False)
            server.scene.add_light_ambient("/light", intensity=0.4)  # near the colours of the legend
            server.scene.add_mesh_trimesh("/skin", mesh, cast_shadow=False, receive_shadow=False)
            for number, (segments, colour) in enumerate(paths):
                if len(segments):
                    lines = place(segments.reshape(-1, 3)).reshape(-1, 2, 3)
                    server.scene.add_line_segments(
                        f"/path_{number}", lines, colour, thickness=1.5, thickness_units="screen"
                    )
            return str(server.scene.as_html())
        finally:
            server.stop()


def _coloured(scale: Scale, values: NDArray[np.float64]) -> Any:
    """Matt surface with the scale as its texture, so that colours between corners are the scale's own."""
    from PIL import Image
    from trimesh.visual import TextureVisuals
    from trimesh.visual.material import PBRMaterial

    strip = Image.fromarray(np.rint(scale.table * 255).astype(np.uint8)[None])
    material = PBRMaterial(baseColorTexture=strip, metallicFactor=0.0, roughnessFactor=0.9)
    place = (0.5 + 255 * scale.position(values)) / 256
    return TextureVisuals(uv=np.c_[place, np.full(len(place), 0.5)], material=material)


def packed(page: str) -> str:
    """A page as compressed base64 text, to be unpacked by the reader's browser."""
    return base64.b64encode(gzip.compress(page.encode("utf-8"), 9, mtime=0)).decode("ascii")
