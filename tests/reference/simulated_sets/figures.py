"""Figures of mirt for Python 1.2.0 on three sets: `python figures.py FOLDER`.

For models of which `figures.json` says nothing. It needs `pip install mirt==1.2.0`, which is no
dependency of this project.
"""

import json
import sys
from pathlib import Path
from typing import Any

import mirt
import numpy as np
from mirt.estimation.em import EMEstimator
from mirt.estimation.latent_density import GaussianDensity
from mirt.estimation.priors import BetaPrior

PRIORS = {"guessing": (8.0, 32.0), "upper": (36.0, 4.0)}
CAREFUL = {
    "n_quadpts": 101,
    "max_iter": 20_000,
    "tol": 1e-9,
    "item_optim_maxiter": 500,
    "item_optim_ftol": 1e-14,
    "compute_standard_errors": False,
    "use_rust": False,
}


def scores(folder: Path, name: str) -> Any:
    """The answers of a set."""
    return np.loadtxt(folder / f"{name}.csv", delimiter=",", skiprows=1, dtype=int)


def said(result: Any, **more: Any) -> dict[str, Any]:
    """What a fit says, as JSON takes it."""
    parameters = result.model.parameters
    return {
        "log_likelihood": float(result.log_likelihood),
        "converged": bool(result.converged),
        **{name: np.asarray(value).tolist() for name, value in parameters.items()},
        **more,
    }


def figures(folder: Path) -> dict[str, Any]:
    """The 1PL, the 4PL with priors on both asymptotes, and the rating scale model."""
    x = scores(folder, "s_2pl")
    tied = [{"parameter": "discrimination", "items": list(range(x.shape[1]))}]
    one = EMEstimator(**CAREFUL, constraints=tied)
    first = one.fit(mirt.TwoParameterLogistic(n_items=x.shape[1]), x)
    x = scores(folder, "s_4pl")
    priors = {name: BetaPrior(*numbers) for name, numbers in PRIORS.items()}
    four = EMEstimator(**CAREFUL, item_priors=priors, accelerate="squarem")
    second = four.fit(mirt.FourParameterLogistic(n_items=x.shape[1]), x)
    x = scores(folder, "s_rsm")
    density = GaussianDensity(n_dimensions=1, estimate_cov=True)
    rating = EMEstimator(**CAREFUL, latent_density=density)
    third = rating.fit(mirt.RatingScaleModel(n_items=x.shape[1], n_categories=4), x)
    return {
        "program": {"mirt for Python": mirt.__version__, "quadrature points": 101},
        "1pl_of_s_2pl": said(first),
        "s_4pl": said(second, log_posterior=float(second.log_posterior), priors=PRIORS),
        "s_rsm": said(third, variance=float(np.asarray(density.cov).ravel()[0])),
    }


if __name__ == "__main__":
    place = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    text = json.dumps(figures(place), indent=1)
    (place / "figures_of_mirt_for_python.json").write_text(text + "\n", encoding="utf-8")
