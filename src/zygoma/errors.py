"""Errors of zygoma: each says what was given, what was expected and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class ZygomaError(Exception):
    """Base of every error that zygoma raises on purpose."""


class InputError(ZygomaError):
    """What the caller gave cannot be used; the command line exits with 2."""


class UnitError(InputError):
    """A quantity has no unit, an unknown unit or one of another dimension."""


class RangeError(InputError):
    """A value lies outside the range in which it means something."""


class UnknownNameError(InputError):
    """A name is not among the known ones.

    Parameters
    ----------
    kind : str
        What is named, for the message: ``"muscle"``, ``"device"``, ``"key"``.
    given : str
        The name that was given.
    known : iterable of str
        The names that exist; the nearest one is offered.
    """

    def __init__(self, kind: str, given: str, known: Iterable[str]) -> None:
        names = sorted(known)
        near = get_close_matches(given, names, n=1, cutoff=0.5)
        shown = ", ".join(names[:12]) + (f", ... ({len(names)} in all)" if len(names) > 12 else "")
        hint = f"did you mean {near[0]!r}?" if near else f"known: {shown or 'none'}"
        super().__init__(f"unknown {kind} {given!r}; {hint}")
        self.kind, self.given, self.known = kind, given, tuple(names)


class PriorError(InputError):
    """A prior has a distribution that does not exist, wrong parameters, or values that cannot be."""


class ContactError(InputError):
    """A contact is off the body, overlaps another or cannot be resolved by the mesh."""


class FaceError(InputError):
    """A photograph or scan shows no face that can be measured: none, several, turned away or too small."""


class MeshError(ZygomaError):
    """A mesh is not a valid body: inverted, open or unconnected elements."""


class SchedulerError(ZygomaError):
    """Workers or the scheduler that leads them cannot be reached, or were lost too often."""


class SolverError(ZygomaError):
    """A solution does not meet its own check (residual, delivered current, power balance)."""
