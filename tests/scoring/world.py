"""A small exam programme that tests can run: bank, form, parameters, people, sittings, a cut."""

import gzip
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from sqlalchemy import Engine, insert
from sqlmodel import Session

from examengine import (
    accounts,
    assembly,
    bank,
    calibration,
    db,
    delivery,
    four_eyes,
    integrity,
    marking,
    scoring,
    standard_setting,
)
from examengine.accounts import Actor, PasswordHasher, Role
from examengine.calibration import CalibrationRun, repository
from examengine.calibration.tables import SnapshotRow
from examengine.db import FIRST_ORGANISATION
from examengine.delivery import AttemptWriter, Focus, FormsInPlay, Save, ShowItem, Start, Submit
from examengine.kernel.digest import digest
from examengine.kernel.ids import new_id
from examengine.kernel.tokens import token_digest
from examengine.scoring import repository as score_repository
from tests.clock import SetClock
from tests.conftest import PASSWORD, add_actor
from tests.sample_banks import sample_bank

BANK = Path(__file__).parents[2] / "item_banks" / "data-literacy"
AREAS = ("reading-charts", "data-quality")
PER_AREA = 6
PRETEST = 1
"""The last item of the form is being tried out."""

SPEC = {
    "schema": "examengine/exam/1",
    "id": "short-exam",
    "title": "Short exam",
    "bank": "data-literacy",
    "minutes": 30,
    "description": "A short exam for tests.",
    "instructions": "Answer every question.",
    "consent": "I answer on my own.",
    "achievement": {"name": "Short", "description": "Did it.", "criteria": "Reached the mark."},
    "scale": {"slope": "100", "intercept": "500", "minimum": 200, "maximum": 800},
    "blueprint": {"forms": 1, "length": 12, "areas": dict.fromkeys(AREAS, PER_AREA)},
}


FIGURES: dict[str, Any] = {
    "items": [],
    "estimation": {"hessian_condition": None, "warnings": []},
    "abilities": {"reliability": 0.8},
    "model": None,
    "dependence": {"pairs": []},
    "second_opinion": None,
}
"""What a run says of its fit, where nobody asked."""


@dataclass
class Candidate:
    """Somebody who sits the exam."""

    actor: Actor
    email: str
    attempt_id: UUID
    session: str


