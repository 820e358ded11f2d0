"""Signing in: count the try, look at the password, begin a session; and letting somebody in.

Three steps, because the one in the middle takes long: it runs in threads of its own, and no
transaction is open meanwhile. Whether an account exists, and whether it is open, changes neither
what is done nor what is answered.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from examengine.accounts import repository, sessions
from examengine.accounts import sign_in_limits as limits
from examengine.accounts import sign_in_repository as counts
from examengine.accounts.addresses import normalised_email
from examengine.accounts.audit import record_act
from examengine.accounts.errors import SignInBusy, SignInRefused, TooManySignIns
from examengine.accounts.passwords import PasswordHasher
from examengine.accounts.repository import Account
from examengine.accounts.rules import Actor, Person, Role, keep_apart, require
from examengine.accounts.service import find_person
from examengine.accounts.sign_in_limits import Count
from examengine.accounts.sign_in_trail import (
    FailedSignIn,
    organisation_of_person,
    tell_failed,
)
from examengine.accounts.tables import EntryCodeRow, KnownBrowserRow
from examengine.db import reading, within, writing, writing_unsynced
from examengine.kernel.clock import Clock
from examengine.kernel.tokens import new_token, token_digest

BROWSER_KNOWN_FOR = timedelta(days=180)
MOST_BROWSERS = 20
"""How many browsers are known for one person."""
ENTRY_CODE_HOLDS = timedelta(minutes=15)
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Letters and digits of a code: none that is read as another."""
_CODE_LENGTH = 8
_NOBODY = UUID(int=0)
"""Stands for a person where there is none, so that the same is asked of the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What a browser brings along besides the password."""

    email: str
    source: str = "unknown"
    """Where it is in the network, as `source_of` has it: evidence, never identity."""
    browser: str | None = None
    """The token that it was given when somebody signed in with it before."""
    code: str = ""
    """The code of an invigilator, as it was typed."""
    replaces: str | None = None
    """The token of the session that the browser has now."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A try that has been counted, and whose password may be looked at."""

    asked: SignIn
    email: str
    counted: tuple[Count, ...]
    person_id: UUID | None
    stored: str | None
    """The hash to compare with; None when there is no such account."""
    let_in: bool
    """An invigilator's code came along."""
    failing: Count
    """Counts what goes wrong, for the trail: it is taken off again when the password is right."""
    failed: int = 0
    """How far that had come within the hour, this try included."""

    @property
    def way(self) -> str:
        """Return by which way somebody came in, for the trail."""
        return {limits.KNOWN_BROWSER: "a known browser", limits.ENTRY_CODE: "an entry code"}.get(
            self.counted[0].budget, "a new browser"
        )


@dataclass(frozen=True, slots=True)
class Entered:
    """The tokens of a browser in which somebody has signed in."""

    token: str
    browser: str
    password_due: bool


def sign_in(
    engine: Engine, clock: Clock, hasher: PasswordHasher, asked: SignIn, password: str
) -> Entered:
    """Sign somebody in; for code that runs in a thread and may wait there.

    Raises:
        SignInRefused: Unknown address, wrong password or closed account.
        TooManySignIns: There were too many tries before.
        SignInBusy: Too many people sign in at this moment.
    """
    admitted = admit(engine, clock, asked)
    try:
        right = hasher.matches(admitted.stored, password)
    except SignInBusy:
        withdraw(engine, admitted)
        raise
    try:
        return enter(engine, clock, admitted, right=right)
    except SignInRefused:
        tell_failed(engine, [failed_sign_in(clock, admitted)])
        raise


def admit(engine: Engine, clock: Clock, asked: SignIn) -> Admitted:
    """Count a try, before anything is known of its password.

    What is refused already is read and not written, so that hammering costs nobody a lock.

    Raises:
        TooManySignIns: A count that the try belongs to leaves none.
    """
    now, email = clock.now(), normalised_email(asked.email)[:254]
    with reading(engine) as session:
        typed = asked.email.strip().lower()[:254]
        person = repository.by_address(session, email, typed)
        admitted = _admitted(session, asked, email, person, now)
        standing = counts.standing(session, admitted.counted, now)
    stood = {key: count for key, (count, _) in standing.items()}
    refusing = limits.over(admitted.counted, stood)
    if refusing is not None:
        raise _too_many(standing[refusing.key][1], now)
    with writing_unsynced(engine) as session:
        stands = counts.count(session, (*admitted.counted, admitted.failing), now)
        first = _refusing(admitted.counted, stands)
        if first is not None:
            counts.give_back(session, _after(admitted, first))
    if first is not None:
        raise _too_many(stands[first.key][1], now)
    return replace(admitted, failed=stands[admitted.failing.key][0])


def withdraw(engine: Engine, admitted: Admitted) -> None:
    """Take a try back whose password nobody looked at."""
    with writing_unsynced(engine) as session:
        counts.give_back(session, [one.key for one in (*admitted.counted, admitted.failing)])


def enter(engine: Engine, clock: Clock, admitted: Admitted, *, right: bool) -> Entered:
    """Begin a session for whoever had the right password, and put it into the trail.

    Nothing is written of a try that failed: it was counted before, and `SignInTrail` tells it.

    Raises:
        SignInRefused: Unknown address, wrong password or closed account.
    """
    if not right:
        raise SignInRefused
    now = clock.now()
    organisation_id = organisation_of_person(engine, admitted.person_id)
    with writing(within(engine, organisation_id)) as session:
        person = _still_the_same(session, admitted)
        if person is not None:
            return _entered(session, now, admitted, person, organisation_id)
    raise SignInRefused


