"""Issuing: what is due is worked out once, then signed and recorded page by page.

A page is read, signed while no transaction is open, and recorded in a short one that asks again
whether each decision still stands and nobody was quicker. A page is recorded whole or not at all,
so it can be stopped anywhere and begun again: nothing is issued twice.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from examengine.accounts import Actor, Role, keep_apart, record_act, require
from examengine.credentials import repository, rules
from examengine.credentials.awarding_body import AwardingBody
from examengine.credentials.badge.document import build
from examengine.credentials.errors import IssuingMoved
from examengine.credentials.issued_credential import Award, Holding, IssuedCredential
from examengine.credentials.issuing import press as release
from examengine.credentials.issuing.due import awards_due, awards_of
from examengine.credentials.issuing.press import Press
from examengine.credentials.keys.used import note_key
from examengine.credentials.status import repository as places
from examengine.credentials.status import status_list
from examengine.db import reading, writing
from examengine.delivery import find_administration, keep_candidates_apart
from examengine.integrity import with_genuine_ruling
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id
from examengine.kernel.signer import Signer
from examengine.scoring import find_decisions, standing_decisions

PAGE = 50
"""How many are recorded in one transaction, behind which saved answers wait."""
_TRIES = 5

Sign = Callable[[Mapping[str, Any], datetime], bytes]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A credential that is about to be signed.

    Attributes:
        award: The decision it will state.
        holding: What stays the same of it.
        version: The number of the version.
        valid_from: Since when the version holds.
        there: What there was for the same responses when it was drafted, or None.
    """

    award: Award
    holding: Holding
    version: int
    valid_from: datetime
    there: IssuedCredential | None


def issue_due(
    engine: Engine,
    clock: Clock,
    signer: Signer,
    rng: np.random.Generator,
    actor: Actor,
    body: AwardingBody,
    administration_id: UUID,
    *,
    most: int,
    together: int = PAGE,
) -> Iterator[list[IssuedCredential]]:
    """Issue the credentials of an administration that are due, and yield each page once it is kept.

    Args:
        engine: The database; each page is recorded in a transaction of its own.
        clock: Tells when.
        signer: Who signs.
        rng: Draws places in the status list.
        actor: An awarding officer.
        body: The awarding body.
        administration_id: The administration.
        most: How many at most.
        together: How many make a page.

    Raises:
        NotAllowed: The actor is no awarding officer.
        OwnMatter: They are enrolled in the exam.
        NotCanonical: A name or a text holds characters that cannot be signed.
        SelfCheckFailed: What was signed does not verify here; its page was not issued.
        KeyUnusable: The database knows another key of the signer's name.
        IssuingMoved: Others issue at the same moment, again and again.
    """
    with reading(engine) as session:
        due = awards_due(session, actor, administration_id).due[:most]
        administration = find_administration(session, administration_id)
        keep_candidates_apart(session, actor, administration.exam_id)
    press = Press(signer)
    for start in range(0, len(due), together):
        page = due[start : start + together]
        yield _issue_page(engine, clock, press, rng, actor, body, administration_id, page)


def issue(
    session: Session,
    clock: Clock,
    signer: Signer,
    rng: np.random.Generator,
    actor: Actor,
    body: AwardingBody,
    award: Award,
) -> IssuedCredential:
    """Issue the credential that one decision is due, once, in a transaction that is open.

    The same decision asked for again gives the credential that is there. A newer decision for
    the same responses gives the same credential a new version, under the same identity and with
    the first date of award.

    Raises:
        NotAllowed: The actor is no awarding officer.
        OwnMatter: It is theirs.
        NotAwardable: The decision was not passed and cleared, or its credential was revoked.
        KeyUnusable: There is no key to sign with.
        NotCanonical: A name or a text holds characters that cannot be signed.
        SelfCheckFailed: What was signed does not verify here; nothing was issued.
        IssuingMoved: Others issue at the same moment, again and again.
    """
    require(actor, Role.AWARDING_OFFICER)
    keep_apart(actor, award.person_id)
    for _ in range(_TRIES):
        now = clock.now()
        drafts = _drafts(session, now, rng, [award])
        if not drafts:
            return repository.newest_among(session, [award.response_record_id])[
                award.response_record_id
            ]
        issued = _signed(drafts, signer, body, partial(_released, signer))
        try:
            with session.begin_nested():
                _record(session, now, actor, signer, issued)
        except IntegrityError:
            continue  # somebody issued it, or took the place in the list, at the same moment
        return issued[0]
    raise IssuingMoved


def _released(signer: Signer, unsigned: Mapping[str, Any], now: datetime) -> bytes:
    return release.released(unsigned, signer, now)


