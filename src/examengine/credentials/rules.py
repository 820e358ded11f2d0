"""When a credential is due, and what it then says: pure functions from a decision to a badge.

Nothing here reads a clock, a table or a key. A failed, held or voided result never gets past
`check_awardable`, whoever asks.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from examengine.accounts import Actor, Role
from examengine.credentials.awarding_body import AwardingBody
from examengine.credentials.badge.achievements import (
    BadgeAchievement,
    ResultDescription,
    ResultType,
)
from examengine.credentials.badge.document import Badge, BadgeResult, EvidenceRecord, Recipient
from examengine.credentials.errors import NotAwardable
from examengine.credentials.issued_credential import Award, Held, Holding, IssuedCredential
from examengine.credentials.status.status_list import StatusEntry
from examengine.kernel.digest import digest


def check_awardable(award: Award) -> None:
    """Refuse every decision that must not yield a credential.

    Raises:
        NotAwardable: It was not passed, or it was not cleared.
    """
    if award.clearance != "cleared":
        raise NotAwardable(award.decision_id, f"the result is {award.clearance}")
    if not award.passed:
        raise NotAwardable(award.decision_id, "the pass mark was not reached")
    if award.score < award.cut:
        raise NotAwardable(award.decision_id, "its score lies below its pass mark")


def is_due(decision_id: UUID, held: Held | None) -> bool:
    """Tell whether a decision that passes is due a credential, or a new version of one.

    Args:
        decision_id: The decision in force.
        held: The newest credential for its responses, or None.
    """
    if held is None:
        return True
    if held.revocation is not None:
        return held.revocation.replaceable
    return held.decision_id != decision_id


def next_place(award: Award, there: IssuedCredential | None) -> tuple[int, int] | None:
    """Return ordinal and version of what is to be issued; None when it was issued already.

    A newer decision for the same responses is a newer version of the same credential; after a
    revocation that may be made good it is another credential, with an identity of its own.

    Args:
        award: The decision.
        there: The newest credential for its responses, or None.

    Raises:
        NotAwardable: The credential was revoked by an officer while its decision stood.
    """
    if there is None:
        return 1, 1
    if there.revocation is not None:
        if not there.revocation.replaceable:
            raise NotAwardable(award.decision_id, "its credential was revoked")
        return there.holding.ordinal + 1, 1
    if there.decision_id == award.decision_id:
        return None
    return there.holding.ordinal, there.version + 1


def moment_after(now: datetime, before: datetime) -> datetime:
    """Return when a new version begins: now, but in a later second than the one before it.

    Credentials state whole seconds, and of two under one identity the later one counts.
    """
    return max(now, before + timedelta(seconds=1))


def stamp_reason(award: Award, *, development_key: bool) -> str | None:
    """Return in words why a credential is no qualification, or None when it is one."""
    reasons = [*award.test_reasons]
    if development_key:
        reasons.append("it is signed with a development key")
    return " and ".join(reasons) or None


def badge_for(
    award: Award, holding: Holding, body: AwardingBody, *, test: str | None, valid_from: datetime
) -> Badge:
    """Return what the credential says.

    Args:
        award: The decision and its results.
        holding: What stays the same of the credential.
        body: The awarding body.
        test: Why it is no qualification, or None.
        valid_from: When this version was made.
    """
    score, status = _descriptions(award)
    return Badge(
        credential_id=holding.credential_id,
        achievement=achievement_of(
            award.exam_id, award.achievement, body, (score, status), test=test is not None
        ),
        issuer=body.issuer(),
        recipient=Recipient(
            award.identity,
            holding.salt,
            award.name if holding.name_shown else None,
            "emailAddress" if award.person_id else "systemId",
        ),
        results=(
            BadgeResult(score, value=str(award.score)),
            BadgeResult(status, value="Passed", status="Completed"),
        ),
        links=(
            EvidenceRecord("Decision", "Pass decision", award.decision_id, award.decision_digest),
            EvidenceRecord(
                "ScoreRecord", "Score record", award.score_record_id, award.score_record_digest
            ),
        ),
        valid_from=valid_from,
        valid_until=None,
        awarded=holding.awarded_at,
        status=StatusEntry(body.status_list_url(holding.list_number), holding.list_index),
        test_reason=test,
    )


def achievement_of(
    exam_id: str,
    words: tuple[str, str, str],
    body: AwardingBody,
    results: Iterable[ResultDescription] = (),
    *,
    test: bool,
) -> BadgeAchievement:
    """Return the achievement of an exam.

    Args:
        exam_id: The exam.
        words: Name, description and criteria.
        body: The awarding body.
        results: How results are read.
        test: Whether it is for trying out.
    """
    name, description, criteria = (" ".join(text.split()) for text in words)
    return BadgeAchievement(
        url=body.achievement_url(exam_id),
        name=name,
        description=description,
        criteria=criteria,
        image_url=body.image_url(exam_id, test=test),
        results=tuple(results),
        language=body.language,
    )


def version_of(
    award: Award, holding: Holding, number: int, document: bytes, key_id: str
) -> IssuedCredential:
    """Return a version of a credential, from the document that was just signed.

    Args:
        award: The decision it states.
        holding: What stays the same of it.
        number: 1, 2, 3 …
        document: The signed credential.
        key_id: The key that signed it.
    """
    parsed = json.loads(document)
    return IssuedCredential(
        holding=holding,
        version=number,
        decision_id=award.decision_id,
        decision_digest=award.decision_digest,
        document=document,
        digest=digest(parsed),
        key_id=key_id,
        issued_at=datetime.fromisoformat(parsed["validFrom"]),
        revocation=None,
    )


def next_version(credential: IssuedCredential, document: bytes, key_id: str) -> IssuedCredential:
    """Return the version after `credential`: the same decision, signed anew."""
    return replace(
        credential,
        version=credential.version + 1,
        document=document,
        digest=digest(json.loads(document)),
        key_id=key_id,
        issued_at=valid_from(document),
    )


def valid_from(document: bytes) -> datetime:
    """Return since when a signed credential says that it holds."""
    return datetime.fromisoformat(json.loads(document)["validFrom"])


def may_see(actor: Actor | None, credential: IssuedCredential) -> bool:
    """Tell whether somebody may see a credential: everybody, once its holder shows it."""
    if credential.holding.public:
        return True
    return may_read_reason(actor, credential)


def is_holder(actor: Actor | None, credential: IssuedCredential) -> bool:
    """Tell whether this is the person who earned it."""
    return actor is not None and actor.person_id == credential.holding.person_id


def may_read_reason(actor: Actor | None, credential: IssuedCredential) -> bool:
    """Tell whether somebody may read why a credential was revoked: the public may not."""
    return actor is not None and (is_holder(actor, credential) or is_officer(actor))


def is_officer(actor: Actor) -> bool:
    """Tell whether somebody awards and revokes here."""
    return actor.may(Role.AWARDING_OFFICER, Role.ADMINISTRATOR)


def _descriptions(award: Award) -> tuple[ResultDescription, ResultDescription]:
    least, most = award.score_range
    kind = ("scale-score", "Scale score", ResultType.SCALED_SCORE)
    if award.in_points:
        kind = ("points", "Points", ResultType.RAW_SCORE)
    score = ResultDescription(*kind, least=least, most=most, required=str(award.cut))
    return score, ResultDescription("status", "Result", ResultType.STATUS)
