"""Times scoring and deciding: processor milliseconds a candidate and peak memory, on SQLite.

Examples:
    python -m benchmarks.deciding
    python -m benchmarks.deciding --sizes 1000 4000

Each size runs in a process of its own, on a sample programme of its own, so that the peak is that
of this size alone: the most that the process held while it scored, and while it settled and
decided, above what it held before.
"""

import argparse
import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine

from benchmarks.issuing import ACTOR, CLOCK, programme
from examengine import assembly, calibration, db, scoring

SIZES = (1_000, 4_000, 10_000)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.deciding",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="how many candidates")
    chosen = parser.parse_args()
    print(f"load average before: {os.getloadavg()[0]:.1f}; {os.cpu_count()} processors\n")
    print("| candidates | scoring: CPU ms each | peak MiB | deciding: CPU ms each | peak MiB |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    fresh = multiprocessing.get_context("spawn")
    for size in chosen.sizes:
        with fresh.Pool(1) as pool:
            print(pool.apply(row, (size,)), flush=True)


def row(size: int) -> str:
    """Score and decide about so many candidates; return a row of the table."""
    with programme() as (engine, _, exam_id):
        administration_id = _sat(engine, exam_id, size)
        scored = _measured(engine, scoring.score_administration, administration_id, size)
        decided = _measured(engine, scoring.decide, administration_id, size)
    return f"| {size} | {scored} | {decided} |"


def _sat(engine: Engine, exam_id: str, size: int) -> UUID:
    with db.writing(engine) as session:
        forms = len(assembly.forms_of(session, exam_id))
        each = -(-size // forms)
        made = calibration.simulate_pilot(
            session, CLOCK, ACTOR, exam_id, persons_per_form=each, seed=size
        )
    return made.id


def _measured(
    engine: Engine, use_case: Callable[..., object], administration_id: UUID, size: int
) -> str:
    """Return the processor milliseconds of each candidate, and the peak in MiB."""
    _forget_peak()
    before, began = _now_mib(), time.process_time()
    with db.writing_late(engine) as session:
        use_case(session, CLOCK, ACTOR, administration_id)
    spent = time.process_time() - began
    return f"{1000 * spent / size:.2f} | {_peak_mib() - before:.0f}"


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _now_mib() -> float:
    return _status("VmRSS")


def _peak_mib() -> float:
    return _status("VmHWM")


def _status(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


if __name__ == "__main__":
    main()
