"""The administrator's pages: people, roles, passwords, the staff trail."""

import pytest

from examengine import accounts
from examengine.accounts import Role
from tests.conftest import PASSWORD
from tests.web.visitors import Visitors


@pytest.fixture
def visitors(client, clock, hasher) -> Visitors:
    """People of the application."""
    return Visitors(client, clock, hasher)


@pytest.fixture
def admin(visitors):
    """An administrator who is signed in."""
    return visitors.enter(visitors.add(Role.ADMINISTRATOR, name="Anna"))


@pytest.fixture
def cy(visitors):
    """A candidate."""
    return visitors.add(Role.CANDIDATE, name="Cy Candidate")


def person_page(actor) -> str:
    """The address of a person's page."""
    return f"/administration/people/{actor.person_id}"


def roles_of(visitors, actor) -> frozenset[Role]:
    """The roles a person has now."""
    with visitors.writing() as session:
        return accounts.find_person(session, actor.person_id).roles


def test_people_are_found_by_parts_of_name_and_address(client, visitors, admin, cy):
    """
    Every word of the search has to stand in the name or the address; case does not matter.
    """
    found = client.get("/administration", params={"search": "EXAMPLE cand"}).text
    nobody = client.get("/administration", params={"search": "<zzz>"}).text

    assert "Cy Candidate" in found
    assert "1 of 2 people" in found
    assert "Nobody found" in nobody
    assert "<zzz>" not in nobody


def test_a_search_redraws_the_list_alone(client, visitors, admin, cy):
    """
    HTMX gets the list and not the page around it.
    """
    answer = client.get("/administration", params={"search": "cy"}, headers={"hx-request": "true"})

    assert answer.text.lstrip().startswith('<div id="people">')
    assert "Cy Candidate" in answer.text


def test_somebody_is_added_with_roles_and_can_sign_in(client, visitors, admin):
    """
    The form makes an account with the ticked roles and a password that works.
    """
    answer = visitors.send(
        "/administration/people/new",
        "/administration/people",
        email="New.One@example.org",
        name="New One",
        password=PASSWORD,
        role=["author", "panelist"],
    )

    assert answer.status_code == 303
    assert "new.one@example.org" in client.get(answer.headers["location"]).text
    signed_in = visitors.send(
        "/sign-in", "/sign-in", email="new.one@example.org", password=PASSWORD
    )
    assert signed_in.headers["location"] == "/account/password"
    assert client.get("/panels").headers["location"] == "/account/password"
    visitors.send(
        "/account/password",
        "/account/password",
        present=PASSWORD,
        new="a lamp under four bridges",
        again="a lamp under four bridges",
    )
    assert client.get("/panels").status_code == 200


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"email": "nobody"}, 422, "This is not an e-mail address"),
        ({"email": "Anna@example.org"}, 409, "This address is taken"),
        ({"password": "short"}, 422, "This password cannot protect an account"),
        ({"role": ["emperor"]}, 422, "Please look at: 0"),
    ],
)
def test_what_cannot_be_used_is_said_and_the_rest_is_kept(visitors, admin, changed, status, words):
    """
    A refusal stands above the form with the name still in it, and never with the password.
    """
    fields = {"email": "x@example.org", "name": "Kept Name", "password": PASSWORD, "role": []}

    refused = visitors.send(
        "/administration/people/new", "/administration/people", **{**fields, **changed}
    )

    assert refused.status_code == status
    assert words in refused.text
    assert PASSWORD not in refused.text


def test_roles_are_changed_and_the_change_is_in_the_trail(client, visitors, admin, cy):
    """
    Ticking other boxes gives other roles; the trail holds the roles before and after.
    """
    visitors.send(person_page(cy), f"{person_page(cy)}/roles", role=["invigilator"])

    assert roles_of(visitors, cy) == {Role.INVIGILATOR}
    page = client.get(person_page(cy)).text
    assert "accounts.set_roles" in page
    assert "&#34;before&#34;" in page or "\\u0022" in page or '"before"' in page


def test_a_closed_account_is_signed_out_and_can_be_opened_again(client, visitors, admin, cy):
    """
    Closing tells so on the page; opening makes the password work again.
    """
    account = f"{person_page(cy)}/account"
    visitors.send(person_page(cy), account, active="false")
    assert "account closed" in client.get(person_page(cy)).text

    visitors.send(person_page(cy), account, active="true")

    assert "account closed" not in client.get(person_page(cy)).text


def test_a_new_password_is_set_and_never_shown(client, visitors, admin, cy):
    """
    The new password signs in, the trail says that it was changed and not to what.
    """
    new = "another long password"

    visitors.send(person_page(cy), f"{person_page(cy)}/password", password=new)

    page = client.get(person_page(cy)).text
    assert "accounts.change_password" in page
    assert new not in page
    signed_in = visitors.send(
        "/sign-in", "/sign-in", email="cy.candidate@example.org", password=new
    )
    assert signed_in.status_code == 303


def test_a_weak_password_is_refused_on_the_page(visitors, admin, cy):
    """
    A password that is too short is refused where it was typed.
    """
    refused = visitors.send(person_page(cy), f"{person_page(cy)}/password", password="short")

    assert refused.status_code == 422
    assert "12 to 200 characters" in refused.text


def test_the_trail_can_be_read_by_subject_and_page(client, visitors, admin, cy, clock):
    """
    The newest acts come first, fifty to a page, or those on one subject.
    """
    for _ in range(55):
        clock.forward(seconds=1)
        visitors.add(Role.CANDIDATE, name=f"P{_}")

    first = client.get("/administration/acts").text
    second = client.get("/administration/acts", params={"number": 2}).text
    one = client.get("/administration/acts", params={"subject": f"person:{cy.person_id}"}).text
    none = client.get("/administration/acts", params={"subject": "exam:none"}).text

    assert first.count("accounts.add_person</code>") == 50
    assert "Older acts" in first
    assert second.count("accounts.add_person</code>") == 7
    assert "Older acts" not in second
    assert one.count("accounts.add_person</code>") == 1
    assert "No act found" in none


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_administers(client, visitors, cy, role):
    """
    No other role reads the pages, gives itself roles, or sets passwords of others.
    """
    other = visitors.enter(visitors.add(role, name="Other"))

    reads = [
        client.get(address).status_code
        for address in ("/administration", "/administration/acts", person_page(cy))
    ]
    writes = [
        visitors.send("/", f"{person_page(other)}/roles", role=["administrator"]),
        visitors.send("/", f"{person_page(cy)}/password", password="x" * 20),
        visitors.send("/", f"{person_page(cy)}/account", active="false"),
        visitors.send(
            "/", "/administration/people", email="m@example.org", name="M", password=PASSWORD
        ),
    ]

    assert reads == [403] * 3
    assert [answer.status_code for answer in writes] == [403] * 4
    assert roles_of(visitors, other) == {role}


def test_an_unknown_person_is_not_found(client, visitors, admin):
    """
    An id that names nobody is answered with a page in words.
    """
    answer = client.get("/administration/people/00000000-0000-0000-0000-000000000000")

    assert answer.status_code == 404
    assert "There is no such person" in answer.text
