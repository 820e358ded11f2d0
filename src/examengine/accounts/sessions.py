"""Sessions: who is signed in, for how long, and in which of them an exam is being sat.

A session slides: it lasts for a while after it was last used. While an attempt runs, one session
holds it, and lasts until the attempt is over whatever happens; nothing else ends it but closing
the account. Another session of the same person takes the attempt over on their word, or when an
invigilator lets them in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from examengine.accounts import session_repository as repository
from examengine.accounts.audit import record_act
from examengine.accounts.errors import ExamRuns, NotSignedIn
from examengine.accounts.rules import Actor, Role
from examengine.accounts.session_repository import SignedIn, Visit
from examengine.accounts.tables import AttemptHoldRow, SessionRow
from examengine.db import writing
from examengine.kernel.clock import Clock
from examengine.kernel.tokens import new_token, token_digest

IDLE_STAFF = timedelta(minutes=45)
"""How long a session of staff lasts after it was last used."""
IDLE_CANDIDATE = timedelta(hours=12)
"""How long one lasts of somebody who is a candidate and nothing else."""
LONGEST_SESSION = timedelta(days=7)
"""How long a session lasts however often it is used."""
AFTER_SITTING = timedelta(hours=1)
"""How long the session of an attempt lasts after it: for the receipt."""
RENEWED_EVERY = timedelta(minutes=4)
"""How often at most a use is written down: a page is a read, and stays one."""


@dataclass(frozen=True, slots=True)
class Hold:
    """An attempt, and the session in which it is sat."""

    attempt_id: UUID
    token_digest: str
    """Of the session."""
    person_id: UUID
    until: datetime


def idle_limit(roles: Iterable[Role]) -> timedelta:
    """Return how long a session of somebody with these roles lasts after it was last used."""
    return IDLE_CANDIDATE if set(roles) <= {Role.CANDIDATE} else IDLE_STAFF


def visit(session: Session, now: datetime, token: str) -> Visit | None:
    """Return who is signed in with `token`; None for nobody."""
    return repository.visit(session, token_digest(token), now)


def lasts_until(visit: Visit, now: datetime) -> datetime | None:
    """Return until when a session lasts that is used now; None where that was noted of late."""
    until = min(now + idle_limit(visit.actor.roles), visit.created_at + LONGEST_SESSION)
    return until if until - visit.expires_at >= RENEWED_EVERY else None


def renew(engine: Engine, token: str, until: datetime) -> None:
    """Let a session last until then, in a transaction of its own."""
    with writing(engine) as session:
        repository.extend(session, token_digest(token), until)


def actor_of(session: Session, clock: Clock, token: str | None) -> Actor:
    """Return who is signed in with `token`.

    Raises:
        NotSignedIn: Nobody is, or the session has ended.
    """
    found = repository.visit(session, token_digest(token), clock.now()) if token else None
    if found is None:
        raise NotSignedIn
    return found.actor


def people_signed_in(
    session: Session, clock: Clock, token_digests: Sequence[str]
) -> dict[str, SignedIn]:
    """Return whose session each digest names, in one query; the unknown are left out."""
    return repository.people_signed_in(session, token_digests, clock.now())


def hold_attempts(session: Session, holds: Sequence[Hold]) -> None:
    """Note in which sessions attempts are sat from now on; each lasts until its attempt is over.

    Whoever calls it has these attempts to themself until the transaction ends.

    It does not ask who is asking: the use case that calls it does.
    """
    if holds:
        repository.hold(session, [AttemptHoldRow(**asdict(one)) for one in holds])
        repository.extend_all(
            session, {one.token_digest: one.until + AFTER_SITTING for one in holds}
        )


def release_attempts(session: Session, attempt_ids: Sequence[UUID]) -> None:
    """Let no session hold these attempts any more: they are over.

    It does not ask who is asking: the use case that calls it does.
    """
    repository.release(session, attempt_ids)


def take_over(session: Session, clock: Clock, actor: Actor, token: str) -> None:
    """Move the exam that somebody is sitting into this session, and end the other one.

    Whoever calls it has asked the person: what was typed on the other device and had not arrived
    stays there.
    """
    now, digest = clock.now(), token_digest(token)
    _move_here(session, now, actor.person_id, digest)
    repository.end_others(session, actor.person_id, [digest], now)
    record_act(session, now, actor, "accounts.take_over", f"person:{actor.person_id}")


def begin_session(
    session: Session,
    now: datetime,
    actor: Actor,
    *,
    password_due: bool,
    replaces: str | None,
    let_in: bool,
) -> str:
    """Begin a session and return its token; older ones of the same person end.

    Args:
        session: The transaction.
        now: When.
        actor: Who has signed in.
        password_due: Whether their password has to be changed first.
        replaces: The token that the browser had before; its session ends, whoever's it was.
        let_in: Whether an invigilator has let them in, so that a running exam comes along.
    """
    token = new_token()
    digest = token_digest(token)
    repository.end_expired(session, now)
    repository.add(
        session,
        SessionRow(
            token_digest=digest,
            person_id=actor.person_id,
            organisation_id=actor.organisation_id,
            created_at=now,
            expires_at=now + idle_limit(actor.roles),
            password_due=password_due,
        ),
    )
    if replaces is not None:
        repository.pass_on(session, token_digest(replaces), digest, actor.person_id)
        repository.end(session, token_digest(replaces))
    if let_in:
        _move_here(session, now, actor.person_id, digest)
    repository.end_others(session, actor.person_id, [digest], now)
    return token


def rebind(session: Session, now: datetime, actor: Actor, token: str) -> str:
    """Let a session go on under a new token for what somebody is in another organisation.

    It ends when it would have ended, and no sooner than what their roles there allow.

    Raises:
        NotSignedIn: The session has ended, or goes on under a new token already.
        ExamRuns: The person is sitting an exam, in this session or in another.
    """
    digest, new = token_digest(token), new_token()
    began = repository.lock(session, digest, actor.person_id, now)
    if began is None:
        raise NotSignedIn
    held_until = repository.held_until(session, actor.person_id)
    if held_until is not None and held_until > now:
        raise ExamRuns
    repository.end(session, digest)
    repository.add(
        session,
        SessionRow(
            token_digest=token_digest(new),
            person_id=actor.person_id,
            organisation_id=actor.organisation_id,
            created_at=began,
            expires_at=min(now + idle_limit(actor.roles), began + LONGEST_SESSION),
        ),
    )
    return new


def sign_out(session: Session, token: str) -> None:
    """End the session of `token`; an unknown token is no error."""
    repository.end(session, token_digest(token))


def _move_here(session: Session, now: datetime, person_id: UUID, digest: str) -> None:
    repository.move_holds(session, person_id, digest)
    until = repository.held_until(session, person_id)
    if until is not None and until > now:
        repository.extend(session, digest, until + AFTER_SITTING)
