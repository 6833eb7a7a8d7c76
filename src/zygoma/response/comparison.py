"""Several exposures side by side: levels of current, waveforms, techniques."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from zygoma.errors import InputError, UnknownNameError
from zygoma.evidence import Priors
from zygoma.response.chain import SAMPLES, Chain, propagate
from zygoma.response.excitation import Excitation
from zygoma.response.exposure import Exposure
from zygoma.response.response import Response
from zygoma.response.spot import FACE


@dataclass(frozen=True, eq=False)
class Comparison:
    """Chains of several exposures with the same draws, so that differences are those of the exposures.

    Attributes
    ----------
    chains : mapping of str to Chain
        By the name of the exposure, such as ``"400 uA"``.
    """

    chains: Mapping[str, Chain]

    def row(self, id: str, where: str = FACE) -> dict[str, Response]:
        """One response of every exposure.

        Raises
        ------
        UnknownNameError
            There is none of this name, or none there.
        """
        return {name: chain.response(id, where) for name, chain in self.chains.items()}

    def rows(self, ids: Iterable[str] | None = None, where: str = FACE) -> dict[str, dict[str, Response]]:
        """Several responses of every exposure; without names all that every one has there."""
        if ids is None:
            own = [
                dict.fromkeys(response.id for response in chain.responses if response.where == where)
                for chain in self.chains.values()
            ]
            ids = [id for id in own[0] if all(id in other for other in own)]
        return {id: self.row(id, where) for id in ids}

    def json(self) -> dict[str, Any]:
        """Plain values: the responses of the face by id and exposure."""
        return {
            id: {name: response.json() for name, response in row.items()} for id, row in self.rows().items()
        }


def compare(
    exposures: Mapping[str, Exposure],
    excitations: Mapping[str, Excitation] | None = None,
    priors: Priors | None = None,
    dose_spread: Mapping[str, float] | float | None = None,
    samples: int = SAMPLES,
    seed: int = 1,
) -> Comparison:
    """Propagate several exposures with the same draws.

    Parameters
    ----------
    exposures : mapping of str to Exposure
        By name; `Exposure.driven_by` makes those of other currents and waveforms at the same places.
    excitations : mapping of str to Excitation, optional
        Of some of them, by the same names.
    priors, dose_spread, samples, seed
        As `zygoma.response.chain.propagate` takes them.

    Raises
    ------
    InputError
        There are no exposures.
    UnknownNameError
        An excitation has the name of no exposure.
    """
    if not exposures:
        raise InputError("no exposures to compare; give at least one, by name")
    given = excitations or {}
    for name in given:
        if name not in exposures:
            raise UnknownNameError("exposure", name, exposures)
    return Comparison(
        {
            name: propagate(exposure, given.get(name), priors, dose_spread, samples, seed)
            for name, exposure in exposures.items()
        }
    )
