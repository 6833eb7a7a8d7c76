"""One dose serves devices whose current is proportional; the result is that of a treatment with each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from zygoma.device import Waveform
from zygoma.errors import InputError, RangeError, UnknownNameError
from zygoma.plan import Plan, compare, treat
from zygoma.plan.exposure import Exposure, scaled

SHORT = ['programme.name="hands-free"', 'programme.session="4 s"', 'options.resolution="coarse"']


def test_numbers_follow_amplitude_and_mean() -> None:
    square = Waveform.square(400e-6, 10.0)
    half = Waveform.square(800e-6, 10.0, kind="monophasic", duty=0.5)
    found = scaled(Exposure("a", "r", 100.0, 0.1, 1.0, None), square, half)
    assert (found.charge_density, found.J_mean, found.J_p95) == pytest.approx((100.0, 0.2, 2.0))
    assert found.E_fibre_p95 is None
    assert scaled(found, half, square).charge_density == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("names", "error", "words"),
    [
        (["myolift-mini"], InputError, "two or more"),
        (["myolift-mini", "myolift-md", "myolift-mini"], InputError, "named twice"),
        (["myolift-mini", "myolift-me"], UnknownNameError, "did you mean"),
    ],
)
def test_wrong_devices_are_refused_before_the_face_is_made(
    monkeypatch: pytest.MonkeyPatch, names: list[str], error: type[InputError], words: str
) -> None:
    monkeypatch.setattr("zygoma.face.Face.average", lambda **_: pytest.fail("the face was made"))
    with pytest.raises(error, match=words):
        compare(names)


def test_a_current_that_a_device_cannot_give_is_refused() -> None:
    with pytest.raises(RangeError, match="at most"):
        compare(["nuface-mini", "myolift-mini"], Plan.load(overrides=['device.current="3 mA"']))


@pytest.mark.slow
def test_one_dose_serves_all_and_equals_that_of_a_treatment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZYGOMA_CACHE", str(tmp_path / "cache"))
    weak = tmp_path / "weak.toml"
    weak.write_text(
        '[device]\nid = "weak"\nname = "Weak"\nkind = "microcurrent"\nregulation = "current"\n'
        "v_compliance_V = 3.0\ni_max_A = 300e-6\n",
        encoding="utf-8",
    )
    plan = Plan.load(overrides=SHORT)
    found = compare(["myolift-mini", "myolift-md", "pantheon", str(weak)], plan)
    assert found.doses == 2  # the weak one does not keep its current
    mini, md, pantheon, clipped = ({m.name: m for m in one.muscles} for one in found.devices)
    name = "zygomaticus_major_r"
    assert md[name].charge_density == pytest.approx(2 * mini[name].charge_density)
    assert pantheon[name].charge_density == pytest.approx(0.75 * mini[name].charge_density)
    assert pantheon[name].J_p95 == pytest.approx(1.5 * mini[name].J_p95)
    for chosen, current, table in (("myolift-md", "800 uA", md), (str(weak), "300 uA", clipped)):
        alone = treat(Plan.load(overrides=[*SHORT, f'device.name="{chosen}"', f"device.current={current}"]))
        for muscle in alone.muscles:
            ours: Any = table[muscle.name]
            for key in ("charge_density", "J_p95", "J_mean", "E_fibre_p95"):
                assert getattr(ours, key) == pytest.approx(getattr(muscle, key), rel=1e-3)
    assert found.devices[3].delivered_current < 200e-6
    densities = [one.limits["skin-density-p95"].value for one in found.devices]
    assert densities[1] == pytest.approx(2 * densities[0])
