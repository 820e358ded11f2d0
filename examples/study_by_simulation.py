"""A study by simulation: how many candidates does a 2PL calibration of 15 items need?

Each row draws answers from known items, calibrates them and compares.
"""

import numpy as np

from examengine.psychometrics import Table, calibrate, score, simulate

REPLICATIONS = 5
SIZES = (250, 1000)

rng = np.random.default_rng(11)
rows = []
for n_persons in SIZES:
    errors_a, errors_b, covered, errors_theta = [], [], [], []
    for _ in range(REPLICATIONS):
        data = simulate("2pl", n_persons, 15, rng=rng)
        calibration = calibrate(data.responses, "2pl")
        for found, true in zip(calibration.parameters.items, data.parameters.items, strict=True):
            errors_a.append(found.values["a"] - true.values["a"])
            errors_b.append(found.values["b"] - true.values["b"])
            covered.append(abs(errors_b[-1]) <= 1.96 * found.se["b"])
        errors_theta.extend(score(calibration).theta - data.theta)
    rows.append(
        {
            "n_persons": n_persons,
            "rmse_a": float(np.sqrt(np.mean(np.square(errors_a)))),
            "rmse_b": float(np.sqrt(np.mean(np.square(errors_b)))),
            "coverage_b": float(np.mean(covered)),
            "rmse_theta": float(np.sqrt(np.mean(np.square(errors_theta)))),
        }
    )

study = Table(rows)
print(study)
