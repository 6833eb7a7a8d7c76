"""Change of a muscle's resting tone over a course: a judgement, as no model and no measurement was found."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.response.draws import drawn

Array = NDArray[np.float64]


def change(volume_change: ArrayLike, draws: Mapping[str, ArrayLike]) -> Array:
    """Change of the resting force as a share of the muscle's greatest force.

    A muscle that grows by a share rests with that share more force; to this comes a change of tone of which
    nothing is known, centred on zero. A muscle cannot push: the change is at least the loss of all tone.

    Parameters
    ----------
    volume_change : array_like (n,)
        Relative change of volume.
    draws : mapping
        ``tone_rest`` and ``tone_change``, as `zygoma.evidence.Priors.draw` gives them.

    Returns
    -------
    ndarray (n,)
        0.01 is one per cent of the greatest force.
    """
    rest = drawn(draws, "tone_rest")
    return np.asarray(np.maximum(rest * np.asarray(volume_change) + drawn(draws, "tone_change"), -rest))