def _issue_page(
    engine: Engine,
    clock: Clock,
    press: Press,
    rng: np.random.Generator,
    actor: Actor,
    body: AwardingBody,
    administration_id: UUID,
    decision_ids: Sequence[UUID],
) -> list[IssuedCredential]:
    for _ in range(_TRIES):
        now = clock.now()
        with reading(engine) as session:
            decisions = find_decisions(session, decision_ids)
            awards = awards_of(session, (decisions[found] for found in decision_ids))
            drafts = _drafts(session, now, rng, awards)
        issued = _signed(drafts, press.signer, body, press.released)
        try:
            with writing(engine) as session:
                timely = _timely(session, administration_id, drafts)
                kept = [one for one, draft in zip(issued, drafts, strict=True) if draft in timely]
                _record(session, now, actor, press.signer, kept)
        except IntegrityError:
            continue  # somebody issued one of them, or took a place in the list
        return kept
    raise IssuingMoved


def _drafts(
    session: Session, now: datetime, rng: np.random.Generator, awards: Sequence[Award]
) -> list[_Draft]:
    """Return what is to be signed; whatever was issued already is left out."""
    for award in awards:
        rules.check_awardable(award)
    there = repository.newest_among(session, [award.response_record_id for award in awards])
    free = _free_places(session, rng, len(awards))
    drafts = []
    for award in awards:
        before = there.get(award.response_record_id)
        place = rules.next_place(award, before)
        if place is None:
            continue
        ordinal, version = place
        if before is not None and version > 1:
            since = rules.moment_after(now, before.issued_at)
            drafts.append(_Draft(award, before.holding, version, since, before))
        else:
            holding = _new_holding(now, award, ordinal, free.pop())
            drafts.append(_Draft(award, holding, version, now, before))
    return drafts


def _signed(
    drafts: Sequence[_Draft], signer: Signer, body: AwardingBody, sign: Sign
) -> list[IssuedCredential]:
    signed = []
    for draft in drafts:
        reason = rules.stamp_reason(draft.award, development_key=signer.development)
        badge = rules.badge_for(
            draft.award, draft.holding, body, test=reason, valid_from=draft.valid_from
        )
        document = sign(build(badge), draft.valid_from)
        signed.append(
            rules.version_of(draft.award, draft.holding, draft.version, document, signer.key_id)
        )
    return signed


def _timely(session: Session, administration_id: UUID, drafts: Sequence[_Draft]) -> list[_Draft]:
    """Return the drafts whose decision still stands, and that nobody was quicker with.

    A decision does not stand for an award when a ruling about its attempt is missing, though
    everything that is still there agrees.
    """
    records = [draft.award.response_record_id for draft in drafts]
    standing = {
        decision.decision_id: decision.subject_id
        for decision in standing_decisions(session, administration_id, records)
    }
    ruled = with_genuine_ruling(session, list(standing.values()))
    there = repository.newest_marks(session, records)
    return [
        draft
        for draft in drafts
        if standing.get(draft.award.decision_id) in ruled
        and there.get(draft.award.response_record_id) == _mark(draft.there)
    ]


def _mark(there: IssuedCredential | None) -> tuple[int, int, bool] | None:
    if there is None:
        return None
    return there.holding.ordinal, there.version, there.revocation is not None


def _record(
    session: Session,
    now: datetime,
    actor: Actor,
    signer: Signer,
    issued: Sequence[IssuedCredential],
) -> None:
    note_key(session, signer, now)
    repository.add_holdings(session, [one.holding for one in issued if one.version == 1])
    repository.add_versions(session, issued)
    for one in issued:
        detail = {"decision": str(one.decision_id), "version": one.version, "digest": one.digest}
        record_act(session, now, actor, "credentials.issue", f"credential:{one.id}", detail)


def _new_holding(now: datetime, award: Award, ordinal: int, place: tuple[int, int]) -> Holding:
    number, index = place
    return Holding(
        credential_id=new_id(now),
        response_record_id=award.response_record_id,
        ordinal=ordinal,
        administration_id=award.administration_id,
        exam_id=award.exam_id,
        person_id=award.person_id,
        salt=secrets.token_hex(16),
        list_number=number,
        list_index=index,
        awarded_at=now,
        public=False,
        name_shown=False,
    )


def _free_places(session: Session, rng: np.random.Generator, count: int) -> list[tuple[int, int]]:
    """Return free places: the number of a list and an index in it, in the newest lists."""
    number = places.newest_list(session)
    room = status_list.room(places.count_in_list(session, number))
    found: list[tuple[int, int]] = []
    while len(found) < count:
        wanted = min(room, count - len(found))
        taken_of = partial(places.taken_of, session, number)
        indexes = status_list.draw_indexes(taken_of, wanted, rng)
        found += [(number, index) for index in indexes]
        number, room = number + 1, status_list.room(0)
    return found
