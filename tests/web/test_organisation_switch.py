"""The switch between organisations in the page head: who sees it, and what it does."""

import re

import pytest

from examengine import accounts, db
from examengine.accounts import Actor, Role
from tests.conftest import PASSWORD
from tests.web.visitors import Visitors

LINK = 'href="/account/organisation"'


@pytest.fixture
def parts(client):
    """What the application is made of."""
    return client.app.state.components


@pytest.fixture
def second(parts, clock):
    """A second organisation."""
    system = accounts.system_actor()
    return accounts.add_organisation(
        parts.engine, clock, system, code="second", name="Second <b>Board"
    )


@pytest.fixture
def add(parts, clock, hasher):
    """Give somebody a part in an organisation."""

    def to(organisation_id, role, name="Zoe") -> Actor:
        with db.writing(db.within(parts.engine, organisation_id)) as session:
            found = accounts.add_person(
                *(session, clock, hasher, accounts.system_actor(organisation_id)),
                email=f"{name}@example.org",
                name=name,
                password=PASSWORD,
                roles=[role],
            )
        return Actor(found.id, found.name, found.roles, organisation_id)

    return to


@pytest.fixture
def zoe(client, clock, hasher, second, add):
    """Zoe, an author of the first organisation and an invigilator of the second, signed in."""
    actor = add(db.FIRST_ORGANISATION, Role.AUTHOR)
    clock.forward(seconds=1)
    add(second.id, Role.INVIGILATOR)
    return Visitors(client, clock, hasher).enter(actor)


def token_of(client, path="/account/organisation"):
    """Return the CSRF token of a page."""
    return re.search(r'name="csrf" value="([0-9a-f]+)"', client.get(path).text)[1]


def switch(client, code, token=None):
    """Send the form of the page."""
    form = {"csrf": token or token_of(client), "organisation": code}
    return client.post("/account/organisation", data=form)


def test_a_single_body_shows_nothing_of_organisations(client, clock, hasher, add):
    """
    Where there is one organisation, no page names it, and there is nothing to switch.
    """
    Visitors(client, clock, hasher).enter(add(db.FIRST_ORGANISATION, Role.AUTHOR))

    page = client.get("/").text

    assert LINK not in page
    assert '<a class="mark" href="/">examengine</a>' in page


def test_whoever_has_one_part_is_told_where_they_are(client, clock, hasher, second, add):
    """
    Where there are several organisations the head names the one, and offers no other.
    """
    Visitors(client, clock, hasher).enter(add(second.id, Role.AUTHOR))

    page = client.get("/").text

    assert "<bdi>Second &lt;b&gt;Board</bdi>" in page
    assert LINK not in page


def test_the_head_leads_to_the_switch_and_the_switch_to_the_other(client, zoe):
    """
    The doors are those of the other roles then, and the head names the other organisation.
    """
    before = client.get("/").text
    offered = client.get("/account/organisation").text

    answer = switch(client, "second")

    after = client.get("/").text
    assert LINK in before
    assert "Second &lt;b&gt;Board" in offered
    assert "You are here" in offered
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert 'href="/bank"' in before
    assert 'href="/bank"' not in after
    assert 'href="/invigilation"' in after
    assert "<bdi>Second &lt;b&gt;Board</bdi>" in after
    assert client.get("/bank").status_code == 403


def test_a_form_of_before_is_not_taken_after(client, zoe):
    """
    A page that stood open in another window belongs to the organisation that was left.
    """
    drawn_before = token_of(client)
    switch(client, "second")

    answer = switch(client, "main", drawn_before)

    assert answer.status_code == 403
    assert "switched to another organisation" in answer.text
    assert 'href="/invigilation"' in client.get("/").text


@pytest.mark.parametrize("code", ["third", "", "other", "x" * 40])
def test_a_code_without_a_part_there_is_not_found(client, parts, clock, zoe, code):
    """
    One that exists and one that does not are answered alike, and its name is not told.
    """
    system = accounts.system_actor()
    accounts.add_organisation(parts.engine, clock, system, code="other", name="Other Board")

    refused = switch(client, code)

    assert refused.status_code == 404
    assert "Other Board" not in refused.text
    assert 'href="/bank"' in client.get("/").text


def test_it_needs_its_token_and_a_session(client, zoe):
    """
    A page of another site can switch nobody, and a stranger has nothing to switch.
    """
    assert client.post("/account/organisation", data={"organisation": "second"}).status_code == 403
    client.cookies.clear()
    stranger = switch(client, "second", token_of(client, "/sign-in"))
    assert stranger.status_code in {303, 401}
