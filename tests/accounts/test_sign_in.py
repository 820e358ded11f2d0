"""Signing in, and what strangers try at the door, on both databases."""

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import event, text

from examengine import accounts, db
from examengine.accounts import PasswordHasher, Role, SignIn
from examengine.accounts import sign_in_repository as counts
from examengine.accounts.sign_in_limits import (
    ACCOUNT,
    ACCOUNT_FROM_SOURCE,
    KNOWN_BROWSER,
    SOURCE,
    count_of,
    source_of,
    worth_telling,
)
from tests import event_loop
from tests.conftest import PASSWORD

ELSEWHERE = "198.51.100.7"


class Watched(PasswordHasher):
    """A hasher that says what it was asked."""

    def __init__(self) -> None:
        super().__init__(memory_kib=64, passes=1)
        self.looked_at: list[bool] = []

    def matches(self, stored, password):
        """Note whether there was a hash of somebody."""
        self.looked_at.append(stored is not None)
        return super().matches(stored, password)


def test_the_right_password_opens_a_session(engine, clock, door, ada):
    """
    Whoever signs in is known by the token, with the roles they have.
    """
    entered = door.enter()

    with db.reading(engine) as session:
        assert accounts.actor_of(session, clock, entered.token) == ada


@pytest.mark.parametrize(
    "typed", [" ADA@example.org", "ａｄａ@example.org", "ada\u200b@example.org,"]
)
def test_an_address_may_be_typed_in_any_way_that_looks_the_same(door, ada, typed):
    """
    What a keyboard or a clipboard adds to an address keeps nobody out.
    """
    assert door.enter(email=typed).token


def test_of_guesses_that_come_at_once_only_those_allowed_are_looked_at(engine, clock, ada):
    """
    A hundred and twenty guesses at the same moment get five answers: each is counted before.
    """
    hasher = Watched()

    def guess(number: int) -> str:
        asked = SignIn(email="ada@example.org", source=ELSEWHERE)
        try:
            accounts.sign_in(engine, clock, hasher, asked, f"guess {number}")
        except (accounts.SignInRefused, accounts.TooManySignIns) as refusal:
            return refusal.code
        return "in"

    with ThreadPoolExecutor(24) as pool:
        answers = Counter(pool.map(guess, range(120)))

    assert len(hasher.looked_at) == ACCOUNT_FROM_SOURCE.most
    assert answers == {"sign_in_refused": 5, "too_many_sign_ins": 115}


def test_a_stranger_who_never_stops_keeps_nobody_out(door, clock, ada):
    """
    However long somebody hammers from elsewhere, the owner signs in at the first try.
    """
    for _ in range(12):
        assert set(door.fail(8, source=ELSEWHERE)) == {"sign_in_refused", "too_many_sign_ins"}
        clock.forward(minutes=5)

    assert door.enter(source="192.0.2.1").token


def test_a_browser_that_is_known_has_tries_of_its_own(door, ada):
    """
    With a stranger in the same room, behind the same address, the owner's own browser gets in.
    """
    browser = door.enter().browser
    door.fail(20)

    with pytest.raises(accounts.TooManySignIns):
        door.enter()
    assert door.enter(browser=browser).token


def test_a_known_browser_is_no_way_to_guess_for_ever(door, ada):
    """
    Whoever sits at the owner's browser has ten tries, and rests like everybody.
    """
    browser = door.enter().browser

    codes = door.fail(KNOWN_BROWSER.most + 1, browser=browser)

    assert codes[-1] == "too_many_sign_ins"
    assert set(codes[:-1]) == {"sign_in_refused"}


def test_a_planted_browser_is_worth_nothing(door, ada, added):
    """
    A token that somebody put into Ada's browser is another one after she has signed in.
    """
    added(email="mallory@example.org")
    planted = door.enter(email="mallory@example.org").browser
    door.enter(browser=planted)
    door.fail(ACCOUNT_FROM_SOURCE.most)

    assert door.fail(1, browser=planted) == ["too_many_sign_ins"]


def test_guessing_from_many_places_ends_at_the_account(engine, door, clock, ada):
    """
    A thousand addresses of the network have two hundred guesses an hour together, not five each.
    """
    looked_at = 0
    for number in range(50):
        codes = door.fail(5, source=f"198.51.100.{number}")
        looked_at += codes.count("sign_in_refused")

    assert looked_at == ACCOUNT.most


def test_a_room_that_types_badly_is_not_shut_out(door, added, clock):
    """
    Three hundred behind one address sign in at the bell, after two wrong passwords each.
    """
    for number in range(60):
        added(Role.CANDIDATE, email=f"candidate{number}@example.org")

    for number in range(60):
        email = f"candidate{number}@example.org"
        assert door.fail(2, email=email) == ["sign_in_refused"] * 2
        assert door.enter(email=email).token

    assert SOURCE.most > 300 * 2
    with db.reading(door.engine) as session:
        one = count_of(SOURCE, "192.0.2.1")
        assert counts.standing(session, [one], clock.now())[one.key][0] == 60 * 2


