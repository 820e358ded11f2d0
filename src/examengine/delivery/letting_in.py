"""Letting in whoever an invigilator has seen: one candidate, or the room."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from examengine import accounts
from examengine.accounts import Actor, Role, require
from examengine.delivery.administration import Administration, AttemptState, AttemptSummary
from examengine.delivery.service import attempts_of, find_administration, find_attempt
from examengine.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class LetIn:
    """The code that lets candidates in, which is shown once."""

    administration: Administration
    code: str
    candidates: tuple[str, ...]


def let_candidate_in(session: Session, clock: Clock, actor: Actor, attempt_id: UUID) -> LetIn:
    """Give a candidate whom the actor has seen a code with which they get in.

    Raises:
        NotAllowed: The actor is neither invigilator nor awarding officer.
        AttemptUnknown: There is none with this id.
        OwnMatter: It is the actor's own.
    """
    require(actor, Role.INVIGILATOR, Role.AWARDING_OFFICER)
    attempt = find_attempt(session, clock, actor, attempt_id)
    return _let_in(session, clock, actor, attempt.administration_id, [attempt])


def let_room_in(session: Session, clock: Clock, actor: Actor, administration_id: UUID) -> LetIn:
    """Give one code to everybody who has not handed in yet, but to the actor themself.

    Raises:
        NotAllowed: The actor is neither invigilator nor awarding officer.
        AdministrationUnknown: There is none with this id.
    """
    require(actor, Role.INVIGILATOR, Role.AWARDING_OFFICER)
    attempts = attempts_of(session, clock, actor, administration_id)
    open_now = {AttemptState.PREPARED, AttemptState.RUNNING}
    waiting = [
        one for one in attempts if one.state in open_now and one.person_id != actor.person_id
    ]
    return _let_in(session, clock, actor, administration_id, waiting)


def _let_in(
    session: Session,
    clock: Clock,
    actor: Actor,
    administration_id: UUID,
    attempts: Sequence[AttemptSummary],
) -> LetIn:
    administration = find_administration(session, administration_id)
    code = accounts.let_in(session, clock, actor, [one.person_id for one in attempts])
    return LetIn(administration, code, tuple(one.candidate for one in attempts))
