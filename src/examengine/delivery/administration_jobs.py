"""Jobs about one administration: who may ask for them, and what they are told."""

from uuid import UUID

from sqlmodel import Session

from examengine import jobs
from examengine.accounts import Actor, require
from examengine.delivery.service import find_administration, keep_candidates_apart
from examengine.jobs import JobKind, JobQueue
from examengine.kernel.clock import Clock


def ask_about_administration(
    session: Session,
    clock: Clock,
    queue: JobQueue,
    actor: Actor,
    kind: JobKind,
    administration_id: UUID,
    *,
    verb: str,
    apart: str,
) -> UUID:
    """Ask for something to be done with all results of an administration; return the job's id.

    Args:
        session: The transaction.
        clock: Tells when.
        queue: How workers hear of it.
        actor: Who asks.
        kind: What is to be done; it is told the administration's id.
        administration_id: The administration.
        verb: What that is; before the administration's title it names the job.
        apart: Of jobs about one administration that share it, one runs at a time.

    Raises:
        NotAllowed: The actor may not ask for this.
        AdministrationUnknown: There is no such administration.
        OwnMatter: They are enrolled in the exam.
        JobsTooMany: So much waits already that no more is taken.
    """
    require(actor, *kind.roles)
    administration = find_administration(session, administration_id)
    keep_candidates_apart(session, actor, administration.exam_id)
    return jobs.ask(
        session,
        clock,
        queue,
        actor,
        kind,
        title=f"{verb} {administration.title}",
        subject=f"administration:{administration_id}",
        arguments={"administration_id": str(administration_id)},
        apart=f"{apart}:{administration_id}",
    )
