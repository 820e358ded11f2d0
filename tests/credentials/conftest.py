"""An awarding body with a key in a folder, and awards for it."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest
import typer
from sqlalchemy import Engine
from sqlmodel import Session
from typer.testing import CliRunner

from examengine import db
from examengine.accounts import Actor, PasswordHasher, Role
from examengine.commands import credential as commands
from examengine.commands.console import Console
from examengine.credentials import Award, AwardingBody, create_key
from tests.clock import SetClock
from tests.credentials.programme import score_and_decide
from tests.four_eyes import let_one_be_enough
from tests.scoring import world as worlds

SITTING = UUID(int=21)
WORDS = ("Data Literacy", "Reads and questions data.", "Reached the pass mark.")


@pytest.fixture
def body(tmp_path: Path, clock: SetClock) -> AwardingBody:
    """An awarding body whose key is no development key."""
    keys = tmp_path / "keys"
    create_key(keys, clock.now(), development=False)
    return AwardingBody("https://exam.example.org", keys, "Example Examination Board")


@pytest.fixture
def rng() -> np.random.Generator:
    """Randomness that is the same in every run."""
    return np.random.default_rng(20261121)


@pytest.fixture
def officer(session: Session, clock: SetClock, person: Callable[..., Actor]) -> Actor:
    """Somebody who awards and revokes, alone."""
    let_one_be_enough(session, clock)
    return person(Role.AWARDING_OFFICER, name="Olive Officer")


@pytest.fixture
def holder(person: Callable[..., Actor]) -> Actor:
    """Somebody who passed."""
    return person(Role.CANDIDATE, name="Ada Example")


@pytest.fixture
def world(engine, clock, hasher, world_templates):
    """An exam programme in which Ada passes clearly and Bea does not."""
    return world_templates.copied("two_sat", engine, clock, lambda: _two_sat(engine, clock, hasher))


@pytest.fixture
def decided(engine, clock, hasher, world_templates):
    """The same programme, scored and decided on at a cut of six points."""

    def make():
        world = _two_sat(engine, clock, hasher)
        world.adopt_cut("6")
        score_and_decide(world)
        return world

    return world_templates.copied("two_decided", engine, clock, make)


@pytest.fixture
def run_here(decided, body, monkeypatch):
    """Run a command on the programme's database, as its operator does."""
    monkeypatch.setattr(db, "check_schema", lambda _engine: None)
    monkeypatch.setattr(Console, "engine", decided.engine)
    cli = typer.Typer()
    cli.add_typer(commands.app, name="credential")
    console = Console(
        database_url="",
        public_url=body.public_url,
        host="127.0.0.1",
        port=8000,
        workers=1,
        state=body.keys.parent,
        signing_keys=body.keys,
        clock=decided.clock,
        awarding_body=body.named,
    )
    return lambda *words: CliRunner().invoke(cli, ["credential", *words], obj=console)


def _two_sat(engine: Engine, clock: SetClock, hasher: PasswordHasher) -> worlds.World:
    made = worlds.build(engine, clock, hasher)
    made.sit("Ada", right=11)
    made.sit("Bea", right=2)
    return made


def award_for(holder: Actor | None, **changes: object) -> Award:
    """Return a passing, cleared award, with `changes`."""
    values = {
        "response_record_id": uuid4(),
        "decision_id": uuid4(),
        "decision_digest": "sha256:" + "d" * 64,
        "score_record_id": UUID(int=7),
        "score_record_digest": "sha256:" + "5" * 64,
        "passed": True,
        "clearance": "cleared",
        "score": Decimal(612),
        "score_range": ("200", "800"),
        "cut": Decimal(500),
        "administration_id": SITTING,
        "exam_id": "data-literacy",
        "achievement": WORDS,
        "person_id": holder.person_id if holder else None,
        "identity": "ada@example.org" if holder else "candidate-0042",
        "name": holder.name if holder else None,
        "test_reasons": (),
    }
    return Award(**{**values, **changes})