def failed_sign_in(clock: Clock, admitted: Admitted) -> FailedSignIn:
    """Return what the trail may tell of a try that failed."""
    asked, person_id = admitted.asked, admitted.person_id
    return FailedSignIn(
        at=clock.now(),
        person_id=person_id,
        subject=_subject(asked, person_id),
        source=asked.source,
        address=token_digest(admitted.email)[:16],
        within_the_hour=admitted.failed,
    )


def let_in(session: Session, clock: Clock, actor: Actor, person_ids: Sequence[UUID]) -> str:
    """Return a code with which these people can sign in although their tries are used up.

    The invigilator has seen who they are. The code opens nothing without the password: it gives
    each of them, once, tries of their own, and moves their running exam to where they sign in.

    Raises:
        NotAllowed: The actor is neither invigilator nor awarding officer.
        OwnMatter: The actor is one of them.
        PersonUnknown: One of the ids names nobody.
    """
    require(actor, Role.INVIGILATOR, Role.AWARDING_OFFICER)
    keep_apart(actor, *person_ids)
    now = clock.now()
    code = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
    rows = [
        EntryCodeRow(
            person_id=find_person(session, person_id).id,
            code_digest=token_digest(code),
            expires_at=now + ENTRY_CODE_HOLDS,
        )
        for person_id in dict.fromkeys(person_ids)
    ]
    if rows:
        counts.set_entry_code(session, rows)
    for row in rows:
        record_act(session, now, actor, "accounts.let_in", f"person:{row.person_id}")
    return f"{code[:4]}-{code[4:]}"


def _admitted(
    session: Session, asked: SignIn, email: str, person: Account | None, now: datetime
) -> Admitted:
    """Return the counts that a try belongs to: those of the code, of the browser, or of anybody."""
    counted = limits.counts_of_stranger(email, asked.source)
    code = token_digest(re.sub(r"[\s-]", "", asked.code).upper())
    browser = token_digest(asked.browser or "")
    # Asked of nobody, too: how long it takes does not tell whether there is such a person.
    person_id = _NOBODY if person is None else person.id
    let_in = bool(asked.code) and counts.has_entry_code(session, person_id, code, now)
    known = bool(asked.browser) and counts.knows_browser(session, browser, person_id, now)
    if let_in:
        counted = (limits.count_of(limits.ENTRY_CODE, person_id, code),)
    elif known:
        counted = (limits.count_of(limits.KNOWN_BROWSER, person_id, browser),)
    known_id, stored = (None, None) if person is None else (person.id, person.password_hash)
    failing = limits.count_of(limits.TOLD, "not in", _subject(asked, known_id))
    return Admitted(asked, email, counted, known_id, stored, let_in, failing)


def _subject(asked: SignIn, person_id: UUID | None) -> str:
    """Return whom a failure is told of: the person, or where an unknown address came from."""
    return f"source:{asked.source}" if person_id is None else f"sign_in:{person_id}"


def _refusing(counted: Sequence[Count], stands: Mapping[str, tuple[int, datetime]]) -> Count | None:
    """Return the first count that this try has taken beyond its budget, or None."""
    return next((one for one in counted if stands[one.key][0] > one.budget.most), None)


def _after(admitted: Admitted, refusing: Count) -> list[str]:
    """Return what a try that one count refuses must not count against: all that comes after it."""
    place = admitted.counted.index(refusing)
    return [one.key for one in (*admitted.counted[place + 1 :], admitted.failing)]


def _too_many(until: datetime, now: datetime) -> TooManySignIns:
    return TooManySignIns(ceil((until - now).total_seconds()))


def _still_the_same(session: Session, admitted: Admitted) -> Person | None:
    """Return the person, when the account is open and its password is the one that was checked."""
    if admitted.person_id is None:
        return None
    found = repository.member_with_password(session, admitted.person_id)
    if found is None:
        return None
    person, password_hash = found
    return person if person.active and password_hash == admitted.stored else None


def _entered(
    session: Session, now: datetime, admitted: Admitted, person: Person, organisation_id: UUID
) -> Entered:
    actor = Actor(person.id, person.name, person.roles, organisation_id)
    first, *others = admitted.counted
    counts.forget_count(session, first.key)
    counts.give_back(session, [one.key for one in (*others, admitted.failing)])
    if admitted.let_in:
        counts.use_entry_code(session, person.id)
    browser = _know_browser(session, now, admitted.asked.browser, person.id)
    token = sessions.begin_session(
        session,
        now,
        actor,
        password_due=person.password_due,
        replaces=admitted.asked.replaces,
        let_in=admitted.let_in,
    )
    _tell_success(session, now, admitted, actor)
    return Entered(token, browser, person.password_due)


def _know_browser(session: Session, now: datetime, before: str | None, person_id: UUID) -> str:
    """Remember the browser under a new token: one that somebody planted is worth nothing."""
    token = new_token()
    if before is not None:
        counts.rename_browser(session, token_digest(before), token_digest(token))
    row = KnownBrowserRow(
        token_digest=token_digest(token),
        person_id=person_id,
        last_used_at=now,
        expires_at=now + BROWSER_KNOWN_FOR,
    )
    counts.remember_browser(session, row, MOST_BROWSERS)
    return token


def _tell_success(session: Session, now: datetime, admitted: Admitted, actor: Actor) -> None:
    one = limits.count_of(limits.TOLD, "in", actor.person_id)
    count, _ = counts.count(session, [one], now)[one.key]
    if count < 10 or limits.worth_telling(count):
        detail = {"source": admitted.asked.source, "by": admitted.way, "within_the_hour": count}
        subject = f"sign_in:{actor.person_id}"
        record_act(session, now, actor, "accounts.sign_in", subject, detail)
