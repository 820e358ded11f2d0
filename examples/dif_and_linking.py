"""Look for items that work differently for a group, and link two calibrations without them.

The answers are simulated: item Q5 is 0.9 logits harder for the second group.
"""

from dataclasses import replace

import numpy as np

from examengine.psychometrics import calibrate, dif, link, read_responses, simulate

N = 800
test = simulate("2pl", 1, 16, rng=1).parameters


def harder(item):
    """Return Q5 as the second group meets it."""
    if item.item_id != "Q5":
        return item
    return replace(item, values={**item.values, "b": item.values["b"] + 0.9})


abilities = np.random.default_rng(2).standard_normal((2, N))
first = simulate(test, theta=abilities[0], rng=3).responses
second = simulate(map(harder, test.items), theta=0.3 + 1.1 * abilities[1], rng=4).responses
together = read_responses(
    np.vstack([first.scores, second.scores]),
    item_ids=test.item_ids,
    group=["A"] * N + ["B"] * N,
)

# Observed scores first: Mantel–Haenszel with the flagged items taken out of the matching.
found = dif(together, method="mh", reference="A", purify=True)
print(found)
print(found.table())
flagged = [row.item_id for row in found if row.ets_class in {"B", "C"}]

# The model says the same: a likelihood-ratio test of each item.
print(dif(together, method="lr", reference="A"))

# Two calibrations, one for each group, brought into one metric by the items in common. A robust
# link leaves out what has drifted; Q5 has.
calibrated = [calibrate(data, "2pl") for data in (first, second)]
whole = link(calibrated[1], calibrated[0])
robust = link(calibrated[1], calibrated[0], robust=True)
print(whole)
print(robust)
print("left out:", ", ".join(robust.left_out))

# The second group's calibration in the first one's metric, as a file others can read.
document = robust.transformed.to_json()
