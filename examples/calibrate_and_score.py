"""Calibrate a test and score its candidates: from chosen options to abilities and their errors.

The answers are simulated. Run it with `python examples/calibrate_and_score.py`.
"""

import numpy as np

from examengine.psychometrics import (
    calibrate,
    compare_models,
    information,
    item_analysis,
    item_fit,
    model_fit,
    plots,
    reliability,
    score,
    simulate,
)

# 1,000 candidates, 20 items. A right answer is the keyed option, a wrong one any of the others.
truth = simulate("2pl", 1000, 20, rng=2026)
key = "ABCD" * 5
rng = np.random.default_rng(1)
distractors = rng.integers(1, 4, truth.responses.scores.shape)
options = np.array(list("ABCD"))
keyed = np.array(["ABCD".index(letter) for letter in key])
answers = options[(keyed + np.where(truth.responses.scores == 1, 0, distractors)) % 4]

# Before any model: are the items what they should be?
classical = item_analysis(answers, key=key)
print(classical)
print(classical.table())
print(reliability(answers, key=key))

# Which model? The Rasch model is a case of the 2PL, so a test says whether slopes differ.
rasch = calibrate(answers, "rasch", key=key)
twopl = calibrate(answers, "2pl", key=key)
print(compare_models(rasch, twopl).table())

# Do items and model agree with the answers?
print(twopl.table())
print(item_fit(twopl).table())
print(model_fit(twopl))

# Abilities, and where the test measures well.
abilities = score(twopl, method="EAP")
print(abilities)
print(information(twopl))
drawing = plots.information(twopl)

recovered = float(np.corrcoef(abilities.theta, truth.theta)[0, 1])
print(f"Correlation with the abilities the answers were drawn from: {recovered:.3f}")
