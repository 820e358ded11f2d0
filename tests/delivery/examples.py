"""A small exam that tests of delivery sit: one item of each type, from the sample bank."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from numpy.random import default_rng
from sqlalchemy import Engine
from sqlmodel import Session

from examengine import accounts, assembly, bank, db, delivery
from examengine.accounts import Role, session_repository
from examengine.accounts.tables import SessionRow
from examengine.db import FIRST_ORGANISATION
from examengine.kernel.clock import Clock
from examengine.kernel.tokens import token_digest
from tests.sample_banks import sample_bank

SAMPLE = Path(__file__).parents[2] / "item_banks" / "data-literacy"
SINGLE, TYPED, NUMBER = "DL-COR-001", "DL-COR-002", "DL-AVG-001"
MATCHING, ORDER, MULTIPLE = "DL-ETH-015", "DL-RCT-009", "DL-PRB-005"
PASSWORD = "correct horse battery"
QUICK = accounts.PasswordHasher(memory_kib=64, passes=1)
ITEMS = (SINGLE, TYPED, NUMBER, MATCHING, ORDER, MULTIPLE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who is enrolled and signed in."""

    person_id: UUID
    email: str
    cookie: str
    attempt_id: UUID

    @property
    def session(self) -> str:
        """The digest under which the server knows the browser."""
        return token_digest(self.cookie)

    @property
    def actor(self) -> accounts.Actor:
        """Who they are to a use case."""
        roles = frozenset({Role.CANDIDATE})
        return accounts.Actor(self.person_id, self.email, roles, FIRST_ORGANISATION)

    def asked(self, clock: Clock) -> dict[str, Any]:
        """What every command of this candidate has."""
        return {
            "attempt_id": self.attempt_id,
            "session": self.session,
            "received_at": clock.now(),
        }


@cache
def loaded() -> bank.LoadedBank:
    """The six items of the sample bank, read once."""
    whole = sample_bank("data-literacy")
    return replace(whole, items=tuple(item for item in whole.items if item.id in ITEMS))


def published_form(session: Session, clock: Clock, code: str = "A") -> assembly.Form:
    """A published form of the six items, in the order of ITEMS."""
    console = accounts.system_actor()
    report = bank.import_bank(session, clock, console, loaded())
    assert report.accepted, report
    exam = assembly.save_exam(session, clock, console, assembly.read_exam(SAMPLE / "exam.toml"))
    refs = {item.item_id: item.ref for item in bank.latest_versions(session, exam.bank_id)}
    items = [assembly.FormItem(refs[item_id], scored=True) for item_id in ITEMS]
    return assembly.publish_given_form(session, clock, console, exam.id, code, items)


def opened(
    session: Session, clock: Clock, *forms: assembly.Form, hours: float = 4
) -> delivery.Administration:
    """An administration that is open from now on."""
    return delivery.open_administration(
        session,
        clock,
        accounts.system_actor(),
        exam_id=forms[0].exam_id,
        form_ids=[form.id for form in forms],
        title="A sitting",
        opens_at=clock.now(),
        closes_at=clock.now() + timedelta(hours=hours),
    )


def candidates(
    session: Session,
    clock: Clock,
    administration: delivery.Administration,
    count: int = 1,
    *,
    extra_time_percent: int = 0,
) -> list[Candidate]:
    """People who are enrolled and signed in; their password is PASSWORD."""
    found = []
    for _ in range(count):
        made = _person(session, clock)
        cookie = secrets.token_urlsafe(32)
        now = clock.now()
        row = SessionRow(
            token_digest=token_digest(cookie),
            person_id=made.id,
            organisation_id=FIRST_ORGANISATION,
            created_at=now,
            expires_at=now + accounts.IDLE_CANDIDATE,
        )
        session_repository.add(session, row)
        found.append((made, cookie))
    attempts = delivery.enrol_all(
        session,
        clock,
        default_rng(7),
        accounts.system_actor(),
        administration.id,
        [made.id for made, _ in found],
        extra_time_percent=extra_time_percent,
    )
    return [Candidate(made.id, made.email, cookie, attempts[made.id]) for made, cookie in found]


def _person(session: Session, clock: Clock) -> accounts.Person:
    return accounts.add_person(
        session,
        clock,
        QUICK,
        accounts.system_actor(),
        email=f"{secrets.token_hex(6)}@example.org",
        name=f"Candidate {secrets.token_hex(2)}",
        password=PASSWORD,
        roles=[Role.CANDIDATE],
    )


def sitting(engine: Engine, clock: Clock, count: int = 1, **options: Any) -> list[Candidate]:
    """A committed exam with candidates who can start."""
    with db.writing(engine) as session:
        form = published_form(session, clock)
        administration = opened(session, clock, form)
        return candidates(session, clock, administration, count, **options)


SECTIONS = [
    {
        "title": "Reading and reckoning",
        "instructions": "Three questions about reading figures.\n\nYou may use a calculator.",
        "minutes": 20,
        "areas": ["association", "averages-and-spread", "percentages-and-rates", "data-quality"],
    },
    {
        "title": "Judging",
        "instructions": "Three questions about what figures mean.",
        "areas": ["reading-charts", "chance", "sampling-and-inference", "responsible-use"],
    },
]


def form_in_sections(
    session: Session, clock: Clock, sections: Sequence[Mapping[str, Any]] = SECTIONS
) -> assembly.Form:
    """A published form of the six items in two sections, the first locked and timed."""
    console = accounts.system_actor()
    report = bank.import_bank(session, clock, console, loaded())
    assert report.accepted, report
    whole = assembly.read_exam(SAMPLE / "exam.toml")
    spec = {**whole, "id": "data-literacy-in-parts", "sections": [dict(one) for one in sections]}
    exam = assembly.save_exam(session, clock, console, spec)
    refs = {item.item_id: item.ref for item in bank.latest_versions(session, exam.bank_id)}
    items = [assembly.FormItem(refs[item_id], scored=True) for item_id in ITEMS]
    return assembly.publish_given_form(session, clock, console, exam.id, "P", items)


def sitting_in_sections(
    engine: Engine,
    clock: Clock,
    sections: Sequence[Mapping[str, Any]] = SECTIONS,
    **options: Any,
) -> Candidate:
    """A committed exam in sections with a candidate who can start."""
    with db.writing(engine) as session:
        form = form_in_sections(session, clock, sections)
        return candidates(session, clock, opened(session, clock, form), **options)[0]
