"""Times the first view of an item table in a new process: simulated answers, growing numbers.

Examples:
    python -m benchmarks.item_table
    python -m benchmarks.item_table --size 500x20000

The answers are imported into an SQLite file as an administration from elsewhere; the table is then
made by a process that has just started, whose processor seconds and peak memory are printed.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from examengine import accounts, calibration, db
from examengine.calibration.item_table import item_rows
from examengine.delivery import list_administrations
from examengine.importing import import_administration, read_administration
from examengine.kernel.clock import SystemClock

SIZES = ("200x1000", "200x10000", "500x20000")
OPTIONS = "1234"
SPEC = """
schema = "examengine/administration/1"
title = "Simulated, for timing"
simulated = true
test = true
date = 2026-01-01

[bank]
id = "timed"
title = "Timed"
description = "Items without texts."
licence = "none"
provenance = "simulated"
area = "all"

[exam]
id = "timed"
title = "Timed"
description = "One form."
minutes = 60

[exam.achievement]
name = "Timed"
description = "Nothing."
criteria = "None."

[exam.scale]
slope = "100"
intercept = "500"
minimum = 200
maximum = 800

[responses]
file = "raw.csv"
person = "person"
options = ["1", "2", "3", "4"]

[items]
file = "items.csv"
item = "item"
key = "key"
role = "role"
"""


def write_files(folder: Path, n_items: int, n_persons: int) -> Path:
    """Write an administration's files: four options for each item."""
    rng = np.random.default_rng(1)
    theta, b = rng.standard_normal(n_persons), rng.standard_normal(n_items)
    names = [f"Q{number:03}" for number in range(n_items)]
    (folder / "items.csv").write_text(
        "item,key,role\n" + "".join(f"{name},1,operational\n" for name in names)
    )
    with (folder / "raw.csv").open("w") as file:
        file.write("person," + ",".join(names) + "\n")
        for person in range(n_persons):
            right = rng.random(n_items) < 1 / (1 + np.exp(b - theta[person]))
            chosen = np.where(right, 1, rng.integers(2, 5, n_items)).astype(str)
            file.write(f"p{person:06}," + ",".join(chosen) + "\n")
    (folder / "spec.toml").write_text(SPEC)
    return folder / "spec.toml"


def prepare(folder: Path, size: str) -> None:
    """Import the administration into a new database."""
    n_items, n_persons = map(int, size.split("x"))
    given = read_administration(write_files(folder, n_items, n_persons))
    engine = db.within(db.make_engine(f"sqlite:///{folder / 'timed.db'}"), db.FIRST_ORGANISATION)
    db.upgrade(engine)
    with db.writing(engine) as session:
        import_administration(session, SystemClock(), accounts.system_actor(), given)


def look(folder: Path) -> None:
    """Make the table as its first reader would, and print what that took as JSON."""
    engine = db.within(db.make_engine(f"sqlite:///{folder / 'timed.db'}"), db.FIRST_ORGANISATION)
    started = time.process_time()
    with db.reading(engine) as session:
        wanted = [one.id for one in list_administrations(session)]
        cache = calibration.AnalysisCache()
        found = calibration.analysis_of(session, accounts.system_actor(), cache, wanted)
        rows = item_rows(found, None)
    figures = {
        "rows": len(rows),
        "persons": found.n_persons,
        "cpu": time.process_time() - started,
        "cpu_of_process": time.process_time(),
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "digest": found.matrix.digest,
    }
    print(json.dumps(figures))


def main() -> None:
    """Print a table, or do one part of the work in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", action="append", help="items x persons")
    parser.add_argument("--look", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.look:
        look(asked.look)
        return
    print("| items × persons | CPU s of the view | CPU s of the process | peak MiB |")
    print("| --- | --- | --- | --- |")
    for size in asked.size or SIZES:
        with tempfile.TemporaryDirectory() as name:
            prepare(Path(name), size)
            done = subprocess.run(  # noqa: S603  (this module, by its name)
                [sys.executable, "-m", "benchmarks.item_table", "--look", name],
                capture_output=True,
                text=True,
                check=True,
            )
        found = json.loads(done.stdout)
        print(
            f"| {size.replace('x', ' × ')} | {found['cpu']:.2f} | {found['cpu_of_process']:.2f} "
            f"| {found['mib']:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
