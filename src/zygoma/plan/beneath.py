"""The skin right under the contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zygoma.treatment.summary import weighted_percentile

if TYPE_CHECKING:
    from zygoma.face import Face
    from zygoma.treatment import Dose, Timetable

_SKIN = "skin"


def density_under_contacts(face: Face, dose: Dose, timetable: Timetable, radius: float) -> float | None:
    """Volume-weighted 95th percentile of the session's peak |J| in the skin under the contacts [A/m2].

    Parameters
    ----------
    face : Face
        Whose skin.
    dose : Dose
        Peak |J| of each element.
    timetable : Timetable
        Where the contacts rest.
    radius : float
        Of the contacts [m].

    Returns
    -------
    float or None
        None where no skin element has its centre within a contact's radius of a position.
    """
    from scipy.spatial import cKDTree

    skin = np.flatnonzero(np.asarray(face.tissue) == list(face.tissues).index(_SKIN))
    centres = face.nodes[face.tets[skin]].mean(axis=1)
    places = cKDTree(np.unique(np.concatenate([timetable.points_a, timetable.points_b]), axis=0))
    away, _ = places.query(centres, distance_upper_bound=radius)
    under = skin[np.isfinite(away)]
    return weighted_percentile(dose.peak[under], dose.volumes[under], 0.95) if len(under) else None
