"""One minute of the smile-line programme on the coarse face: how much of the current reaches muscle."""

import zygoma as z

plan = z.Plan.load(
    overrides=[
        'programme.name="smile-line"',
        'programme.session="60 s"',
        'options.resolution="coarse"',
    ]
)
result = z.treat(plan)

print(result)
assert abs(sum(result.tissue_power_fraction.values()) - 1) < 1e-9
assert 0.4 < result.current_reaching["muscle"] < 0.9
assert result.delivered_current_error < 1e-3
