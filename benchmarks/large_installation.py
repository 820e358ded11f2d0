"""A large installation, built by the product's own services from seeded simulations.

A bank of 2,000 items, an exam with two forms of 60, twenty administrations: one of 5,000 candidates
who are decided about and have accounts, one of 5,000 who have handed in and wait for their scores,
one that is open to 5,000 people, and seventeen of 200 that are scored.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
from sqlalchemy import Engine
from sqlmodel import Session

from benchmarks.issuing import ACTOR, CLOCK, add_candidates, give_accounts
from examengine import (
    accounts,
    assembly,
    bank,
    calibration,
    credentials,
    db,
    delivery,
    marking,
    scoring,
    standard_setting,
)
from examengine.accounts import PasswordHasher
from examengine.rehearsal.programme import (
    STAFF,
    let_one_officer_be_enough,
    ratings_csv,
)

PASSWORD = "a password for timing"  # noqa: S105  (of an installation that is gone afterwards)
EXAM = BANK = "large"
AREAS = tuple(f"area-{number}" for number in range(1, 9))
FORM_LENGTH = 60
SMALL_ADMINISTRATIONS, SMALL = 17, 200
HASHER = PasswordHasher(memory_kib=64, passes=1)
JUDGES = 40
"""As many as a panel may have."""
_WORDS = 4_000

_BANK = """
schema: examengine/bank/1
id: large
title: Large
language: en
description: Items of a program, for timing.
licence: none
provenance: Drawn by a program.
cognitive_levels:
  - {id: recall, title: Recall}
  - {id: apply, title: Apply}
  - {id: analyse, title: Analyse}
content_areas:
"""

_ITEM = """
schema: examengine/item/1
id: {id}
version: 1
type: single_choice
area: {area}
level: {level}
seconds: {seconds}
enemies: []
provenance: {{author: a program, written: "2026-11-21", licence: none}}
stem: "{stem}?"
options:
  - {{id: a, text: "{a}", rationale: "Right: {a}."}}
  - {{id: b, text: "{b}", rationale: "Not so: {b}."}}
  - {{id: c, text: "{c}", rationale: "Not so: {c}."}}
  - {{id: d, text: "{d}", rationale: "Not so: {d}."}}
key: a
"""

_EXAM = """
schema = "examengine/exam/1"
id = "large"
title = "Large"
bank = "large"
minutes = 90
description = "Sixty questions of a program."
instructions = "Answer them."
consent = "I will answer on my own."

[achievement]
name = "Large"
description = "Nothing."
criteria = "None."

[scale]
slope = "100"
intercept = "500"
minimum = 200
maximum = 800

[blueprint]
forms = 2
length = 60
common = 10
seconds = [3000, 6000]

