"""Verification against what this installation publishes, and knows, at this moment.

Nothing is fetched: a credential of somebody else, with a key published elsewhere, is answered with
`could_not_tell`. Of one that our own key signed we also know how it stands today, and whether the
key is one for trying out.
"""

from dataclasses import replace

from sqlalchemy import Engine
from sqlmodel import Session

from examengine.assembly import list_exams
from examengine.credentials.awarding_bodies import awarding_bodies, publisher_of
from examengine.credentials.awarding_body import AwardingBody
from examengine.credentials.publishing import own_documents
from examengine.credentials.status.current import status_step
from examengine.credentials.vc.documents import NO_DOCUMENTS, Documents, FirstFound
from examengine.credentials.vc.report import Report, StepOutcome, failed
from examengine.credentials.vc.verification import Question, verify
from examengine.credentials.vc.verifier_process import VerifierProcess
from examengine.credentials.verifying.signed_by import cautions
from examengine.db import reading, within
from examengine.kernel.clock import Clock


def verify_here(
    session: Session,
    clock: Clock,
    body: AwardingBody,
    data: bytes,
    recipient: str | None = None,
    *,
    given: Documents = NO_DOCUMENTS,
) -> Report:
    """Verify a credential that we know, such as one of our own, in this thread.

    Args:
        session: The transaction.
        clock: Tells what day it is.
        body: This installation's awarding body.
        data: The credential: JSON, a token, a picture.
        recipient: Of whoever shows it, the address; None when nobody asks.
        given: Documents that somebody put beside it; they come before what we publish.

    Raises:
        ContextsMissing: The JSON-LD contexts are not installed.
    """
    documents = FirstFound(given, own_documents(session, clock, body))
    report = verify(data, Question(documents, clock.now(), recipient))
    return with_own_knowledge(session, body, report)


def verify_among(
    engine: Engine,
    clock: Clock,
    first: AwardingBody,
    data: bytes,
    recipient: str | None = None,
    *,
    given: Documents = NO_DOCUMENTS,
) -> tuple[Report, AwardingBody]:
    """Verify a credential as the desk does, in this thread, and say which of ours it names.

    Args:
        engine: Of the whole installation.
        clock: Tells what day it is.
        first: The first awarding body, beside which the others are.
        data: The credential: JSON, a token, a picture.
        recipient: Of whoever shows it, the address; None when nobody asks.
        given: Documents that somebody put beside it; they come before what we publish.

    Raises:
        ContextsMissing: The JSON-LD contexts are not installed.
    """
    documents = FirstFound(given, _ShortReads(engine, clock, first))
    report = verify(data, Question(documents, clock.now(), recipient))
    return _with_records_of_the_named(engine, first, report)


class VerificationDesk:
    """Verifies what strangers send: in a process of its own, and with no transaction held open.

    It knows what every awarding body of the installation publishes, and asks the records of the one
    that a credential names as its issuer.

    Whatever a document costs, it costs that process; pages and saved answers go on.
    """

    def __init__(self, engine: Engine, clock: Clock, first: AwardingBody) -> None:
        self._engine = engine
        self._clock = clock
        self._first = first
        self._process = VerifierProcess()

    def verify(self, data: bytes, recipient: str | None = None) -> tuple[Report, AwardingBody]:
        """Verify a credential of anybody, however it was made, and say which of ours it names.

        One that names none of ours is read beside the first.

        Raises:
            ContextsMissing: The JSON-LD contexts are not installed.
        """
        documents = _ShortReads(self._engine, self._clock, self._first)
        question = Question(documents, self._clock.now(), recipient)
        report = self._process.verify(data, question)
        return _with_records_of_the_named(self._engine, self._first, report)

    def stop(self) -> None:
        """End the process; a verification it is at is given up."""
        self._process.stop()


class _ShortReads:
    """What the installation publishes, each document read in transactions of its own."""

    def __init__(self, engine: Engine, clock: Clock, first: AwardingBody) -> None:
        self._engine = engine
        self._clock = clock
        self._first = first

    def get(self, url: str) -> bytes | None:
        """Return what stands at `url`, or None when it is not ours or not there."""
        with reading(self._engine) as session:
            body = publisher_of(session, self._first, url)
        with reading(within(self._engine, body.organisation_id)) as session:
            return own_documents(session, self._clock, body).get(url)


def _named_by(engine: Engine, first: AwardingBody, report: Report) -> AwardingBody:
    issuer = None if report.stated is None else report.stated.issuer
    with reading(engine) as session:
        bodies = awarding_bodies(session, first)
    return next((body for body in bodies if body.did == issuer), bodies[0])


def _with_records_of_the_named(
    engine: Engine, first: AwardingBody, report: Report
) -> tuple[Report, AwardingBody]:
    body = _named_by(engine, first, report)
    with reading(within(engine, body.organisation_id)) as session:
        return with_own_knowledge(session, body, report), body


def with_own_knowledge(session: Session, body: AwardingBody, report: Report) -> Report:
    """Return a report with what only we know: how a badge of ours stands, and what borrows from us.

    Read when all else is done, in a transaction that has nothing to wait for.
    """
    stated = report.stated
    if stated is None:
        return report
    names = [exam.achievement.name for exam in list_exams(session)]
    report = replace(report, cautions=cautions(report, body, names))
    return report if stated.issuer != body.did else _with_own_records(session, body, report)


def with_own_keys(body: AwardingBody, report: Report) -> Report:
    """Return a report in which what a key of ours for trying out signed is a TEST.

    Such a badge has to say so itself; one that does not is refused, whatever its signature.
    """
    key = _development_key(body, report)
    if key is None:
        return report
    steps = report.steps
    if not report.test or not body.publishes(key):
        refused = failed("issuer_key", "development_key", key)
        steps = tuple(refused if step.name == "issuer_key" else step for step in steps)
    return replace(report, steps=steps, test=True)


def _with_own_records(session: Session, body: AwardingBody, report: Report) -> Report:
    signed = any(
        step.name == "signature" and step.answer is StepOutcome.TRUE for step in report.steps
    )
    if not signed or any(step.reason == "revoked" for step in report.steps):
        return with_own_keys(body, report)
    step = status_step(session, report)
    place = 1 + [one.name for one in report.steps].index("status")
    steps = (*report.steps[:place], step, *report.steps[place:])
    return with_own_keys(body, replace(report, steps=steps))


def _development_key(body: AwardingBody, report: Report) -> str | None:
    """Return the id of the key for trying out that a proof names, or None."""
    for named, _ in report.proofs:
        did, _, key_id = named.partition("#")
        if did == body.did and body.is_development(key_id):
            return key_id
    return None
