"""What the skin gets, from a dose made by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from zygoma.device import Electrode, Waveform
from zygoma.errors import InputError, RangeError
from zygoma.response.contact_time import contact_time, rest_fraction
from zygoma.response.exposure import Exposure
from zygoma.treatment import Timetable

PROBE = Electrode.load("generic-probe")  # 5 mm
X = np.arange(0.0, 61e-3, 10e-3)  # seven places of skin 10 mm apart
DT = 0.5


def timetable(a: list[int], b: list[int], index: list[int]) -> Timetable:
    """Probes at places by number, in the order of `index`."""
    points = np.column_stack([X, 0 * X, 0 * X])
    ticks = np.array(index, np.int32)
    return Timetable(points[a], points[b], ticks, np.zeros_like(ticks), ("step",), DT, PROBE.contact_radius)


# A at 0 for five ticks, then at 1 for three; B at 4, then at 0 (where A was), twice
TABLE = timetable([0, 1], [4, 0], [0] * 5 + [1] * 3 + [0] * 5 + [1] * 3)


def body(deep: bool = True) -> SimpleNamespace:
    """Seven elements of skin, one of fat; forehead is where x is under 25 mm."""
    shape = 1e-4 * (np.eye(4, 3) - 0.25 * np.array([1, 1, 1]))
    nodes = np.concatenate([np.array([x, 0, 0]) + shape for x in (*X, 0.0)])
    return SimpleNamespace(
        nodes=nodes,
        tets=np.arange(32).reshape(8, 4),
        tissue=np.array([0] * 7 + [1]),
        tissues=("skin", "fat"),
        regions=("forehead", "chin", "nose"),
        region_elements=lambda name: {"forehead": np.array([0, 1, 2, 7]), "chin": np.array([3, 4])}.get(
            name, np.array([5, 6])
        ),
    )


def dose(**changes) -> SimpleNamespace:
    peak = np.array([5.0, 3.0, 1.0, 1.0, 4.0, 0.1, 0.1, 99.0])
    given = {
        "peak": peak, "rms": peak / 2, "charge": 4 * peak, "vector": np.outer(4 * peak, [0.6, 0.8, 0]),
        "volumes": np.ones(8), "current": np.array([4e-4]), "seconds": np.array([8.0]), "session": 8.0,
        "sessions": 1, "body": body(),
    }  # fmt: skip
    return SimpleNamespace(**{**given, **changes})


def found(waveform: Waveform, **changes) -> Exposure:
    return Exposure.of(dose(**changes), TABLE, waveform, PROBE, age=45, sessions=30)


def test_times_at_each_place() -> None:
    points = np.column_stack([X, 0 * X, 0 * X])
    time = contact_time(points, TABLE, PROBE.contact_radius)
    assert time.a == pytest.approx([5, 3, 0, 0, 0, 0, 0])
    assert time.b == pytest.approx([3, 0, 0, 0, 5, 0, 0])
    # a place is under a probe, whichever it is: at 0 all the session
    assert time.longest == pytest.approx([8, 1.5, 0, 0, 2.5, 0, 0])


def test_longest_time_by_brute_force() -> None:
    rng = np.random.default_rng(5)
    index = rng.integers(0, 12, 300)
    a, b = rng.uniform(0, 60e-3, (2, 12, 3)) * [1, 0.2, 0]
    table = Timetable(
        a, b, index.astype(np.int32), np.zeros(300, np.int32), ("step",), DT, PROBE.contact_radius
    )
    points = rng.uniform(0, 60e-3, (40, 3)) * [1, 0.2, 0]
    time = contact_time(points, table, 8e-3)
    for k, point in enumerate(points):
        under = np.minimum(*(np.linalg.norm(side[index] - point, axis=1) for side in (a, b))) <= 8e-3
        longest = max((len(run) for run in "".join("x" if one else " " for one in under).split()), default=0)
        assert time.longest[k] == pytest.approx(longest * DT)


def test_share_of_rest() -> None:
    assert rest_fraction(TABLE) == 1
    assert rest_fraction(timetable([0, 1, 2, 3], [4, 5, 6, 4], [0, 1, 2, 3, 3])) == pytest.approx(2 / 5)
    assert rest_fraction(timetable([0], [4], [0])) == 1


def test_direct_current_has_a_cathode_and_an_anode(direct) -> None:
    e = found(direct)
    assert e.current_class == "direct"
    assert not e.pulsed
    assert e.held
    # A is the anode: 3 s more than B at 1; B the cathode: 5 s at 4. At 0 both were: 2 s of A are left
    assert e.net_charge(e.face) == pytest.approx((4e-4 * 5, 4e-4 * 3))
    forehead, chin = e.spots["forehead"], e.spots["chin"]
    assert e.net_charge(forehead) == pytest.approx((0, 4e-4 * 3))
    assert e.net_charge(chin) == pytest.approx((4e-4 * 5, 0))
    assert e.net_density(chin) == pytest.approx((16.0, 0))
    assert e.net_density(forehead) == pytest.approx((0, 20.0))
    turned = replace(e, net_current=-e.net_current)
    assert turned.net_charge(chin) == pytest.approx((0, 4e-4 * 5))


def test_only_skin_under_a_contact_counts(direct) -> None:
    e = found(direct)
    assert [spot.name for spot in e.regions] == ["forehead", "chin"]
    assert e.face.peak == 5.0  # not the fat
    assert e.face.charge_density == pytest.approx(4 * (5 + 3 + 4) / 3)
    assert e.face.seconds == pytest.approx((8 + 3 + 5) / 3)
    assert e.face.longest == pytest.approx(8)


def test_dose_of_a_course_is_that_of_a_session(direct) -> None:
    one = found(direct)
    whole = {"charge": 30 * dose().charge, "vector": 30 * dose().vector, "sessions": 30}
    assert found(direct, **whole).face == one.face


def test_balanced_currents_have_no_net_charge() -> None:
    for name in ("lifting", "stretching"):
        e = found(Waveform.load(name))
        assert e.current_class == "alternating"
        assert e.net_charge(e.face) == (0, 0)
        assert e.net_density(e.face) == (0, 0)
    swapped = found(Waveform.square(4e-4, 1.0, kind="monophasic", swap_every=2.5))
    assert swapped.current_class == "alternating"
    assert math.isfinite(swapped.phase)
    assert found(Waveform.square(4e-4, 5e3)).current_class == "mixed"  # beyond the fields of the study


def test_another_current_at_the_same_places(direct) -> None:
    e = found(Waveform.load("lifting"))
    twice = e.driven_by(Waveform.load("lifting").scaled(8e-4))
    assert twice.face.peak == pytest.approx(2 * e.face.peak)
    assert twice.face.charge_density == pytest.approx(2 * e.face.charge_density)
    assert twice.face.seconds == e.face.seconds
    steady = e.driven_by(direct)
    assert steady.face == pytest.approx(found(direct).face)
    assert steady.net_current == pytest.approx(4e-4)
    gentle = e.driven_by(Waveform.load("stretching"))
    assert gentle.face.charge_density == pytest.approx(0.7 * e.face.charge_density)  # mean of |i|
    assert gentle.face.rms < gentle.face.peak / 2


def test_device_that_gives_less_than_it_was_asked(direct) -> None:
    e = found(direct, current=np.array([2e-4]))
    assert e.amplitude == pytest.approx(2e-4)
    assert e.net_current == pytest.approx(2e-4)


def test_what_cannot_be_is_refused(direct, exposure) -> None:
    off = replace(TABLE, points_a=TABLE.points_a + 1.0, points_b=TABLE.points_b + 1.0)
    with pytest.raises(InputError, match="no skin"):
        Exposure.of(dose(), off, direct, PROBE, age=45, sessions=30)
    for name, value in (("amplitude", 0.0), ("sessions", 0), ("days_between", 0.5), ("phase", 0.0)):
        with pytest.raises(RangeError):
            exposure(**{name: value})
    with pytest.raises(RangeError, match="peak of face"):
        replace(exposure().face, peak=-1.0)


def test_microcurrent_ends_at_one_milliampere(exposure) -> None:
    assert exposure(amplitude=1e-3).is_microcurrent
    assert not exposure(amplitude=1.01e-3).is_microcurrent


def test_held_still_all_the_session_passes_one_place(exposure) -> None:
    gliding = exposure(mean_abs=1e-4, rms=2e-4)
    held = gliding.held_still()
    assert held.held
    assert not gliding.held
    # |J| stands at its peak times the waveform's own mean, for the whole session
    assert held.face.charge_density == pytest.approx(5.0 * 0.25 * 1200)
    assert held.face.rms == pytest.approx(5.0 * 0.5)
    assert held.face.peak == gliding.face.peak
    assert held.face.longest == held.session
    direct = exposure(net_current=4e-4).held_still()
    assert direct.net_charge(direct.face) == pytest.approx((0.48, 0.48))
