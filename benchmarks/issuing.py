"""Times issuing: processor milliseconds a credential, at three sizes, on an SQLite file.

Examples:
    python -m benchmarks.issuing
    python -m benchmarks.issuing --sizes 400 2000

The sample programme is set up once; each size is an administration of its own whose candidates
have accounts and pass. Issuing is timed as the command and the page do it: working out what is
due, then page by page reading, signing, checking each signature, and recording.
"""

import argparse
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import numpy as np
from sqlalchemy import Engine, select, update
from sqlmodel import Session, SQLModel

from examengine import accounts, assembly, calibration, credentials, db, scoring, standard_setting
from examengine.accounts import PasswordHasher, Role
from examengine.credentials import AwardingBody
from examengine.kernel.clock import SystemClock
from examengine.kernel.signer import Signer
from examengine.rehearsal.programme import STAFF, ProgrammeComponents, set_up
from examengine.resources import data_folder

SIZES = (400, 2_000, 10_000)
ACTOR = accounts.system_actor()
CLOCK = SystemClock()
CANDIDATE = "ada.adams@example.org"


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.issuing",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="how many candidates")
    chosen = parser.parse_args()
    print(f"load average before: {os.getloadavg()[0]:.1f}; {os.cpu_count()} processors\n")
    print("| credentials | CPU ms each | of which: what is due | signing | wall s |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    with programme() as (engine, body, exam_id):
        for size in chosen.sizes:
            print(_row(engine, body, _decided(engine, exam_id, size)), flush=True)


def _row(engine: Engine, body: AwardingBody, administration_id: UUID) -> str:
    """Issue all that is due and return a row of the table."""
    signer = body.signer()
    began = time.process_time()
    with db.reading(engine) as session:
        due = len(credentials.awards_due(session, ACTOR, administration_id).due)
    knowing = time.process_time() - began
    began, wall = time.process_time(), time.perf_counter()
    pages = credentials.issue_due(
        engine,
        CLOCK,
        signer,
        np.random.default_rng(1),
        ACTOR,
        body,
        administration_id,
        most=due,
    )
    issued = [credential for page in pages for credential in page]
    cpu, wall = time.process_time() - began, time.perf_counter() - wall
    signing = _signing(signer, issued[0].document, min(len(issued), 500))
    each = [1000 * seconds / len(issued) for seconds in (cpu, knowing)]
    return f"| {len(issued)} | {each[0]:.2f} | {each[1]:.2f} | {signing:.2f} | {wall:.1f} |"


def _signing(signer: Signer, document: bytes, count: int) -> float:
    """Return the processor milliseconds of signing and checking one credential of many."""
    press, now = credentials.Press(signer), CLOCK.now()
    press.released(credentials.unsigned_again(document, signer, now), now)
    began = time.process_time()
    for _ in range(count):
        press.released(credentials.unsigned_again(document, signer, now), now)
    return 1000 * (time.process_time() - began) / count


@contextmanager
def programme() -> Iterator[tuple[Engine, AwardingBody, str]]:
    """Set up the sample programme in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        engine = db.within(
            db.make_engine(f"sqlite:///{folder}/examengine.db"), db.FIRST_ORGANISATION
        )
        db.upgrade(engine)
        keys = Path(folder) / "keys"
        hasher = PasswordHasher(memory_kib=64, passes=1)
        parts = ProgrammeComponents(engine, CLOCK, hasher, ACTOR, data_folder("item_banks"), keys)
        people = [*(address for address, *_ in STAFF), CANDIDATE]
        made = set_up(parts, dict.fromkeys(people, secrets.token_hex(8)), [CANDIDATE])
        _adopt_lowest_cut(engine, made.exam_id)
        yield engine, AwardingBody("https://exams.example.org", keys, "Benchmark"), made.exam_id
        engine.dispose()


def _adopt_lowest_cut(engine: Engine, exam_id: str) -> None:
    with db.writing(engine) as session:
        standard_setting.adopt_cut_set_elsewhere(
            session,
            CLOCK,
            ACTOR,
            exam_id,
            assembly.forms_of(session, exam_id)[0].id,
            points="16",
            standard_error="0.5",
            reason="So that nearly everybody passes: what is timed is issuing.",
            seen_cut=None,
        )


def _decided(engine: Engine, exam_id: str, size: int) -> UUID:
    """Return an administration in which so many candidates sat, were scored and passed."""
    with db.writing(engine) as session:
        forms = len(assembly.forms_of(session, exam_id))
        made = calibration.simulate_pilot(
            session, CLOCK, ACTOR, exam_id, persons_per_form=-(-size // forms), seed=size
        )
        scoring.score_administration(session, CLOCK, ACTOR, made.id)
        scoring.decide(session, CLOCK, ACTOR, made.id)
    give_accounts(engine, made.id)
    return made.id


def give_accounts(engine: Engine, administration_id: UUID) -> None:
    """Give each simulated candidate an account, as those who sit here have one."""
    decision = SQLModel.metadata.tables["decision"]
    of_it = select(decision.c.id).where(decision.c.administration_id == administration_id)
    with db.writing(engine) as session:
        decision_ids = session.execute(of_it).scalars().all()
        people = add_candidates(session, len(decision_ids), str(administration_id))
        for decision_id, person_id in zip(decision_ids, people, strict=True):
            session.execute(
                update(decision).where(decision.c.id == decision_id).values(person_id=person_id)
            )


def add_candidates(session: Session, number: int, name: str) -> list[UUID]:
    """Add people who may sit exams; one password serves them all, for nobody signs in."""
    password = secrets.token_hex(8)
    hasher = accounts.HashedBefore(
        {password: PasswordHasher(memory_kib=64, passes=1).hash(password)}
    )
    return [
        accounts.add_person(
            session,
            CLOCK,
            hasher,
            ACTOR,
            email=f"{name}-{place}@example.org",
            name=f"Candidate {place}",
            password=password,
            roles=[Role.CANDIDATE],
        ).id
        for place in range(number)
    ]


if __name__ == "__main__":
    main()
