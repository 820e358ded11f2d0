"""Issuing many credentials as a job: signed and recorded page by page, begun again anywhere."""

from uuid import UUID

from numpy.random import default_rng
from sqlmodel import Session

from examengine.accounts import Actor, Role
from examengine.credentials.awarding_bodies import awarding_body_of
from examengine.credentials.awarding_body import AwardingBody
from examengine.credentials.issuing.due import awards_due
from examengine.credentials.issuing.issue import issue_due
from examengine.db import reading
from examengine.delivery import ask_about_administration
from examengine.jobs import JobKind, JobQueue, JobRun
from examengine.kernel.clock import Clock

ISSUE = "credentials.issue"
"""The name of the kind; the kind itself needs an awarding body that signs."""
_ROLES = (Role.AWARDING_OFFICER,)


def ask_issue(
    session: Session, clock: Clock, queue: JobQueue, actor: Actor, administration_id: UUID
) -> UUID:
    """Ask for all credentials of an administration that are due; return the id of the job.

    Raises:
        NotAllowed: The actor is no awarding officer.
        AdministrationUnknown: There is no such administration.
        OwnMatter: They are enrolled in the exam.
        JobsTooMany: So much waits already that no more is taken.
    """
    kind = JobKind(ISSUE, _ROLES, _cannot_run)
    return ask_about_administration(
        *(session, clock, queue, actor, kind, administration_id),
        verb="Issue the credentials of",
        apart="issue",
    )


def issuing_kind(first: AwardingBody) -> JobKind:
    """Return the kind of job that issues for the awarding body whose officer asked.

    Each page of credentials is a transaction of its own and asks again whether its decisions
    stand; so what was issued before a worker was lost stays issued, and once.
    """

    def run(run: JobRun) -> None:
        administration_id = UUID(run.job.arguments["administration_id"])
        with reading(run.engine) as session:
            body = awarding_body_of(session, first, run.actor.organisation_id)
            due = len(awards_due(session, run.actor, administration_id).due)
        issued = 0
        pages = issue_due(
            run.engine,
            run.clock,
            body.signer(),
            default_rng(),
            run.actor,
            body,
            administration_id,
            most=due,
        )
        for page in pages:
            issued += len(page)
            run.report(f"Signing and checking: {issued} of {due}", issued, due)
        with run.finishing() as ending:
            ending.result = {"issued": issued}

    return JobKind(ISSUE, _ROLES, run)


def _cannot_run(_run: JobRun) -> None:
    raise RuntimeError("issuing needs the awarding body of a worker")