[blueprint.areas]
"""


@dataclass(frozen=True, slots=True)
class Installation:
    """What was built.

    Attributes:
        engine: Of its one organisation.
        state: Its folder: the database and the signing keys.
        decided: The administration whose candidates are decided about.
        handed_in: The one whose candidates wait for their scores.
        open: The one that is offered now.
        panel_id: A panel of judges at work, whose ratings are in `ratings`.
        ratings: A file that rates every item of its form, for each judge.
    """

    engine: Engine
    state: Path
    decided: UUID
    handed_in: UUID
    open: UUID
    panel_id: UUID
    ratings: bytes


@contextmanager
def large_installation(n_items: int, n_candidates: int) -> Iterator[Installation]:
    """Build it in a folder that is gone afterwards.

    Args:
        n_items: Items of the bank.
        n_candidates: Candidates of each of the three large administrations.
    """
    with tempfile.TemporaryDirectory() as name:
        state = Path(name)
        engine = db.within(
            db.make_engine(f"sqlite:///{state / 'examengine.db'}"), db.FIRST_ORGANISATION
        )
        db.upgrade(engine)
        yield _built(engine, state, n_items, n_candidates)
        engine.dispose()


def _built(engine: Engine, state: Path, n_items: int, n_candidates: int) -> Installation:
    credentials.create_key(state / "keys", CLOCK.now(), development=True)
    with db.writing(engine) as session:
        _add_staff(session)
        folder = _write_bank(state / "bank", n_items)
        bank.import_bank(session, CLOCK, ACTOR, bank.load_folder(folder))
        exam = assembly.save_exam(session, CLOCK, ACTOR, assembly.read_exam(folder / "exam.toml"))
        made = assembly.assemble_forms(session, ACTOR, exam.id)
        forms = assembly.publish_forms(session, CLOCK, ACTOR, exam.id, made)
    sat = [_sat(engine, n_candidates, seed=1)]
    sat += [_sat(engine, SMALL, seed=seed) for seed in range(2, 2 + SMALL_ADMINISTRATIONS)]
    run = _calibrated(engine, sat[0])
    with db.writing(engine) as session:
        _adopt_cut(session, forms)
        panel, ratings = _panel(session, forms[0], run)
    decided = _sat(engine, n_candidates, seed=100)
    with db.writing(engine) as session:
        scoring.score_administration(session, CLOCK, ACTOR, decided)
        scoring.decide(session, CLOCK, ACTOR, decided)
        for one in sat[1:]:
            scoring.score_administration(session, CLOCK, ACTOR, one)
    give_accounts(engine, decided)
    return Installation(
        engine, state, decided, sat[0], _open(engine, forms, n_candidates), panel.id, ratings
    )


def _add_staff(session: Session) -> None:
    let_one_officer_be_enough(session, CLOCK, ACTOR)
    for email, name, role in STAFF:
        accounts.add_person(
            session,
            CLOCK,
            HASHER,
            ACTOR,
            email=email,
            name=name,
            password=PASSWORD,
            roles=[role],
        )


def _write_bank(folder: Path, n_items: int) -> Path:
    """Write a bank of single-choice items, each in words of its own, and its exam."""
    rng = np.random.default_rng(1)
    (folder / "items").mkdir(parents=True)
    areas = "".join(
        f"  - {{id: {one}, title: {one}, statement: Knows what {one} is about.}}\n" for one in AREAS
    )
    (folder / "bank.yaml").write_text(_BANK + areas)
    share = FORM_LENGTH // len(AREAS)
    wanted = "".join(f"{one} = [{share - 2}, {share + 3}]\n" for one in AREAS)
    (folder / "exam.toml").write_text(_EXAM + wanted)
    for number in range(n_items):
        words = [f"word{one}" for one in rng.integers(0, _WORDS, 36)]
        texts = [" ".join(words[start : start + 4]) for start in (20, 24, 28, 32)]
        item = _ITEM.format(
            id=f"LI-{number:05}",
            area=AREAS[number % len(AREAS)],
            level=("recall", "apply", "analyse")[number % 3],
            seconds=45 + 5 * (number % 10),
            stem=" ".join(words[:20]).capitalize(),
            **dict(zip("abcd", texts, strict=True)),
        )
        (folder / "items" / f"LI-{number:05}.yaml").write_text(item)
    return folder


def _sat(engine: Engine, n_candidates: int, *, seed: int) -> UUID:
    with db.writing(engine) as session:
        made = calibration.simulate_pilot(
            session, CLOCK, ACTOR, EXAM, persons_per_form=n_candidates // 2, seed=seed
        )
    return made.id


def _calibrated(engine: Engine, administration_id: UUID) -> calibration.CalibrationRun:
    run = calibration.run_calibration(
        engine,
        CLOCK,
        ACTOR,
        calibration.AnalysisCache(),
        [administration_id],
        marking.Policy(),
        calibration.RunSettings(model="2pl"),
    )
    with db.writing(engine) as session:
        calibration.adopt_run(session, CLOCK, ACTOR, run.id, "So that there are scores to time.")
    return run


def _adopt_cut(session: Session, forms: Sequence[assembly.Form]) -> None:
    standard_setting.adopt_cut_set_elsewhere(
        session,
        CLOCK,
        ACTOR,
        EXAM,
        forms[0].id,
        points="24",
        standard_error="0.5",
        reason="So that most candidates pass: what is timed grows with them.",
        seen_cut=None,
    )


def _panel(
    session: Session, form: assembly.Form, run: calibration.CalibrationRun
) -> tuple[standard_setting.Panel, bytes]:
    """Set up the largest panel there may be, and write its ratings, which nobody has sent yet."""
    panel = standard_setting.set_up_panel(
        session,
        CLOCK,
        ACTOR,
        EXAM,
        form.id,
        definition="Whoever is just good enough.",
        rounds=1,
        names=[f"Simulated {number}" for number in range(JUDGES)],
        simulated=True,
    )
    return panel, ratings_csv(panel, run.body, np.random.default_rng(2)).encode()


def _open(engine: Engine, forms: Sequence[assembly.Form], n_candidates: int) -> UUID:
    """Open an administration and enrol people who have accounts."""
    now = CLOCK.now()
    with db.writing(engine) as session:
        people = add_candidates(session, n_candidates, "candidate")
        administration = delivery.open_administration(
            session,
            CLOCK,
            ACTOR,
            exam_id=EXAM,
            form_ids=[form.id for form in forms],
            title="Open now",
            opens_at=now - timedelta(minutes=1),
            closes_at=now + timedelta(days=1),
        )
        rng = np.random.default_rng(3)
        delivery.enrol_all(session, CLOCK, rng, ACTOR, administration.id, people)
    return administration.id
