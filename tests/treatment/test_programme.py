"""Programmes and timetables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from zygoma.errors import InputError, RangeError, UnknownNameError
from zygoma.provenance import load_data
from zygoma.treatment import Programme, Step


def programme(*muscles: str, neck: tuple[str, ...] = (), session: float = 120.0, **options) -> Programme:
    steps = tuple(Step.of({"muscle": name, **options}) for name in muscles)
    neck_steps = tuple(Step.of({"muscle": name}) for name in neck)
    return Programme(
        "test", ("r", "l"), session, 30, steps, neck_steps, 20.0, "assumption", "made for a test"
    )


def with_marks(body, **marks):
    return replace(body, marks={k: np.array(v) for k, v in marks.items()}, landmarks=tuple(marks))


def test_shipped_programmes() -> None:
    known = {made.id: made for made in Programme.catalogue()}
    assert set(known) == {"full-face", "forehead", "smile-line", "hands-free"}
    full = known["full-face"]
    assert (full.session, full.sessions, full.rate, full.sides) == (1200.0, 30, 20.0, ("r", "l"))
    assert len(full.steps) == 17
    assert [step.muscle for step in full.neck_steps] == [
        "platysma",
        "sternocleidomastoid",
        "digastric_anterior",
    ]
    assert all(made.status == "assumption" for made in known.values())
    fixed = {step.muscle: step.technique for step in full.steps if step.fixed}
    assert fixed == {
        "orbicularis_oris": "hold",
        "orbicularis_oculi": "hold",
        "corrugator": "apart",
        "procerus": "apart",
    }


def test_step_takes_the_defaults_of_the_data_file() -> None:
    step, defaults = (
        Step.of({"muscle": "dao", "hold_s": 2.5}),
        load_data("programmes.toml")["stroke_defaults"],
    )
    assert step.hold == 2.5
    assert (step.speed, step.gap, step.passes) == (
        defaults["speed_m_s"],
        defaults["gap_m"],
        defaults["passes"],
    )
    assert (step.technique, step.fixed) == ("toward", False)


def test_right_side_is_finished_before_the_left_and_the_middle_belongs_to_the_first(body) -> None:
    table = programme("m", "middle", session=100).timetable(body)
    assert table.labels == ("m_r toward", "middle toward", "m_l toward")
    assert table.positions == 2000
    assert table.session == 100
    once = round(table.time_of("middle toward") * 20)
    first = once + (2000 - once) // 2
    side = table.points_a[table.index][:, 0]
    assert np.all(side[:first] < 1e-3)
    assert np.all(side[first + 1 :] > 1e-3)


def test_muscles_without_a_side_are_treated_once_and_both_sides_get_the_same(body) -> None:
    made = programme("middle", "m", "short")
    table = made.timetable(body, session=300)
    alone = replace(made, steps=made.steps[:1]).timetable(body, session=300)
    assert alone.time_of("middle toward") == 300.0
    one_round = next(k for k in range(1, 6000) if alone.index[k] == 0) * made.steps[0].passes / 20
    assert table.time_of("middle toward") == pytest.approx(one_round)
    for name in ("m", "short"):
        right, left = (table.time_of(f"{name}_{side} toward") for side in "rl")
        assert right == pytest.approx(left, abs=0.051)


def test_list_is_repeated_until_the_share_is_full_and_cut(body) -> None:
    table = programme("m", session=100).timetable(body)
    a, b = table.path("m_r toward")
    assert len(a) == len(b)
    lap = len(table.index[:1000]) / 3
    ticks = table.index[:1000]
    per_pass = int(np.flatnonzero(ticks == 0)[1])
    assert np.array_equal(ticks, np.resize(ticks[:per_pass], 1000))
    assert per_pass < lap


def test_each_position_is_stored_once_and_used(body) -> None:
    table = programme("m", "short").timetable(body)
    pairs = np.hstack([table.points_a, table.points_b])
    assert len(np.unique(pairs, axis=0)) == len(pairs) == table.unique_positions
    assert np.array_equal(np.unique(table.index), np.arange(len(pairs)))
    assert table.seconds.sum() == pytest.approx(table.session)


def test_plan_technique_replaces_only_what_is_not_fixed(body) -> None:
    both = replace(
        programme("m"),
        steps=(
            Step.of({"muscle": "m"}),
            Step.of({"muscle": "middle", "technique": "apart", "fixed": True}),
        ),
    )
    assert set(both.timetable(body, technique="glide").labels) == {"m_r glide", "middle apart", "m_l glide"}


def test_glide_passes_every_place_once_and_in_order(body) -> None:
    table = programme("m", session=60).timetable(body, technique="glide")
    a, b = table.path("m_r glide")
    assert np.all(np.diff(a[:, 1]) > 0)  # the origin of m lies at larger y
    assert np.all(np.diff(b[:, 1]) > 0)
    assert np.all(np.linalg.norm(a - b, axis=1) > 0.014)


def test_hands_free_holds_both_sides_equally(body) -> None:
    shipped = Programme.load("hands-free")
    own = replace(shipped, steps=(replace(shipped.steps[0], muscle="m"),))
    table = own.timetable(body)
    assert table.positions == 24000
    assert table.unique_positions == 2
    assert np.allclose(table.seconds, 600)


def test_short_muscles_are_said(body) -> None:
    table = programme("short", "tiny").timetable(body)
    said = " ".join(table.assumptions)
    assert "short_r: its line of 13." in said
    assert "tiny_l: its line of 5." in said
    assert np.linalg.norm(table.points_a - table.points_b, axis=1).min() > 0.0118


def test_wide_electrodes_widen_the_gap_and_say_it(body) -> None:
    table = programme("m").timetable(body, contact_radius=0.008)
    assert "widened to 18 mm" in " ".join(table.assumptions)
    assert np.linalg.norm(table.points_a - table.points_b, axis=1).min() > 0.0175


def test_short_session_says_what_it_leaves_out(body) -> None:
    table = programme("m", "short").timetable(body, session=10.0)
    assert table.positions == 200
    assert "before these steps are reached: short_r toward, short_l toward" in table.messages[0]


def test_rings_are_held_at_their_landmarks(body) -> None:
    marks = {"modiolus_r": [-0.02, 0.03, 0], "modiolus_l": [0.02, 0.03, 0]}
    face = with_marks(replace(body, muscles=("orbicularis_oris",)), **marks)
    table = programme("orbicularis_oris", session=10).timetable(face, technique="toward")
    assert table.labels == ("orbicularis_oris hold",)
    assert np.allclose(table.points_a[0, :2], [-0.02, 0.03], atol=2e-3)
    assert np.allclose(table.points_b[0, :2], [0.02, 0.03], atol=2e-3)
    assert "The ring orbicularis_oris has no ends" in " ".join(table.assumptions)


def test_rings_of_a_side_take_the_landmarks_of_that_side(body) -> None:
    marks = {
        f"{name}_{side}": [sign * x, y, 0]
        for side, sign in (("r", -1), ("l", 1))
        for name, x, y in (("lateral_orbital_rim", 0.03, 0.0), ("brow_tail", 0.028, 0.018))
    }
    face = with_marks(replace(body, muscles=("orbicularis_oculi_r", "orbicularis_oculi_l")), **marks)
    table = programme("orbicularis_oculi", session=10).timetable(face)
    assert np.allclose(np.sign(table.points_a[:, 0]), [-1, 1])


def test_front_of_the_neck_shortens_or_leaves_out_and_the_warning_stands(body) -> None:
    low = dict(body.ends)
    for side, s in (("r", -1), ("l", 1)):
        low[f"neck_{side}"] = (np.array([s * 0.02, -0.045, 0]), np.array([s * 0.02, 0.0, 0]))
        low[f"throat_{side}"] = (np.array([s * 0.02, -0.046, 0]), np.array([s * 0.01, -0.03, 0]))
    face = replace(body, ends=low, muscles=tuple(low))
    made = programme("m", neck=("neck", "throat"))
    assert not any("Neck" in text for text in made.timetable(face).messages)
    table = made.timetable(face, neck=True)
    assert table.messages[0].startswith("Neck: a cleared indication")
    assert "K191672" in table.messages[0]
    assert "carotid sinus" in table.messages[0]
    assert "Step neck_r is shortened from" in " ".join(table.messages)
    assert "Step throat_r is left out: its contacts would lie over the front of the neck" in " ".join(
        table.messages
    )
    lowest = min(table.points_a[:, 1].min(), table.points_b[:, 1].min())
    assert lowest > -0.036 + 0.005 - 2e-3  # 5 mm before about y = -36 mm
    assert "neck_r toward" in table.labels
    assert not any(label.startswith("throat") for label in table.labels)


def test_bad_input(body) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'full-face'"):
        Programme.load("full face")
    with pytest.raises(UnknownNameError, match="unknown technique 'push'"):
        programme("m").timetable(body, technique="push")
    with pytest.raises(UnknownNameError, match="unknown muscle"):
        programme("masseter").timetable(body)
    with pytest.raises(RangeError, match="session"):
        programme("m").timetable(body, session=0.0)
    with pytest.raises(RangeError, match="contact radius"):
        programme("m").timetable(body, contact_radius=-1.0)
    all_front = replace(body, areas={**body.areas, "neck_front": np.arange(len(body.skin.triangles))})
    with pytest.raises(InputError, match="no step of programme 'test' can be made"):
        programme("m").timetable(all_front)


def test_same_input_same_timetable(body) -> None:
    one, other = (programme("m", "tiny").timetable(body) for _ in range(2))
    assert one.hash == other.hash
    assert one.hash != programme("m").timetable(body).hash
    assert len(str(one).splitlines()) <= 5
