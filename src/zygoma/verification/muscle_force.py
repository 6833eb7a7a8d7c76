"""Case of the force of a muscle: against an independent integration, and the order of the time step."""

from __future__ import annotations

import math

import numpy as np

from zygoma.response.force import ForceModel, force, share_of_tetanus, steady, tetanus, twitch_over_tetanus
from zygoma.verification.record import Record

# calculated beforehand, apart from this code, from the equations with t2 = 124.4 ms, to two digits
RATIOS = {5.0: 0.17, 10.0: 0.45, 12.5: 0.56, 20.0: 0.73, 30.0: 0.83, 50.0: 0.92}
TWITCH = 0.23
_HALF_DIGIT = 0.0051  # two digits: half of the last one, and a little for 0.5049 against 0.505


def muscle_force() -> list[Record]:
    """Force over frequency, a tiring train against scipy, order of the time step."""
    model, words = ForceModel.load(), "Ding, Wexler, Binder-Macleod; t2 124.4 ms"
    found = share_of_tetanus(model, list(RATIOS))
    return [
        Record(
            "muscle-force-ratios",
            "force of a rested muscle over frequency",
            "mean force over that at 100 Hz, largest difference",
            float(np.abs(found - list(RATIOS.values())).max()),
            _HALF_DIGIT,
            words,
        ),
        Record(
            "muscle-force-twitch",
            "single twitch",
            "peak over the mean force at 100 Hz, difference",
            abs(twitch_over_tetanus(model) - TWITCH),
            _HALF_DIGIT,
            words,
        ),
        Record(
            "muscle-force-fatigue",
            "20 s of 30 Hz with fatigue",
            "largest difference over the force of a tetanus",
            fatigue_error(model),
            1e-4,
            "the same equations by scipy, every pulse summed up",
        ),
        Record(
            "muscle-force-order",
            "mean force at 10 Hz, steps of 0.5, 0.25 and 0.125 ms",
            "observed order of the time step",
            observed_order(model),
            1.8,
            "second order of the method",
            at_least=True,
        ),
    ]


def fatigue_error(model: ForceModel, frequency: float = 30.0, duration: float = 20.0) -> float:
    """Largest difference of the force of a tiring muscle to scipy's, over the force of a tetanus."""
    from scipy.integrate import solve_ivp

    pulses = np.arange(math.ceil(frequency * duration)) / frequency
    found = force(model, pulses, duration)

    def slope(t: float, state: np.ndarray, upto: int) -> list[float]:
        calcium, F, A, Km, t1 = state
        past = pulses[:upto]
        ratio = np.ones(upto)
        ratio[1:] += (model.R0 - 1) * np.exp(-np.diff(past) / model.tc)
        drive = float(ratio @ np.exp(-(t - past) / model.tc))
        x = calcium / (Km + calcium)
        rest = ((model.A, A, model.alpha_A), (model.Km, Km, model.alpha_Km), (model.t1, t1, model.alpha_t1))
        slow = [(at_rest - now) / model.tau_fat + alpha * F for at_rest, now, alpha in rest]
        return [(drive - calcium) / model.tc, A * x - F / (t1 + model.t2 * x), *slow]

    state, worst = np.array([0.0, 0.0, model.A, model.Km, model.t1]), 0.0
    for number, begin in enumerate(pulses):  # the drive jumps at every pulse, so each interval is its own
        end = pulses[number + 1] if number + 1 < len(pulses) else duration
        one = solve_ivp(slope, (begin, end), state, rtol=1e-7, atol=1e-9, args=(number + 1,), max_step=5e-3)
        state = one.y[:, -1]
        worst = max(worst, abs(float(np.interp(end, found.time, found.force)) - float(state[1])))
    return worst / tetanus(model)


def observed_order(model: ForceModel) -> float:
    """Order with which the mean force at 10 Hz converges as the step is halved twice."""
    coarse, middle, fine = (steady(model, 10.0, step).mean for step in (5e-4, 2.5e-4, 1.25e-4))
    return math.log2(abs((coarse - middle) / (middle - fine)))
