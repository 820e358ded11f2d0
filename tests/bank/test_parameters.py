"""Adopting item parameters, on both databases."""

from uuid import UUID

import pytest
from sqlmodel import Session

from examengine import bank
from examengine.accounts import NotAllowed, Role
from examengine.bank.formats import load_files
from examengine.kernel.digest import digest
from tests.bank.small_bank import files, three_items
from tests.clock import SetClock

RUN = UUID(int=7)


@pytest.fixture
def small_bank(session: Session, clock: SetClock, person) -> None:
    """The small bank, imported."""
    loaded = load_files(files(*three_items()))
    bank.import_bank(session, clock, person(Role.AUTHOR), loaded)


def test_parameters_are_adopted_with_their_run_and_reason(session, clock, person, small_bank):
    """
    The newest adopted set is current, names its run by digest, and its own digest can be redone.
    """
    actor = person(Role.PSYCHOMETRICIAN)
    first = adopt(session, clock, actor)
    clock.forward(minutes=1)
    second = adopt(session, clock, actor, reason="Anchors repaired.")

    current = bank.current_parameters(session, "small")

    assert current == second
    assert bank.find_parameters(session, first.id) == first
    listed = bank.adoptions(session, actor, "small")
    assert [(one.id, one.digest) for one in listed] == [
        (second.id, second.digest),
        (first.id, first.digest),
    ]
    assert {one.n_items for one in listed} == {len(first.body["items"])}
    assert current.digest == digest(
        bank.adopted_body(
            current.id, "small", current.body, RUN, "sha256:run", actor.person_id,
            current.adopted_at, "Anchors repaired.",
        )
    )  # fmt: skip


def adopt(session, clock, actor, *, item_id: str = "S-1", reason: str = "First calibration."):
    """Adopt parameters of one item."""
    body = {
        "schema": "examengine/item-parameters/1",
        "model": "2pl",
        "items": [{"item_id": item_id, "model": "2pl", "a": 1.25, "b": -0.5}],
    }
    return bank.adopt_parameters(
        session, clock, actor, "small", body=body, run_id=RUN, run_digest="sha256:run",
        reason=reason,
    )  # fmt: skip


def test_parameters_that_do_not_fit_the_bank_are_refused(session, clock, person, small_bank):
    """
    A stranger's items, a missing reason and another document are refused in words.
    """
    actor = person(Role.PSYCHOMETRICIAN)

    with pytest.raises(bank.ParametersRefused, match="has no item X-1"):
        adopt(session, clock, actor, item_id="X-1")
    with pytest.raises(bank.ParametersRefused, match="reason is needed"):
        adopt(session, clock, actor, reason=" ")
    with pytest.raises(bank.ParametersRefused, match="schema"):
        bank.adopt_parameters(
            session, clock, actor, "small", body={}, run_id=RUN, run_digest="x", reason="y"
        )
    with pytest.raises(NotAllowed):
        adopt(session, clock, person(Role.AUTHOR))

    assert bank.current_parameters(session, "small") is None