@dataclass
class World:
    """An exam programme in a database, with everything committed."""

    engine: Engine
    clock: SetClock
    hasher: PasswordHasher
    staff: Actor
    form: assembly.Form
    versions: Mapping[str, bank.ItemVersion]
    administration: delivery.Administration
    candidates: dict[str, Candidate] = field(default_factory=dict)

    def enrol(self, name: str) -> Candidate:
        """Add a candidate, enrol them and sign them in."""
        email = f"{name.lower()}@example.org"
        with db.writing(self.engine) as session:
            person = accounts.add_person(
                session,
                self.clock,
                self.hasher,
                accounts.system_actor(),
                email=email,
                name=name,
                password=PASSWORD,
                roles=[Role.CANDIDATE],
            )
            attempts = delivery.enrol_all(
                session,
                self.clock,
                np.random.default_rng(1),
                self.staff,
                self.administration.id,
                [person.id],
            )
        asked = accounts.SignIn(email=email)
        token = accounts.sign_in(self.engine, self.clock, self.hasher, asked, PASSWORD).token
        actor = Actor(person.id, person.name, person.roles, FIRST_ORGANISATION)
        made = Candidate(actor, email, attempts[person.id], token_digest(token))
        self.candidates[name] = made
        return made

    def sit(
        self,
        name: str,
        right: int,
        *,
        away: Iterable[float] = (),
        submit: bool = True,
        pace: float = 20.0,
        look: bool = True,
    ) -> Candidate:
        """Enrol somebody who answers the first `right` items right and the others wrong.

        Args:
            name: The candidate.
            right: How many items they answer right, in the order of the form.
            away: How many seconds they leave the page, once on each of the first items.
            submit: Whether they submit, or are still at it.
            pace: Seconds over each question.
            look: Whether they open the questions that they answer.
        """
        candidate, absences = self.enrol(name), list(away)
        with self._writer() as writer:
            asked = {"attempt_id": candidate.attempt_id, "session": candidate.session}
            recorded = writer.record(Start(**asked, received_at=self._soon(1), consented=True))
            for place, item in enumerate(self.form.items, start=1):
                item_id = item.ref.item_id
                if look:
                    shown = ShowItem(**asked, received_at=self._soon(pace / 10), place=place)
                    recorded = writer.record(shown)
                if place <= len(absences):
                    self._leave(writer, asked, item_id, place, absences[place - 1])
                recorded = writer.record(
                    Save(
                        **asked,
                        received_at=self._soon(pace),
                        item_id=item_id,
                        response=self.answer(item_id, right=place <= right),
                        seen=recorded.version,
                        client="page",
                        seq=1000 + place,
                    )
                )
            if submit:
                writer.record(Submit(**asked, received_at=self._soon(5)))
        return candidate

    def answer(self, item_id: str, *, right: bool) -> Any:
        """Return the key of an item, or a wrong answer to it."""
        version = self.versions[item_id]
        item_type = bank.ITEM_TYPES[version.item_type]
        if right:
            return item_type.key_response(version.content)
        return item_type.wrong_responses(version.content)[0]

    def adopt_cut(self, points: str = "6") -> standard_setting.CutScore:
        """Adopt a cut that was set elsewhere."""
        with db.writing(self.engine) as session:
            current = standard_setting.current_cut(session, self.form.exam_id)
            return standard_setting.adopt_cut_set_elsewhere(
                session,
                self.clock,
                self.staff,
                self.form.exam_id,
                self.form.id,
                points=points,
                standard_error="0.5",
                reason="Set by the council in its meeting of March.",
                seen_cut=None if current is None else current.id,
            )

    def change_scoring(
        self, spec: Mapping[str, Any], reason: str, actor: Actor | None = None
    ) -> assembly.ScoringPolicyRecord | four_eyes.Proposal:
        """Say anew by what the exam is scored, with how it is scored now before one's eyes."""
        with db.writing(self.engine) as session:
            seen = assembly.find_exam(session, self.form.exam_id).scoring.digest
            return scoring.change_scoring(
                session,
                self.clock,
                actor or self.staff,
                self.form.exam_id,
                spec,
                reason=reason,
                seen=seen,
            )

    def correct_key(
        self,
        item_id: str,
        remedy: assembly.Remedy | None,
        *accept: Any,
        reason: str = "The source that the item rests on was found to be wrong.",
        actor: Actor | None = None,
    ) -> assembly.ScoringPolicyRecord | four_eyes.Proposal:
        """Say how an item counts whose key was found wrong; with no remedy as the key says."""
        ref = self.versions[item_id].ref
        correction = (
            None if remedy is None else assembly.KeyCorrection(item_id, ref.version, remedy, accept)
        )
        with db.writing(self.engine) as session:
            seen = assembly.find_exam(session, self.form.exam_id).scoring.digest
            return scoring.correct_key(
                session,
                self.clock,
                actor or self.staff,
                self.form.exam_id,
                ref,
                correction,
                reason=reason,
                seen=seen,
            )

    def adopt_parameters(self, a: float = 1.0, leave_out: int = 0) -> bank.AdoptedParameters:
        """Adopt parameters for the scored items."""
        ids = [item.ref.item_id for item in self.form.items if item.scored]
        body = parameters(ids[: len(ids) - leave_out], a)
        with db.writing(self.engine) as session:
            run = _run(session, self, body)
            return bank.adopt_parameters(
                session,
                self.clock,
                self.staff,
                "data-literacy",
                body=body,
                run_id=run.id,
                run_digest=run.digest,
                reason="The first calibration.",
            )

    def _leave(
        self,
        writer: AttemptWriter,
        asked: dict[str, Any],
        item_id: str,
        place: int,
        seconds: float,
    ) -> None:
        for lost, after in ((True, 1.0), (False, seconds)):
            writer.record(
                Focus(
                    **asked,
                    received_at=self._soon(after),
                    item_id=item_id,
                    lost=lost,
                    client="page",
                    seq=10 * place + (not lost),
                )
            )

    def _soon(self, seconds: float) -> Any:
        self.clock.forward(seconds=seconds)
        return self.clock.now()

    @contextmanager
    def _writer(self) -> Any:
        writer = AttemptWriter(self.engine, self.clock, FormsInPlay())
        writer.start()
        try:
            yield writer
        finally:
            writer.stop()


def build(
    engine: Engine,
    clock: SetClock,
    hasher: PasswordHasher,
    *,
    spec: Mapping[str, Any] = SPEC,
    simulated: bool = False,
    calibrated: bool = True,
) -> World:
    """Make a programme whose exam is open, calibrated, and has nobody in it yet.

    Args:
        engine: The database.
        clock: Its time.
        hasher: Of passwords.
        spec: The exam; its id stays the same.
        simulated: Whether a program is going to give the answers.
        calibrated: Whether item parameters are adopted.
    """
    with db.writing(engine) as session:
        staff = add_actor(session, clock, hasher, *Role, name="Staff of all trades")
        four_eyes.switch(session, clock, staff, on=False, reason="One person is all of the staff.")
        loaded = _few_items()
        report = bank.import_bank(session, clock, staff, loaded)
        assert report.written, [str(item.faults) for item in report.items if item.faults]
        assembly.save_exam(session, clock, staff, spec)
        versions = {one.item_id: one for one in bank.latest_versions(session, "data-literacy")}
        items = [
            assembly.FormItem(version.ref, scored=place < len(versions) - PRETEST)
            for place, version in enumerate(versions.values())
        ]
        form = assembly.publish_given_form(session, clock, staff, "short-exam", "A", items)
        administration = delivery.open_administration(
            session,
            clock,
            staff,
            exam_id="short-exam",
            form_ids=[form.id],
            title="Spring session",
            opens_at=clock.now() - timedelta(hours=1),
            closes_at=clock.now() + timedelta(hours=8),
            simulated=simulated,
        )
    world = World(engine, clock, hasher, staff, form, versions, administration)
    if calibrated:
        world.adopt_parameters()
    return world


