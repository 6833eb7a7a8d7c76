"""Segments of every shape against quadrature, and cut in two."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zygoma.device import Burst, Segment, Waveform
from zygoma.errors import RangeError, UnitError

current = st.floats(-1e-3, 1e-3).map(lambda x: round(x, 7))
duration = st.floats(1e-4, 2.0)
segments = st.one_of(
    st.builds(lambda a, d: Segment(a, a, d), current, duration),
    st.builds(lambda a, b, d: Segment(a, b, d, "linear"), current, current, duration),
    st.builds(
        lambda a, b, d, bend, sign: Segment(a, b, d, "exponential", time_constant=sign * d / bend),
        current,
        current,
        duration,
        st.floats(1e-6, 50.0),
        st.sampled_from([-1, 1]),
    ),
    st.builds(
        lambda p, d, cut: Segment(0.0, 0.0, d, "halfsine", p, part=tuple(sorted(cut))),
        current.filter(bool),
        duration,
        st.tuples(st.floats(0, 0.5), st.floats(0.5, 1)).filter(lambda cut: cut[1] - cut[0] > 1e-3),
    ),
)

KNOWN = {
    "discharge": Segment(1.0, math.exp(-3.0), 3.0, "exponential", time_constant=1.0),
    "charge through zero": Segment(-1.0, 2.0, 0.5, "exponential", time_constant=0.1),
    "late": Segment(-1.0, 0.5, 0.5, "exponential", time_constant=-0.2),
    "nearly straight": Segment(1.0, -2.0, 0.5, "exponential", time_constant=1e4),
    "stiff": Segment(1.0, -2.0, 0.5, "exponential", time_constant=1e-3),
    "saw": Segment(-1.0, 3.0, 2.0, "linear"),
    "half-sine": Segment(0.0, 0.0, 0.3, "halfsine", -2.0),
    "arc": Segment(0.0, 0.0, 0.3, "halfsine", 2.0, part=(0.1, 0.8)),
}


@pytest.mark.parametrize("name", KNOWN)
def test_integrals_against_quadrature(name):
    segment = KNOWN[name]

    edges = np.unique(np.r_[np.linspace(0, 1, 4001), np.linspace(0, 0.03, 4001)]) * segment.duration
    nodes, weights = np.polynomial.legendre.leggauss(8)
    half = 0.5 * np.diff(edges)[:, None]
    t = 0.5 * (edges[1:] + edges[:-1])[:, None] + half * nodes
    i, w = segment.at(t), half * weights  # a kink of |i| spoils one short panel only

    assert segment.charge == pytest.approx((w * i).sum(), rel=1e-12)
    assert segment.square_integral == pytest.approx((w * i**2).sum(), rel=1e-12)
    assert segment.positive_charge == pytest.approx((w * np.maximum(i, 0)).sum(), rel=1e-6)
    assert segment.negative_charge == pytest.approx((w * np.maximum(-i, 0)).sum(), rel=1e-6)
    assert segment.positive_charge - segment.negative_charge == pytest.approx(segment.charge, rel=1e-12)
    for omega in (0.0, 1.0, 40.0):
        exact = (w * i * np.exp(-1j * omega * t)).sum()
        assert segment.transform(np.array([omega])) == pytest.approx(np.array([exact]), rel=1e-11)


def test_exponential_closed_forms():
    tail = KNOWN["discharge"]
    assert tail.charge == pytest.approx(1 - math.exp(-3), rel=1e-14)
    assert tail.square_integral == pytest.approx((1 - math.exp(-6)) / 2, rel=1e-14)
    assert tail.time_above([0.5, 0.04, 1.0]) == pytest.approx([math.log(2), 3.0, 0.0])
    rise = Segment(0.0, 1 - math.exp(-3.0), 3.0, "exponential", time_constant=1.0)
    assert rise.charge == pytest.approx(2 + math.exp(-3), rel=1e-14)
    mirrored = Segment(math.exp(-3.0), 1.0, 3.0, "exponential", time_constant=-1.0)
    assert mirrored.charge == pytest.approx(tail.charge, rel=1e-14)
    assert float(mirrored.at(2.0)) == pytest.approx(math.exp(-1))


@settings(max_examples=150, deadline=None)
@given(segments, st.floats(0.02, 0.98))
def test_splitting_changes_nothing(segment, share):
    first, second = segment.split(share)
    scale = segment.maximum * segment.duration
    for name in ("charge", "positive_charge", "negative_charge", "absolute_charge"):
        total = getattr(first, name) + getattr(second, name)
        assert total == pytest.approx(getattr(segment, name), rel=1e-9, abs=1e-12 * scale)
    squares = first.square_integral + second.square_integral
    assert squares == pytest.approx(segment.square_integral, rel=1e-9, abs=1e-12 * scale * segment.maximum)
    levels = np.array([0.0, 0.3, 0.9]) * segment.maximum
    if segment.maximum:
        times = first.time_above(levels[1:]) + second.time_above(levels[1:])
        assert times == pytest.approx(segment.time_above(levels[1:]), rel=1e-6, abs=1e-6 * segment.duration)
    omega = np.array([0.0, 3.0, 70.0])
    lines = first.transform(omega) + second.transform(omega) * np.exp(-1j * omega * first.duration)
    assert lines == pytest.approx(segment.transform(omega), abs=1e-10 * scale)


@settings(max_examples=25, deadline=None)
@given(st.lists(segments, min_size=1, max_size=4), st.floats(0.1, 0.9))
@example([Segment(0.000812, -0.000686, 1.0, "exponential", time_constant=1e6)], 0.5)  # almost straight
def test_splitting_a_waveform_changes_nothing(parts, share):
    parts = [*parts, Segment(1e-3, 1e-3, 0.1), Segment(-1e-3, -1e-3, 0.1)]
    halves = [half for part in parts for half in part.split(share)]
    whole, cut = (Waveform("w", "w", "biphasic", tuple(s), "assumption", "test") for s in (parts, halves))
    for name in ("rms", "mean_abs", "period", "amplitude", "positive_charge", "negative_charge"):
        assert getattr(cut, name) == pytest.approx(getattr(whole, name), rel=1e-9)
    assert cut.net_charge == pytest.approx(whole.net_charge, abs=1e-12 * whole.amplitude * whole.period)
    for length in (0.37, 1.0):
        one, two = whole.window(length), cut.window(length)
        assert two.rms == pytest.approx(one.rms, rel=1e-9)
        assert two.mean_abs == pytest.approx(one.mean_abs, rel=1e-9)
        assert abs(two.net_charge) == pytest.approx(abs(one.net_charge), abs=1e-10 * whole.amplitude * length)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Segment(0.0, 1.0, 1.0, "exponential"),
        lambda: Segment(0.0, 1.0, 1.0, "exponential", time_constant=0.0),
        lambda: Segment(0.0, 1.0, 1.0, "exponential", time_constant=math.inf),
        lambda: Segment(0.0, 1.0, 1.0, "exponential", time_constant=1e10),
        lambda: Segment(0.0, 1.0, 1.0, "linear", time_constant=1.0),
        lambda: Segment(0.0, 0.0, 1.0, "halfsine", 1.0, part=(0.5, 0.5)),
        lambda: Segment(0.0, 0.0, 1.0, "halfsine", 1.0, part=(-0.5, 0.5)),
        lambda: Segment(1.0, 1.0, 1.0, part=(0.0, 0.5)),
        lambda: Segment(1.0, 1.0, 1.0).split(1.0),
    ],
)
def test_impossible_segments_are_refused(make):
    with pytest.raises(RangeError):
        make()


def test_units_as_text_and_what_is_neither():
    assert Segment("400 uA", "0.4 mA", "60 ms") == Segment(400e-6, 400e-6, 60e-3)
    assert Burst("2 s", 1.0) == Burst(2.0, 1.0)
    wave = Waveform.square("400 uA", "8 Hz", swap_every="2.5 s")
    assert wave == Waveform.square(400e-6, 8.0, swap_every=2.5)
    assert wave.scaled("1 mA").clipped("500 uA").amplitude == pytest.approx(500e-6)
    for wrong in (
        lambda: Segment("1 V", 1e-3, 1.0),
        lambda: Segment(None, 1e-3, 1.0),
        lambda: Segment(1e-3, 1e-3, True),
        lambda: Burst(1.0, [1.0]),
        lambda: Waveform.sine("400", 8.0),
        lambda: wave.window("1 m"),
    ):
        with pytest.raises(UnitError, match="expected"):
            wrong()


@pytest.mark.parametrize("segments", [(), 5, ("x",), None])
def test_a_waveform_of_something_else_than_segments_is_refused(segments):
    with pytest.raises(RangeError, match="expected Segment objects"):
        Waveform("w", "w", "biphasic", segments, "read", "test")
