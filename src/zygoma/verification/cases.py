"""All verification cases by name, and their run."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from zygoma.errors import UnknownNameError
from zygoma.verification.admittivity import admittivity
from zygoma.verification.cheek import cheek
from zygoma.verification.flat import disc_pairs, electrode_model, point_on_surface, slab_orders
from zygoma.verification.head import head_identities, head_solvers
from zygoma.verification.muscles import convergence, mirror
from zygoma.verification.numerics import contacts, identities, routes
from zygoma.verification.record import Record
from zygoma.verification.round import three_shells

CASES: dict[str, Callable[[], list[Record]]] = {
    "identities": identities,
    "routes": routes,
    "contacts": contacts,
    "slab": slab_orders,
    "points": point_on_surface,
    "discs": disc_pairs,
    "electrode-model": electrode_model,
    "sphere": three_shells,
    "admittivity": admittivity,
    "cheek": cheek,
    "head": head_identities,
    "head-solvers": head_solvers,
    "mirror": mirror,
    "convergence": convergence,
}


def run(names: Iterable[str] = (), progress: Callable[[str, int, int], None] | None = None) -> list[Record]:
    """Records of the named cases, or of all.

    Parameters
    ----------
    names : iterable of str
        Names of `CASES`; none means all.
    progress : callable, optional
        Called as ``progress(case, cases done, cases)``.

    Raises
    ------
    UnknownNameError
        There is no such case.
    """
    chosen = list(names) or list(CASES)
    for name in chosen:
        if name not in CASES:
            raise UnknownNameError("verification case", name, CASES)
    records = []
    for done, name in enumerate(chosen):
        records += CASES[name]()
        if progress is not None:
            progress(name, done + 1, len(chosen))
    return records
