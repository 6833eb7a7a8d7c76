"""The packages that photographs and scans need beyond the core."""

from __future__ import annotations

from importlib.util import find_spec

from zygoma.errors import InputError

_PACKAGES = ("cv2", "PIL", "trimesh")


def require_extra() -> None:
    """See that the extra ``photo`` is installed.

    Raises
    ------
    InputError
        It is not, and how to install it.
    """
    if missing := [name for name in _PACKAGES if find_spec(name) is None]:
        raise InputError(
            f'photographs and scans need more packages ({", ".join(missing)}): pip install "zygoma[photo]"'
        )
