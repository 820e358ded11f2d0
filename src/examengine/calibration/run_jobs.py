"""Calibration runs as jobs: estimated by a worker, and stored whole or not at all."""

from dataclasses import asdict
from uuid import UUID

from sqlmodel import Session

from examengine import jobs
from examengine.accounts import Actor, Role, require
from examengine.calibration.analysis_cache import AnalysisCache
from examengine.calibration.estimation import RunSettings
from examengine.calibration.run_models import model_named
from examengine.calibration.service import calibrated, store_run
from examengine.delivery import find_administration
from examengine.jobs import JobKind, JobQueue, JobRun
from examengine.kernel.clock import Clock
from examengine.kernel.ids import new_id
from examengine.marking import NotReached, Policy, Scope


def ask_run(
    session: Session,
    clock: Clock,
    queue: JobQueue,
    actor: Actor,
    administration_id: UUID,
    policy: Policy,
    settings: RunSettings,
) -> UUID:
    """Ask for a calibration of an administration's responses; return the id of the job.

    Raises:
        NotAllowed: The actor is no psychometrician.
        AdministrationUnknown: There is no such administration.
        CalibrationRefused: The model is none that is offered.
        JobsTooMany: So much waits already that no more is taken.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    administration = find_administration(session, administration_id)
    model_named(settings.model)
    return jobs.ask(
        session,
        clock,
        queue,
        actor,
        RUN,
        title=f"Calibrate {administration.title}",
        subject=f"administration:{administration_id}",
        arguments={
            # Named now, so that a run that is begun twice can be stored only once.
            "run_id": str(new_id(clock.now())),
            "administration_id": str(administration_id),
            "scope": policy.scope.value,
            "not_reached": policy.not_reached.value,
            "dropped": sorted(policy.dropped),
            "settings": asdict(settings),
        },
    )


def _run(run: JobRun) -> None:
    """Estimate, then store the run and end the job in one transaction."""
    asked = run.job.arguments
    settings = RunSettings(**asked["settings"])
    run.report("Reading the responses and estimating")
    found = calibrated(
        run.engine,
        run.clock,
        run.actor,
        AnalysisCache(),
        [UUID(asked["administration_id"])],
        Policy(
            Scope(asked["scope"]), NotReached(asked["not_reached"]), frozenset(asked["dropped"])
        ),
        settings,
        run_id=UUID(asked["run_id"]),
    )
    with run.finishing() as ending:
        store_run(ending.session, run.actor, found)
        ending.result = {"run_id": str(found.run.id), "digest": found.run.digest}


RUN = JobKind("calibration.run", (Role.PSYCHOMETRICIAN,), _run)
"""Calibrate responses."""
