"""Which passwords are taken, how they are hashed, and how one changes one's own."""

import unicodedata

import argon2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from examengine import accounts, db
from examengine.accounts import HashedBefore, PasswordHasher, Role, password_rules
from examengine.accounts.password_rules import checked_password
from tests.accounts.visiting import visit
from tests.conftest import PASSWORD

NEW = "a lamp under four bridges"
OWN = ("Zoë Quintero-Bly", "zoe.quintero@example.org")


@pytest.mark.parametrize(
    "password",
    ["password1234", "qwertyuiop12", "letmein2026now", "aaaaaaaaaaaa", "Winter2026Winter2026"],
)
def test_a_password_that_is_guessed_early_is_refused(password):
    """
    Common passwords, rows of keys, dates and repeats protect nobody, however long they are.
    """
    with pytest.raises(accounts.PasswordGuessable):
        checked_password(password, of=OWN)


@pytest.mark.parametrize(
    "password",
    [
        "ZoeQuintero2026",
        "quintero-bly!!",
        "zoe.quintero@example.org",
        "Zoë Zoë Zoë 12",
        "EXAMENGINE-99",
    ],
)
def test_a_password_that_is_little_more_than_a_name_is_refused(password):
    """
    One's own name and address, with or without accents and figures, and ours.
    """
    with pytest.raises(accounts.PasswordOwnName):
        checked_password(password, of=OWN)


def test_what_is_costly_to_judge_is_judged_by_its_beginning(monkeypatch):
    """
    Two hundred signs that may stand for letters are no half minute of work: few are looked at.
    """
    seen = []

    def estimated(text, **_given):
        seen.append(text)
        return {"guesses": 1e12}

    monkeypatch.setattr(password_rules, "zxcvbn", estimated)

    checked_password("4@8({[<369&#!1|7$5+%02" * 9)

    assert [len(text) for text in seen] == [24]


@pytest.mark.parametrize("password", ["short", "x" * 201, "ａ" * 11])
def test_the_length_is_that_of_what_is_hashed(password):
    """
    Twelve to two hundred characters, after wide letters have become plain ones.
    """
    with pytest.raises(accounts.PasswordTooWeak):
        checked_password(password)


@pytest.mark.parametrize("password", [PASSWORD, NEW, "Пятьсот сов и чайник", "t4!mQz-8fLp2"])
def test_a_good_password_is_taken_as_it_is(password):
    """
    Words that have nothing to do with each other do well, in any alphabet.
    """
    assert checked_password(password, of=OWN) == password


@given(st.text(min_size=1, max_size=40))
def test_two_ways_to_compose_a_password_are_one(password):
    """
    What one system sends composed and another decomposed matches, either way round.
    """
    hasher = PasswordHasher(memory_kib=8, passes=1)
    composed, decomposed = (unicodedata.normalize(form, password) for form in ("NFC", "NFD"))

    assert hasher.matches(hasher.hash(composed), decomposed)
    assert hasher.matches(hasher.hash(decomposed), composed)


def test_a_hash_from_before_passwords_were_normalised_still_matches(hasher):
    """
    Nobody is shut out by an accent that was hashed as it came.
    """
    decomposed = unicodedata.normalize("NFD", "Zoës fünf Laternen")
    before = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(decomposed)

    assert hasher.matches(before, decomposed)
    assert not hasher.matches(before, "another")


def test_one_changes_ones_own_password(engine, clock, door, ada):
    """
    The session goes on under a new token; the old password and the old token open nothing.
    """
    token = door.enter().token
    elsewhere = door.enter(source="192.0.2.9").token

    new_token = _change(engine, clock, door.hasher, ada, elsewhere, present=PASSWORD)

    with db.reading(engine) as session:
        assert accounts.actor_of(session, clock, new_token) == ada
        for old in (token, elsewhere):
            with pytest.raises(accounts.NotSignedIn):
                accounts.actor_of(session, clock, old)
    assert door.enter(NEW).token
    with pytest.raises(accounts.SignInRefused):
        door.enter(PASSWORD)


