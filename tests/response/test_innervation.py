"""Thresholds of the fibres of a face over a session."""

from __future__ import annotations

import math

import numpy as np
import pytest

from zygoma.device import Electrode, Waveform
from zygoma.face import Face
from zygoma.field import LeadField
from zygoma.provenance import load_data
from zygoma.response import innervation
from zygoma.response.along import polarisation, strongest
from zygoma.response.branches import motor_branches
from zygoma.response.innervation import Innervation, along_lines, excitation
from zygoma.response.stimulus import Stimulus
from zygoma.treatment import Programme
from zygoma.treatment.session import Session


def row(where: str, kind: str, model: str, ratio: float) -> Innervation:
    threshold = 4e-4 / ratio if ratio else math.inf
    return Innervation(where, "facial", kind, model, ratio, threshold, 3, 0.0 if ratio else math.nan)


def test_the_lowest_threshold_of_a_muscle_counts() -> None:
    rows = [
        row("risorius_r", "ending", "MRG 10 um", 0.5),
        row("risorius_r", "passing", "MRG 10 um", 0.8),
        row("risorius_r", "ending", "SENN 10 um", 0.0),
        row("dao_r toward", "dermal", "MRG 10 um", 4.0),
        row("dli_r toward", "dermal", "MRG 10 um", 5.0),
    ]
    found = excitation(rows, 4e-4)
    assert found.muscles == {"risorius_r": {"MRG 10 um": pytest.approx(5e-4), "SENN 10 um": math.inf}}
    assert found.skin == {"MRG 10 um": pytest.approx(8e-5)}


@pytest.mark.parametrize("ratio", [0.0, 0.7])
def test_rows_come_back_from_json(ratio: float) -> None:
    one = row("risorius_r", "ending", "MRG 10 um", ratio)
    again = Innervation.from_json(one.json())
    assert again.json() == one.json()
    assert again.threshold == one.threshold


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    face = Face.average(resolution="coarse")
    probe = Electrode.load("generic-probe")
    table = Programme.load("hands-free").timetable(face, None, False, 4.0, probe.contact_radius)
    return Session(LeadField(face.conductor(), cache=False), face, table, probe)


@pytest.mark.slow
def test_no_position_or_branch_that_was_left_out_excites_more_easily(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order by a passive cable against all positions and branches of two muscles."""
    muscles = ("zygomaticus_major_r", "dao_r")
    branches = [branch for branch in motor_branches(session.body) if branch.where in muscles]
    stimulus = Stimulus.of(Waveform.load("lifting"))
    current = np.full(session.timetable.unique_positions, 4e-4)
    choice = load_data("innervation.toml")
    chosen = list(along_lines(strongest(session, branches), stimulus, current))
    wide = {**choice, "reading": {**choice["reading"], "near": 0.0, "steps": 10_000}}
    for module in ("zygoma.response.along", "zygoma.response.innervation"):
        monkeypatch.setattr(f"{module}.load_data", lambda name: wide)
    everything = list(along_lines(strongest(session, branches), stimulus, current))
    assert len(everything) > len(chosen)
    for muscle in muscles:
        for model in ("MRG 10 um", "SENN 10 um"):
            few, all_ = (
                max(r.ratio for r in rows if r.where == muscle and r.model == model)
                for rows in (chosen, everything)
            )
            assert few == pytest.approx(all_, rel=2 * innervation.TOLERANCE)


@pytest.mark.slow
def test_thresholds_follow_the_current_and_the_field(session: Session) -> None:
    branches = [branch for branch in motor_branches(session.body) if branch.where == "zygomaticus_major_r"]
    lines = strongest(session, branches)
    stimulus = Stimulus.of(Waveform.load("lifting"))
    once, twice = (
        list(along_lines(lines, stimulus, np.full(session.timetable.unique_positions, amperes)))
        for amperes in (4e-4, 8e-4)
    )
    for a, b in zip(once, twice, strict=True):
        assert b.ratio == pytest.approx(2 * a.ratio)
        assert b.threshold == a.threshold
    # the potentials are those of the field of the two contacts
    line = lines[0]
    position = int(line.positions[0])
    table = session.timetable
    from zygoma.field import Contact
    from zygoma.response.interpolation import interpolation

    field = session.lead.field(
        Contact(table.points_a[position], session.electrode),
        Contact(table.points_b[position], session.electrode),
        current=1.0,
    )
    exact = interpolation(session.lead.conductor, line.branch.points) @ field.potential
    step = line.distance[1] - line.distance[0]
    found, own = (polarisation(v[None], step, 2.5e-3)[0] for v in (exact, line.potential[0]))
    assert np.abs(found).max() == pytest.approx(
        np.abs(own).max(), rel=0.1
    )  # smoothing takes some of the peak
