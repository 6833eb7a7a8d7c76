"""From the dose of a session to what the tissue does: nerve fibres, then the chain of responses."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from zygoma.errors import RangeError
from zygoma.evidence import Priors
from zygoma.plan.kept_fibres import KeptFibres, Rows
from zygoma.plan.stages import Stages
from zygoma.provenance import content_hash, load_data, versions
from zygoma.response.chain import Chain, propagate
from zygoma.response.exposure import Exposure
from zygoma.response.innervation import excitation, innervate
from zygoma.response.reach import Reach
from zygoma.response.spot import FACE

if TYPE_CHECKING:
    from zygoma.face import Face
    from zygoma.plan.drive import Drive
    from zygoma.plan.plan import Plan
    from zygoma.plan.uncertainty import Uncertainty
    from zygoma.treatment import Dose, Timetable
    from zygoma.treatment.session import Session

_PATHS = 0.3  # of the time of the fibres: reading the potential along them


def fibres_of(session: Session, drive: Drive, dose: Dose, stage: Stages) -> tuple[Rows, str | None]:
    """Thresholds of the nerve fibres, kept between runs, or none and a sentence that says why.

    Parameters
    ----------
    session : Session
        Of a face.
    drive : Drive
        The waveform.
    dose : Dose
        Gives the current at every position.
    stage : Stages
        Tells how far it is.
    """
    with stage("fibres") as tell:
        # a threshold knows the shape of the current, not its amplitude: that of the strongest position is 1 A
        unit, most = drive.waveform.scaled(1.0), float(dose.current.max())
        relative = dose.current / most
        data = [load_data("innervation.toml"), load_data("fibres.toml"), versions()["zygoma"]]
        key = content_hash(session.hash(unit), relative.round(9), data)
        kept = KeptFibres(key)
        rows = kept.whole()
        if rows is None:
            session.solve()  # nothing to do, unless the dose was kept and the lead field was not

            def told(part: str, done: int, total: int) -> None:
                share = done / total
                tell(round(100 * (_PATHS * share if part == "paths" else _PATHS + (1 - _PATHS) * share)), 100)

            try:
                rows = innervate(session, unit, relative, told, kept)
            except RangeError as error:
                return (), f"Thresholds of nerve fibres were not computed: {error}."
            kept.finish(rows)
        return tuple(row.scaled(most) for row in rows), None


def chain_of(
    plan: Plan,
    drive: Drive,
    face: Face,
    timetable: Timetable,
    dose: Dose,
    rows: Rows,
    sessions: int,
    stage: Stages,
) -> Chain:
    """The chain of responses to a course of sessions."""
    with stage("responses"):
        exposure = Exposure.of(
            dose, timetable, drive.waveform, drive.electrode, age=plan.face.age, sessions=sessions
        )
        excited = excitation(rows, exposure.amplitude) if rows else None
        return propagate(
            exposure,
            excited,
            Priors.load(plan.priors),
            seed=plan.options.seed,
            reach=Reach.of(face),
        )


def with_spread(chain: Chain, plan: Plan, uncertainty: Uncertainty) -> Chain:
    """The chain again, with the spread of the dose that was found instead of the assumed one."""
    return propagate(
        chain.exposure,
        chain.excitation,
        Priors.load(plan.priors),
        spread_of(uncertainty),
        seed=chain.seed,
        reach=chain.reach,
    )


def spread_of(uncertainty: Uncertainty) -> Mapping[str, float]:
    """Standard deviation of the logarithm of the dose by muscle and region, and their median for the face."""
    found: dict[str, float] = {}
    for name in uncertainty.names:
        kind, place, quantity = name.split("/")
        interval = uncertainty.interval(kind, place, quantity)
        if quantity == "charge_density" and interval is not None and interval.low > 0:
            found[place] = math.log(interval.high / interval.low) / (2 * 1.6449)
    if found:
        found[FACE] = sorted(found.values())[len(found) // 2]
    return found
