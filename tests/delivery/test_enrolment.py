"""Opening an administration and enrolling candidates, on both databases."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from numpy.random import default_rng

from examengine import accounts, assembly, delivery
from examengine.accounts import Role
from examengine.delivery import log_repository
from tests.delivery.examples import ITEMS, ORDER, candidates, opened, published_form


@pytest.fixture
def forms(session, clock) -> list[assembly.Form]:
    """Two published forms of one exam."""
    first = published_form(session, clock, "A")
    console = accounts.system_actor()
    return [
        first,
        assembly.publish_given_form(
            session, clock, console, first.exam_id, "B", tuple(reversed(first.items))
        ),
    ]


def _plans(session, people) -> list[delivery.Plan]:
    attempts = [candidate.attempt_id for candidate in people]
    return list(log_repository.plans(session, attempts).values())


def test_forms_are_given_about_equally_often(session, clock, forms):
    """
    Of seven candidates in two groups, three have one form and four the other.
    """
    administration = opened(session, clock, *forms)

    people = [
        *candidates(session, clock, administration, 3),
        *candidates(session, clock, administration, 4),
    ]

    counts = Counter(plan.form_id for plan in _plans(session, people))
    assert sorted(counts.values()) == [3, 4]


def test_orders_are_drawn_at_enrolment_and_differ(session, clock, forms):
    """
    Each candidate has an order of the options of each item that draws one, fixed from now on.
    """
    administration = opened(session, clock, forms[0])

    plans = _plans(session, candidates(session, clock, administration, 12))

    orders = {plan.orders[ORDER] for plan in plans}
    assert len(orders) > 1
    assert {tuple(sorted(order)) for order in orders} == {tuple(sorted(next(iter(orders))))}
    assert all(set(plan.orders) <= set(ITEMS) for plan in plans)


def test_extra_time_is_kept_with_the_attempt(session, clock, forms):
    """
    A quarter more time is part of what was prepared.
    """
    administration = opened(session, clock, forms[0])

    (plan,) = _plans(session, candidates(session, clock, administration, extra_time_percent=25))

    assert plan.allowed == timedelta(minutes=75)


def test_nobody_has_two_attempts_in_one_administration(session, clock, forms):
    """
    Enrolling somebody again is refused by name, and changes nothing for the others.
    """
    administration = opened(session, clock, forms[0])
    (candidate,) = candidates(session, clock, administration)
    console = accounts.system_actor()

    with pytest.raises(delivery.AlreadyEnrolled) as refusal:
        delivery.enrol_all(
            session, clock, default_rng(1), console, administration.id, [candidate.person_id]
        )

    assert refusal.value.names[0].startswith("Candidate")
    assert len(delivery.attempts_of(session, clock, console, administration.id)) == 1


def test_only_candidates_and_only_while_the_window_is_open(session, clock, person, forms):
    """
    An author is no candidate, and nobody is enrolled after the end.
    """
    administration = opened(session, clock, forms[0], hours=1)
    officer, author = person(Role.AWARDING_OFFICER), person(Role.AUTHOR, name="Otto Author")
    ada = person(Role.CANDIDATE)

    def enrol(actor, who) -> None:
        rng, people = default_rng(1), [who.person_id]
        delivery.enrol_all(session, clock, rng, actor, administration.id, people)

    with pytest.raises(delivery.NotACandidate):
        enrol(officer, author)
    with pytest.raises(accounts.NotAllowed):
        enrol(author, ada)
    clock.forward(hours=1)
    with pytest.raises(delivery.AdministrationOver):
        enrol(officer, ada)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"title": "  "}, "title"),
        ({"form_ids": []}, "at least one form"),
        ({"closes_at": None}, "end of the window"),
    ],
)
def test_an_administration_that_cannot_be_sat_is_refused(session, clock, forms, changed, fault):
    """
    No title, no form, or a window that ends before it begins: the fault is named.
    """
    values = {
        "exam_id": forms[0].exam_id,
        "form_ids": [forms[0].id],
        "title": "Spring",
        "opens_at": clock.now(),
        "closes_at": clock.now() + timedelta(hours=1),
        **changed,
    }
    values["closes_at"] = values["closes_at"] or clock.now()

    with pytest.raises(delivery.AdministrationMalformed, match=fault):
        delivery.open_administration(session, clock, accounts.system_actor(), **values)


def test_only_an_awarding_officer_opens_an_administration(session, clock, person, forms):
    """
    Opening one is the awarding officer's act, and stands in the staff trail.
    """
    officer = person(Role.AWARDING_OFFICER)
    values = {
        "exam_id": forms[0].exam_id,
        "form_ids": [forms[0].id],
        "title": "Spring",
        "opens_at": clock.now(),
        "closes_at": clock.now() + timedelta(hours=1),
    }

    with pytest.raises(accounts.NotAllowed):
        delivery.open_administration(session, clock, person(Role.AUTHOR), **values)
    made = delivery.open_administration(session, clock, officer, **values)

    assert delivery.find_administration(session, made.id) == made
    assert delivery.list_administrations(session) == [made]
    acts = accounts.staff_acts(session, officer, subject=f"administration:{made.id}")
    assert [act.action for act in acts] == ["delivery.open_administration"]
    with pytest.raises(delivery.AdministrationUnknown):
        delivery.find_administration(session, uuid4())
