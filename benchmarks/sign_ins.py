"""What signing in costs besides the hash of the password: counting, session, trail, on SQLite.

Example:
    python -m benchmarks.sign_ins
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import Engine
from tests.delivery.examples import PASSWORD, QUICK

from examengine import accounts, db
from examengine.accounts import Role, SignIn, SignInRefused
from examengine.accounts.sign_in import admit, enter
from examengine.kernel.clock import SystemClock

CLOCK = SystemClock()


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(prog="benchmarks.sign_ins", description=__doc__)
    parser.add_argument("--people", type=int, default=400)
    people: int = parser.parse_args().people
    with tempfile.TemporaryDirectory(prefix="sign-ins") as folder:
        engine = db.make_engine(f"sqlite:///{Path(folder) / 'exams.db'}")
        db.upgrade(engine)
        _add(engine, people)
        _measured(engine, range(people // 4), right=True)  # statements are compiled
        right = _measured(engine, range(people // 4, people), right=True)
        wrong = _measured(engine, range(people // 4, people), right=False)
        engine.dispose()
    sys.stdout.write(
        f"{people} people: {right:.2f} ms of CPU for a sign-in besides its hash, "
        f"{wrong:.2f} ms for a guess\n"
    )


def _add(engine: Engine, people: int) -> None:
    with db.writing(db.within(engine, db.FIRST_ORGANISATION)) as session:
        for number in range(people):
            accounts.add_person(
                *(session, CLOCK, QUICK, accounts.system_actor()),
                email=f"person-{number}@example.org",
                name=f"Person {number}",
                password=PASSWORD,
                roles=[Role.CANDIDATE],
            )


def _measured(engine: Engine, people: range, *, right: bool) -> float:
    """Let each try once, with a password that is taken for right or wrong; return CPU ms of one."""
    begun = time.process_time()
    for number in people:
        asked = SignIn(email=f"person-{number}@example.org", source=f"192.0.2.{number % 250}")
        admitted = admit(engine, CLOCK, asked)
        try:
            enter(engine, CLOCK, admitted, right=right)
        except SignInRefused:
            continue
    return 1000 * (time.process_time() - begun) / len(people)


if __name__ == "__main__":
    main()
