"""What the tests of integrity may ask for."""

from dataclasses import replace

import pytest

from examengine import calibration, credentials, db, delivery
from examengine.accounts import Role
from examengine.credentials import AwardingBody, create_key
from tests.calibration.elsewhere_tables import sent
from tests.credentials.programme import issue_due
from tests.scoring import world as worlds
from tests.scoring.test_service import decide, score


@pytest.fixture
def world(engine, clock, hasher, world_templates):
    """An exam programme with nobody in it yet, on each database."""
    return world_templates.copied(
        "nobody_yet", engine, clock, lambda: worlds.build(engine, clock, hasher)
    )


@pytest.fixture
def decided(engine, clock, hasher, world_templates):
    """A world in which Ada passed, Ben did not, and Cy is still at it."""

    def make():
        world = worlds.build(engine, clock, hasher)
        world.sit("Ada", right=11)
        world.sit("Ben", right=2)
        world.sit("Cy", right=6, submit=False)
        score(world)
        world.adopt_cut()
        decide(world)
        return world

    return world_templates.copied("one_still_at_it", engine, clock, make)


@pytest.fixture
def awarded(decided, tmp_path):
    """That world, with late answers, a revoked credential, another scoring, figures of others."""
    keys = tmp_path / "keys"
    create_key(keys, decided.clock.now(), development=False)
    body = AwardingBody("https://exam.example.org", keys, "Example Examination Board")
    hand_over_late(decided, "Ben")
    (first,) = issue_due(decided, body)
    with db.writing(decided.engine) as session:
        credentials.revoke(session, decided.clock, decided.staff, first.id, "Issued by mistake.")
        credentials.allow_replacement(
            session, decided.clock, decided.staff, first.id, "It was no mistake after all."
        )
    decided.change_scoring({"scoring": "points"}, "The next session is scored by points.")
    bring_in_from_elsewhere(decided)
    return decided


def bring_in_from_elsewhere(world):
    """Bring in parameters and statistics that others computed; nobody has adopted them."""
    item_id, bank_id = world.form.items[0].ref.item_id, "data-literacy"
    statistics = f"item_id,n,p\n{item_id},200,0.6\n".encode()
    told = {"program": "Old bank", "population": "2019 to 2023"}
    with db.writing(world.engine) as session:
        by = (session, world.clock, world.staff, bank_id)
        calibration.bring_in_parameters(*by, sent([(item_id, 1.1, 0.2)]))
        calibration.bring_in_statistics(*by, "old.csv", statistics, **told)


def hand_over_late(world, name):
    """Hand over an answer that a device still held when the time was over."""
    candidate = world.candidates[name]
    actor = replace(candidate.actor, name=name, roles=frozenset({Role.CANDIDATE}))
    item_id = world.form.items[0].ref.item_id
    answer = delivery.HandedOver(item_id, {"response": ("a",)}, None, "the-page-0001", 1)
    with db.writing(world.engine) as session:
        forms = delivery.FormsInPlay()
        delivery.hand_over_late(session, world.clock, forms, actor, candidate.attempt_id, [answer])
