"""Our own verifier: every question a careful reader asks of a badge, each answered on its own.

It is given bytes, the documents it may look into and the time; it reaches no network and no clock.
What fails in form or structure is not examined further, because its later answers would be about
something that no two programs read alike.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from examengine.credentials import baking, jwt_proof, parsing, png, recipients, structure
from examengine.credentials.badge import TEST_TAG
from examengine.credentials.compact_form import embedded, refuse_respelt
from examengine.credentials.documents import Documents
from examengine.credentials.errors import NotBaked, NotCanonical, NotCredentialJson
from examengine.credentials.jwt_proof import Token
from examengine.credentials.proofs import check_proofs
from examengine.credentials.report import Answer, Report, Step, failed, passed, untold
from examengine.credentials.status_check import check_status
from examengine.credentials.structure import Fault

_LATER = ("results", "signature", "issuer_key", "dates", "status", "endorsements")


@dataclass(frozen=True, slots=True)
class Question:
    """What a verification goes by, besides the credential.

    Attributes:
        documents: Where DID documents and status lists are found.
        now: The moment for which the answer holds.
        recipient: The address of the person who shows the credential, when it is to be checked.
    """

    documents: Documents
    now: datetime
    recipient: str | None = None


def verify(data: bytes, question: Question) -> Report:
    """Verify a credential as JSON, as a JSON Web Token, or baked into a PNG or SVG.

    Raises:
        ContextsMissing: The JSON-LD contexts are not installed.
    """
    try:
        document, token = _read(data)
    except (NotCredentialJson, NotBaked) as error:
        return Report((failed("readable", error.reason, str(error)), *_not_reached("form")))
    readable = passed("readable", "one_document", f"{len(data)} bytes")
    return _examine(document, token, readable, question)


def _read(data: bytes) -> tuple[dict[str, Any], Token | None]:
    if data.startswith(png.SIGNATURE) or baking.is_svg(data):
        data = baking.unbake(data)
    if jwt_proof.is_token(data):
        token = jwt_proof.read_token(data)
        return token.credential, token
    return parsing.parse(data), None


def _examine(
    document: dict[str, Any], token: Token | None, readable: Step, question: Question
) -> Report:
    steps = [readable, _form(document)]
    if steps[-1].answer is Answer.TRUE:
        steps.append(_faults("structure", "open_badge", structure.badge_faults, document))
    else:
        steps.append(untold("structure", "not_reached"))
    if steps[-1].answer is Answer.TRUE:
        steps += _meaning(document, token, question)
    else:
        steps += _not_reached("results")
    key = next(step for step in steps if step.name == "issuer_key")
    stated = document.get("id")
    return Report(
        steps=tuple(steps),
        credential_id=stated if isinstance(stated, str) else None,
        issuer=structure.issuer_id(document) if key.answer is Answer.TRUE else None,
        test=_says_test(document),
    )


def _meaning(document: Mapping[str, Any], token: Token | None, question: Question) -> list[Step]:
    """Return the steps that ask what a well-formed credential says, and who says so."""
    steps = [_faults("results", "results_described", structure.result_faults, document)]
    if token is None:
        steps += check_proofs(document, question.documents, question.now)
    else:
        steps += [*jwt_proof.check_token(token, question.documents), jwt_proof.check_claims(token)]
    return [
        *steps,
        _dates(document, question.now),
        check_status(document, question.documents, question.now),
        _endorsements(document, question),
        _recipient(document, question.recipient),
    ]


def _form(document: Mapping[str, Any]) -> Step:
    try:
        refuse_respelt(document)
    except NotCanonical as error:
        return failed("form", error.reason, str(error))
    return passed("form", "plain_form")


def _faults(
    name: str,
    reason: str,
    find: Callable[[Mapping[str, Any]], list[Fault]],
    document: Mapping[str, Any],
) -> Step:
    if faults := find(document):
        return failed(name, faults[0].reason, structure.described(faults))
    return passed(name, reason)


def _dates(document: Mapping[str, Any], now: datetime) -> Step:
    since = structure.moment(document["validFrom"])
    if since > now + structure.CLOCKS_DIFFER:
        return failed("dates", "not_yet_valid", document["validFrom"])
    if "validUntil" not in document:
        return passed("dates", "valid_without_end")
    if structure.moment(document["validUntil"]) < now:
        return failed("dates", "expired", document["validUntil"])
    return passed("dates", "in_its_time", f"until {document['validUntil']}")


def _endorsements(document: Mapping[str, Any], question: Question) -> Step:
    """Return whether every endorsement inside is itself sound and about this credential's world."""
    count = 0
    for where, endorsement in embedded(document):
        count += 1
        form = _form(endorsement)
        if form.answer is not Answer.TRUE:
            return failed("endorsements", f"endorsement_{form.reason}", where)
        if faults := structure.endorsement_faults(endorsement, where):
            return failed("endorsements", faults[0].reason, structure.described(faults))
        for step in (
            *check_proofs(endorsement, question.documents, question.now),
            _dates(endorsement, question.now),
            check_status(endorsement, question.documents, question.now),
        ):
            if step.answer is not Answer.TRUE:
                return Step("endorsements", step.answer, f"endorsement_{step.reason}", where)
    return passed("endorsements", "endorsements_hold" if count else "no_endorsements", str(count))


def _recipient(document: Mapping[str, Any], email: str | None) -> Step:
    if email is None:
        return untold("recipient", "recipient_not_asked", decisive=False)
    if recipients.is_recipient(document["credentialSubject"], email):
        return passed("recipient", "recipient_matches")
    return failed("recipient", "recipient_differs")


def _says_test(document: Mapping[str, Any]) -> bool:
    subject = document.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, Mapping) else None
    tags = achievement.get("tag") if isinstance(achievement, Mapping) else None
    return TEST_TAG in structure.as_list(tags)


def _not_reached(first: str) -> list[Step]:
    names = ("form", "structure", *_LATER) if first == "form" else _LATER
    steps = [untold(name, "not_reached") for name in names]
    return [*steps, untold("recipient", "not_reached", decisive=False)]
