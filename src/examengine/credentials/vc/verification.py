"""Our own verifier: every question a careful reader asks of a badge, each answered on its own.

It is given bytes, the documents it may look into and the time; it reaches no network and no clock.
What fails in form or structure is not examined further, because its later answers would be about
something that no two programs read alike. What is sound and merely unknown here could not be told.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from examengine.credentials.vc.canonical import embedded, refuse_respelt
from examengine.credentials.vc.context_loader import known_contexts
from examengine.credentials.vc.credential import Credential
from examengine.credentials.vc.documents import Documents, LookedUpOnce
from examengine.credentials.vc.errors import NotBaked, NotCanonical, NotCredentialJson
from examengine.credentials.vc.moments import CLOCKS_DIFFER
from examengine.credentials.vc.open_badge import (
    check_endorsement,
    check_recipient,
    check_results,
    check_structure,
    lacks_extensions,
)
from examengine.credentials.vc.proofs import check_proofs, check_signature, without_unknown
from examengine.credentials.vc.reading import excess, read
from examengine.credentials.vc.report import (
    Report,
    StepOutcome,
    VerificationStep,
    failed,
    passed,
    refused,
    untold,
)
from examengine.credentials.vc.status import check_status

_LATER = ("results", "signature", "issuer_key", "dates", "status", "endorsements")
_OPEN_BADGES_2 = "https://w3id.org/openbadges/v2"
_FOREIGN_KINDS = frozenset({"open_badges_2", "selective_disclosure", "several_presented"})
"""Sound things that are no Open Badge 3.0, or not one alone."""


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
        credential = read(data)
    except (NotCredentialJson, NotBaked) as error:
        return Report((_unreadable(error), *_not_reached("form")))
    readable = passed("readable", "one_document", f"{len(data)} bytes")
    asked = replace(question, documents=LookedUpOnce(question.documents))
    steps = (readable, *_examine(credential, asked))
    key = next(step for step in steps if step.name == "issuer_key")
    return Report(
        steps=steps,
        credential_id=credential.id,
        issuer=credential.issuer if key.answer is StepOutcome.TRUE else None,
        test=credential.test,
        stated=credential.statement,
        proofs=credential.named_proofs,
    )


def unanswered(reason: str) -> Report:
    """Return the report of a verification that was given up, for a reason of ours."""
    return Report((untold("readable", reason), *_not_reached("form")))


def _unreadable(error: NotCredentialJson | NotBaked) -> VerificationStep:
    if error.reason in _FOREIGN_KINDS:
        return untold("readable", error.reason, str(error))
    return refused("readable", error.reason, error.reason, str(error))


def _examine(credential: Credential, question: Question) -> list[VerificationStep]:
    """Return the steps after reading; what is not sound in form is not examined further."""
    form = _form(credential)
    if form.answer is not StepOutcome.TRUE:
        return [form, untold("structure", "not_reached"), *_not_reached("results")]
    structure = check_structure(credential)
    if structure.answer is not StepOutcome.TRUE:
        return [form, structure, *_not_reached("results")]
    return [form, structure, *_meaning(credential, question)]


def _meaning(credential: Credential, question: Question) -> list[VerificationStep]:
    """Return the steps that ask what a well-formed credential says, and who says so."""
    documents, now = question.documents, question.now
    return [
        check_results(credential),
        *check_signature(credential, documents, now),
        _dates(credential, now),
        check_status(credential, documents, now),
        _endorsements(credential, question),
        check_recipient(credential, question.recipient),
    ]


def _form(credential: Credential) -> VerificationStep:
    """Return whether the document is in the one plain spelling, in words that are known here."""
    if over := excess(credential.document):
        return untold("form", over)
    contexts = credential.contexts
    if _OPEN_BADGES_2 in contexts:
        return untold("form", "open_badges_2")
    unknown = [url for url in contexts if isinstance(url, str) and url not in known_contexts()]
    if unknown:
        return untold("form", "context_unknown", unknown[0][:200])
    if lacks_extensions(credential):
        return untold("form", "context_missing")
    try:
        refuse_respelt(without_unknown(credential))
    except NotCanonical as error:
        return refused("form", error.reason, error.reason, str(error)[:500])
    return passed("form", "plain_form")


def _dates(credential: Credential, now: datetime) -> VerificationStep:
    if credential.since > now + CLOCKS_DIFFER:
        return failed("dates", "not_yet_valid", f"from {credential.since.isoformat()}")
    if credential.until is None:
        return passed("dates", "valid_without_end")
    until = credential.until.isoformat()
    if credential.until < now:
        return failed("dates", "expired", until)
    return passed("dates", "in_its_time", f"until {until}")


def _endorsements(credential: Credential, question: Question) -> VerificationStep:
    """Return whether every endorsement inside is itself sound and about this credential's world."""
    count = 0
    for where, document in embedded(credential.document):
        endorsement = Credential(document)
        count += 1
        form = _form(endorsement)
        if form.answer is not StepOutcome.TRUE:
            return VerificationStep(
                "endorsements", form.answer, f"endorsement_{form.reason}", where
            )
        members = check_endorsement(endorsement, where)
        if members.answer is not StepOutcome.TRUE:
            return members
        for step in (
            *check_proofs(endorsement, question.documents, question.now),
            _dates(endorsement, question.now),
            check_status(endorsement, question.documents, question.now),
        ):
            if step.answer is not StepOutcome.TRUE:
                return VerificationStep(
                    "endorsements", step.answer, f"endorsement_{step.reason}", where
                )
    return passed("endorsements", "endorsements_hold" if count else "no_endorsements", str(count))


def _not_reached(first: str) -> list[VerificationStep]:
    names = ("form", "structure", *_LATER) if first == "form" else _LATER
    steps = [untold(name, "not_reached") for name in names]
    return [*steps, untold("recipient", "not_reached", decisive=False)]
