"""How items have been used: gathered from administrations, and handed down to the bank."""

import pytest

from examengine import bank, calibration, db, delivery
from examengine.accounts import NotAllowed, Role
from tests.scoring import world as worlds


@pytest.fixture
def world(engine, clock, hasher):
    """An exam whose form three people have handed in."""
    found = worlds.build(engine, clock, hasher)
    for name, right in (("Ada", 3), ("Ben", 5), ("Cleo", 7)):
        found.sit(name, right=right)
    return found


def gathered(world):
    """What is gathered once the figures of the administration were computed."""
    delivery.compute_figures(
        world.engine, world.clock, world.staff, calibration.ITEM_FIGURES, world.administration.id
    )
    with db.reading(world.engine) as session:
        found = calibration.usage_of(session, world.staff, "data-literacy")
    return {one.item_id: one for one in found}


def test_items_of_a_form_have_statistics_and_exposure(world):
    """
    Each was before three candidates in one administration; mean points are those of the answers.
    """
    found = gathered(world)

    on_form = {one.ref.item_id for one in world.form.items}
    assert on_form <= set(found)
    for item_id in on_form:
        one = found[item_id]
        assert (one.n, one.administrations, one.candidates) == (3.0, 1, 3)
        assert one.forms >= 1
        assert one.last_used_at is not None
        assert one.flags == ("few",)
    assert sum(found[item_id].p for item_id in on_form) == pytest.approx((3 + 5 + 7) / 3)


def test_a_new_version_has_no_statistics_and_keeps_its_exposure(world):
    """
    Answers were to another question; whoever saw it knows this one, too.
    """
    item_id = world.form.items[0].ref.item_id
    with db.writing(world.engine) as session:
        stored = {one.item_id: one for one in bank.latest_versions(session, "data-literacy")}
        content = {**stored[item_id].content, "version": 2}
        changed = bank.LoadedItem("changed.yaml", content, {})
        found = bank.find_bank(session, world.staff, "data-literacy")
        loaded = bank.LoadedBank(found, (changed,), {}, ())
        assert bank.import_bank(session, world.clock, world.staff, loaded).written

    one = gathered(world)[item_id]

    assert (one.n, one.p, one.flags) == (None, None, ())
    assert (one.administrations, one.candidates) == (1, 3)


def test_only_psychometricians_gather(world, session, person):
    """
    Whoever may not see statistics asks for none.
    """
    author = person(Role.AUTHOR)

    with pytest.raises(NotAllowed):
        calibration.usage_of(session, author, "data-literacy")
    with pytest.raises(NotAllowed):
        bank.keep_usage(session, world.clock, author, "data-literacy", [])
