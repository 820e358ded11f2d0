"""A whole exam programme for a first look: bank, forms, people, pilot, calibration, panel.

Everything simulated says so: the pilot is an administration marked as simulated, the judges are
called simulated, and the key is a development key, whose credentials are stamped TEST. Nothing is
adopted for the awarding officer: the cut score and the decisions wait for a person.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from scipy.special import expit
from sqlalchemy import Engine
from sqlmodel import Session

from examengine import (
    accounts,
    assembly,
    bank,
    calibration,
    credentials,
    db,
    delivery,
    four_eyes,
    marking,
    standard_setting,
)
from examengine.accounts import Actor, PasswordHasher, Role
from examengine.kernel.clock import Clock

EXAM = "data-literacy"
WINDOW = timedelta(days=90)
JUDGES = 8
JUST_GOOD_ENOUGH = -0.1
"""Ability, in logits, that the simulated judges have in mind, give or take their severity."""

DEFINITION = (
    "A candidate who is just good enough reads everyday charts and tables correctly, notices when "
    "a figure or a sample cannot carry a claim, and works out percentages and averages with a "
    "calculator. They may still be unsure with conditional probability, with what an interval "
    "says, and with less common charts."
)

STAFF = (
    ("author@example.org", "Alma Authorson", Role.AUTHOR),
    ("psychometrician@example.org", "Percy Metrik", Role.PSYCHOMETRICIAN),
    ("officer@example.org", "Olive Award", Role.AWARDING_OFFICER),
    ("invigilator@example.org", "Ian Watch", Role.INVIGILATOR),
    ("panelist@example.org", "Paula Judge", Role.PANELIST),
    ("administrator@example.org", "Adam Keys", Role.ADMINISTRATOR),
)


@dataclass(frozen=True, slots=True)
class Programme:
    """What was set up."""

    exam_id: str
    administration_id: UUID
    pilot_id: UUID
    run_id: UUID
    panel_id: UUID
    candidates: tuple[str, ...]
    digests: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ProgrammeComponents:
    """What setting up a programme needs."""

    engine: Engine
    clock: Clock
    hasher: PasswordHasher
    actor: Actor
    banks: Path
    signing_keys: Path


def set_up(
    components: ProgrammeComponents,
    passwords: Mapping[str, str],
    candidates: Sequence[str],
    *,
    simulated: bool = False,
) -> Programme:
    """Set up the sample programme on an empty database.

    Args:
        components: The database, the clock and so on.
        passwords: The password of each person, by address; staff are `STAFF`.
        candidates: Addresses of the candidates, who are enrolled too.
        simulated: Whether a program is going to give the candidates' answers.

    Raises:
        ExamError: Something of it exists already, or the sample bank is broken.
    """
    folder = components.banks / EXAM
    credentials.create_key(components.signing_keys, components.clock.now(), development=True)
    hasher = _hashed(components.hasher, list(passwords.values()))
    with db.writing(components.engine) as session:
        let_one_officer_be_enough(session, components.clock, components.actor)
        people = _add_people(session, components, hasher, passwords, candidates)
        bank.import_bank(session, components.clock, components.actor, bank.load_folder(folder))
        spec = assembly.read_exam(folder / "exam.toml")
        exam = assembly.save_exam(
            session, components.clock, components.actor, spec, delivery.progressions_offered()
        )
        made = assembly.assemble_forms(session, components.actor, exam.id)
        forms = assembly.publish_forms(session, components.clock, components.actor, exam.id, made)
        pilot = _simulate_pilot(session, components, spec)
        administration = _open(session, components, exam, forms, simulated=simulated)
        rng = np.random.default_rng(spec["pilot"]["seed"])
        enrolled = [people[address] for address in candidates]
        delivery.enrol_all(
            session, components.clock, rng, components.actor, administration.id, enrolled
        )
    run = _calibrate(components, pilot.id)
    with db.writing(components.engine) as session:
        panel = _hold_panel(session, components, forms[0], run, rng)
    _compute_figures(components)
    return Programme(
        exam_id=exam.id,
        administration_id=administration.id,
        pilot_id=pilot.id,
        run_id=run.id,
        panel_id=panel.id,
        candidates=tuple(candidates),
        digests={
            "exam": exam.digest,
            **{f"form {form.code}": form.digest for form in forms},
            "calibration run": run.digest,
        },
    )


def _hashed(hasher: PasswordHasher, passwords: Sequence[str]) -> accounts.HashedBefore:
    """Hash passwords beforehand, several at a time: nobody waits in a transaction meanwhile."""
    with ThreadPoolExecutor() as pool:
        made = dict(zip(passwords, pool.map(hasher.hash, passwords), strict=True))
    return accounts.HashedBefore(made)


def let_one_officer_be_enough(session: Session, clock: Clock, actor: Actor) -> None:
    """Ask for no second person: the sample programme has one officer."""
    reason = "The sample programme has a single awarding officer."
    four_eyes.switch(session, clock, actor, on=False, reason=reason)


def _add_people(
    session: Session,
    components: ProgrammeComponents,
    hasher: accounts.HashedBefore,
    passwords: Mapping[str, str],
    candidates: Sequence[str],
) -> dict[str, UUID]:
    wanted = [*STAFF, *((address, _name_of(address), Role.CANDIDATE) for address in candidates)]
    return {
        address: accounts.add_person(
            session,
            components.clock,
            hasher,
            components.actor,
            email=address,
            name=name,
            password=passwords[address],
            roles=[role],
        ).id
        for address, name, role in wanted
    }


def _name_of(address: str) -> str:
    return address.partition("@")[0].replace(".", " ").title()


def _simulate_pilot(
    session: Session, components: ProgrammeComponents, spec: Mapping[str, Any]
) -> delivery.Administration:
    return calibration.simulate_pilot(
        session,
        components.clock,
        components.actor,
        spec["id"],
        persons_per_form=spec["pilot"]["persons_per_form"],
        seed=spec["pilot"]["seed"],
    )


def _open(
    session: Session,
    components: ProgrammeComponents,
    exam: assembly.Exam,
    forms: Sequence[assembly.Form],
    *,
    simulated: bool,
) -> delivery.Administration:
    now: datetime = components.clock.now()
    return delivery.open_administration(
        session,
        components.clock,
        components.actor,
        exam_id=exam.id,
        form_ids=[form.id for form in forms],
        title=f"Sitting of {now:%B %Y}",
        opens_at=now - timedelta(minutes=1),
        closes_at=now + WINDOW,
        simulated=simulated,
    )


def _calibrate(components: ProgrammeComponents, pilot_id: UUID) -> calibration.CalibrationRun:
    run = calibration.run_calibration(
        components.engine,
        components.clock,
        components.actor,
        calibration.AnalysisCache(),
        [pilot_id],
        marking.Policy(),
        calibration.RunSettings(model="2pl"),
    )
    with db.writing(components.engine) as session:
        reason = "First parameters, from the simulated pilot, so that a first look has scores."
        calibration.adopt_run(session, components.clock, components.actor, run.id, reason)
    return run


def _compute_figures(components: ProgrammeComponents) -> None:
    """Compute what the first look at the pilot would find missing."""
    for kind in (calibration.CLASSICAL_FIGURES, calibration.ITEM_FIGURES):
        delivery.compute_figures(components.engine, components.clock, components.actor, kind)


def _hold_panel(
    session: Session,
    components: ProgrammeComponents,
    form: assembly.Form,
    run: calibration.CalibrationRun,
    rng: np.random.Generator,
) -> standard_setting.Panel:
    panel = standard_setting.set_up_panel(
        session,
        components.clock,
        components.actor,
        form.exam_id,
        form.id,
        definition=DEFINITION,
        rounds=1,
        names=[f"Simulated {number}" for number in range(1, JUDGES + 1)],
        simulated=True,
    )
    return standard_setting.import_ratings(
        session,
        components.clock,
        components.actor,
        panel.id,
        source="simulated-ratings.csv",
        content=ratings_csv(panel, run.body, rng).encode(),
    )


def ratings_csv(
    panel: standard_setting.Panel, parameters: Mapping[str, Any], rng: np.random.Generator
) -> str:
    """Return simulated ratings: each judge sees the just good enough candidate in their own way.

    A rating is the probability of a right answer at that ability, moved by the judge's severity
    (deviation .25 logits) and by a misjudgement of the item (deviation .45 logits), and rounded
    to whole percents, as people do.
    """
    items = {item["item_id"]: item for item in parameters["items"]}
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["judge_id", "item_id", "rating", "round"])
    for judge in panel.active:
        severity = rng.normal(0.0, 0.25)
        for item_id in panel.item_ids:
            item = items[item_id]
            seen = item["a"] * (JUST_GOOD_ENOUGH + severity - item["b"]) + rng.normal(0.0, 0.45)
            share = float(np.clip(expit(seen), 0.05, 0.99))
            writer.writerow([judge.judge_id, item_id, f"{share:.2f}", 1])
    return table.getvalue()
