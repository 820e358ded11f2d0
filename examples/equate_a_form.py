"""Equate a new form to an old one by items both have, from observed scores and from a model.

The answers are simulated: 30 items a form, 10 of them in both; the new form is a little harder and
its group a little better.
"""

from dataclasses import replace

import numpy as np

from examengine.psychometrics import (
    calibrate,
    classify,
    equate,
    score,
    simulate,
)

pool = simulate("2pl", 1, 50, rng=5).parameters
shared, own_old = pool.items[::5], pool.items[1::5] + pool.items[2::5]
own_new = tuple(
    replace(item, values={**item.values, "b": item.values["b"] + 0.15})
    for item in pool.items[3::5] + pool.items[4::5]
)
rng = np.random.default_rng(6)
old = simulate(shared + own_old, theta=rng.standard_normal(1500), rng=7).responses
new = simulate(shared + own_new, theta=0.2 + rng.standard_normal(1500), rng=8).responses

# Groups differ, so the common items have to tell form from group.
chained = equate(new, old, method="chained-equipercentile", smoothing=(4, 4, 1))
frequency = equate(new, old, method="frequency-estimation", smoothing=(4, 4, 1))
tucker = equate(new, old, method="tucker")

# The same by item parameters: calibrate both forms, link, and equate true scores.
irt = equate(calibrate(new), calibrate(old), method="irt-true", link="stocking-lord")

print("score  " + "  ".join(found.method for found in (chained, frequency, tucker, irt)))
for rows in zip(*(found.conversions for found in (chained, frequency, tucker, irt)), strict=True):
    if rows[0].score % 5 == 0:
        equated = "  ".join(f"{row.equated:6.2f} ± {row.se:.2f}" for row in rows)
        print(f"{rows[0].score:5}  {equated}")

# A cut of 18 on the old form: the least score of the new form that is worth as much.
cut = next(row.score for row in chained.conversions if row.equated >= 18)
print(f"A cut of 18 on the old form is {cut} on the new one.")
print(classify(cut, new, calibrate(new)).table())
print(score(calibrate(new)))