def test_one_place_that_tries_everybody_comes_to_an_end(engine, clock, door, ada):
    """
    A password tried on account after account is counted for the place it comes from.
    """
    with db.writing(engine) as session:
        for _ in range(SOURCE.most):
            counts.count(session, [count_of(SOURCE, ELSEWHERE)], clock.now())

    assert door.fail(1, email="anybody@example.org", source=ELSEWHERE) == ["too_many_sign_ins"]
    assert door.fail(1, email="anybody@example.org") == ["sign_in_refused"]


@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
def test_unknown_and_closed_accounts_are_answered_like_a_wrong_password(
    engine, clock, added, password
):
    """
    The same answers in the same order, the rest included, and a password is looked at each time.
    """
    added(email="ada@example.org")
    closed = added(email="closed@example.org")
    with db.writing(engine) as session:
        accounts.set_active(session, clock, accounts.system_actor(), closed.person_id, active=False)

    def answers(email: str, password: str) -> tuple[list[str], int]:
        hasher, found = Watched(), []
        for _ in range(7):
            asked = SignIn(email=email, source=ELSEWHERE)
            with pytest.raises(accounts.errors.ExamError) as refused:
                accounts.sign_in(engine, clock, hasher, asked, password)
            found.append(f"{refused.value.code}: {refused.value}")
        return found, len(hasher.looked_at)

    known = answers("ada@example.org", "wrong")

    assert known[1] == ACCOUNT_FROM_SOURCE.most
    assert answers("nobody@example.org", password) == known
    assert answers("closed@example.org", password) == known


def test_a_closed_account_with_the_right_password_is_a_wrong_password(engine, clock, door, ada):
    """
    Closing an account signs its person out everywhere, and tells nobody that it is closed.
    """
    token = door.enter().token
    with db.writing(engine) as session:
        accounts.set_active(session, clock, accounts.system_actor(), ada.person_id, active=False)

    with db.reading(engine) as session, pytest.raises(accounts.NotSignedIn):
        accounts.actor_of(session, clock, token)
    with pytest.raises(accounts.SignInRefused):
        door.enter()


def test_an_invigilator_lets_somebody_in(engine, clock, door, ada, invigilator):
    """
    With the code and the password a candidate gets in while a stranger hammers; once.
    """
    door.fail(20)
    with db.writing(engine) as session:
        code = accounts.let_in(session, clock, invigilator, [ada.person_id])

    with pytest.raises(accounts.TooManySignIns):
        door.enter(code="AAAA-BBBB")
    assert door.enter(code=code.lower().replace("-", " ")).token
    door.fail(20)
    with pytest.raises(accounts.TooManySignIns):
        door.enter(code=code)
    assert door.acts("accounts.let_in")[0].subject == f"person:{ada.person_id}"


def test_a_code_opens_nothing_without_the_password(engine, clock, door, ada, invigilator):
    """
    Whoever gave the code cannot be the candidate; and it is over after a quarter of an hour.
    """
    with db.writing(engine) as session:
        code = accounts.let_in(session, clock, invigilator, [ada.person_id])

    assert set(door.fail(10, code=code)) == {"sign_in_refused"}
    clock.forward(minutes=15)
    door.fail(5)
    assert door.fail(1, code=code) == ["too_many_sign_ins"]


def test_who_may_let_somebody_in(session, clock, person):
    """
    Invigilators and officers; nobody lets in themself.
    """
    candidate = person(Role.CANDIDATE)
    both = person(Role.INVIGILATOR, Role.CANDIDATE)

    for other in (candidate, person(Role.AUTHOR), person(Role.ADMINISTRATOR)):
        with pytest.raises(accounts.NotAllowed):
            accounts.let_in(session, clock, other, [candidate.person_id])
    with pytest.raises(accounts.OwnMatter):
        accounts.let_in(session, clock, both, [both.person_id])


def test_the_trail_tells_of_an_attack_and_is_not_filled_by_it(door, clock, ada):
    """
    Of sixty failures within an hour the trail has four lines, the last with how many there were.
    """
    for number in range(12):
        clock.forward(seconds=1)
        for _ in range(5):
            clock.forward(seconds=0.1)
            door.fail(1, source=f"198.51.100.{number}")

    told = [act.detail["within_the_hour"] for act in door.acts("accounts.sign_in_failed")]
    assert told == [50, 10, 5, 1]
    assert [worth_telling(count) for count in (1, 2, 5, 10, 15, 500)] == [
        *(True, False, True, True, False, True)
    ]


