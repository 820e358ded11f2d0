"""Times the estimation on simulated data, girth beside it, and prints tables.

Examples:
    python -m benchmarks.estimation
    python -m benchmarks.estimation --quick

Every case runs in a process of its own, one after the other, until the time is used up; what was
not reached is said. Processor seconds are the figure to compare, the least of a few runs: whoever
else uses the machine can only add to them. Published times of mirt are carried over to this machine
by girth, which was timed there too.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.cases import CASES, GROWTH, case_of
from benchmarks.published import BARS, DEXTER_SECONDS, GIRTH_SECONDS, MIRT_SECONDS

ROOT = Path(__file__).parents[1]
# girth on 100,000 × 100 takes longer than all the rest together; on the 3PL, the last to be run,
# as long.
BESIDE = ("2pl", "grm", "3pl")
NOT_REACHED = "not reached"


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.estimation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of the persons")
    parser.add_argument("--seconds", type=float, default=900.0, help="for everything together")
    parser.add_argument("--repeats", type=int, default=3, help="the quickest counts")
    chosen = parser.parse_args()
    run = Run(chosen.quick, time.monotonic() + chosen.seconds)
    print(f"load average before: {os.getloadavg()[0]:.1f}; {os.cpu_count()} processors\n")
    often = ("--repeats", str(chosen.repeats))
    ours = {case.name: run.figures(case.name, *often) for case in CASES}
    theirs = {name: run.figures(name, "--girth") for name in BESIDE[:-1]}
    growth = {case.name: run.figures(case.name) for case in GROWTH}
    theirs[BESIDE[-1]] = run.figures(BESIDE[-1], "--girth")
    _print_ours(ours, quick=chosen.quick)
    _print_growth(growth, quick=chosen.quick)
    _print_beside(ours, theirs, quick=chosen.quick)


Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """How cases are run.

    Attributes:
        quick: Whether with a tenth of the persons.
        ends: When the time is used up, on the monotonic clock.
    """

    quick: bool
    ends: float

    def figures(self, name: str, *flags: str) -> Figures | None:
        """The figures of one process; None when the time was used up."""
        left = self.ends - time.monotonic()
        if left <= 0:
            return None
        print(f"{name} {' '.join(flags)}", file=sys.stderr)
        command = [sys.executable, "-m", "benchmarks.one", name, *flags]
        try:
            done = subprocess.run(  # noqa: S603 - this very program, with names of its own
                [*command, *(["--quick"] if self.quick else [])],
                cwd=ROOT,
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
                capture_output=True,
                text=True,
                timeout=left,
                check=True,
            )
        except subprocess.TimeoutExpired:
            return None
        figures: Figures = json.loads(done.stdout)
        return figures


def _print_ours(ours: Mapping[str, Figures | None], *, quick: bool) -> None:
    head = "case|persons × items|CPU s|wall s|peak MiB beyond data|cycles|log-likelihood|gradient"
    _print_row(head.split("|"))
    _print_row(["---"] * 8)
    for name, figures in ours.items():
        case = case_of(name, quick=quick)
        _print_row([case.title, f"{case.persons:,} × {case.items}", *_cells(figures)])
    print()


def _cells(figures: Figures | None) -> list[str]:
    if figures is None:
        return [NOT_REACHED] * 6
    fit = (
        [
            str(figures["cycles"]),
            f"{figures['log_likelihood']:,.4f}",
            f"{figures['gradient']:.1e}" + ("" if figures["converged"] else " (not converged)"),
        ]
        if "cycles" in figures
        else ["", "", ""]
    )
    peak = figures["peak_mib"]
    return [
        f"{figures['cpu']:.2f}",
        f"{figures['wall']:.2f}",
        "" if peak is None else f"{peak:.0f}",
        *fit,
    ]


def _print_growth(growth: Mapping[str, Figures | None], *, quick: bool) -> None:
    _print_row(["2PL × 50, persons", "CPU s", "CPU s for 10⁵ persons", "peak MiB", "cycles"])
    _print_row(["---"] * 5)
    for name, figures in growth.items():
        case = case_of(name, quick=quick)
        if figures is None:
            _print_row([f"{case.persons:,}", *[NOT_REACHED] * 4])
            continue
        cpu, _, peak, cycles, *_ = _cells(figures)
        each = figures["cpu"] / case.persons * 1e5
        _print_row([f"{case.persons:,}", cpu, f"{each:.2f}", peak, cycles])
    print()


def _print_beside(
    ours: Mapping[str, Figures | None], theirs: Mapping[str, Figures | None], *, quick: bool
) -> None:
    """How we stand beside girth, and by girth beside mirt where mirt was timed."""
    if quick:
        print("Beside girth, a tenth of the persons:\n")
    factor = _machine(theirs)
    head = "case|girth CPU s|times girth|mirt there s|mirt carried over s|times mirt|bar"
    _print_row(head.split("|"))
    _print_row(["---"] * 7)
    for name, figures in ours.items():
        case, girth = case_of(name, quick=quick), theirs.get(name)
        there = MIRT_SECONDS.get(name, DEXTER_SECONDS.get(name))
        if figures is None or case.threads > 1:
            continue
        carried = None if quick or there is None or factor is None else there * factor
        _print_row(
            [
                f"{case.title}, {case.persons:,} × {case.items}",
                _number(girth["cpu"] if girth else None),
                _number(girth["cpu"] / figures["cpu"] if girth else None),
                "" if there is None or quick else f"{there:g}{' (dexter)' * (name == 'cml')}",
                _number(carried),
                _number(carried / figures["cpu"] if carried else None),
                "" if name not in BARS or quick else f"{BARS[name]:g}",
            ]
        )
    if factor is not None and not quick:
        print(f"\nThis machine takes {factor:.2f} times as long for girth as the published one.")


def _machine(theirs: Mapping[str, Figures | None]) -> float | None:
    """How many times longer girth takes here than it took where mirt was timed."""
    pairs = [
        figures["cpu"] / GIRTH_SECONDS[name]
        for name, figures in theirs.items()
        if figures is not None
    ]
    return median(pairs) if pairs else None


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _print_row(cells: Iterable[str]) -> None:
    print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
