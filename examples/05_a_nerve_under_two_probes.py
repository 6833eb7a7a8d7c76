"""What current excites a motor fibre that ends 5 mm below the skin between two probes?

Two models of the same fibre differ by a factor of five to eight, and people's first twitch lies higher still:
a threshold is a band.
"""

import numpy as np

from zygoma.device import Waveform
from zygoma.evidence import Priors
from zygoma.response import Fibre, Stimulus, thresholds

DEPTH, APART, SIGMA = 5e-3, 15e-3, 0.3  # m, m, S/m of a half-space

waveform = Stimulus.of(Waveform.load("lifting"))
found = {}
for model in ("mrg", "senn"):
    fibre = Fibre.of(model, "10 um", length="60 mm")
    along = fibre.offsets - fibre.length + APART / 2  # it ends below the second probe
    probes = ((-APART / 2, 1.0), (APART / 2, -1.0))
    potential = sum(sign / (2 * np.pi * SIGMA * np.hypot(along - x, DEPTH)) for x, sign in probes)
    found[model] = float(thresholds(fibre, [potential], waveform).current[0])
    print(f"{model.upper()} 10 um: {1e3 * found[model]:.2f} mA")

anchor = Priors.load()["rheobase_motor"]
low, middle, high = anchor.quantile(np.array([0.05, 0.5, 0.95]))
print(f"first twitch in people: {middle:.1f} mA ({low:.1f} to {high:.1f}), larger electrodes")

assert 3 < found["senn"] / found["mrg"] < 10
assert found["mrg"] < found["senn"] < 1e-3 * high