def parameters(item_ids: Iterable[str], a: float = 1.0) -> dict[str, Any]:
    """Return item parameters of the 2PL with difficulties spread around zero."""
    ids = list(item_ids)
    return {
        "schema": "examengine/item-parameters/1",
        "metric": "logistic",
        "D": 1.0,
        "model": "2pl",
        "n_persons": 1200,
        "n_items": len(ids),
        "n_parameters": 2 * len(ids),
        "log_likelihood": -7000.0,
        "bic": 14100.0,
        "iterations": 20,
        "converged": True,
        "seconds": 0.1,
        "quadrature": {"points": 61, "range": [-6, 6]},
        "groups": [{"group": "all", "mean": 0.0, "sd": 1.0, "fixed": True}],
        "items": [
            {
                "item_id": item_id,
                "model": "2pl",
                "a": a,
                "b": round(-1.5 + 0.3 * place, 2),
                "se": {},
                "n": 1200,
            }
            for place, item_id in enumerate(ids)
        ],
    }


def imported_record(world: World, label: str, right: int) -> delivery.ResponseRecord:
    """Return responses as a file would bring them."""
    now = world.clock.now()
    return delivery.sealed(
        delivery.ResponseRecord(
            id=new_id(now),
            administration_id=world.administration.id,
            attempt_id=None,
            person_id=None,
            candidate=label,
            form_id=world.form.id,
            form_digest=world.form.digest,
            responses={
                item.ref.item_id: world.answer(item.ref.item_id, right=place < right)
                for place, item in enumerate(world.form.items)
            },
            seconds={},
            head="sha256:" + "1" * 64,
            head_version=None,
            reason="imported",
            submitted_at=now,
        )
    )


def _run(session: Session, world: World, body: dict[str, Any]) -> CalibrationRun:
    """Store a run that found these parameters, with a snapshot that nobody reads."""
    now, snapshot = world.clock.now(), f"sha256:{uuid4().hex * 2}"
    session.execute(
        insert(SnapshotRow).values(
            digest=snapshot,
            bank_id="data-literacy",
            body={},
            scored=gzip.compress(b""),
            raw=gzip.compress(b""),
            key=gzip.compress(b""),
            taken_at=now,
        )
    )
    settings = {"scale_nodes": True}
    named = (new_id(now), snapshot, "2pl", "mml-em", settings, body, "sha256:result", "0.1.0")
    covered = calibration.run_body(*named, world.staff.person_id, now)
    run = CalibrationRun(
        id=named[0],
        administration_ids=(world.administration.id,),
        bank_id="data-literacy",
        scope=marking.Scope.OPERATIONAL,
        snapshot_digest=snapshot,
        model="2pl",
        estimator="mml-em",
        settings=settings,
        body=body,
        statistics=FIGURES,
        result_digest="sha256:result",
        code_version="0.1.0",
        ran_by=world.staff.person_id,
        ran_at=now,
        digest=digest(covered),
    )
    repository.add_run(session, run)
    return run


@cache
def _few_items() -> bank.LoadedBank:
    loaded = sample_bank("data-literacy")
    chosen = []
    for area in AREAS:
        alone = [
            item
            for item in loaded.items
            if item.content["area"] == area and not item.content.get("enemies")
        ]
        chosen += alone[:PER_AREA]
    return replace(loaded, items=tuple(chosen))


def with_records(session: Session, found: Iterable[scoring.CandidateResult]) -> list[Any]:
    """Return lines of results with the whole records in place of what lists show of them."""
    lines = list(found)
    ids = [one.response_record_id for one in lines]
    scores = score_repository.newest_scores(session, ids)
    decided = score_repository.newest_decisions(session, ids)
    return [
        replace(
            one,
            score=scores.get(one.response_record_id),
            decision=decided.get(one.response_record_id),
            clearance=integrity.clearance_of(session, one.response_record_id),
        )
        for one in lines
    ]
