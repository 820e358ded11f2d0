"""An installation gets its first administrator by a token of its console, once."""

import pytest

from examengine import accounts, db
from examengine.accounts import FirstToken, Role

PASSWORD = "four cold lamps sing"
ADDRESS = "/first-administrator"


@pytest.fixture
def token(tmp_path) -> str:
    """The token that the server printed when it was started."""
    return FirstToken(tmp_path).made()


def become(visitors, token: str, **other: str):
    """Send the form, as Ada."""
    typed = {"name": "Ada", "email": "ada@example.org", "password": PASSWORD, **other}
    return visitors.send(ADDRESS, ADDRESS, token=token, **typed)


def people(app) -> list[accounts.Person]:
    """Return everybody of the first organisation."""
    with db.reading(app.state.components.engine_of_first) as session:
        return accounts.list_people(session, accounts.system_actor())


def test_whoever_has_the_token_becomes_administrator_and_signs_in(app, visitors, token):
    """
    The token makes one administrator, and leads to the sign-in.
    """
    answer = become(visitors, token)

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert [one.roles for one in people(app)] == [{Role.ADMINISTRATOR}]
    signed_in = visitors.send("/sign-in", "/sign-in", email="ada@example.org", password=PASSWORD)
    assert signed_in.status_code == 303
    assert visitors.client.get("/administration").status_code == 200


def test_the_token_works_once(app, visitors, token, tmp_path):
    """
    When there is an administrator the page is gone, and so is the token.
    """
    become(visitors, token)

    assert visitors.client.get(ADDRESS).status_code == 404
    sent = visitors.send("/sign-in", ADDRESS, token=token, name="B", email="b@example.org")
    assert sent.status_code == 404
    assert not FirstToken(tmp_path).is_it(token)
    assert len(people(app)) == 1


@pytest.mark.parametrize("typed", ["", "wrong", "é", "x" * 200])
def test_another_token_makes_nobody(app, visitors, token, typed):
    """
    What is not the token is refused with where it stands; name and address stay, secrets do not.
    """
    answer = become(visitors, typed)

    assert answer.status_code == 422
    assert "No administrator yet" in answer.text
    assert 'value="ada@example.org"' in answer.text
    assert PASSWORD not in answer.text
    assert people(app) == []


def test_without_a_token_on_this_machine_nobody_gets_in(app, visitors):
    """
    An empty token is none, where no server has printed one.
    """
    assert become(visitors, "").status_code == 422
    assert people(app) == []


def test_guessing_is_refused_though_the_last_guess_is_right(app, visitors, token):
    """
    After twenty tries the token itself is refused for a while.
    """
    tried = [become(visitors, "wrong").status_code for _ in range(20)]

    assert set(tried) == {422}
    assert become(visitors, token).status_code == 429
    assert people(app) == []


def test_a_weak_password_leaves_the_token_good(app, visitors, token):
    """
    A form that has to be mended costs nothing but a try.
    """
    refused = become(visitors, token, password="short")

    assert refused.status_code == 422
    assert become(visitors, token).status_code == 303


def test_the_token_is_the_operators_alone(tmp_path, token):
    """
    Nobody else on the machine can read it, and a second server prints the same.
    """
    file = tmp_path / "first-administrator"

    assert file.stat().st_mode & 0o077 == 0
    assert FirstToken(tmp_path).made() == token
