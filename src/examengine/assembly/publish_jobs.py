"""Assembling as a job: forms are solved by a worker, and published whole or not at all."""

from uuid import UUID

from sqlmodel import Session

from examengine import jobs
from examengine.accounts import Actor, Role, require
from examengine.assembly.service import assemble_forms, find_exam, publish_forms
from examengine.db import reading
from examengine.jobs import JobKind, JobQueue, JobRun
from examengine.kernel.clock import Clock


def ask_forms(session: Session, clock: Clock, queue: JobQueue, actor: Actor, exam_id: str) -> UUID:
    """Ask for the forms of an exam to be assembled and published; return the id of the job.

    Raises:
        NotAllowed: The actor is no author.
        ExamUnknown: There is no such exam.
        JobsTooMany: So much waits already that no more is taken.
    """
    require(actor, Role.AUTHOR)
    exam = find_exam(session, exam_id)
    return jobs.ask(
        session,
        clock,
        queue,
        actor,
        PUBLISH,
        title=f"Assemble and publish the forms of {exam.title}",
        subject=f"exam:{exam_id}",
        arguments={"exam_id": exam_id},
        apart=f"exam:{exam_id}",
    )


def _run(run: JobRun) -> None:
    """Solve, then publish and end the job in one transaction."""
    exam_id = run.job.arguments["exam_id"]
    run.report("Looking for forms that are as alike as the bank allows")
    with reading(run.engine) as session:
        assembled = assemble_forms(session, run.actor, exam_id)
    with run.finishing() as ending:
        forms = publish_forms(ending.session, run.clock, run.actor, exam_id, assembled)
        ending.result = {"forms": {form.code: form.digest for form in forms}}


PUBLISH = JobKind("assembly.publish", (Role.AUTHOR,), _run)
"""Assemble the forms of an exam and publish them."""
