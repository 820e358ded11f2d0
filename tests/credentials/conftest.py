"""An awarding body with a key in a folder, and awards for it."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest

from examengine.accounts import Actor, Role
from examengine.credentials import Award, AwardingBody, create_key
from tests.clock import SetClock

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
def officer(person: Callable[..., Actor]) -> Actor:
    """Somebody who awards and revokes."""
    return person(Role.AWARDING_OFFICER, name="Olive Officer")


@pytest.fixture
def holder(person: Callable[..., Actor]) -> Actor:
    """Somebody who passed."""
    return person(Role.CANDIDATE, name="Ada Example")


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
        "scale_score": 612,
        "scale_range": (200, 800),
        "scale_cut": 500,
        "administration_id": SITTING,
        "exam_id": "data-literacy",
        "achievement": WORDS,
        "person_id": holder.person_id if holder else None,
        "identity": "ada@example.org" if holder else "candidate-0042",
        "name": holder.name if holder else None,
        "test_reasons": (),
    }
    return Award(**{**values, **changes})
