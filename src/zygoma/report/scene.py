"""The face in three dimensions: viser's own standalone page, made without a network."""

from __future__ import annotations

import base64
import contextlib
import gzip
import io

import numpy as np
from numpy.typing import NDArray

from zygoma.report.glb import glb
from zygoma.report.palette import Scale
from zygoma.report.paths import ProbePath
from zygoma.report.surfaces import LayerSurface
from zygoma.report.tone import light_of

_SIZE = 2.0  # height of what is looked at in the scene's own units
_GLOW, _LAMP = 0.8, 0.22  # shares of the legend's light: of itself, and facing the lamp; about 1 in front
_LAMP_AT = (3.0, -1.0, 1.5)
_AXES = np.array(
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
)  # body (left, up, front) -> scene (front, left, up)


def standalone(
    surface: LayerSurface,
    values: NDArray[np.floating],
    scale: Scale,
    paths: tuple[ProbePath, ...],
    above: float = -np.inf,
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
    paths : tuple of ProbePath
        Lines over the skin and places where a probe rests.
    above : float
        The view is centred on what lies above this y [m].

    Returns
    -------
    str
        HTML that asks for nothing from outside.
    """
    import viser

    seen = surface.points[surface.points[:, 1] >= above]
    middle = (seen.min(axis=0) + seen.max(axis=0)) / 2
    factor = _SIZE / float(np.ptp(seen[:, 1]))

    def place(points: NDArray[np.floating]) -> NDArray[np.float32]:
        return np.asarray(((points - middle) * factor) @ _AXES.T, dtype=np.float32)

    at_middle = (0.5 + 255 * scale.position(surface.at_corners(values))) / 256  # of a colour of the strip
    light = light_of(scale.table)
    skin = glb(place(surface.points), surface.normals @ _AXES.T, surface.triangles, at_middle, light, _GLOW)
    with contextlib.redirect_stdout(io.StringIO()):  # viser greets on standard output
        server = viser.ViserServer(host="127.0.0.1", port=0, verbose=False)
        try:
            server.scene.set_up_direction("+z")
            server.scene.world_axes.visible = False
            server.initial_camera.position = (3.0, -1.1, 0.35)
            server.initial_camera.look_at = (0.0, 0.0, 0.0)
            server.initial_camera.fov = np.radians(42.0)
            server.scene.configure_default_lights(enabled=False)
            server.scene.configure_environment_map(None)
            lamp = _LAMP * np.pi * float(light.max())  # of a matt surface three.js sends back 1 / pi
            server.scene.add_light_directional("/lamp", intensity=lamp, position=_LAMP_AT)
            server.scene.add_glb("/skin", skin, cast_shadow=False, receive_shadow=False)
            for number, path in enumerate(paths):
                if len(path.rests):
                    server.scene.add_point_cloud(
                        f"/rest_{number}", place(path.rests), path.rgb, point_size=0.012, point_shape="circle"
                    )
                if len(path.lines):
                    lines = place(path.lines.reshape(-1, 3)).reshape(-1, 2, 3)
                    server.scene.add_line_segments(
                        f"/path_{number}", lines, path.rgb, thickness=1.5, thickness_units="screen"
                    )
            return str(server.scene.as_html())
        finally:
            server.stop()


def packed(page: str) -> str:
    """A page as compressed base64 text, to be unpacked by the reader's browser."""
    return base64.b64encode(gzip.compress(page.encode("utf-8"), 9, mtime=0)).decode("ascii")
