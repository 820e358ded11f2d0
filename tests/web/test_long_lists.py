"""Long lists are counted, searched and cut by the database."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, update

from examengine import accounts, db, delivery
from examengine.accounts import Role
from examengine.delivery import AttemptState
from examengine.delivery.tables import AttemptRow
from tests.jobs.inline import do_waiting
from tests.scoring import world as worlds


@pytest.fixture
def statements(app):
    """Every statement that the pages execute."""
    seen: list[str] = []
    engine = app.state.components.engine_of_first
    event.listen(engine, "before_cursor_execute", lambda *told: seen.append(told[2]))
    return seen


def test_a_page_of_attempts_costs_the_same_whatever_their_number(
    world, visitors, client, statements
):
    """
    More lines on the invigilator's page are no more questions to the database.
    """
    address = f"/invigilation/{world.administration.id}"
    visitors.enter(visitors.add(Role.INVIGILATOR, name="Ian"))
    world.sit("Ada", right=3)
    statements.clear()
    client.get(address)
    for_one = len(statements)
    for name in ("Ben", "Cleo", "Dan"):
        world.sit(name, right=5)

    statements.clear()
    page = client.get(address).text

    assert len(statements) == for_one
    assert "Dan" in page


@pytest.mark.parametrize(
    ("address", "role"),
    [
        ("/analysis", Role.PSYCHOMETRICIAN),
        ("/awards/administrations", Role.AWARDING_OFFICER),
        ("/awards/credentials", Role.AWARDING_OFFICER),
        ("/awards/results", Role.AWARDING_OFFICER),
    ],
)
def test_lists_of_administrations_cost_the_same_whatever_their_number(
    world, visitors, client, clock, statements, address, role
):
    """
    Sixty more administrations are no more questions to the database, and a page shows fifty.
    """
    visitors.enter(visitors.add(role, name="Ian"))
    client.get(address)
    statements.clear()
    client.get(address)
    for_one = len(statements)
    with db.writing(world.engine) as session:
        for place in range(60):
            clock.forward(seconds=1)
            delivery.open_administration(
                session,
                clock,
                world.staff,
                exam_id=world.administration.exam_id,
                form_ids=[world.form.id],
                title=f"Session {place}.",
                opens_at=world.administration.opens_at,
                closes_at=world.administration.closes_at,
            )
    statements.clear()

    page = client.get(address).text
    asked = len(statements)

    assert asked == for_one
    assert "Session 59." in page
    assert "Session 3." not in page
    assert "Session 3." in client.get(f"{address}?start=50").text
    assert "Session 58." not in client.get(f"{address}?search=session+3.").text
    assert "Nothing found" in client.get(f"{address}?search=nowhere").text


def test_what_a_list_lacks_is_computed_by_a_worker(client, visitors, decided):
    """
    The list offers to compute what is missing and leads to the job that does; then it is there.
    """
    visitors.enter(visitors.add(Role.AWARDING_OFFICER, name="Ian"))
    before = client.get("/awards/credentials").text
    nothing_was_asked_for = do_waiting(client.app) == 0

    token = re.search(r'name="csrf" value="([^"]+)"', before)[1]
    job = client.post("/awards/credentials/figures", data={"csrf": token}).headers["location"]
    meanwhile = client.get("/awards/credentials").text
    assert do_waiting(client.app) == 1

    after = client.get("/awards/credentials").text
    assert nothing_was_asked_for
    assert "Figures are missing" in before
    assert "to come" in before
    assert "being computed" in meanwhile
    assert f'href="{job}"' in meanwhile
    assert 'href="/awards/credentials"' in client.get(job).text
    assert "Compute the figures" not in meanwhile
    assert "being computed" not in after
    assert "Figures are" not in after
    assert '<td class="n">1</td><td class="n">1</td>' in after


def test_states_are_counted_as_they_are_told_one_by_one(engine, clock, hasher):
    """
    What the database counts is what `state_of` says of each attempt.
    """
    world = worlds.build(engine, clock, hasher)
    for name in ("Ada", "Ben", "Cleo", "Dan"):
        world.sit(name, right=5)
    staff, now = accounts.system_actor(), clock.now()
    with db.writing(engine) as session:
        listed = delivery.attempts_of(session, clock, staff, world.administration.id)
        still_open = {"submitted_at": None, "started_at": now}
        changes = [
            {**still_open, "deadline": now + timedelta(minutes=5)},
            {**still_open, "deadline": now - timedelta(minutes=5)},
            {**still_open, "started_at": None, "deadline": None},
        ]
        for attempt, values in zip(listed, changes, strict=False):
            session.execute(update(AttemptRow).where(AttemptRow.id == attempt.id).values(values))

    with db.reading(engine) as session:
        found = delivery.roster(session, clock, staff, world.administration.id, most=2)
        one_by_one = delivery.attempts_of(session, clock, staff, world.administration.id)

    assert found.counts == {
        state: sum(one.state is state for one in one_by_one) for state in AttemptState
    }
    assert found.counts[AttemptState.RUNNING] == found.counts[AttemptState.TIME_OVER] == 1
    assert list(found.attempts) == one_by_one[:2]
    assert found.n_all == found.n_found == len(one_by_one)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("", ["Ödön Ærø", "Zoë 100% O'Hara", "Zoë_Lee"]),
        ("ZOË", ["Zoë 100% O'Hara", "Zoë_Lee"]),
        ("ærø ödön", ["Ödön Ærø"]),
        ("100%", ["Zoë 100% O'Hara"]),
        ("%", ["Zoë 100% O'Hara"]),
        ("_", ["Zoë_Lee"]),
        ("o'h", ["Zoë 100% O'Hara"]),
        ("nobody", []),
    ],
)
def test_people_are_found_by_words_in_any_case(session, clock, hasher, person, words, names):
    """
    Signs that mean something to a database mean themselves, and letters have no case.
    """
    staff = accounts.system_actor()
    for name in ("Zoë 100% O'Hara", "Ödön Ærø", "Zoë_Lee"):
        person(Role.CANDIDATE, name=name)

    found = accounts.find_people(session, staff, words, most=10)

    assert {one.name for one in found.people} == set(names)
    assert (found.n_found, found.n_all) == (len(names), 3)


def test_a_page_of_people_is_cut_by_the_database(session, person):
    """
    The second page begins where the first ended, by name.
    """
    for number in range(5):
        person(Role.CANDIDATE, name=f"Person {number}")

    found = accounts.find_people(session, accounts.system_actor(), "person", start=2, most=2)

    assert [one.name for one in found.people] == ["Person 2", "Person 3"]
    assert found.n_found == 5