def test_a_guess_costs_the_lock_once(engine, clock, door, ada):
    """
    Of many wrong passwords each is counted in one statement, and most are written nowhere else.
    """
    door.fail(2)
    written: list[str] = []

    def note(_connection, _cursor, statement, *_):
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            written.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    door.fail(1)

    (counted,) = written
    assert counted.startswith("INSERT INTO sign_in_tally")


def test_the_trail_does_not_name_an_address_that_nobody_has(engine, door):
    """
    Of an unknown address a digest is kept; the address itself stands nowhere in the database.
    """
    door.fail(1, email="somebody.private@example.org")

    (told,) = door.acts("accounts.sign_in_failed")
    assert told.subject == "source:192.0.2.1"
    assert not _is_stored(engine, "somebody.private")


def test_a_sign_in_is_in_the_trail(door, clock, ada):
    """
    Who came in, from where, and by which way.
    """
    browser = door.enter().browser
    clock.forward(seconds=1)
    door.enter(browser=browser)

    known, new = door.acts("accounts.sign_in")
    assert new.subject == f"sign_in:{ada.person_id}"
    assert (new.actor_id, new.detail["by"]) == (ada.person_id, "a new browser")
    assert (known.detail["by"], known.detail["source"]) == ("a known browser", "192.0.2.1")


def test_no_secret_is_stored(engine, clock, door, ada, invigilator):
    """
    Neither password, session, browser nor code can be read in the database.
    """
    entered = door.enter()
    with db.writing(engine) as session:
        code = accounts.let_in(session, clock, invigilator, [ada.person_id])

    for secret in (PASSWORD, entered.token, entered.browser, code, code.replace("-", "")):
        assert not _is_stored(engine, secret)


def test_counts_that_are_over_are_forgotten(engine, door, clock, ada):
    """
    The table of counts holds what counts now, not what once was tried.
    """
    for number in range(10):
        door.fail(1, email=f"nobody{number}@example.org")
    clock.forward(hours=1)
    door.fail(1)
    accounts.sweep_counts(engine, clock.now())

    with engine.connect() as connection:
        rows = connection.execute(text("SELECT count(*) FROM sign_in_tally")).scalar()
    assert rows == 4


def test_when_too_many_wait_the_next_is_sent_away_and_not_counted(engine, clock, ada):
    """
    A full queue is said at once, and is nobody's wrong password.
    """
    hasher, going_on = PasswordHasher(at_once=1, most_waiting=0, memory_kib=64, passes=1), Event()
    slow = hasher._pool.submit(going_on.wait)
    hasher._places.acquire()

    asked = SignIn(email="ada@example.org", source=ELSEWHERE)
    for _ in range(8):
        with pytest.raises(accounts.SignInBusy) as refused:
            accounts.sign_in(engine, clock, hasher, asked, PASSWORD)
    going_on.set()
    slow.result()
    hasher._places.release()

    assert refused.value.retry_after == 5
    assert accounts.sign_in(engine, clock, hasher, asked, PASSWORD).token


def test_a_hash_is_awaited_and_leaves_its_place(hasher):
    """
    In an event loop the answer comes from the hasher's own threads.
    """

    async def hashed() -> bool:
        return await hasher.matching(await hasher.hashing("a password"), "a password")

    assert event_loop.run(hashed())


def test_who_waits_when_the_server_stops_is_told_to_come_back():
    """
    A hash that was given up before its turn is a refusal in words, and no defect.
    """
    going_on, at_work = Event(), Event()

    def hold() -> None:
        at_work.set()
        going_on.wait(10)

    hasher = accounts.PasswordHasher(at_once=1, memory_kib=8, passes=1)
    held = hasher._begin(hold)
    assert at_work.wait(10)

    async def stopped() -> bool:
        asked = asyncio.create_task(hasher.matching(None, "a password"))
        await asyncio.sleep(0)
        hasher.stop()
        going_on.set()
        return await asked

    with pytest.raises(accounts.SignInBusy):
        event_loop.run(stopped())
    held.result()


@pytest.mark.parametrize(
    ("host", "source"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1:2:3:4", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        (None, "unknown"),
    ],
)
def test_what_counts_as_one_place(host, source):
    """
    An IPv6 address is counted with the whole network that its owner has.
    """
    assert source_of(host) == source


def _is_stored(engine, secret: str) -> bool:
    with engine.connect() as connection:
        tables = [
            *("person", "signed_in_session", "known_browser", "entry_code"),
            *("sign_in_tally", "staff_act"),
        ]
        return any(
            secret in str(row)
            for table in tables
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")  # noqa: S608
        )