def test_the_present_password_is_asked_and_its_guesses_are_counted(engine, clock, door, ada):
    """
    Whoever finds an open session cannot guess the password there for long.
    """
    token = door.enter().token

    for _ in range(20):
        with pytest.raises(accounts.PasswordWrong):
            _change(engine, clock, door.hasher, ada, token, present="not the one")

    with pytest.raises(accounts.TooManySignIns):
        _change(engine, clock, door.hasher, ada, token, present=PASSWORD)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"again": "another lamp under bridges"}, accounts.PasswordsDiffer),
        ({"new": PASSWORD, "again": PASSWORD}, accounts.PasswordUnchanged),
        ({"new": "ada@example.org", "again": "ada@example.org"}, accounts.PasswordOwnName),
        ({"new": "password1234", "again": "password1234"}, accounts.PasswordGuessable),
    ],
)
def test_a_new_password_that_cannot_be_used_is_refused(engine, clock, ada, fields, refusal):
    """
    Typed in two ways, the old one again, one's own address, a common one.
    """
    typed = {"present": PASSWORD, "new": NEW, "again": NEW, **fields}

    with pytest.raises(refusal):
        accounts.check_new_password(engine, clock, ada, **typed)


def test_a_first_password_has_to_be_changed(engine, clock, door, added):
    """
    Whoever signs in with a password that somebody else set is known to have to change it.
    """
    due = added(Role.CANDIDATE, email="ada@example.org", due=True)

    entered = door.enter()

    assert entered.password_due
    assert visit(engine, clock, entered.token).password_due
    token = _change(engine, clock, door.hasher, due, entered.token, present=PASSWORD)
    assert not visit(engine, clock, token).password_due
    assert not door.enter(NEW).password_due


def test_an_administrator_sets_a_password_that_has_to_be_changed(engine, clock, door, ada, added):
    """
    The person is signed out, is known in no browser any more, and changes it at once.
    """
    admin = added(Role.ADMINISTRATOR, email="admin@example.org")
    entered = door.enter()

    accounts.set_password(engine, clock, door.hasher, admin, ada.person_id, NEW)

    assert visit(engine, clock, entered.token) is None
    door.fail(5)
    assert door.fail(1, browser=entered.browser) == ["too_many_sign_ins"]
    assert door.enter(NEW, source="192.0.2.9").password_due
    with pytest.raises(accounts.NotAllowed):
        accounts.set_password(engine, clock, door.hasher, ada, admin.person_id, NEW)


def test_no_transaction_is_open_while_a_password_is_hashed(engine, clock, ada):
    """
    Signing in, adding somebody and setting a password take the lock before or after, never while.
    """
    open_now = []
    event.listen(engine, "begin", open_now.append)
    event.listen(engine, "rollback", open_now.remove)
    event.listen(engine, "commit", open_now.remove)

    class Watching(PasswordHasher):
        seen: list[int] = []  # noqa: RUF012

        def _begin(self, work, *given):
            self.seen.append(len(open_now))
            return super()._begin(work, *given)

    hasher, system = Watching(memory_kib=64, passes=1), accounts.system_actor()
    accounts.sign_in(engine, clock, hasher, accounts.SignIn(email="ada@example.org"), PASSWORD)
    accounts.set_password(engine, clock, hasher, system, ada.person_id, NEW)
    with db.writing(engine) as session:
        accounts.add_person(
            *(session, clock, hasher, system),
            email="bea@example.org",
            name="Bea",
            password=PASSWORD,
            roles=[],
        )

    assert Watching.seen == [0, 0, 0]


def test_hashes_that_were_made_before_are_handed_out():
    """
    A programme of many people is set up in a transaction that waits for no hash.
    """
    assert HashedBefore({"a": "hash of a"}).hash("a") == "hash of a"


def _change(engine, clock, hasher, actor, token, *, present):
    stored = accounts.check_new_password(engine, clock, actor, present=present, new=NEW, again=NEW)
    right = hasher.matches(stored, present)
    hashed = hasher.hash(NEW)
    with db.writing(engine) as session:
        return accounts.change_own_password(session, clock, actor, token, hashed, right=right)
