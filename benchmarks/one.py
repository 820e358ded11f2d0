"""One case in a process of its own, so that its peak of memory is its own: prints JSON."""

import argparse
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import girth
import numpy as np

from benchmarks.cases import Case, case_of, draw, true_parameters
from examengine.psychometrics.ability import estimate_abilities
from examengine.psychometrics.estimation import Calibration, Priors, calibrate
from examengine.psychometrics.responses import Responses

POINTS, LIMITS = 61, (-6.0, 6.0)
PRIOR = {"logit_c": {"distribution": "normal", "mean": -1.39, "sd": 0.5}}
GIRTH = {"2pl": girth.twopl_mml, "3pl": girth.threepl_mml, "grm": girth.grm_mml}
STATUS = Path("/proc/self/status")


def main() -> None:
    """Time what the command line names, and print the figures of the quickest run."""
    parser = argparse.ArgumentParser(prog="benchmarks.one", description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--girth", action="store_true")
    parser.add_argument("--repeats", type=int, default=1)
    chosen = parser.parse_args()
    case = case_of(chosen.name, quick=chosen.quick)
    data = draw(case)
    _warm_up(case)
    by = _by_girth if chosen.girth else _by_us
    runs = [by(case, data) for _ in range(chosen.repeats)]
    print(json.dumps(min(runs, key=lambda figures: figures["cpu"])))


def _by_us(case: Case, data: Responses) -> dict[str, Any]:
    """Our figures for a case."""
    if case.task == "eap":
        parameters = true_parameters(case)
        figures, _ = _timed(lambda: estimate_abilities(data, parameters))
        return figures
    with ThreadPoolExecutor(case.threads) as pool:
        executor = pool if case.threads > 1 else None
        figures, found = _timed(lambda: _calibrated(case, data, executor=executor))
    if case.task == "errors":
        plain, _ = _timed(lambda: _calibrated(case, data, errors=False))
        for clock in ("cpu", "wall"):
            figures[clock] -= plain[clock]
    parameters = found.parameters
    return figures | {
        "log_likelihood": parameters.log_likelihood,
        "gradient": parameters.gradient_max,
        "cycles": parameters.iterations,
        "converged": parameters.converged,
    }


def _by_girth(case: Case, data: Responses) -> dict[str, Any]:
    """The time of girth on the same data and quadrature."""
    scores = data.scores.T.astype(np.int64)
    options = {"quadrature_n": POINTS, "quadrature_bounds": LIMITS}
    with np.errstate(all="ignore"):
        figures, _ = _timed(lambda: GIRTH[case.model](scores, options=options))
    return figures


def _calibrated(
    case: Case,
    data: Responses,
    *,
    executor: ThreadPoolExecutor | None = None,
    errors: bool | None = None,
) -> Calibration:
    wanted = case.task in ("errors", "cml") if errors is None else errors
    return calibrate(
        data,
        case.model,
        points=POINTS,
        limits=LIMITS,
        priors=Priors.from_mapping(PRIOR) if case.model == "3pl" else None,
        standard_errors="observed" if wanted else "none",
        estimator="cml" if case.task == "cml" else "mml-em",
        executor=executor,
    )


def _warm_up(case: Case) -> None:
    """Import what is imported on first use, on persons who do not count."""
    few = draw(Case("few", "few", case.model, 600, 6, case.categories, case.guessing))
    _calibrated(case, few)


def _timed(work: Callable[[], Any]) -> tuple[dict[str, Any], Any]:
    """Processor and wall seconds of some work, and its peak of memory beyond what was there."""
    before = _forget_peak()
    cpu, wall = time.process_time(), time.perf_counter()
    found = work()
    figures = {
        "cpu": time.process_time() - cpu,
        "wall": time.perf_counter() - wall,
        "peak_mib": None if before is None else (_memory("VmHWM") - before) / 1024,
    }
    return figures, found


def _forget_peak() -> int | None:
    """Let the peak of memory start from now; kB in use, or None where the system cannot."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return None
    return _memory("VmRSS")


def _memory(name: str) -> int:
    """A figure of this process's memory, kB."""
    lines = STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    main()
