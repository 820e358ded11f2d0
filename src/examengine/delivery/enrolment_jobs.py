"""Enrolling many candidates as a job: drawn by a worker, and stored whole or not at all."""

import json
from collections.abc import Sequence
from uuid import UUID

from numpy.random import default_rng
from sqlmodel import Session

from examengine import jobs
from examengine.accounts import Actor, Role, keep_apart, require
from examengine.db import reading
from examengine.delivery.administration import check_extra_time
from examengine.delivery.enrolment import enrol_planned, open_to_enrolment, plan_enrolment
from examengine.jobs import JobKind, JobQueue, JobRun
from examengine.kernel.clock import Clock

MOST_ENROLLED_AT_ONCE = 500
"""Candidates whom a page enrols itself, in less than half a second."""

_ROLES = (Role.AWARDING_OFFICER,)
_PEOPLE = "people.json"


def ask_enrolment(
    session: Session,
    clock: Clock,
    queue: JobQueue,
    actor: Actor,
    administration_id: UUID,
    person_ids: Sequence[UUID],
    *,
    extra_time_percent: int = 0,
) -> UUID:
    """Ask for candidates to be enrolled; return the id of the job.

    Raises:
        NotAllowed: The actor is no awarding officer.
        OwnMatter: They would enrol themself.
        AdministrationUnknown, AdministrationOver, AdministrationWithdrawn: Nobody can be enrolled.
        AdministrationMalformed: The extra time cannot be meant.
        JobsTooMany: So much waits already that no more is taken.
    """
    require(actor, *_ROLES)
    keep_apart(actor, *person_ids)
    check_extra_time(extra_time_percent)
    administration = open_to_enrolment(session, administration_id, clock.now())
    return jobs.ask(
        session,
        clock,
        queue,
        actor,
        ENROL,
        title=f"Enrol {len(person_ids)} candidates in {administration.title}",
        subject=f"administration:{administration_id}",
        arguments={
            "administration_id": str(administration_id),
            "extra_time_percent": extra_time_percent,
        },
        files={_PEOPLE: json.dumps(list(map(str, person_ids))).encode("ascii")},
        apart=f"enrol:{administration_id}",
    )


def _run(run: JobRun) -> None:
    """Draw what each candidate gets, then store it and end the job in one transaction."""
    asked = run.job.arguments
    administration_id = UUID(asked["administration_id"])
    person_ids = list(map(UUID, json.loads(run.files()[_PEOPLE])))
    run.report(f"Drawing forms for {len(person_ids)} candidates")
    with reading(run.engine) as session:
        plans = plan_enrolment(
            session,
            run.clock,
            default_rng(),
            run.actor,
            administration_id,
            person_ids,
            extra_time_percent=asked["extra_time_percent"],
        )
    with run.finishing() as ending:
        made = enrol_planned(ending.session, run.clock, run.actor, administration_id, plans)
        ending.result = {"enrolled": len(made)}


ENROL = JobKind("delivery.enrol", _ROLES, _run)
"""Enrol many candidates in an administration."""
